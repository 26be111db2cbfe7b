package io.sampler4j.onnx;

import io.sampler4j.api.error.RefusedException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a network runs: the processor, or one of its CUDA devices. Written {@code cpu}, {@code cuda} (the first device)
 * or {@code cuda:N}. Nothing falls back from one to another. Immutable.
 *
 * @param provider {@code cpu} or {@code cuda}
 * @param index which device of that provider, from 0; always 0 for {@code cpu}
 */
public record Device(String provider, int index) {
    /** The processor. */
    public static final Device CPU = new Device("cpu", 0);

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /** @throws RefusedException if the provider is neither of the two, or the index makes no sense for it */
    public Device {
        boolean known = provider.equals("cpu") && index == 0 || provider.equals("cuda") && index >= 0;
        if (!known) throw refused(index == 0 ? provider : provider + ":" + index);
    }

    /**
     * The device of this name.
     *
     * @throws RefusedException if it is none of {@code cpu}, {@code cuda} and {@code cuda:N}
     */
    public static Device parse(String text) {
        if (text.equals("cpu")) return CPU;
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) throw refused(text);
        return new Device("cuda", cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }

    private static RefusedException refused(String text) {
        return new RefusedException("There is no device '" + text + "'. Use cpu, cuda (the first CUDA device) or cuda:N"
                + " (device N, from 0), as in --device cuda:1.");
    }

    /** As {@link #parse} reads it: {@code cpu}, {@code cuda} for the first CUDA device, else {@code cuda:N}. */
    @Override
    public String toString() {
        return index == 0 ? provider : provider + ":" + index;
    }
}
