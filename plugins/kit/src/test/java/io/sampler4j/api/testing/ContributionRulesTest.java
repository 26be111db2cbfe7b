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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    /** Compiled as JDK 23 and later do where no processor is named. */
    @Test
    void aContributionThatNoIndexListsIsFoundByItsNumberAlone(@TempDir Path folder) throws Exception {
        Path source = folder.resolve("Unlisted.java");
        Files.writeString(source, """
                import io.sampler4j.api.plugin.*;
                import java.util.List;

                @org.pf4j.Extension
                public final class Unlisted implements Contribution {
                    @Override
                    public List<Offer<?>> offers() {
                        return List.of(Offer.of(Runnable.class, "nothing", o -> () -> {}).about("does nothing"));
                    }
                }
                """);
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        source.toString());
        assertThat(failed).isZero();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Contribution contribution = (Contribution)
                    loader.loadClass("Unlisted").getDeclaredConstructor().newInstance();
            assertThat(rules(contribution)).containsExactly(Rule.C2);
        }
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
