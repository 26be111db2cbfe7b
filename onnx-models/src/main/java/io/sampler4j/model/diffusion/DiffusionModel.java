package io.sampler4j.model.diffusion;

import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Prediction;
import io.sampler4j.api.diffusion.Variance;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ClassesSpec;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;

/**
 * A diffusion model: the noise process of its manifest and its denoising network, whatever that predicts. Immutable and
 * thread-safe; what one run changes lives in the {@link NetworkDenoiser} that it opens. Does not own the network.
 */
public final class DiffusionModel {
    private final Manifest manifest;
    private final Network network;
    private final DiffusionProcess process;
    private final Preconditioning preconditioning;
    private final Prediction raw;
    private final Prediction prediction;
    private final NetworkTime time;
    private final Variance variance;
    private final Ports ports;

    /** The names and kinds of the denoiser's tensors. An absent class input is an empty text. */
    record Ports(String x, String time, String classes, String prediction, boolean timePerSample, int timeRank) {}

    /**
     * A model over a leased network.
     *
     * @throws RefusedException if the manifest is not that of a diffusion model, naming every member that is missing
     */
    public DiffusionModel(Manifest manifest, Network network) {
        this.manifest = manifest;
        this.network = network;
        List<String> missing = new ArrayList<>();
        if (!manifest.networks().containsKey("denoiser")) missing.add("networks.denoiser");
        if (manifest.process().isEmpty()) missing.add("process");
        if (manifest.prediction().isEmpty()) missing.add("prediction");
        if (manifest.time().isEmpty()) missing.add("time");
        if (manifest.sample().isEmpty()) missing.add("sample");
        if (!missing.isEmpty()) {
            throw new RefusedException("a diffusion model needs " + String.join(", ", missing)
                    + " in its model.json, whose kind is " + manifest.kind());
        }
        DiffusionProcess trained =
                DiffusionProcess.of(manifest.process().get(), manifest.sample().get());
        preconditioning = Preconditioning.of(
                manifest.preconditioning().orElse("edm"),
                trained.time(),
                manifest.sigmaData().orElse(1),
                manifest.process().get().lowest().orElse(0));
        raw = prediction(manifest);
        prediction = manifest.boundary()
                .<Prediction>map(b -> new Boundary(raw, trained.time(), b))
                .orElse(raw);
        variance = switch (manifest.variance()) {
            case "learned" -> Variance.LEARNED;
            case "learned-range" -> Variance.LEARNED_RANGE;
            default -> Variance.NONE;
        };
        NetworkSpec spec = manifest.networks().get("denoiser");
        Port timePort = port(network.signature(), spec.inputs().get("time"));
        ports = new Ports(
                spec.inputs().get("x"),
                timePort.name(),
                spec.inputs().getOrDefault("class", ""),
                spec.outputs().get("prediction"),
                manifest.time().get().perSample(),
                timePort.dims().size());
        boolean whole = timePort.dtype().startsWith("int");
        time = new NetworkTime(trained.time(), preconditioning, manifest.time().get(), whole);
        process = trained.knowing(time::nearest);
    }

    private static Port port(Signature signature, String name) {
        return signature.inputs().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RefusedException("the manifest names the denoiser's time \"" + name
                        + "\", and the network has " + signature.inputs()));
    }

    private Prediction prediction(Manifest manifest) {
        return switch (manifest.prediction().orElseThrow()) {
            case "epsilon" -> Prediction.EPSILON;
            case "x0" -> Prediction.X0;
            case "v" -> Prediction.V;
            case "velocity" -> Prediction.VELOCITY;
            case "score" -> Prediction.SCORE;
            case "F" -> preconditioning;
            default ->
                throw new IllegalStateException(
                        "the manifest's reader lets no prediction " + manifest.prediction() + " pass");
        };
    }

    /** The noise process, for schedulers. */
    public DiffusionProcess process() {
        return process;
    }

    /** What the network says about the variance of its reverse step. */
    public Variance variance() {
        return variance;
    }

    /** The shape of one sample. */
    public List<Integer> shape() {
        return process.sampleShape();
    }

    /** Elements of one sample. */
    public int elements() {
        return shape().stream().reduce(1, Math::multiplyExact);
    }

    /** The class that means none, where the network was trained with one. */
    public OptionalInt nullClass() {
        return manifest.classes().map(ClassesSpec::nullClass).orElse(OptionalInt.empty());
    }

    /** Whether the network takes a class. */
    public boolean takesClass() {
        return !ports.classes().isEmpty();
    }

    /** Whether the manifest says that the network was distilled. */
    public boolean distilled() {
        return manifest.distilled();
    }

    /**
     * The denoiser of one run over a batch.
     *
     * @param samples samples of the run's tensors
     * @param cancellation stops a call of the network
     */
    public NetworkDenoiser open(int samples, Cancellation cancellation) {
        return open(samples, cancellation, DoubleUnaryOperator.identity());
    }

    /**
     * As {@link #open(int, Cancellation)}, where the network is told another level than the one x is at.
     *
     * @param told sigma/alpha that the network is told, by the sigma/alpha of x
     */
    public NetworkDenoiser open(int samples, Cancellation cancellation, DoubleUnaryOperator told) {
        return new NetworkDenoiser(this, network, samples, cancellation, told);
    }

    /** What its model.json says. */
    public Manifest manifest() {
        return manifest;
    }

    Prediction prediction() {
        return prediction;
    }

    /** What x, in the network's own coordinates, is multiplied by before the network sees it: c_in of F, else 1. */
    double inputScale(NoiseLevel here) {
        return raw == preconditioning ? preconditioning.in(here.ratio()) : 1;
    }

    NetworkTime time() {
        return time;
    }

    Ports ports() {
        return ports;
    }

    /** Channels of the network's output for each channel of a sample. */
    private int outputChannels() {
        return variance == Variance.NONE ? 1 : 2;
    }

    Map<String, long[]> inputShapes(int rows) {
        Map<String, long[]> shapes = new java.util.LinkedHashMap<>();
        shapes.put(ports.x(), shape(rows, 1));
        long[] one = new long[ports.timeRank()];
        java.util.Arrays.fill(one, 1);
        if (ports.timePerSample() && one.length > 0) one[0] = rows;
        shapes.put(ports.time(), one);
        if (takesClass()) shapes.put(ports.classes(), new long[] {rows});
        return shapes;
    }

    Map<String, long[]> outputShapes(int rows) {
        return Map.of(ports.prediction(), shape(rows, outputChannels()));
    }

    private long[] shape(int rows, int times) {
        long[] shape = new long[shape().size() + 1];
        shape[0] = rows;
        for (int i = 1; i < shape.length; i++) shape[i] = shape().get(i - 1);
        shape[1] *= times;
        return shape;
    }
}
