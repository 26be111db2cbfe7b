package io.sampler4j.api.testing;

import io.sampler4j.api.token.TokenScheduler;
import org.apiguardian.api.API;
import org.assertj.core.api.AbstractAssert;

/** What can be asked of a scheduler of tokens. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class TokenSchedulerAssert extends AbstractAssert<TokenSchedulerAssert, TokenScheduler> {
    TokenSchedulerAssert(TokenScheduler actual) {
        super(actual, TokenSchedulerAssert.class);
    }

    /** The rules K1 to K4. */
    public TokenSchedulerAssert keepsTheRules() {
        isNotNull();
        PluginAssertions.none(TokenSchedulerRules.brokenBy(actual), this::failWithMessage);
        return this;
    }
}
