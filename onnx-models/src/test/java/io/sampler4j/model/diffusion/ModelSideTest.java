package io.sampler4j.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.model.BetasSpec;
import io.sampler4j.model.ProcessSpec;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.TimeSpec;
import io.sampler4j.tensor.ArrayTensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The mathematics of the model side, against diffusers 0.42.1 on torch 2.15 (printed by DDPMScheduler). */
class ModelSideTest {
    private static final Preconditioning EDM = Preconditioning.of("edm", ProcessTime.sigma(), .5, 0);

    private static double[] alphaBar(String schedule, double start, double end, boolean zeroSnr, String precision) {
        return BetaSchedule.alphaBar(new BetasSpec(schedule, start, end, 1000, List.of(), precision), zeroSnr);
    }

    /** alpha-bar at 0, 1, 500, 998 and 999. exp and cos of the two languages may differ by an ulp, which sums up. */
    @ParameterizedTest
    @CsvSource({
        "linear, .0001, .02, false, .9998999834060669, .9997800588607788, .07779665291309357, 4.118194192415103e-5, 4.035830352222547e-5",
        "scaled-linear, .0001, .02, false, .9998999834060669, .9997973442077637, .3312746286392212, 7.48379563447088e-4, 7.334119873121381e-4",
        "squared-cosine, 0, 0, false, .9999586939811707, .9999125599861145, .4922850430011749, 2.428766265438753e-6, 2.4287349909002387e-9",
        "sigmoid, .0001, .02, false, .9998508095741272, .9997010231018066, .29888758063316345, 4.048962364322506e-5, 3.9681821363046765e-5",
        "laplace, 0, 0, false, .9788462519645691, .9702835083007812, .7072834372520447, .20702660083770752, .03162277489900589",
        "scaled-linear, .00085, .012, true, .9991499781608582, .9982334971427917, .24101854860782623, 1.9679629303936963e-7, 0",
    })
    void theTablesAreTheReferences(
            String schedule, double start, double end, boolean zero, double a, double b, double c, double d, double e) {
        double[] bar = alphaBar(schedule, start, end, zero, "float32");
        double[] expected = {a, b, c, d, e};
        int[] at = {0, 1, 500, 998, 999};
        // Float32 tables: a rounding of the last place; below 1e-5 the zero-SNR shift leaves fewer digits.
        for (int i = 0; i < at.length; i++) {
            assertThat(bar[at[i]])
                    .as("alpha-bar at %d", at[i])
                    .isCloseTo(expected[i], within(1.2e-7 * Math.max(expected[i], zero ? 1e-3 : 1e-9)));
        }
    }

    @Test
    void explicitBetasAreTakenAsTheyAre() {
        double[] bar = BetaSchedule.alphaBar(new BetasSpec("explicit", 0, 0, 3, List.of(.1, .2, .5), "float64"), false);
        assertThat(bar).containsExactly(.9, .9 * .8, .9 * .8 * .5);
    }

    private static DiffusionProcess discrete(boolean zeroSnr) {
        BetasSpec betas = new BetasSpec("linear", .0001, .02, 1000, List.of(), "float64");
        return DiffusionProcess.of(
                new ProcessSpec(
                        "VP",
                        Optional.of(betas),
                        Optional.empty(),
                        zeroSnr,
                        OptionalDouble.empty(),
                        OptionalDouble.empty()),
                new SampleSpec(List.of(1, 2, 2), -1, 1));
    }

    @Test
    void aLevelsTimeIsItsIndexInWhateverCoordinates() {
        DiffusionProcess process = discrete(false);
        for (int t : new int[] {0, 1, 499, 999}) {
            NoiseLevel level = process.atTime(t);
            assertThat(process.time().time(level.ratio())).isEqualTo(t);
            // Recomputed from two factors, the ratio is an ulp or so off, and is snapped.
            assertThat(process.time().time(level.sigma() / level.alpha())).isEqualTo(t);
        }
        assertThat(process.time().time(0)).isZero();
        assertThat(process.time().time(1e9)).isEqualTo(999);
        assertThat(process.time()
                        .time((process.time().ratio(10) + process.time().ratio(11)) / 2))
                .isBetween(10.4, 10.6);
    }

    @Test
    void zeroTerminalSnrIsPureNoise() {
        DiffusionProcess process = discrete(true);
        assertThat(process.highest()).isInfinite();
        assertThat(process.atTime(999).alpha()).isZero();
        assertThat(process.atTime(999).sigma()).isEqualTo(1);
        assertThat(process.time().time(Double.POSITIVE_INFINITY)).isEqualTo(999);
    }

