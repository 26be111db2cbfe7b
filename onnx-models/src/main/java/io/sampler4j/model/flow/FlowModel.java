package io.sampler4j.model.flow;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.LatentSpec;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.tensor.ArrayTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model of the kind {@code flow} or {@code generator}: a network from latent to sample, and for a flow those back and of
 * the gradient, by their roles. Immutable and thread-safe; what one run changes lives in what it opens. Does not own the
 * networks.
 */
public final class FlowModel {
    /** The role of the network from latent to sample. */
    public static final String GENERATOR = "generator";

    /** The role of the network from sample to latent. */
    public static final String ENCODER = "encoder";

    /** The role of the network of the log-likelihood and its gradient. */
    public static final String GRADIENT = "gradient";

    /** Roundings of float32 in some layers, relative to the largest of the latent's numbers. */
    private static final double LIMIT = 1e-5;

    private static final double HALF_LIMIT = 1e-2;
    /** More than one: an export that was traced with one sample, and works with no other number, shows. */
    private static final int TRIED = 2;

    private final Manifest manifest;
    private final SampleSpec sample;
    private final LatentSpec latent;
    private final Map<String, Network> networks;
    private boolean inverse;

    /**
     * A model over leased networks.
     *
     * @param networks by role: as many of generator, encoder, gradient as will be used
     * @throws RefusedException if the manifest is not that of a generator or flow, naming every member that is missing
     */
    public FlowModel(Manifest manifest, Map<String, Network> networks) {
        List<String> missing = new ArrayList<>();
        if (!manifest.networks().containsKey(GENERATOR)) missing.add("networks." + GENERATOR);
        if (manifest.sample().isEmpty()) missing.add("sample");
        if (manifest.latent().isEmpty()) missing.add("latent");
        if (!missing.isEmpty()) {
            throw new RefusedException("a flow or generator needs " + String.join(", ", missing)
                    + " in its model.json, whose kind is " + manifest.kind());
        }
        this.manifest = manifest;
        sample = manifest.sample().get();
        latent = manifest.latent().get();
        this.networks = Map.copyOf(networks);
    }

    /** The roles of those of its networks that a manifest has. */
    public static List<String> roles(Manifest manifest) {
        return Stream.of(GENERATOR, ENCODER, GRADIENT)
                .filter(manifest.networks()::containsKey)
                .toList();
    }

    /** The shape and range of one sample. */
    public SampleSpec sample() {
        return sample;
    }

    /** The distribution and shape of one latent. */
    public LatentSpec latent() {
        return latent;
    }

    /** Whether the generator takes a class. */
    public boolean takesClass() {
        return spec(GENERATOR).inputs().containsKey("class");
    }

    /**
     * The generator of one run over a batch.
     *
     * @param samples samples of the run's tensors
     * @param classes one for each sample; of any length where the network takes none
     * @param cancellation stops a call of the network
     * @param called hears of each call
     */
    public NetworkGenerator generator(int samples, int[] classes, Cancellation cancellation, Runnable called) {
        return new NetworkGenerator(this, samples, classes, cancellation, called);
    }

    /**
     * The flow of one run over a batch. The first time, some data goes there and back, which calls each network at most
     * twice, and of which nobody hears.
     *
     * @param samples samples of the run's tensors
     * @param cancellation stops a call of a network
     * @param called hears of each call
     * @throws RefusedException if the model cannot encode, or its two directions are not each other's inverse
     */
    public NetworkFlow flow(int samples, Cancellation cancellation, Runnable called) {
        requireEncoder();
        requireInverse(cancellation);
        return new NetworkFlow(this, samples, cancellation, called);
    }

    /**
     * The flow of one run over a batch, with the gradient of its log-likelihood. Calls networks as {@link #flow} does.
     *
     * @throws RefusedException as {@link #flow} does, or if the model has no network of the gradient
     */
    public NetworkDifferentiableFlow differentiable(int samples, Cancellation cancellation, Runnable called) {
        requireGradient();
        requireInverse(cancellation);
        return new NetworkDifferentiableFlow(this, samples, cancellation, called);
    }

    /**
     * Demands a flow. Calls no network.
     *
     * @throws RefusedException if the model is a generator without an encoder
     */
    public void requireEncoder() {
        requireRole(ENCODER, "it generates, and cannot encode");
    }

    /**
     * Demands a flow with the gradient of its log-likelihood. Calls no network.
     *
     * @throws RefusedException if the model has none
     */
    public void requireGradient() {
        requireEncoder();
        requireRole(GRADIENT, "it has likelihoods, and not their gradient, which editing follows");
    }

    private void requireRole(String role, String without) {
        if (manifest.networks().containsKey(role)) return;
        throw new RefusedException("this model has no network of the role " + role + ": " + without
                + ". Export one, and name it in model.json");
    }

    private synchronized void requireInverse(Cancellation cancellation) {
        if (inverse) return;
        double limit = halfPrecision() ? HALF_LIMIT : LIMIT, error = inverseError(cancellation);
        if (!(error <= limit)) {
            throw new RefusedException(String.format(
                    Locale.ROOT,
                    "the networks of this flow are not each other's inverse: a latent that was decoded and encoded again "
                            + "differs by %.3g of its size, and %.0e is what roundings explain. Are encoder and generator of "
                            + "one training, exported in evaluation mode?",
                    error,
                    limit));
        }
        inverse = true;
    }

    /**
     * How far z of some data is from z of what it decodes to: the largest difference, relative to the largest of z's
     * numbers. The data is noise over the whole range, the same for every model.
     */
    private double inverseError(Cancellation cancellation) {
        SplittableRandom random = new SplittableRandom(0);
        ArrayTensor x = ArrayTensor.zeros(TRIED, sample.size());
        for (int i = 0; i < x.size(); i++) x.values()[i] = (float) random.nextDouble(sample.low(), sample.high());
        try (NetworkFlow flow = new NetworkFlow(this, TRIED, cancellation, () -> {})) {
            ArrayTensor z = flow.latentFor(x), again = z.like();
            double[] unused = new double[TRIED];
            flow.encode(x, z, unused);
            flow.generate(z, x);
            flow.encode(x, again, unused);
            double size = largest(z.values());
            float[] difference = again.add(-1, z).values();
            return largest(difference) / Math.max(size, Float.MIN_NORMAL);
        }
    }

    /** NaN if one is. */
    private static double largest(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.abs(values[i]))
                .reduce(0, Math::max);
    }

    private boolean halfPrecision() {
        return network(ENCODER).signature().outputs().stream()
                .filter(p -> p.name().equals(spec(ENCODER).outputs().get("z")))
                .anyMatch(p -> p.dtype().equals("float16"));
    }

    Network network(String role) {
        Network network = networks.get(role);
        if (network == null) throw new IllegalStateException("the network of the role " + role + " was not leased");
        return network;
    }

    NetworkSpec spec(String role) {
        return manifest.networks().get(role);
    }

    long[] sampleShape(int samples) {
        return shape(samples, sample.shape());
    }

    long[] latentShape(int samples) {
        return shape(samples, latent.shape());
    }

    private static long[] shape(int samples, List<Integer> each) {
        return IntStream.concat(IntStream.of(samples), each.stream().mapToInt(Integer::intValue))
                .asLongStream()
                .toArray();
    }
}
