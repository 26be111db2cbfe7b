package io.sampler4j.model.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.SignatureCheck;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.JavaNetwork;
import io.sampler4j.onnx.JavaNetwork.Array;
import io.sampler4j.onnx.Signature;
import io.sampler4j.tensor.ArrayTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flow of two numbers, z = (2 (a + sin b), b / 4), given as pictures of 1 x 1 x 2, over networks written in Java. */
class FlowModelTest {
    private static final double LOG_DET = Math.log(2.) - Math.log(4.);
    private static final Cancellation NONE = new Cancellation();

    private final JavaNetwork encoder = new JavaNetwork(
            new Signature(
                    List.of(JavaNetwork.port("x", "float32", "batch", 1, 1, 2)),
                    List.of(
                            JavaNetwork.port("z", "float32", "batch", 2),
                            JavaNetwork.port("logdet", "float32", "batch"))),
            (in, out) -> {
                double[] x = in.get("x").values(), z = out.get("z").values();
                for (int i = 0; i < x.length; i += 2) {
                    z[i] = 2 * (x[i] + Math.sin(x[i + 1]));
                    z[i + 1] = x[i + 1] / 4;
                    out.get("logdet").values()[i / 2] = LOG_DET;
                }
            });
    private final JavaNetwork generator = generator(2);
    private final JavaNetwork gradient = new JavaNetwork(
            new Signature(
                    List.of(JavaNetwork.port("x", "float32", "batch", 1, 1, 2)),
                    List.of(
                            JavaNetwork.port("logp", "float32", "batch"),
                            JavaNetwork.port("gradient", "float32", "batch", 1, 1, 2))),
            (in, out) -> {
                double[] x = in.get("x").values(), g = out.get("gradient").values();
                for (int i = 0; i < x.length; i++) {
                    g[i] = -x[i];
                    out.get("logp").values()[i / 2] -= x[i] * x[i] / 2;
                }
            });

    /** @param scale 2 is the inverse of the encoder's */
    private static JavaNetwork generator(double scale) {
        return new JavaNetwork(
                new Signature(
                        List.of(JavaNetwork.port("z", "float32", "batch", 2)),
                        List.of(JavaNetwork.port("x", "float32", "batch", 1, 1, 2))),
                (in, out) -> {
                    double[] z = in.get("z").values();
                    Array x = out.get("x");
                    for (int i = 0; i < z.length; i += 2) {
                        x.values()[i + 1] = 4 * z[i + 1];
                        x.values()[i] = z[i] / scale - Math.sin(x.values()[i + 1]);
                    }
                });
    }

    private static Manifest manifest(String kind, String latent, String... roles) {
        Map<String, String> all = new TreeMap<>(Map.of(
                "generator", "{\"file\": \"g.onnx\", \"inputs\": {\"z\": \"z\"}, \"outputs\": {\"x\": \"x\"}}",
                "encoder",
                        "{\"file\": \"e.onnx\", \"inputs\": {\"x\": \"x\"},"
                                + " \"outputs\": {\"z\": \"z\", \"logdet\": \"logdet\"}}",
                "gradient",
                        "{\"file\": \"d.onnx\", \"inputs\": {\"x\": \"x\"},"
                                + " \"outputs\": {\"logp\": \"logp\", \"gradient\": \"gradient\"}}"));
        all.keySet().retainAll(List.of(roles));
        StringBuilder networks = new StringBuilder();
        all.forEach((role, network) ->
                networks.append(networks.isEmpty() ? "" : ", ").append("\"" + role + "\": " + network));
        String hash = "0".repeat(64);
        return Manifest.parse(
                "{\"format\": 1, \"kind\": \"" + kind + "\", \"files\": {\"g.onnx\": \"" + hash + "\", \"e.onnx\": \""
                        + hash + "\", \"d.onnx\": \"" + hash + "\"}, \"networks\": {" + networks
                        + "}, \"sample\": {\"shape\": [1, 1, 2], \"range\": [-1, 3]}, \"latent\": {\"distribution\":"
                        + " \"gaussian\", \"shape\": " + latent + "}}",
                "test");
    }

