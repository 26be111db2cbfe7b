package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Scheduler;
import org.apiguardian.api.API;

@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface TokenScheduler extends Scheduler<TokenProcess, TokenGrid> {}
