package io.sampler4j.plugins.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.testing.TextOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BetweenTest {
    private record Known(double lowest, double highest) implements NoiseProcess {
        @Override
        public Coordinates coordinates() {
            return Coordinates.VE;
        }

        @Override
        public int trainingSteps() {
            return 0;
        }

        @Override
        public NoiseLevel atTime(double time) {
            return Coordinates.VE.at(time);
        }

        @Override
        public List<Integer> sampleShape() {
            return List.of(1);
        }
    }

    private static double[] ratios(NoiseProcess process, String name, int steps, Map<String, String> options) {
        return TextOptions.make(new Schedules(), NoiseScheduler.class, name, options)
                .grid(process, steps)
                .ratios();
    }

    @Test
    void karrasIsTheListThatDiffusersPrintsForEdm() {
        // EDMEulerScheduler, 10 steps, from .002 to 80, printed to four decimals.
        assertThat(ratios(new Known(.002, 80), "karras", 10, Map.of()))
                .containsExactly(
                        new double[] {80, 42.4152, 21.1087, 9.7232, 4.0661, 1.5017, .47, .1166, .0204, .002, 0},
                        within(6e-5));
    }

    @Test
    void exponentialKeepsOneRatioBetweenNeighbours() {
        double[] r = ratios(new Known(.01, 100), "exponential", 4, Map.of("end", "lowest"));
        assertThat(r).containsExactly(new double[] {100, 10, 1, .1, .01}, within(1e-12));
    }

    @Test
    void polyexponentialTakesThePowerOfTheShareThatIsLeft() {
        double[] r = ratios(new Known(1, 16), "polyexponential", 2, Map.of("end", "lowest", "rho", "2"));
        assertThat(r).containsExactly(new double[] {16, 2, 1}, within(1e-12));
    }

    @Test
    void betaIsLinearInSigmaAtTheQuantiles() {
        // sigma_min + (sigma_max - sigma_min) scipy.stats.beta.ppf(1 - linspace(0, 1, 6), 0.6, 0.6), as diffusers.
        assertThat(ratios(new Known(.0292, 14.6146), "beta", 6, Map.of()))
                .containsExactly(
                        new double[] {14.6146, 12.8217371, 9.32446097, 5.31933903, 1.8220629, .0292, 0}, within(1e-7));
    }

    /** The lists of diffusers' AysSchedules at ten steps; at others numpy.interp of their logarithms, as the paper. */
    @Test
    void aysIsThePublishedListAndLogLinearBetweenIt() {
        Known sd = new Known(.0292, 14.6146);
        assertThat(ratios(sd, "ays", 10, Map.of()))
                .containsExactly(14.6146, 6.475, 3.861, 2.697, 1.886, 1.396, .963, .652, .399, .152, 0);
        assertThat(ratios(sd, "ays", 10, Map.of("table", "sdxl")))
                .containsExactly(14.6146, 6.315, 3.771, 2.181, 1.342, .862, .555, .380, .234, .113, 0);
        assertThat(ratios(new Known(.002, 700), "ays", 10, Map.of("table", "svd")))
                .containsExactly(700, 54.5, 15.886, 7.977, 4.248, 1.789, .981, .403, .173, .034, 0);
        assertThat(ratios(sd, "ays", 6, Map.of("end", "lowest")))
                .containsExactly(
                        new double[] {14.6146, 4.58718715, 2.39387348, 1.396, .7425183, .28924318, .029}, within(1e-8));
        assertThatThrownBy(() -> ratios(new Known(.002, 80), "ays", 30, Map.of("table", "svd")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("made for another model");
    }

    @Test
    void aModelThatKnowsPureNoiseNeedsEndsThatAreGiven() {
        Known flow = new Known(0, Double.POSITIVE_INFINITY);
        assertThatThrownBy(() -> ratios(flow, "karras", 5, Map.of()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("sigma-max");
        assertThat(ratios(flow, "karras", 2, Map.of("sigma-min", "0.1", "sigma-max", "10")))
                .containsExactly(10, .1, 0);
    }
}
