package io.sampler4j.api.testing;

import static io.sampler4j.api.testing.PluginAssertions.assertThatContribution;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContributionRulesTest {
    static Stream<Arguments> broken() {
        return Stream.of(
                arguments(Rule.C1, new BrokenContributions.WithParameter("euler")),
                arguments(Rule.C3, new BrokenContributions.Growing()),
                arguments(Rule.C4, new BrokenContributions.Capital()),
                arguments(Rule.C4, new BrokenContributions.Twice()),
                arguments(Rule.C5, new BrokenContributions.Silent()),
                arguments(Rule.C6, new BrokenContributions.Undeclared()),
                arguments(Rule.C7, new BrokenContributions.Boastful()),
                arguments(Rule.C8, new BrokenContributions.Cheap()),
                arguments(Rule.C9, new BrokenContributions.Clinging()));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aContributionThatBreaksOneRuleIsFoundByItsNumberAlone(Rule rule, Contribution contribution) {
        assertThat(rules(contribution)).containsExactly(rule);
    }

    /** An anonymous class is neither an extension nor listed as one. */
    @Test
    void aContributionThatPf4jWouldNotFindIsFound() {
        Contribution unlisted = () -> new BrokenContributions.Whole().offers();
        assertThat(rules(unlisted)).containsExactly(Rule.C1, Rule.C2);
    }

    private static List<Rule> rules(Contribution contribution) {
        return ContributionRules.brokenBy(contribution, Given.DEFAULTS).stream()
                .map(Broken::rule)
                .toList();
    }

    @Test
    void theWholeOneKeepsThemAll() {
        assertThatContribution(new BrokenContributions.Whole()).keepsTheRules();
    }

    @Test
    void whatAComponentBreaksIsSaidOfTheContribution() {
        Contribution contribution = () -> List.of(Offer.of(
                        DiffusionSampler.class,
                        "broken",
                        o -> BrokenSamplers.all().get(Rule.S4))
                .about("Euler"));
        assertThatThrownBy(() -> assertThatContribution(contribution).keepsTheRules())
                .hasMessageContaining("S4: ")
                .hasMessageContaining("(DiffusionSampler broken)");
    }

    @Test
    void aComponentThatRefusesItsDefaultsIsJudgedByOptionsThatAreSaid() {
        Option<String> model = Option.text("model", "", "the other model");
        Contribution contribution = () -> List.of(Offer.of(
                        Guidance.class,
                        "none",
                        o -> {
                            if (o.get(model).isEmpty()) throw new RefusedException("name a model");
                            return (networks, wanted, nothing, like) ->
                                    (x, at, out) -> networks.main().denoise(x, at, List.of(wanted), List.of(out));
                        },
                        model)
                .about("the network itself"));

        assertThatThrownBy(() -> assertThatContribution(contribution).keepsTheRules())
                .hasMessageContaining("C6: ")
                .hasMessageContaining("Guidance none refuses (name a model): say with(component, option, value)");
        assertThatThrownBy(() -> assertThatContribution(contribution)
                        .with("none", "model", "digits")
                        .keepsTheRules())
                .hasMessageNotContaining("C6: ")
                .hasMessageNotContaining("G");
    }
}
