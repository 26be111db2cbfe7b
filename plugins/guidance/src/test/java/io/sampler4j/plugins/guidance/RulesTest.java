package io.sampler4j.plugins.guidance;

import static io.sampler4j.api.testing.PluginAssertions.assertThatContribution;

import org.junit.jupiter.api.Test;

class RulesTest {
    @Test
    void allThatItOffersKeepsTheRulesOfTheKit() {
        assertThatContribution(new GuidanceContribution())
                .with("autoguidance", "model", "weaker")
                .keepsTheRules();
    }
}
