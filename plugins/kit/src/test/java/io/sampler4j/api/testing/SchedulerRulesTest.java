package io.sampler4j.api.testing;

import static io.sampler4j.api.testing.PluginAssertions.assertThatScheduler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.diffusion.Spacings;
import io.sampler4j.api.error.RefusedException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchedulerRulesTest {
    private static final Map<Rule, NoiseScheduler> BROKEN = new EnumMap<>(Rule.class);

    static {
        BROKEN.put(Rule.N1, new NoiseScheduler() {
            @SuppressWarnings("unused")
            private int last;

            @Override
            public NoiseGrid grid(NoiseProcess process, int steps) {
                return karras(process, steps);
            }
        });
        BROKEN.put(Rule.N2, (process, steps) -> {
            if (steps > process.trainingSteps()) throw new IndexOutOfBoundsException(steps);
            return karras(process, steps);
        });
        BROKEN.put(Rule.N3, (process, steps) -> karras(process, steps + 1));
        BROKEN.put(Rule.N4, (process, steps) -> {
            double[] ratios = karras(process, steps).ratios();
            if (steps > 2) ratios[2] = ratios[1];
            return NoiseGrid.of(process.coordinates(), ratios);
        });
        BROKEN.put(Rule.N5, (process, steps) -> {
            double[] ratios = karras(process, steps).ratios();
            ratios[0] = 1000;
            return NoiseGrid.of(process.coordinates(), ratios);
        });
        BROKEN.put(Rule.N6, (process, steps) -> karras(process, steps).in(Coordinates.of("own", r -> 1, r -> r)));
        AtomicInteger calls = new AtomicInteger();
        BROKEN.put(Rule.N7, (process, steps) -> {
            double[] ratios = karras(process, steps).ratios();
            ratios[0] *= 1 - 1e-6 * calls.incrementAndGet();
            return NoiseGrid.of(process.coordinates(), ratios);
        });
    }

    /** Between the ends that the process knows, then the data. */
    private static NoiseGrid karras(NoiseProcess process, int steps) {
        if (Double.isInfinite(process.highest())) throw new RefusedException("a highest noise level is needed");
        double[] ratios = Spacings.karras(steps, process.highest(), process.lowest(), 7);
        return NoiseGrid.of(process.coordinates(), Arrays.copyOf(ratios, steps + 1));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "N.*")
    void aSchedulerThatBreaksOneRuleIsFoundByItsNumberAlone(Rule rule) {
        assertThat(SchedulerRules.brokenBy(BROKEN.get(rule)))
                .extracting(Broken::rule)
                .containsExactly(rule);
    }

    @Test
    void karrasKeepsThemAll() {
        assertThatScheduler(SchedulerRulesTest::karras).keepsTheRules();
    }

    @Test
    void aSchedulerThatRefusesEverythingIsNotJudgedInSilence() {
        NoiseScheduler none = (process, steps) -> {
            throw new RefusedException("never");
        };
        assertThatThrownBy(() -> assertThatScheduler(none).keepsTheRules())
                .hasMessageContaining("N2: ")
                .hasMessageContaining("it refuses every process of the kit: never");
    }
}
