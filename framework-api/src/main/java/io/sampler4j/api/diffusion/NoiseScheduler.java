package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Scheduler;
import org.apiguardian.api.API;

/** Noise levels for a number of steps, in the process's coordinates, noise first. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface NoiseScheduler extends Scheduler<NoiseProcess, NoiseGrid> {}
