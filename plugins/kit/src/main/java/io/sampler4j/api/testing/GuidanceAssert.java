package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.Guidance;
import java.util.Optional;
import org.apiguardian.api.API;
import org.assertj.core.api.AbstractAssert;

/** What can be asked of guidance. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class GuidanceAssert extends AbstractAssert<GuidanceAssert, Guidance> {
    GuidanceAssert(Guidance guidance) {
        super(guidance, GuidanceAssert.class);
    }

    /** The rules G1 to G7, for guidance at a scale that it acts at. */
    public GuidanceAssert keepsTheRules() {
        isNotNull();
        PluginAssertions.none(GuidanceRules.brokenBy(actual, Optional.empty()), this::failWithMessage);
        return this;
    }

    /** The rules G1 to G8. */
    public GuidanceAssert keepsTheRulesAndIsOffAs(Guidance atScaleOne) {
        isNotNull();
        PluginAssertions.none(GuidanceRules.brokenBy(actual, Optional.of(atScaleOne)), this::failWithMessage);
        return this;
    }
}
