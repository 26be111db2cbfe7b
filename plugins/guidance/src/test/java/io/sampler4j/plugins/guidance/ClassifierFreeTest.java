package io.sampler4j.plugins.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.TextOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierFreeTest {
    private static final Condition WANTED = Condition.NONE.with("class", 3);
    private static final Condition NOTHING = Condition.NONE.with("class", 10);

    private final List<List<Condition>> asked = new ArrayList<>();
    private final DoubleTensor x = DoubleTensor.of(0);

    private Estimate guided(Map<String, String> options, double ratio) {
        Guidance cfg = TextOptions.make(new GuidanceContribution(), Guidance.class, "cfg", options);
        Estimate e = Estimate.withVariance(x);
        Estimator estimator = cfg.guide(networks(), WANTED, NOTHING, x);
        estimator.denoise(x, Coordinates.VP.at(ratio), e);
        return e;
    }

    private static double value(Tensor t) {
        return ((DoubleTensor) t).values()[0];
    }

    @ParameterizedTest
    @CsvSource({"0, 10, 20", "0.5, 6.5, 13", "1, 3, 6", "2, -4, -8", "7.5, -42.5, -85"})
    void extrapolatesBothHalvesOfTheEstimate(double scale, double x0, double eps) {
        Estimate e = guided(Map.of("scale", String.valueOf(scale)), 1);
        assertThat(value(e.x0())).isEqualTo(x0);
        assertThat(value(e.eps())).isEqualTo(eps);
    }

    @Test
    void asksForBothHalvesInOneCall() {
        guided(Map.of("scale", "2"), 1);
        assertThat(asked).containsExactly(List.of(WANTED, NOTHING));
    }

    @Test
    void atScaleOneOnlyTheWantedHalfIsAsked() {
        guided(Map.of(), 1);
        assertThat(asked).containsExactly(List.of(WANTED));
    }

    @ParameterizedTest
    @CsvSource({"0.1, 1", "0.2, 1", "0.21, 2", "5, 2", "5.1, 1"})
    void guidesAboveTheLowerAndUpToTheUpperBoundOfItsInterval(double ratio, int halves) {
        Estimate e = guided(Map.of("scale", "2", "interval", "0.2,5"), ratio);
        assertThat(asked.get(0)).hasSize(halves);
        assertThat(value(e.x0())).isEqualTo(halves == 1 ? 3 : -4);
    }

    @Test
    void withoutAnIntervalItGuidesFromPureNoiseToTheData() {
        guided(Map.of("scale", "2"), Double.POSITIVE_INFINITY);
        guided(Map.of("scale", "2"), 0);
        assertThat(asked).allMatch(conditions -> conditions.size() == 2);
    }

    @Test
    void theLearnedVarianceIsTheConditionals() {
        assertThat(value(guided(Map.of("scale", "4"), 1).variance().orElseThrow()))
                .isEqualTo(-3);
    }

    @Test
    void anIntervalThatIsNoneIsRefused() {
        for (String interval : new String[] {"1", "2,1", "1,1", "1,2,3"}) {
            assertThatThrownBy(() -> guided(Map.of("interval", interval), 1))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("interval=" + interval + ": must be empty, or lo,hi with lo below hi");
        }
    }

    /** Under class k: x0 = k, eps = 2 k, variance = -k. */
    private Networks networks() {
        ConditionalDenoiser main = new ConditionalDenoiser() {
            @Override
            public Estimate estimate(Tensor like) {
                return Estimate.withVariance(like);
            }

            @Override
            public void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> out) {
                asked.add(given);
                for (int k = 0; k < given.size(); k++) {
                    int of = given.get(k).at("class", 0).orElseThrow();
                    out.get(k).x0().set(DoubleTensor.of(of));
                    out.get(k).eps().set(DoubleTensor.of(2 * of));
                    out.get(k).variance().orElseThrow().set(DoubleTensor.of(-of));
                }
            }
        };
        return new Networks() {
            @Override
            public ConditionalDenoiser main() {
                return main;
            }

            @Override
            public ConditionalDenoiser other(String option) {
                throw new RefusedException("no other");
            }
        };
    }
}
