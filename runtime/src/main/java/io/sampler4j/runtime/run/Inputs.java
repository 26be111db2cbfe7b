package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Hashes;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The arrays that a run reads from files, checked against the model's shape and the count, and their hashes.
 *
 * @param initNoise [count, ...]
 * @param stepNoise [draws, count, ...]
 * @param data [count, ...], what is inverted
 * @param picture [count, ...], or [1, ...] for all
 * @param mask likewise, in [0, 1]: 1 is to be made new
 * @param hashes sha256 of each file, by what it is
 */
record Inputs(
        Optional<Npy> initNoise,
        Optional<Npy> stepNoise,
        Optional<Npy> data,
        Optional<Npy> picture,
        Optional<Npy> mask,
        Map<String, String> hashes) {
    static final String INIT_NOISE = "init-noise";
    static final String STEP_NOISE = "step-noise";
    static final String DATA = "input";
    static final String PICTURE = "init-image";
    static final String MASK = "mask";

    /** What a record calls file i of n that were read as one input. */
    static String name(String input, int i, int n) {
        return n == 1 ? input : input + "-" + i;
    }

    /** The request with this file as that input; nothing where no such input is known. */
    static Optional<Request> give(Request request, String input, Path file) {
        Map<String, BiFunction<Request, Path, Request>> known = Map.of(
                INIT_NOISE, Request::initNoise,
                STEP_NOISE, Request::stepNoise,
                DATA, Request::input,
                PICTURE, Request::initImage,
                MASK, Request::mask);
        String one = input.replaceFirst("^" + DATA + "-\\d+$", DATA);
        return Optional.ofNullable(known.get(one)).map(how -> how.apply(request, file));
    }

    /** Reads the files of a request, with a reason for each that does not fit. */
    static Inputs read(Request request, SampleSpec sample, Reasons reasons) {
        return new Reader(request, sample, reasons).read();
    }

    /** The samples of a part, from an array of all or of one for all. */
    static void slice(Npy all, Batching.Part part, float[] into) {
        int each = into.length / part.samples();
        boolean shared = all.values().length == each;
        for (int i = 0; i < part.samples(); i++) {
            System.arraycopy(all.values(), shared ? 0 : (part.first() + i) * each, into, i * each, each);
        }
    }

    static boolean isPng(Path file) {
        return begins(file, 0x89, 'P', 'N', 'G');
    }

    /** By the content: a replay finds its files by their hash, under whatever name. */
    private static boolean begins(Path file, int... bytes) {
        if (!Files.isRegularFile(file)) throw new RefusedException("there is no file " + file);
        try (InputStream in = Files.newInputStream(file)) {
            for (int b : bytes) if (in.read() != b) return false;
            return true;
        } catch (IOException e) {
            throw new RefusedException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** [count, ...]. */
    static int[] batch(int count, List<Integer> each) {
        int[] dims = new int[each.size() + 1];
        dims[0] = count;
        for (int i = 1; i < dims.length; i++) dims[i] = each.get(i - 1);
        return dims;
    }

    private static final class Reader {
        private final Request request;
        private final SampleSpec sample;
        private final List<Integer> shape;
        private final Reasons reasons;
        private final Map<String, String> hashes = new LinkedHashMap<>();

        Reader(Request request, SampleSpec sample, Reasons reasons) {
            this.request = request;
            this.sample = sample;
            this.reasons = reasons;
            shape = sample.shape();
        }

        Inputs read() {
            return new Inputs(
                    take(INIT_NOISE, request.initNoise(), this::initNoise),
                    take(STEP_NOISE, request.stepNoise(), this::stepNoise),
                    take(DATA, request.inputs().stream().findFirst(), this::data),
                    take(PICTURE, request.initImage(), this::picture),
                    take(MASK, request.mask(), this::mask),
                    hashes);
        }

        private interface Read {
            Npy from(Path file);
        }

        private Optional<Npy> take(String what, Optional<Path> file, Read read) {
            return file.flatMap(f -> reasons.collect(() -> {
                Npy array = read.from(f);
                hashes.put(what, hash(f));
                return array;
            }));
        }

        private static String hash(Path file) {
            try {
                return Hashes.of(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new RefusedException("cannot read " + file + ": " + e.getMessage(), e);
            }
        }

        private Npy initNoise(Path file) {
            Npy noise = Npy.read(file);
            noise.requireShape("the initial noise", batch(request.count(), shape));
            return noise;
        }

        private Npy stepNoise(Path file) {
            Npy noise = Npy.read(file);
            int draws = noise.shape().length > 0 ? noise.shape()[0] : 0;
            int[] each = batch(request.count(), shape), expected = new int[each.length + 1];
            expected[0] = draws;
            System.arraycopy(each, 0, expected, 1, each.length);
            noise.requireShape("the step noise, [draws, count, ...],", expected);
            return noise;
        }

        private Npy data(Path file) {
            if (isPng(file)) {
                if (request.count() != 1) {
                    throw new RefusedException("a png holds one sample, and --count asks for " + request.count()
                            + ": give an npy of shape [count, ...]");
                }
                return png(file, shape, sample.low(), sample.high());
            }
            Npy npy = Npy.read(file);
            npy.requireShape("the samples to invert", batch(request.count(), shape));
            return npy;
        }

        private Npy picture(Path file) {
            return isPng(file)
                    ? png(file, shape, sample.low(), sample.high())
                    : several("the initial image", npy("the initial image", file), shape);
        }

        private Npy mask(Path file) {
            Npy mask;
            if (shape.size() == 3) {
                List<Integer> grey = List.of(1, shape.get(1), shape.get(2));
                mask = isPng(file) ? png(file, grey, 0, 1) : channels(npy("the mask", file), grey);
            } else {
                mask = several("the mask", npy("the mask", file), shape);
            }
            for (float v : mask.values()) {
                if (v < 0 || v > 1) {
                    throw new RefusedException("the mask holds " + v
                            + ", and each of its values must be from 0, which stays, to 1, which is made new");
                }
            }
            return mask;
        }

        /** A mask of one channel holds for all. */
        private Npy channels(Npy mask, List<Integer> grey) {
            int[] one = batch(mask.shape().length > 0 ? mask.shape()[0] : 0, grey);
            if (!Arrays.equals(mask.shape(), one)) return several("the mask", mask, shape);
            return repeated(several("the mask", mask, grey));
        }

        private Npy repeated(Npy grey) {
            int samples = grey.shape()[0], channels = shape.get(0), each = shape.get(1) * shape.get(2);
            float[] all = new float[samples * channels * each];
            for (int i = 0; i < samples * channels; i++) {
                System.arraycopy(grey.values(), i / channels * each, all, i * each, each);
            }
            return new Npy(batch(samples, shape), all);
        }

        private static Npy npy(String what, Path file) {
            if (begins(file, 0x93, 'N', 'U', 'M', 'P', 'Y')) return Npy.read(file);
            throw new RefusedException(
                    what + " is read from a png, or from an npy of shape [count, ...], and " + file + " is neither");
        }

        private Npy several(String what, Npy array, List<Integer> each) {
            if (!Arrays.equals(array.shape(), batch(1, each))) {
                array.requireShape(what + " (or [1, ...] for all)", batch(request.count(), each));
            }
            return array;
        }

        private Npy png(Path file, List<Integer> one, double low, double high) {
            if (one.size() != 3) {
                throw new RefusedException("the model's samples have the shape " + shape
                        + ", which is no picture: give an npy of shape [count, ...] instead of " + file);
            }
            float[] pixels = Png.read(file, one.get(0), one.get(1), one.get(2), low, high);
            Npy png = new Npy(batch(1, one), pixels);
            return one.equals(shape) ? png : repeated(png);
        }
    }
}
