package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import java.util.List;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * Where the tests of a plugin begin: {@code assertThatContribution(new MyContribution()).keepsTheRules()}. The rules have
 * numbers ({@link Rule}); a failure says which are broken and what was found.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class PluginAssertions {
    private PluginAssertions() {}

    /** All that a plugin offers. */
    public static ContributionAssert assertThatContribution(Contribution contribution) {
        return new ContributionAssert(contribution);
    }

    /** A sampler of a continuous method, with the options that it was made with. */
    public static SamplerAssert assertThatSampler(DiffusionSampler sampler) {
        return new SamplerAssert(sampler);
    }

    /** A scheduler of noise levels. */
    public static SchedulerAssert assertThatScheduler(NoiseScheduler scheduler) {
        return new SchedulerAssert(scheduler);
    }

    /** Guidance, at a scale that it acts at. */
    public static GuidanceAssert assertThatGuidance(Guidance guidance) {
        return new GuidanceAssert(guidance);
    }

    /** A sampler of tokens. */
    public static TokenSamplerAssert assertThatTokenSampler(TokenSampler sampler) {
        return new TokenSamplerAssert(sampler);
    }

    /** A scheduler of tokens. */
    public static TokenSchedulerAssert assertThatTokenScheduler(TokenScheduler scheduler) {
        return new TokenSchedulerAssert(scheduler);
    }

    /** How an assertion fails. */
    @FunctionalInterface
    interface Failure {
        void with(String message, Object... arguments);
    }

    static void none(List<Broken> broken, Failure failure) {
        if (broken.isEmpty()) return;
        String lines = broken.stream().map(Broken::toString).collect(Collectors.joining("\n"));
        failure.with("%s", lines);
    }
}
