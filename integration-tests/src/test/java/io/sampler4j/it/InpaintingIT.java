package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Image to image and inpainting on correlated Gaussians, whose conditional law is known, and the known part under every
 * sampler there is.
 */
class InpaintingIT {
    private static final double CORRELATION = .8;
    private static final float KNOWN = 1;
    private static final int COUNT = 4096;

    @TempDir
    static Path folder;

    private static Sampler4j sampler4j;

    @BeforeAll
    static void open() throws IOException {
        for (int n : new int[] {2, 257}) {
            Gaussians.x0(folder.resolve("models/gaussian-" + n), n, 1, CORRELATION, "");
            float[] known = new float[n], last = new float[n];
            Arrays.fill(known, KNOWN);
            known[n - 1] = -3; // What is to be made new: no result may depend on it.
            last[n - 1] = 1;
            write("known-" + n + ".npy", new Npy(new int[] {1, n}, known));
            write("last-" + n + ".npy", new Npy(new int[] {1, n}, last));
        }
        Gaussians.velocity(folder.resolve("models/flow"), 2, .5, "");
        sampler4j = Sampler4j.builder()
                .modelsDirectory(folder.resolve("models"))
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterAll
    static void close() {
        assertThat(sampler4j.onnx().counts().leases()).isZero();
        assertThat(sampler4j.onnx().counts().slots()).isZero();
        sampler4j.close();
    }

    private static Path write(String name, Npy npy) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            npy.write(out);
        }
        return file;
    }

    private static Request gaussian(String sampler, int n) {
        return Request.of("gaussian-" + n)
                .sampler(sampler)
                .ratios(ratios())
                .seed(1)
                .initImage(folder.resolve("known-" + n + ".npy"));
    }

    private static Request inpainted(String sampler, int n) {
        return gaussian(sampler, n).mask(folder.resolve("last-" + n + ".npy"));
    }

    private static double[] ratios() {
        double[] ratios = new double[61];
        for (int i = 0; i < 60; i++) ratios[i] = 40 * Math.pow(.005 / 40, i / 59.);
        return ratios;
    }

    private static List<String> samplers() {
        try (PluginHost.Lease lease = sampler4j.plugins().lease()) {
            return lease.registry().offers().stream()
                    .filter(o -> o.kind() == DiffusionSampler.class)
                    .map(o -> o.name())
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> theKnownPartIsThePictureUnderEverySampler() {
        List<String> all = samplers();
        assertThat(all).contains("ddpm", "ddim", "edm", "euler", "heun", "dpm2", "euler-ancestral", "dpmpp-2m");
        return all.stream().map(name -> DynamicTest.dynamicTest(name, () -> knownPart(name)));
    }

    private void knownPart(String name) throws IOException {
        Path states = folder.resolve(name + "-states.npy");
        Result result;
        // A sampler that chooses its own steps keeps no path.
        boolean keepsPath = !name.equals("dopri5");
        Request request = inpainted(name, 2).count(3);
        try {
            result = sampler4j.run(keepsPath ? request.traceStates(states) : request);
        } catch (RefusedException e) {
            assertThat(e).as("only for networks that were distilled for it").hasMessageContaining("distilled");
            return;
        }
        result.write(folder.resolve(name + ".npy"));
        float[] path = keepsPath ? Npy.read(states).values() : result.array().values();
        for (int i = 0; i < 3; i++) {
            assertThat(result.sample(i)[0]).isEqualTo(KNOWN);
            // By the sampler's own arithmetic, before the roundings are taken off: float32 beside numbers of 1 to 40.
            assertThat(path[path.length - 6 + 2 * i]).isCloseTo(KNOWN, within(1e-5f));
            assertThat(result.sample(i)[1]).isBetween(-6f, 6f).isNotEqualTo(-3f);
        }
        assertThat(result.sample(0)[1]).isNotEqualTo(result.sample(1)[1]);
        // Sample 1 alone, from the seed that it has in the batch.
        assertThat(sampler4j.run(inpainted(name, 2).seed(2)).sample(0)).containsExactly(result.sample(1));
    }

    /** Mean and variance of the element that is made new. */
    private static double[] moments(Request request) {
        float[] all = sampler4j.run(request.count(COUNT)).array().values();
        int n = all.length / COUNT;
        double sum = 0, squares = 0;
        for (int i = n - 1; i < all.length; i += n) {
            sum += all[i];
            squares += (double) all[i] * all[i];
        }
        double mean = sum / COUNT;
        return new double[] {mean, squares / COUNT - mean * mean};
    }

    /**
     * Mean and variance that the method itself gives the new element beside n - 1 known ones: Euler's step is linear in
     * their average and in the new one, so both moments are carried through the grid exactly. {@code eta} is the share of
     * the ancestral noise.
     */
    private static double[] law(double[] ratios, double eta, int n) {
        double k = n - 1, l0 = 1 - CORRELATION, l1 = 1 + k * CORRELATION;
        double s = ratios[0], m0 = KNOWN, m1 = 0, v00 = s * s / k, v01 = 0, v11 = s * s;
        for (int i = 0; i + 1 < ratios.length; i++) {
            double t = ratios[i], next = ratios[i + 1];
            double up = eta * next * Math.sqrt(1 - next * next / t / t), h = Math.sqrt(next * next - up * up) - t;
            double f0 = l0 / (l0 + t * t), f1 = l1 / (l1 + t * t);
            double own = f0 + (f1 - f0) / n, shared = (f1 - f0) / n * k;
            // eps = ((x0 - known) / t, (x1 - shared x0 - own x1) / t)
            double a = 1 + h / t, c = -h * shared / t, d = 1 + h * (1 - own) / t;
            m1 = c * m0 + d * m1;
            m0 = a * m0 - h * KNOWN / t;
            v11 = c * c * v00 + 2 * c * d * v01 + d * d * v11 + up * up;
            v01 = a * (c * v00 + d * v01);
            v00 = a * a * v00 + up * up / k;
        }
        return new double[] {m1, v11};
    }

    private static double[] fine() {
        double[] fine = new double[6001];
        for (int i = 0; i < 6000; i++) fine[i] = 40 * Math.pow(.005 / 40, i / 5999.);
        return fine;
    }

    @ParameterizedTest
    @CsvSource({
        "euler, 0, 2",
        "ddim, 0, 2",
        "rectified-flow, 0, 2",
        "euler-ancestral, 1, 2",
        "ddpm, 1, 2",
        "euler, 0, 257",
        "euler-ancestral, 1, 257"
    })
    void theNewPartFollowsTheLawOfTheMethod(String sampler, double eta, int n) {
        double[] expected = law(ratios(), eta, n),
                found = moments(inpainted(sampler, n).batch(512));
        // Three standard errors of 4,096 draws.
        assertThat(found[0]).isCloseTo(expected[0], within(3 * Math.sqrt(expected[1] / COUNT)));
        assertThat(found[1]).isCloseTo(expected[1], within(3 * expected[1] * Math.sqrt(2. / COUNT)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"heun", "dpm2", "dpmpp-2m", "edm"})
    void higherOrdersReachTheSameLawOnAFinerGrid(String sampler) {
        double[] expected = law(fine(), 0, 2), found = moments(inpainted(sampler, 2));
        // Three standard errors, and 0.01 for their own error in 60 steps.
        assertThat(found[0]).isCloseTo(expected[0], within(3 * Math.sqrt(expected[1] / COUNT) + .01));
        assertThat(found[1]).isCloseTo(expected[1], within(3 * expected[1] * Math.sqrt(2. / COUNT) + .01));
    }

    /** What the method is worth: the laws above beside the conditional law, to the digits that the documentation gives. */
    @ParameterizedTest
    @CsvSource({
        "2, 0, .35, .67, .80, .36",
        "2, 1, .50, .54, .80, .36",
        "17, 0, .81, .30, .98, .21",
        "17, 1, .93, .23, .98, .21",
        "257, 0, .95, .21, 1, .20",
        "257, 1, .99, .20, 1, .20"
    })
    void theLawComesNearTheConditionalOneAsMoreIsKnown(
            int n, double eta, double mean, double variance, double conditionalMean, double conditionalVariance) {
        double[] found = law(fine(), eta, n);
        double weight = CORRELATION / (1 + (n - 2) * CORRELATION) * (n - 1);
        assertThat(found[0]).isCloseTo(mean, within(.006));
        assertThat(found[1]).isCloseTo(variance, within(.006));
        assertThat(weight * KNOWN).isCloseTo(conditionalMean, within(.006));
        assertThat(1 - CORRELATION * weight).isCloseTo(conditionalVariance, within(.006));
    }

    /** Where the elements are independent, the conditional law is the marginal one: N(0, 0.25), and the method exact. */
    @ParameterizedTest
    @ValueSource(strings = {"heun", "dpmpp-2m", "euler-ancestral", "ddpm"})
    void fromPureNoiseTheFirstStepKnowsThePictureToo(String sampler) {
        double[] ratios = new double[81];
        for (int i = 0; i < 81; i++) ratios[i] = (80. - i) / i;
        Request request = Request.of("flow")
                .sampler(sampler)
                .ratios(ratios)
                .seed(1)
                .initImage(folder.resolve("known-2.npy"))
                .mask(folder.resolve("last-2.npy"));
        assertThat(sampler4j.run(request).sample(0)[0]).isEqualTo(KNOWN);
        double[] found = moments(request);
        // Three standard errors, and 0.01 of the step's own error in 80 steps (ancestral ones lose that much variance).
        assertThat(found[0]).isCloseTo(0, within(3 * .5 / Math.sqrt(COUNT)));
        assertThat(found[1]).isCloseTo(.25, within(3 * .25 * Math.sqrt(2. / COUNT) + .01));
    }

    @Test
    void aMaskThatIsWhiteChangesNoBitOfTheRun() throws IOException {
        Path white = write("white.npy", new Npy(new int[] {1, 2}, new float[] {1, 1}));
        for (String sampler : List.of("heun", "dpmpp-2m", "euler-ancestral")) {
            float[] masked = sampler4j
                    .run(gaussian(sampler, 2).mask(white).count(2))
                    .array()
                    .values();
            float[] plain = sampler4j
                    .run(Request.of("gaussian-2")
                            .sampler(sampler)
                            .ratios(ratios())
                            .seed(1)
                            .count(2))
                    .array()
                    .values();
            assertThat(masked).containsExactly(plain);
        }
    }

    @Test
    void aGreyMaskBlendsAndABlackOneIsThePicture() throws IOException {
        Path grey = write("grey.npy", new Npy(new int[] {1, 2}, new float[] {0, .25f}));
        float[] blend = sampler4j.run(gaussian("heun", 2).mask(grey)).sample(0);
        assertThat(blend[0]).isEqualTo(KNOWN);
        assertThat(blend[1]).as("three quarters of -3").isBetween(-3.5f, -1.2f);
        Path black = write("black.npy", new Npy(new int[] {1, 2}, new float[] {0, 0}));
        assertThat(sampler4j.run(gaussian("heun", 2).mask(black)).sample(0)).containsExactly(KNOWN, -3);
    }

    @Test
    void thePictureIsStartedFromUnderItsShareOfTheNoise() throws IOException {
        Path states = folder.resolve("img2img.npy"), noise = folder.resolve("noise.npy");
        write("noise.npy", new Npy(new int[] {1, 2}, new float[] {.5f, -2}));
        double[] ratios = {8, 4, 2, 1, 0};
        for (double strength : new double[] {1, .75, .5, .37, .25}) {
            Request request = gaussian("euler", 2)
                    .ratios(ratios)
                    .strength(strength)
                    .initNoise(noise)
                    .traceStates(states);
            Result result = sampler4j.run(request);
            result.write(folder.resolve("img2img-out.npy"));
            int steps = (int) Math.round(4 * strength);
            double sigma = ratios[4 - steps];
            Npy path = Npy.read(states);
            assertThat(path.shape()).containsExactly(steps + 1, 1, 2);
            assertThat(path.values()[0]).isCloseTo((float) (KNOWN + .5 * sigma), within(1e-5f));
            assertThat(path.values()[1]).isCloseTo((float) (-3 - 2 * sigma), within(1e-5f));
            assertThat(result.nfe()).isEqualTo(steps);
        }
    }

    @Test
    void withoutStrengthNothingIsMadeNewAndTheNetworkIsNotAsked() {
        for (double strength : new double[] {0, .008}) {
            Result result = sampler4j.run(gaussian("ddpm", 2).strength(strength).count(2));
            assertThat(result.array().values()).containsExactly(KNOWN, -3, KNOWN, -3);
            assertThat(result.nfe()).isZero();
        }
    }

    @Test
    void eachSampleMayHaveItsPictureAndItsMask() throws IOException {
        Path pictures = write("two.npy", new Npy(new int[] {2, 2}, new float[] {1, -3, 0, 2}));
        Path masks = write("masks.npy", new Npy(new int[] {2, 2}, new float[] {0, 1, 1, 0}));
        for (int batch : new int[] {1, 2}) {
            float[] made = sampler4j
                    .run(gaussian("heun", 2)
                            .initImage(pictures)
                            .mask(masks)
                            .count(2)
                            .batch(batch))
                    .array()
                    .values();
            assertThat(made[0]).isEqualTo(1);
            assertThat(made[3]).isEqualTo(2);
        }
    }

    @Test
    void thePictureIsKeptUnderGuidanceAndClippingAndSoIsThePreview() throws IOException {
        Path zero = folder.resolve("digit.npy");
        Result digit = sampler4j.run(
                Request.of("digits-ddpm").classes(3).steps(10).seed(4).guidance("none"));
        digit.write(zero);
        float[] lower = new float[784];
        Arrays.fill(lower, 392, 784, 1);
        Path mask = write("lower.npy", new Npy(new int[] {1, 1, 28, 28}, lower));
        for (String guidance : List.of("cfg", "cfg-rescaled", "apg")) {
            Result result = sampler4j.run(Request.of("digits-ddpm")
                    .classes(3)
                    .guidance(guidance)
                    .cfgScale(3)
                    .sampler("euler-ancestral")
                    .set("threshold", "0.9,2")
                    .steps(6)
                    .seed(8)
                    .frames(Request.Frames.X0)
                    .initImage(zero)
                    .mask(mask));
            result.write(folder.resolve(guidance + ".gif"));
            assertThat(Arrays.copyOf(result.sample(0), 392)).containsExactly(Arrays.copyOf(digit.sample(0), 392));
            assertThat(result.rows()).isEqualTo(2 * 6);
        }
    }

    @Test
    void thePictureIsNotClippedAndWhatIsNewIs() {
        Path states = folder.resolve("clipped-states.npy");
        Result result = sampler4j.run(inpainted("euler-ancestral", 2)
                .set("clip", "0.2")
                .set("rederive", "true")
                .count(8)
                .traceStates(states));
        result.write(folder.resolve("clipped.npy"));
        float[] path = Npy.read(states).values();
        for (int i = path.length - 16; i < path.length; i += 2) {
            assertThat(path[i]).isCloseTo(KNOWN, within(1e-5f));
            assertThat(path[i + 1]).isBetween(-.2001f, .2001f);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        Path known = folder.resolve("known-2.npy"), picture = folder.resolve("a.png");
        try (OutputStream out = Files.newOutputStream(picture)) {
            Png.write(out, new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY), Map.of());
        }
        Path over = write("over.npy", new Npy(new int[] {1, 2}, new float[] {0, 1.5f}));
        Path three = write("three.npy", new Npy(new int[] {3, 2}, new float[6]));
        Request plain =
                Request.of("gaussian-2").sampler("heun").ratios(ratios()).seed(1);
        refused(plain.mask(known), "--mask says which part of a picture is made new");
        refused(plain.strength(.5), "--strength says how much of a picture is made new");
        for (double strength : new double[] {-.1, 1.1, Double.NaN}) {
            refused(plain.initImage(known, strength), "--strength must be from 0 (the picture itself) to 1");
        }
        refused(plain.initImage(known).mask(over), "the mask holds 1.5");
        refused(plain.initImage(three).count(2), "(or [1, ...] for all) must have the shape [2, 2], and has [3, 2]");
        refused(
                plain.initImage(folder.resolve("models/flow/model.json")),
                "is read from a png, or from an npy of shape");
        refused(plain.initImage(picture), "which is no picture: give an npy");
        refused(plain.initImage(known).set("init-scale", "root"), "init-scale=root has no meaning with --init-image");
        refused(plain.initImage(known).invert(known), "only a run from noise to samples starts from a picture");
        refused(
                plain.initImage(known, 0).stepNoise(write("step.npy", new Npy(new int[] {1, 1, 2}, new float[2]))),
                "leaves no step of 60 to give noise to");
    }

    private static void refused(Request request, String reason) {
        assertThatThrownBy(() -> sampler4j.plan(request))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(reason);
    }
}
