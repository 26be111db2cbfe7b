/** The command line: it parses, calls the public Java API, and prints. Nothing else of the project writes to the terminal. */
package io.sampler4j.runtime.cli;
