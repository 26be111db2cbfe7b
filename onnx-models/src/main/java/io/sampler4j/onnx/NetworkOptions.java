package io.sampler4j.onnx;

import io.sampler4j.api.error.RefusedException;

/**
 * How a network is run. Networks of equal file and equal options share one session.
 *
 * @param device where it runs
 * @param threads how many threads of the processor one call may use, at least 1
 */
public record NetworkOptions(Device device, int threads) {
    /** One thread of the processor. */
    public static final NetworkOptions ONE_THREAD = new NetworkOptions(Device.CPU, 1);

    /** @throws RefusedException if {@code threads} is below 1 */
    public NetworkOptions {
        if (threads < 1) {
            throw new RefusedException("A network runs on 1 or more threads, but " + threads
                    + " were asked for. Use a number from 1 on, as in --threads 2.");
        }
    }
}
