package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.NoiseScheduler;
import org.apiguardian.api.API;
import org.assertj.core.api.AbstractAssert;

/** What can be asked of a scheduler of noise levels. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class SchedulerAssert extends AbstractAssert<SchedulerAssert, NoiseScheduler> {
    SchedulerAssert(NoiseScheduler actual) {
        super(actual, SchedulerAssert.class);
    }

    /** The rules N1 to N7. */
    public SchedulerAssert keepsTheRules() {
        isNotNull();
        PluginAssertions.none(SchedulerRules.brokenBy(actual), this::failWithMessage);
        return this;
    }
}
