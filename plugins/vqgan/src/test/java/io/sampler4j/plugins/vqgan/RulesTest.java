package io.sampler4j.plugins.vqgan;

import static io.sampler4j.api.testing.PluginAssertions.assertThatContribution;

import org.junit.jupiter.api.Test;

class RulesTest {
    @Test
    void allThatItOffersKeepsTheRulesOfTheKit() {
        assertThatContribution(new VqganContribution()).keepsTheRules();
    }
}
