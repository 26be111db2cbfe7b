package io.sampler4j.api.testing;

import io.sampler4j.api.token.TokenSampler;
import org.apiguardian.api.API;
import org.assertj.core.api.AbstractAssert;

/** What can be asked of a sampler of tokens. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class TokenSamplerAssert extends AbstractAssert<TokenSamplerAssert, TokenSampler> {
    TokenSamplerAssert(TokenSampler actual) {
        super(actual, TokenSamplerAssert.class);
    }

    /** The rules T1 to T13. */
    public TokenSamplerAssert keepsTheRules() {
        isNotNull();
        PluginAssertions.none(TokenSamplerRules.brokenBy(actual), this::failWithMessage);
        return this;
    }
}
