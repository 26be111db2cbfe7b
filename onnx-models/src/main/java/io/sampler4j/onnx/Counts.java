package io.sampler4j.onnx;

/**
 * What a runtime holds at this moment, for tests and {@code doctor}.
 *
 * @param sessions loaded networks, idle ones included
 * @param leases networks lent out and not closed
 * @param slots slots not closed
 * @param tensors native tensors not closed
 */
public record Counts(int sessions, int leases, int slots, int tensors) {}
