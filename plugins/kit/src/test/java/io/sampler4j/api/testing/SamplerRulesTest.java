package io.sampler4j.api.testing;

import static io.sampler4j.api.testing.PluginAssertions.assertThatSampler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.diffusion.DiffusionSampler;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerRulesTest {
    private static final Map<Rule, DiffusionSampler> BROKEN = BrokenSamplers.all();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "S.*")
    void aSamplerThatBreaksOneRuleIsFoundByItsNumberAlone(Rule rule) {
        assertThat(SamplerRules.brokenBy(BROKEN.get(rule)))
                .extracting(Broken::rule)
                .containsExactly(rule);
    }

    static Stream<DiffusionSampler> references() {
        return Stream.of(
                new ReferenceSamplers.Euler(),
                new ReferenceSamplers.FlowEuler(),
                new ReferenceSamplers.Heun(),
                new ReferenceSamplers.DpmSolver2M());
    }

    @ParameterizedTest
    @MethodSource("references")
    void theReferencesKeepThemAll(DiffusionSampler sampler) {
        assertThatSampler(sampler).keepsTheRules();
    }

    @Test
    void aFailureNamesTheRuleWhatItAsksAndWhatWasFound() {
        assertThatThrownBy(() -> assertThatSampler(BROKEN.get(Rule.S4)).keepsTheRules())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("S4: it reports step 0, 1, 2, ... once each")
                .hasMessageContaining("; but it reported [1, 2, 3, 4, 5, 6]");
    }

    @Test
    void aSamplerWithoutAnEndIsStopped() {
        DiffusionSampler endless = (D, grid, x, run) -> {
            while (true) x.clamp(-1, 1);
        };
        assertThat(SamplerRules.brokenBy(endless)).singleElement().satisfies(broken -> {
            assertThat(broken.rule()).isEqualTo(Rule.S3);
            assertThat(broken.found()).contains("operations and 0 steps it has not ended");
        });
    }

    @Test
    void theOrderIsMeasured() {
        assertThatSampler(new ReferenceSamplers.Euler()).hasOrder(1);
        assertThatSampler(new ReferenceSamplers.Heun()).hasOrder(2);
        assertThatThrownBy(
                        () -> assertThatSampler(new ReferenceSamplers.Euler()).hasOrder(2))
                .hasMessageContaining("order 2 expected for a network of EPSILON in VP, and 1.0");
    }

    @Test
    void theDistanceFromTheDataIsMeasured() {
        assertThatSampler(new ReferenceSamplers.Heun()).samplesTheDataWithin(.03, 32);
        assertThatThrownBy(
                        () -> assertThatSampler(new ReferenceSamplers.Euler()).samplesTheDataWithin(.03, 8))
                .hasMessageContaining("a distance below 0.03 expected in 8 steps, and 0.");
    }

    @Test
    void evaluationsAndDrawsAreCounted() {
        assertThatSampler(new ReferenceSamplers.Heun()).asksTheNetwork(20, 10).draws(0, 10);
        assertThatThrownBy(
                        () -> assertThatSampler(new ReferenceSamplers.Euler()).asksTheNetwork(20, 10))
                .hasMessageContaining("20 evaluations expected in 10 steps, and 10 found");
        assertThatThrownBy(
                        () -> assertThatSampler(new ReferenceSamplers.Euler()).draws(10, 10))
                .hasMessageContaining("10 draws expected in 10 steps, and 0 found");
    }
}
