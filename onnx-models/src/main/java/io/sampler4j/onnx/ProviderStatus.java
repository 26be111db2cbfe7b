package io.sampler4j.onnx;

/**
 * Whether networks can run on a provider here.
 *
 * @param name {@code cpu} or {@code cuda}
 * @param usable whether a session can be made on it
 * @param problem what is missing, empty where it is usable
 * @param remedy how to get it, empty where it is usable
 */
public record ProviderStatus(String name, boolean usable, String problem, String remedy) {}
