package io.sampler4j.plugins.consistency;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.NoiseGrid;

/** What all samplers here need. */
final class Distilled {
    private Distilled() {}

    static void check(String name, Denoiser D, NoiseGrid grid, boolean draws, Refusals refuse) {
        refuse.unless(
                D.distilled(),
                "%s takes the network's x0 for the end of its trajectory, which only a network distilled for that gives, and "
                        + "this model's manifest does not say distilled: take another sampler, such as dpmpp-2m or ddim",
                name);
        refuse.unless(
                !draws || !grid.ascends(),
                "%s draws noise: from data to noise take ddim or heun on another model",
                name);
    }
}
