package io.sampler4j.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Prediction;
import io.sampler4j.model.BetasSpec;
import io.sampler4j.model.BoundarySpec;
import io.sampler4j.model.ProcessSpec;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.ScheduleSpec;
import io.sampler4j.model.TimeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The four preconditionings, against numbers printed by NVlabs/edm's networks.py (torch 2.13, float32 networks) around
 * F(x, c) = cos(x) + 0.1 sin(c), at x = 0.7 (1 + sigma).
 */
class PreconditioningTest {
    private static final ProcessTime VP = process("VP", null, new ScheduleSpec("linear-beta", .1, 20));
    private static final ProcessTime IDDPM =
            process("VE", new BetasSpec("squared-cosine", 0, 0, 1000, List.of(), "float64"), null);

    private static ProcessTime process(String coordinates, BetasSpec betas, ScheduleSpec schedule) {
        return DiffusionProcess.of(
                        new ProcessSpec(
                                coordinates,
                                Optional.ofNullable(betas),
                                Optional.ofNullable(schedule),
                                false,
                                OptionalDouble.empty(),
                                OptionalDouble.empty()),
                        new SampleSpec(List.of(1), -1, 1))
                .time();
    }

    private static Preconditioning row(String name) {
        return Preconditioning.of(name, name.equals("vp") ? VP : IDDPM, .5, .002);
    }

    private static NetworkTime time(String name) {
        TimeSpec spec = new TimeSpec("c_noise", name.equals("vp") ? 999 : 1, "noise-at-1", true);
        return new NetworkTime(name.equals("vp") ? VP : IDDPM, row(name), spec, false);
    }

    @ParameterizedTest
    @CsvSource({
        "vp, .02, .6987227201461792, .7138572931289673, 3.061281204223633",
        "vp, .3, .7132558226585388, .8716219067573547, 88.0871810913086",
        "vp, 7.5, 1.1305279731750488, .7863740921020508, 632.1522827148438",
        "vp, 60, -4.80072021484375, .7115678787231445, 901.2865600585938",
        "ve, .02, .7311034798622131, .7139999866485596, -4.605170249938965",
        "ve, .3, 1.0657069683074951, .9100000262260437, -1.8971199989318848",
        "ve, 7.5, 13.76440143585205, 5.949999809265137, 1.3217558860778809",
        "ve, 60, 58.23067855834961, 42.70000076293945, 3.4011974334716797",
        "iddpm, .02, .6994463205337524, .7137022018432617, 6",
        "iddpm, .3, .6905741691589355, .8714768290519714, 178",
        "iddpm, 7.5, .49993896484375, .786324143409729, 914",
        "iddpm, 60, -8.461849212646484, .7118965983390808, 988",
        "edm, .002, .7015232443809509, 1.402788758277893, -1.553652048110962",
        "edm, .3, .6641044020652771, 1.56063711643219, -.3009932041168213",
        "edm, 1, .42008328437805176, 1.2521979808807373, 0",
        "edm, 7.5, .4009927809238434, .7915761470794678, .5037257671356201",
        "edm, 60, .42429471015930176, .7116419672966003, 1.0235861539840698",
    })
    void theDenoiserIsTheReferences(String name, double asked, double denoised, double seen, double told) {
        double sigma = time(name).nearest(asked);
        Preconditioning row = row(name);
        double x = .7 * (1 + sigma), in = row.in(sigma) * x, noise = time(name).of(sigma);
        // Float32 has 24 bits. The reference's table of iDDPM loses more at low noise: its sigmas are good to 5e-6.
        assertThat(in).isCloseTo(seen, within(name.equals("iddpm") ? 5e-6 : 2e-7 * Math.abs(seen)));
        // So does VP's t, where ln(1 + sigma^2), good to 6e-8, is divided by beta = 0.1 and multiplied by 999.
        assertThat(noise).isCloseTo(told, within(name.equals("vp") ? 1e-3 : 2e-7 * Math.max(1, Math.abs(told))));
        double F = Math.cos(in) + .1 * Math.sin(noise);
        Prediction.Map map = row.at(Coordinates.VE.at(sigma));
        assertThat(map.ax() * x + map.ao() * F).isCloseTo(denoised, within(1e-5 * (1 + sigma)));
    }

    /** x = x0 + sigma eps whatever F says, so the two answers fit together; at sigma = 0 x0 is x. */
    @ParameterizedTest
    @ValueSource(strings = {"vp", "ve", "iddpm", "edm"})
    void x0AndEpsAddUpToX(String name) {
        for (double sigma : new double[] {0, .002, .7, 80}) {
            Prediction.Map map = row(name).at(Coordinates.VE.at(sigma));
            assertThat(map.ax() + sigma * map.bx()).as("x's share").isCloseTo(1, within(1e-12));
            assertThat(map.ao() + sigma * map.bo()).as("F's share").isCloseTo(0, within(1e-12));
        }
        Prediction.Map map = row(name).at(Coordinates.VE.at(0));
        assertThat(map.ax()).isEqualTo(1);
        assertThat(map.ao()).isZero();
        assertThat(map.bo()).isFinite();
    }

