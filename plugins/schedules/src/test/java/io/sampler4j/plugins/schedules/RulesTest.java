package io.sampler4j.plugins.schedules;

import static io.sampler4j.api.testing.PluginAssertions.assertThatContribution;

import org.junit.jupiter.api.Test;

class RulesTest {
    @Test
    void allThatItOffersKeepsTheRulesOfTheKit() {
        assertThatContribution(new Schedules())
                .with("explicit", "sigmas", "10,5,2,1")
                .keepsTheRules();
    }
}
