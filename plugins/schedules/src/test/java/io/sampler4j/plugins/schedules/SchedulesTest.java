package io.sampler4j.plugins.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.testing.TextOptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulesTest {
    /** A process whose sigma/alpha at index t is t + 1, so that a level shows its index. */
    private record Counting(int trainingSteps) implements NoiseProcess {
        @Override
        public Coordinates coordinates() {
            return Coordinates.VP;
        }

        @Override
        public double lowest() {
            return 1;
        }

        @Override
        public double highest() {
            return trainingSteps;
        }

        @Override
        public NoiseLevel atTime(double time) {
            if (!(time >= 0 && time <= (trainingSteps == 0 ? 1 : trainingSteps - 1))) {
                throw new IllegalArgumentException("times go from 0 to " + (trainingSteps - 1));
            }
            return Coordinates.VP.at(time + 1);
        }

        @Override
        public List<Integer> sampleShape() {
            return List.of(1);
        }
    }

    private static final NoiseProcess THOUSAND = new Counting(1000);

    private static NoiseScheduler scheduler(String name, String... options) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) given.put(options[i], options[i + 1]);
        return TextOptions.make(new Schedules(), NoiseScheduler.class, name, given);
    }

    private static double[] indices(NoiseProcess process, int steps, String name, String... options) {
        NoiseGrid grid = scheduler(name, options).grid(process, steps);
        assertThat(grid.steps()).isEqualTo(steps);
        assertThat(grid.last().ratio()).isZero();
        return Arrays.stream(grid.ratios()).limit(steps).map(r -> r - 1).toArray();
    }

    /** What diffusers' schedulers make of 1000 training steps and 10 steps. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "leading  | ddim   | 901 801 701 601 501 401 301 201 101 1",
                "leading  | sigma  | 901 801 701 601 501 401 301 201 101 1",
                "leading  | lambda | 901 811 721 631 541 451 361 271 181 91",
                "trailing | ddim   | 999 899 799 699 599 499 399 299 199 99",
                "trailing | sigma  | 999 899 799 699 599 499 399 299 199 99",
                "trailing | lambda | 999 899 799 699 599 499 399 299 199 99",
                "linspace | ddim   | 999 888 777 666 555 444 333 222 111 0",
                "linspace | sigma  | 999 888 777 666 555 444 333 222 111 0",
                "linspace | lambda | 999 899 799 699 599 500 400 300 200 100"
            })
    void theSpacingsAreThoseOfTheThreeFamilies(String name, String family, String expected) {
        String[] options = name.equals("leading")
                ? new String[] {"family", family, "offset", "1"}
                : new String[] {"family", family};
        assertThat(indices(THOUSAND, 10, name, options)).containsExactly(numbers(expected));
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    @Test
    void linspaceIsRoundedButInTheSigmaFamilyWhereItIsAFloat32() {
        assertThat(indices(THOUSAND, 5, "linspace")).containsExactly(999, 749, 500, 250, 0);
        // One is added and taken away again in float64.
        assertThat(indices(THOUSAND, 5, "linspace", "family", "sigma"))
                .containsExactly(new double[] {999, 749.25, 499.5, 249.75, 0}, within(1e-12));
        assertThat(indices(THOUSAND, 4, "linspace", "family", "sigma")[1]).isEqualTo(666);
        assertThat(indices(THOUSAND, 8, "linspace", "family", "sigma")[1])
                .isCloseTo((float) (999 * 6 / 7.), within(1e-12))
                .isNotEqualTo(999 * 6 / 7.);
    }

    @Test
    void quadraticIsTheSequenceOfDdimsOwnCode() {
        // [int(s) for s in numpy.linspace(0, numpy.sqrt(1000 * 0.8), 10) ** 2]
        assertThat(indices(THOUSAND, 10, "quadratic")).containsExactly(800, 632, 483, 355, 246, 158, 88, 39, 9, 0);
        assertThat(indices(THOUSAND, 10, "quadratic", "offset", "1")[9]).isEqualTo(1);
    }

    @Test
    void noLevelIsEverRepeatedWhateverTheNumberOfSteps() {
        NoiseProcess process = new Counting(97);
        for (String name : new String[] {"leading", "trailing", "linspace", "quadratic"}) {
            for (String family : new String[] {"ddim", "sigma", "lambda"}) {
                String[] options = name.equals("quadratic") ? new String[0] : new String[] {"family", family};
                for (int steps = 2; steps <= 96; steps++) {
                    double[] t = indices(process, steps, name, options);
                    for (int i = 1; i < t.length; i++) {
                        assertThat(t[i])
                                .as("%s, %s, %d steps, entry %d", name, family, steps, i)
                                .isLessThan(t[i - 1]);
                    }
                    assertThat(t[0]).isLessThanOrEqualTo(96);
                    assertThat(t[steps - 1]).isGreaterThanOrEqualTo(0);
                }
            }
        }
    }

    @Test
    void allTrainingStepsAreEveryIndexOnce() {
        for (String name : new String[] {"leading", "trailing", "linspace", "quadratic"}) {
            assertThat(indices(new Counting(7), 7, name)).as(name).containsExactly(6, 5, 4, 3, 2, 1, 0);
        }
    }

    @Test
    void theEndIsTheDataOrTheLowestLevelOfTheModel() {
        assertThat(scheduler("trailing").grid(THOUSAND, 4).last().ratio()).isZero();
        assertThat(scheduler("trailing", "end", "lowest")
                        .grid(THOUSAND, 4)
                        .last()
                        .ratio())
                .isEqualTo(1);
    }

    @Test
    void moreStepsThanTrainingHadAreRefused() {
        assertThatThrownBy(() -> scheduler("trailing").grid(THOUSAND, 1001))
                .isInstanceOf(RefusedException.class)
                .hasMessage("trailing over 1000 training steps makes at most 1000 steps, got 1001");
        assertThatThrownBy(() -> scheduler("leading", "family", "lambda").grid(THOUSAND, 1000))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("at most 999 steps");
    }

    @Test
    void oneStepThatWouldStartWithoutNoiseIsRefused() {
        assertThatThrownBy(() -> scheduler("leading").grid(THOUSAND, 1))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("use trailing");
        assertThat(scheduler("trailing").grid(THOUSAND, 1).first().ratio()).isEqualTo(1000);
    }

    @Test
    void anOffsetBeyondTheLastIndexIsRefusedByName() {
        assertThatThrownBy(() -> scheduler("leading", "offset", "101").grid(THOUSAND, 10))
                .isInstanceOf(RefusedException.class)
                .hasMessage("leading with offset=101 begins at index 1001, beyond the last training index 999:"
                        + " lower offset to 99 or less");
    }

    @Test
    void aContinuousProcessIsRefusedWithWhatWorksThere() {
        for (String name : new String[] {"leading", "trailing", "linspace", "quadratic"}) {
            assertThatThrownBy(() -> scheduler(name).grid(new Counting(0), 10))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("continuous: use explicit");
        }
    }

    @Test
    void anExplicitListIsTheGrid() {
        assertThat(scheduler("explicit", "timesteps", "999,500,3")
                        .grid(THOUSAND, 3)
                        .ratios())
                .containsExactly(1000, 501, 4, 0);
        assertThat(scheduler("explicit", "sigmas", "14.6,1,0.1")
                        .grid(THOUSAND, 3)
                        .ratios())
                .containsExactly(14.6, 1, .1, 0);
        assertThat(scheduler("explicit", "lambdas", "-2,0,inf")
                        .grid(THOUSAND, 2)
                        .ratios())
                .containsExactly(Math.exp(2), 1, 0);
        assertThat(scheduler("explicit", "timesteps", "1,0.5")
                        .grid(new Counting(0), 2)
                        .ratios())
                .containsExactly(2, 1.5, 0);
    }

    @Test
    void anExplicitListThatEndsAtTheDataIsNotContinued() {
        assertThat(scheduler("explicit", "sigmas", "14.6,1,0").grid(THOUSAND, 2).ratios())
                .containsExactly(14.6, 1, 0);
    }

    @Test
    void anExplicitListCanEndAtTheLowestLevel() {
        assertThat(scheduler("explicit", "timesteps", "9,4", "end", "lowest")
                        .grid(THOUSAND, 2)
                        .ratios())
                .containsExactly(10, 5, 1);
        assertThatThrownBy(() -> scheduler("explicit", "sigmas", "9,0.5", "end", "lowest")
                        .grid(THOUSAND, 2))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("use end=zero");
    }

    @Test
    void anExplicitListOfAnotherLengthThanTheStepsIsRefused() {
        assertThatThrownBy(() -> scheduler("explicit", "timesteps", "9,4").grid(THOUSAND, 10))
                .isInstanceOf(RefusedException.class)
                .hasMessage("explicit: the 2 timesteps make 2 steps, and 10 were asked for: say steps=2");
    }

    @Test
    void anExplicitListThatDoesNotFallIsRefused() {
        assertThatThrownBy(() -> scheduler("explicit", "sigmas", "9,4,4,1").grid(THOUSAND, 4))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "explicit: sigmas 4 is followed by 4, which has no less noise: the list goes from noise to data");
    }

    @Test
    void aTimeThatTheModelDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> scheduler("explicit", "timesteps", "1000,4").grid(THOUSAND, 2))
                .isInstanceOf(RefusedException.class)
                .hasMessage("explicit: timesteps holds 1000, which is no time of this model: times go from 0 to 999");
    }

    @Test
    void explicitTakesExactlyOneList() {
        assertThatThrownBy(() -> scheduler("explicit"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("explicit takes exactly one of timesteps, sigmas and lambdas, got none");
        assertThatThrownBy(() -> scheduler("explicit", "timesteps", "5", "sigmas", "1"))
                .isInstanceOf(RefusedException.class)
                .hasMessageEndingWith("got [timesteps, sigmas]");
    }

    @Test
    void offersEachSchedulerByItsName() {
        assertThat(new Schedules().offers().stream().map(Offer::name))
                .containsExactly(
                        "leading",
                        "trailing",
                        "linspace",
                        "quadratic",
                        "karras",
                        "exponential",
                        "polyexponential",
                        "beta",
                        "ays",
                        "explicit");
    }
}
