package io.sampler4j.plugins.nice;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.generator.Generator;
import io.sampler4j.api.generator.GeneratorSampler;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * A sample in one call (Dinh et al. 2014, section 3.3): x = g(temperature z), z from the model's latent distribution.
 * Below 1 the temperature draws from nearer the middle: tidier and more alike (Kingma and Dhariwal 2018, section 6).
 *
 * <p>One evaluation. Draws what the distribution draws, once.
 */
final class Nice implements GeneratorSampler {
    static final Option<Double> TEMPERATURE =
            Option.decimal("temperature", 1, 0, 10, "the latent is multiplied by it; 0: the middle itself");

    private final double temperature;

    Nice(Options o) {
        temperature = o.get(TEMPERATURE);
    }

    /** There is no grid. */
    @Override
    public boolean followsGrid() {
        return false;
    }

    @Override
    public void sample(Generator G, LatentDistribution latents, Tensor x, TensorRun run) {
        Tensor z = G.latentFor(x);
        latents.draw(run.noise(), z);
        if (temperature != 1) z.set(temperature, z);
        G.generate(z, x);
        run.step(0, x);
    }
}
