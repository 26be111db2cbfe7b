package io.sampler4j.runtime.random;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Random sources by name: {@code NAME} or {@code NAME:option,...}. */
public final class RandomSources {
    private static final List<String> NAMES = List.of("torch", "torch-cuda", "numpy");

    private RandomSources() {}

    /** The names, without options. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * The source of this name.
     *
     * @param text {@code torch}, {@code torch:portable}, {@code numpy}, {@code torch-cuda}, or
     *     {@code torch-cuda:multiprocessors=108,threads=2048}
     * @throws RefusedException if there is none, listing what there is
     */
    public static RandomSource named(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String options = colon < 0 ? "" : text.substring(colon + 1);
        return switch (name) {
            case "torch" -> torch(options);
            case "torch-cuda" -> cuda(options);
            case "numpy" -> {
                if (!options.isEmpty()) throw new RefusedException("the random source numpy has no options");
                yield new NumpySource();
            }
            default -> throw new RefusedException(Names.unknown("random source", text, NAMES));
        };
    }

    private static RandomSource torch(String options) {
        if (!options.isEmpty() && !options.equals("portable")) {
            throw new RefusedException(Names.unknown("option of torch", options, List.of("portable")));
        }
        return new TorchSource(options.equals("portable"));
    }

    private static RandomSource cuda(String options) {
        Map<String, Integer> values = new LinkedHashMap<>();
        values.put("multiprocessors", TorchCudaSource.H100_MULTIPROCESSORS);
        values.put("threads", TorchCudaSource.THREADS_PER_MULTIPROCESSOR);
        if (!options.isEmpty()) {
            for (String option : options.split(",")) {
                String[] parts = option.split("=", 2);
                if (!values.containsKey(parts[0])) {
                    throw new RefusedException(Names.unknown("option of torch-cuda", parts[0], values.keySet()));
                }
                if (parts.length < 2 || !parts[1].matches("[1-9]\\d{0,5}")) {
                    throw new RefusedException("torch-cuda's " + parts[0] + " must be a whole number from 1 to 999999");
                }
                values.put(parts[0], Integer.valueOf(parts[1]));
            }
        }
        return new TorchCudaSource(values.get("multiprocessors"), values.get("threads"));
    }
}
