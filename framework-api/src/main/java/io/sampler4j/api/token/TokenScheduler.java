package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Scheduler;
import org.apiguardian.api.API;

/** A curve of mask shares for a number of steps. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface TokenScheduler extends Scheduler<TokenProcess, TokenGrid> {}
