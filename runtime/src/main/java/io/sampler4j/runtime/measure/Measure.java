package io.sampler4j.runtime.measure;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ClassesSpec;
import io.sampler4j.model.Listing;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Slot;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.tensor.ArrayTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Measures samples by a classifier of the models directory, whose manifest names its features of real samples
 * ({@code heldOut}). Confined to one thread; to be closed.
 */
public final class Measure implements AutoCloseable {
    private static final String KIND = "classifier";
    private static final int BATCH = 100;

    private final ModelDirectory directory;
    private final Network network;
    private final NetworkSpec spec;
    private final SampleSpec sample;
    private final Features real;
    private final int classes;

    private Measure(ModelDirectory directory, Network network, Features real, int classes) {
        this.directory = directory;
        this.network = network;
        this.real = real;
        this.classes = classes;
        spec = directory.manifest().networks().get(KIND);
        sample = directory.manifest().sample().orElseThrow();
    }

    /**
     * The name of the only classifier here that can measure samples of this shape, if there is one.
     *
     * @throws RefusedException if there are several: one is to be named
     */
    public static Optional<String> of(Models models, List<Integer> shape) {
        List<String> fit = new ArrayList<>();
        for (Listing l : models.list()) {
            l.model()
                    .map(ModelDirectory::manifest)
                    .filter(m -> m.kind().equals(KIND) && m.heldOut().isPresent())
                    .filter(m -> m.sample().filter(s -> s.shape().equals(shape)).isPresent())
                    .ifPresent(m -> fit.add(l.name()));
        }
        if (fit.size() > 1) {
            throw new RefusedException(String.join(" and ", fit) + " can both measure samples of " + shape
                    + ": say which with --measure, or --measure none");
        }
        return fit.stream().findFirst();
    }

    /**
     * Opens a classifier by its name.
     *
     * @throws RefusedException if it is no classifier whose manifest names its features of real samples
     */
    public static Measure open(Models models, OnnxRuntime onnx, String name, NetworkOptions options) {
        ModelDirectory directory = models.open(name);
        Manifest m = directory.manifest();
        NetworkSpec spec = m.networks().get(KIND);
        if (!m.kind().equals(KIND)
                || spec == null
                || m.heldOut().isEmpty()
                || m.sample().isEmpty()) {
            throw new RefusedException(directory.name() + " cannot measure samples: that takes a model of kind " + KIND
                    + " whose model.json has a network " + KIND
                    + ", sample, and heldOut, its features of real samples");
        }
        for (String output : List.of("logits", "features")) {
            if (!spec.outputs().containsKey(output)) {
                throw new RefusedException(
                        directory.name() + " cannot measure samples: its network names no output " + output);
            }
        }
        Features real = Features.of(
                Npy.read(directory.file(m.heldOut().get())), m.heldOut().get());
        Network network = directory.lease(onnx, KIND, options);
        try {
            int width = width(network, spec.outputs().get("features"));
            if (width != real.dimension()) {
                throw new RefusedException(directory.name() + " gives " + width + " features, and "
                        + m.heldOut().get() + " holds " + real.dimension());
            }
            return new Measure(
                    directory, network, real, width(network, spec.outputs().get("logits")));
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static int width(Network network, String output) {
        Port port = network.signature().output(output).orElseThrow();
        String last = port.dims().get(port.dims().size() - 1);
        if (port.dims().size() == 2 && last.matches("\\d+")) return Integer.parseInt(last);
        throw new RefusedException("the classifier's output " + port + " must be [batch, n] with a fixed n");
    }

    /** The classifier's name. */
    public String name() {
        return directory.name();
    }

    /** The identity of the classifier: sha256 of its manifest. */
    public String sha256() {
        return directory.sha256();
    }

    /** Its features of the real samples. */
    public Features real() {
        return real;
    }

    /** Whether it takes samples of this shape. */
    public boolean takes(SampleSpec other) {
        return sample.shape().equals(other.shape());
    }

    /**
     * Real against real, as far as what ships can tell: of the held-out samples the odd rows against the even ones, not
     * more of the odd ones than samples are measured. Both halves are smaller than the whole that samples are measured
     * against, so the Frechet distance is a little large for a floor; the kernel distance has no such bias.
     */
    public Quality floor(int samples) {
        Features half = real.every(2, 0, real.count()), other = real.every(2, 1, real.count());
        return quality(other.spread(samples), half, OptionalDouble.empty());
    }

    /**
     * Measures samples, as they are: values beyond their range are not clipped.
     *
     * @param samples [count, ...], in the range of {@code spec}
     * @param spec their shape, which this {@link #takes}, and range
     * @param asked the class asked for of each sample by its name; empty where none was
     */
    public Quality quality(Npy samples, SampleSpec spec, List<String> asked, Cancellation cancellation) {
        int count = samples.shape()[0];
        float[] features = new float[count * real.dimension()];
        int[] seen = new int[count];
        for (int first = 0; first < count; first += BATCH) {
            classify(samples.values(), spec, first, Math.min(BATCH, count - first), features, seen, cancellation);
        }
        return quality(new Features(features, real.dimension()), real, accuracy(seen, asked));
    }

    private static Quality quality(Features features, Features against, OptionalDouble accuracy) {
        return new Quality(
                features.count(),
                against.count(),
                FrechetDistance.between(features, against),
                KernelDistance.between(features, against),
                accuracy);
    }

    private void classify(
            float[] samples, SampleSpec from, int first, int rows, float[] features, int[] seen, Cancellation stop) {
        ArrayTensor x = ArrayTensor.zeros(rows, sample.size());
        double scale = (sample.high() - sample.low()) / (from.high() - from.low());
        for (int i = 0; i < x.size(); i++) {
            x.values()[i] = (float) (sample.low() + scale * (samples[first * sample.size() + i] - from.low()));
        }
        long[] input = new long[sample.shape().size() + 1];
        input[0] = rows;
        for (int i = 1; i < input.length; i++) input[i] = sample.shape().get(i - 1);
        String in = spec.inputs().get("x"),
                f = spec.outputs().get("features"),
                l = spec.outputs().get("logits");
        Map<String, long[]> outputs = Map.of(f, new long[] {rows, real.dimension()}, l, new long[] {rows, classes});
        float[] part = new float[rows * real.dimension()], logits = new float[rows * classes];
        try (Slot slot = network.slot(Map.of(in, input), outputs)) {
            slot.state(in, 0, x);
            slot.run(stop);
            slot.read(f, 0, 0, part);
            slot.read(l, 0, 0, logits);
        }
        System.arraycopy(part, 0, features, first * real.dimension(), part.length);
        for (int i = 0; i < rows; i++) seen[first + i] = largest(logits, i * classes);
    }

    private int largest(float[] logits, int at) {
        int best = 0;
        for (int c = 1; c < classes; c++) if (logits[at + c] > logits[at + best]) best = c;
        return best;
    }

    private OptionalDouble accuracy(int[] seen, List<String> asked) {
        List<String> known =
                directory.manifest().classes().map(ClassesSpec::names).orElse(List.of());
        if (asked.isEmpty() || !known.containsAll(asked)) return OptionalDouble.empty();
        int right = 0;
        for (int i = 0; i < seen.length; i++) if (known.indexOf(asked.get(i)) == seen[i]) right++;
        return OptionalDouble.of((double) right / seen.length);
    }

    @Override
    public void close() {
        network.close();
    }
}