    private static final String[] ALL = {"generator", "encoder", "gradient"};

    private FlowModel whole() {
        return new FlowModel(
                manifest("flow", "[2]", ALL), Map.of("generator", generator, "encoder", encoder, "gradient", gradient));
    }

    @AfterEach
    void everySlotIsGivenBack() {
        for (JavaNetwork n : List.of(encoder, generator, gradient))
            assertThat(n.openSlots()).isZero();
    }

    @Test
    void bothDirectionsAndTheGradientAreTheNetworks() {
        ArrayTensor x = ArrayTensor.over(new float[] {.5f, 1, -.25f, 2, 0, 0}, 3), back = x.like(), g = x.like();
        double[] logDet = {1, 1, 1}, nats = {0, 1, 0};
        AtomicInteger called = new AtomicInteger();
        try (NetworkDifferentiableFlow flow = whole().differentiable(3, NONE, called::incrementAndGet)) {
            ArrayTensor z = flow.latentFor(x);
            flow.encode(x, z, logDet);
            assertThat(z.values()[0]).isEqualTo((float) (2 * (.5 + Math.sin(1))));
            assertThat(logDet).containsExactly(new double[] {1 + LOG_DET, 1 + LOG_DET, 1 + LOG_DET}, within(1e-7));
            flow.generate(z, back);
            assertThat(back.values()).containsExactly(x.values(), within(1e-6f));
            flow.gradient(x, nats, g);
            assertThat(g.values()).containsExactly(-.5f, -1, .25f, -2, -0f, -0f);
            assertThat(nats[1]).isCloseTo(1 - (.0625 + 4) / 2, within(1e-6));
            assertThat(flow.sampleRange()).containsExactly(-1., 3.);
            assertThat(called).hasValue(3);
        }
    }

    @Test
    void thatTheDirectionsAreInverseIsTriedOnce() {
        FlowModel model = whole();
        model.flow(1, NONE, () -> {}).close();
        model.flow(2, NONE, () -> {}).close();
        model.differentiable(2, NONE, () -> {}).close();
        assertThat(encoder.calls()).isEqualTo(2);
        assertThat(generator.calls()).isEqualTo(1);
    }

    @Test
    void directionsThatAreNotInverseAreRefusedWithTheNumber() {
        for (double off : new double[] {1.02, 1.00003}) {
            FlowModel wrong = new FlowModel(
                    manifest("flow", "[2]", "generator", "encoder"),
                    Map.of("generator", generator(2 * off), "encoder", encoder));
            assertThatThrownBy(() -> wrong.flow(1, NONE, () -> {}))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("not each other's inverse")
                    .hasMessageContaining(off > 1.01 ? "differs by 0.0" : "differs by 3.00e-05")
                    .hasMessageContaining("1e-05 is what roundings explain");
        }
    }

    @Test
    void anAnswerThatIsNoNumberIsAnError() {
        JavaNetwork nan = new JavaNetwork(
                generator.signature(), (in, out) -> Arrays.fill(out.get("x").values(), Double.NaN));
        FlowModel wrong = new FlowModel(manifest("flow", "[2]", "generator"), Map.of("generator", nan));
        try (NetworkGenerator g = wrong.generator(1, new int[0], NONE, () -> {})) {
            ArrayTensor x = ArrayTensor.zeros(1, 2);
            assertThatThrownBy(() -> g.generate(g.latentFor(x), x))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("answer x is not finite");
        }
    }

