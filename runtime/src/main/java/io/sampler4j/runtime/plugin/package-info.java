/**
 * The plugin host, on PF4J: jars are staged by hash, linted without loading a class, and loaded into a generation behind
 * class loaders that show them the API and the JDK; runs lease the generation's registry. This isolates against
 * accidents; it is no security boundary: a plugin has the full rights of the JVM.
 */
package io.sampler4j.runtime.plugin;
