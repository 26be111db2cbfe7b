package io.sampler4j.plugins.nice;

import static io.sampler4j.api.testing.PluginAssertions.assertThatContribution;

import org.junit.jupiter.api.Test;

class RulesTest {
    @Test
    void allThatItOffersKeepsTheRulesOfTheKit() {
        assertThatContribution(new NiceContribution()).keepsTheRules();
    }
}
