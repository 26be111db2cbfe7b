package io.sampler4j.plugins.nice;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.generator.DifferentiableFlow;
import io.sampler4j.api.generator.FlowEditor;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * Inpainting by stochastic gradient ascent on the log-likelihood (Dinh et al. 2014, section 5.2):
 *
 * <pre>x += a_i (gradient d ln p(x)/dx + noise n),   a_i = 10 / (100 + i)</pre>
 *
 * and what left the range of the data is put back to its end. What is known of x the host restores after each step.
 * The paper's equation has the weights 1; its code divides the gradient by the size of its batch, which is the default
 * here.
 *
 * <p>One evaluation of the gradient and one normal in each iteration; no normal with {@code noise=0}.
 */
final class GradientAscent implements FlowEditor {
    static final Option<Integer> ITERATIONS =
            Option.whole("iterations", 3000, 1, 1_000_000, "steps of the ascent, each one call of the network");
    static final Option<Double> GRADIENT =
            Option.decimal("gradient", .01, 0, 1000, "what the gradient is multiplied by; the paper's equation: 1");
    static final Option<Double> NOISE = Option.decimal("noise", 1, 0, 1000, "what the noise is multiplied by");

    private final int iterations;
    private final double gradient;
    private final double noise;

    GradientAscent(Options o) {
        iterations = o.get(ITERATIONS);
        gradient = o.get(GRADIENT);
        noise = o.get(NOISE);
    }

    /** There is no grid. */
    @Override
    public boolean followsGrid() {
        return false;
    }

    @Override
    public void sample(DifferentiableFlow f, LatentDistribution latents, Tensor x, TensorRun run) {
        Tensor g = x.like(), n = x.like();
        double[] unused = new double[x.samples()];
        List<Double> range = f.sampleRange();
        for (int i = 0; i < iterations; i++) {
            double a = 10. / (100 + i);
            f.gradient(x, unused, g);
            if (noise > 0) run.noise().normal(n);
            x.add(a * gradient, g, a * noise, n);
            if (range.size() == 2) x.clamp(range.get(0), range.get(1));
            run.step(i, x);
        }
    }
}