    @Test
    void aConsistencyModelAnswersWithXAtTheLowestSigmaAndIsNearEdmFarFromIt() {
        Prediction.Map lowest = row("consistency").at(Coordinates.VE.at(.002));
        assertThat(lowest.ax()).isEqualTo(1);
        assertThat(lowest.ao()).isZero();
        // Song et al. 2023, appendix C, with d = .5 and epsilon = .002, by hand at sigma = 1.002: 1/(1 + 4),
        // 1/sqrt(...).
        Prediction.Map map = row("consistency").at(Coordinates.VE.at(1.002));
        assertThat(map.ax()).isCloseTo(.2, within(1e-15));
        assertThat(map.ao()).isCloseTo(.5 / Math.sqrt(1.002 * 1.002 + .25), within(1e-15));
        assertThat(map.ax() + 1.002 * map.bx()).isCloseTo(1, within(1e-15));
        assertThat(map.ao() + 1.002 * map.bo()).isCloseTo(0, within(1e-15));
    }

    @Test
    void aBoundaryMakesX0ThatOfXAtTimeZeroAndLeavesEps() {
        Boundary boundary = new Boundary(Prediction.EPSILON, IDDPM, new BoundarySpec(.5, 10));
        NoiseLevel first = Coordinates.VP.at(IDDPM.ratio(0)), later = Coordinates.VP.at(IDDPM.ratio(3));
        assertThat(boundary.at(first).ax()).isEqualTo(1);
        assertThat(boundary.at(first).ao()).isZero();
        // tau = 30: c_skip = .25 / 900.25, c_out = 30 / sqrt(900.25).
        Prediction.Map raw = Prediction.EPSILON.at(later), bent = boundary.at(later);
        assertThat(bent.ax()).isCloseTo(.25 / 900.25 + 30 / Math.sqrt(900.25) * raw.ax(), within(1e-12));
        assertThat(bent.ao()).isCloseTo(30 / Math.sqrt(900.25) * raw.ao(), within(1e-15));
        assertThat(bent.bo()).isEqualTo(1);
    }

    @Test
    void vpIsAnEpsilonNetworkInVpCoordinates() {
        for (double sigma : new double[] {0, .002, .7, 80}) {
            NoiseLevel vp = Coordinates.VP.at(sigma);
            Prediction.Map raw = row("vp").at(Coordinates.VE.at(sigma)), epsilon = Prediction.EPSILON.at(vp);
            assertThat(row("vp").in(sigma)).isCloseTo(vp.alpha(), within(1e-15));
            assertThat(raw.ax()).isCloseTo(epsilon.ax() * vp.alpha(), within(1e-15));
            assertThat(raw.ao()).isEqualTo(epsilon.ao());
            assertThat(raw.bo()).isEqualTo(epsilon.bo());
        }
    }

    @Test
    void iddpmKnowsTheLevelsOfItsTableOnly() {
        NetworkTime iddpm = time("iddpm");
        double low = IDDPM.ratio(40), high = IDDPM.ratio(41);
        assertThat(iddpm.nearest(low + .4 * (high - low))).isEqualTo(low);
        assertThat(iddpm.nearest(low + .6 * (high - low))).isEqualTo(high);
        assertThat(iddpm.nearest(1e9)).isEqualTo(IDDPM.ratio(999));
        // networks.py: sigma_min and sigma_max of iDDPMPrecond, float32.
        assertThat(IDDPM.ratio(0)).isCloseTo(.006422337144613266, within(5e-6));
        assertThat(IDDPM.ratio(999)).isCloseTo(20291.171875, within(2e-6 * 20291));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vp", "ve", "iddpm", "edm"})
    void whatTheNetworkIsToldLeadsBackToTheLevel(String name) {
        for (double sigma : new double[] {.02, .7, 60}) {
            double known = time(name).nearest(sigma);
            assertThat(time(name).ratio(time(name).of(known))).isCloseTo(known, within(1e-9 * known));
        }
    }

    @Test
    void theSchedulesOfContinuousProcessesAndTheirInverses() {
        ProcessTime cosine = process("VP", null, new ScheduleSpec("cosine", 0, 0));
        assertThat(cosine.ratio(1)).isInfinite();
        assertThat(cosine.time(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(cosine.ratio(.5)).isCloseTo(1, within(1e-15));
        // networks.py: sigma_min at t = 1e-5 (of a float32 subtraction: three digits) and sigma_max of VPPrecond.
        assertThat(VP.ratio(1e-5)).isCloseTo(.0009765625, within(3e-5));
        assertThat(VP.ratio(1)).isCloseTo(152.16697692871094, within(1e-5));
        ProcessTime even = process("VP", null, new ScheduleSpec("linear-beta", 2, 2));
        ProcessTime fromNothing = process("VP", null, new ScheduleSpec("linear-beta", 0, 20));
        for (double t : new double[] {0, 1e-5, .3, .9, 1}) {
            for (ProcessTime time : List.of(VP, cosine, even, fromNothing)) {
                assertThat(time.time(time.ratio(t))).isCloseTo(t, within(1e-12));
            }
        }
    }
}