    @Test
    void aGeneratorWithoutAnEncoderGeneratesAndSaysThatItCannotEncode() {
        JavaNetwork network = new JavaNetwork(
                new Signature(
                        List.of(
                                JavaNetwork.port("z", "float32", "batch", 3),
                                JavaNetwork.port("label", "int64", "batch")),
                        List.of(JavaNetwork.port("x", "float32", "batch", 1, 1, 2))),
                (in, out) -> {
                    double[] z = in.get("z").values(), x = out.get("x").values();
                    for (int i = 0; i < x.length; i++)
                        x[i] = z[i / 2 * 3] + in.get("label").values()[i / 2];
                });
        Manifest gan = Manifest.parse(
                manifest("generator", "[3]", "generator")
                        .json()
                        .replace("\"z\" : \"z\"", "\"z\" : \"z\", \"class\" : \"label\""),
                "test");
        FlowModel model = new FlowModel(gan, Map.of("generator", network));
        assertThat(model.takesClass()).isTrue();
        try (NetworkGenerator g = model.generator(2, new int[] {4, 5}, NONE, () -> {})) {
            ArrayTensor x = ArrayTensor.zeros(2, 2), z = g.latentFor(x);
            assertThat(z.size()).isEqualTo(6);
            z.values()[3] = .5f;
            g.generate(z, x);
            assertThat(x.values()).containsExactly(4, 4, 5.5f, 5.5f);
        }
        assertThat(network.openSlots()).isZero();
        assertThatThrownBy(() -> model.flow(1, NONE, () -> {}))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("it generates, and cannot encode");
        assertThat(FlowModel.roles(gan)).containsExactly("generator");
    }

    @Test
    void aFlowWithoutTheGradientsNetworkSaysSo() {
        Manifest m = manifest("flow", "[2]", "generator", "encoder");
        FlowModel model = new FlowModel(m, Map.of("generator", generator, "encoder", encoder));
        assertThat(FlowModel.roles(m)).containsExactly("generator", "encoder");
        assertThatThrownBy(() -> model.differentiable(1, NONE, () -> {}))
                .hasMessageContaining("no network of the role gradient");
    }

    @Test
    void aCancelledRunEndsAtItsNextCall() {
        Cancellation cancelled = new Cancellation();
        try (NetworkGenerator g = whole().generator(1, new int[0], cancelled, () -> {})) {
            ArrayTensor x = ArrayTensor.zeros(1, 2);
            cancelled.cancel("enough");
            assertThatThrownBy(() -> g.generate(g.latentFor(x), x)).isInstanceOf(CancelledException.class);
        }
    }

    @Test
    void whatTheManifestLacksIsNamed() {
        Manifest none = Manifest.parse("{\"format\": 1, \"kind\": \"flow\"}", "test");
        assertThatThrownBy(() -> new FlowModel(none, Map.of()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("networks.generator, sample, latent");
    }

    @Test
    void aFlowThatChangesTheNumberOfDimensionsIsRefusedWhenItIsRead() {
        assertThatThrownBy(() -> manifest("flow", "[3]", ALL))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("latent.shape has 3 numbers, and sample.shape 2");
        assertThatThrownBy(() -> manifest("flow", "[2]", "generator", "gradient"))
                .hasMessageContaining("a gradient and no encoder");
        assertThat(manifest("generator", "[3]", "generator").latent()).isPresent();
    }

    @Test
    void signaturesAreCheckedAgainstTheManifest() {
        Manifest m = manifest("flow", "[2]", ALL);
        assertThat(SignatureCheck.of(m, "encoder", encoder.signature()).ok()).isTrue();
        assertThat(SignatureCheck.of(m, "generator", generator.signature()).ok())
                .isTrue();
        assertThat(SignatureCheck.of(m, "gradient", gradient.signature()).ok()).isTrue();
        Signature fixed = new Signature(
                List.of(JavaNetwork.port("z", "float32", 1, 4)),
                List.of(JavaNetwork.port("x", "float32", "batch", 1, 1, 2)));
        assertThat(SignatureCheck.of(m, "generator", fixed).table())
                .contains("its batch is fixed at 1", "float [batch, 2]");
        Signature swapped = new Signature(
                encoder.signature().inputs(),
                List.of(JavaNetwork.port("z", "float32", "batch", 4), JavaNetwork.port("log", "float32", "batch")));
        assertThat(SignatureCheck.of(m, "encoder", swapped).table())
                .contains("dimension 1 is 4, and the manifest says 2", "the network has no output logdet");
    }
}
