package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenProcess;
import org.apiguardian.api.API;

/** The likelihood, or a bound on it, of given tokens under a token model: a Monte-Carlo estimate for masked diffusion. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface TokenScorer extends Scorer<TokenDenoiser, TokenProcess, Canvas, CanvasRun> {}