    @Test
    void aNetworkOfWholeTimesIsToldTheNearestAndKnowsNoOther() {
        DiffusionProcess process = discrete(false);
        NetworkTime whole = new NetworkTime(process.time(), EDM, new TimeSpec("index", 1, "noise-at-1", true), true);
        double between = process.time().ratio(10.2);
        assertThat(whole.of(between)).isEqualTo(10);
        assertThat(whole.nearest(between)).isEqualTo(process.time().ratio(10));
        NetworkTime scaled =
                new NetworkTime(process.time(), EDM, new TimeSpec("index", .001, "noise-at-1", true), false);
        assertThat(scaled.of(process.time().ratio(500))).isEqualTo(.5);
    }

    @Test
    void flowTimeRunsEitherWay() {
        DiffusionProcess flow = DiffusionProcess.of(
                new ProcessSpec(
                        "FLOW",
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        OptionalDouble.empty(),
                        OptionalDouble.empty()),
                new SampleSpec(List.of(1), -1, 1));
        double ratio = Coordinates.FLOW.at(.25 / .75).ratio();
        NetworkTime up = new NetworkTime(flow.time(), EDM, new TimeSpec("t", 999, "data-at-1", true), false);
        assertThat(up.of(ratio)).isCloseTo(.75 * 999, within(1e-9));
        assertThat(up.ratio(up.of(ratio))).isCloseTo(ratio, within(1e-12));
        NetworkTime edm = new NetworkTime(flow.time(), EDM, new TimeSpec("c_noise", 1, "noise-at-1", true), false);
        assertThat(edm.of(Math.E)).isCloseTo(.25, within(1e-12));
    }

    private static float[] clipped(Clip clip, float... x0) {
        ArrayTensor like = ArrayTensor.zeros(2, x0.length / 2);
        Estimate e = Estimate.shapedAs(like);
        Estimator network = (x, at, out) -> out.x0().write(x0);
        clip.around(network, like).denoise(like, NoiseLevel.of(.6, .8), e);
        float[] out = new float[x0.length];
        e.x0().read(out);
        return out;
    }

    @Test
    void dynamicThresholdingIsTheReferencesPerSample() {
        float[] x0 = {.1f, -3, 2, .5f, .2f, .1f, -.3f, .4f};
        assertClose(
                clipped(Clip.threshold(.8, 2.5, false), x0),
                .041666664f,
                -1,
                .8333333f,
                .20833333f,
                .2f,
                .1f,
                -.3f,
                .4f);
        assertClose(clipped(Clip.threshold(.8, .5, false), x0), .2f, -1, 1, 1, .4f, .2f, -.6f, .8f);
    }

    private static void assertClose(float[] actual, float... expected) {
        // Two float32 roundings of numbers of size 1.
        for (int i = 0; i < expected.length; i++) assertThat(actual[i]).isCloseTo(expected[i], within(3e-7f));
    }

    @Test
    void epsIsDerivedFromTheClippedX0WhereAsked() {
        ArrayTensor x = ArrayTensor.over(new float[] {1, 1}, 2);
        Estimate e = Estimate.shapedAs(x);
        Estimator network = (t, at, out) -> {
            out.x0().write(new float[] {3, .5f});
            out.eps().write(new float[] {9, 9});
        };
        Clip.to(1, true).around(network, x).denoise(x, NoiseLevel.of(.6, .8), e);
        float[] eps = new float[2];
        e.eps().read(eps);
        assertClose(eps, (1 - .6f) / .8f, (1 - .3f) / .8f);
        Clip.to(1, false).around(network, x).denoise(x, NoiseLevel.of(.6, .8), e);
        e.eps().read(eps);
        assertThat(eps).containsExactly(9, 9);
    }

    @Test
    void aTensorKnowsWhetherItIsFinite() {
        for (int n : new int[] {1, 7, 8, 9, 100}) {
            ArrayTensor t = ArrayTensor.zeros(1, n);
            assertThat(t.isFinite()).isTrue();
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int at : new int[] {0, n - 1}) {
                    t.values()[at] = bad;
                    assertThat(t.isFinite()).as("%s at %d of %d", bad, at, n).isFalse();
                    t.values()[at] = Float.MAX_VALUE;
                }
            }
            assertThat(t.isFinite()).isTrue();
        }
    }
}
