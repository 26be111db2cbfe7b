/** Model directories: the manifest, its files and their hashes, and the drafting of new ones. */
package io.sampler4j.model;
