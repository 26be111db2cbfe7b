/** How good samples are: distances between distributions of features, and a classifier's opinion. */
package io.sampler4j.runtime.measure;
