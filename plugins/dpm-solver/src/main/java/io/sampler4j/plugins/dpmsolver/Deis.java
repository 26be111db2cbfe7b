package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * DEIS with the polynomial in ln rho (Zhang and Chen 2023, section 3 and appendix, tAB-DEIS in log rho; rho =
 * sigma/alpha is sigma in VE coordinates):
 *
 * <pre>x_s = x_t + integral_{rho_t}^{rho_s} eps(ln rho) drho,   eps the polynomial through the last answers</pre>
 *
 * <p>With u = ln(rho / rho_t) and U its end, the moments are rho_t integral_0^U u^n e^u du. One evaluation per step, of
 * the order asked for once there are answers enough; the first step's order of 1 bounds that of a whole run at 2. A step
 * to the data is of order 1, which gives x0.
 */
final class Deis implements DiffusionSampler {
    static final Option<Integer> ORDER = Option.whole("order", 2, 1, 4, "answers behind a step");

    private final int order;
    private final boolean lowerFinal;

    Deis(Options o) {
        order = o.get(ORDER);
        lowerFinal = o.get(DpmSolvers.LOWER_FINAL_ON);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Ends.check("deis", grid, refuse);
        Ends.check("deis", ORDER.name(), order, grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        History past = new History(D, x, order);
        for (int i = 0; i < grid.steps(); i++) {
            double t = grid.sigma(i), next = grid.sigma(i + 1);
            Estimate now = past.push(Math.log(t));
            D.denoise(x, grid.at(i), now);
            int values = next == 0 ? 1 : lowerFinal ? Math.min(order, grid.steps() - i) : order;
            double[] nodes = past.nodes(values, Math.log(t));
            double[] b = Lagrange.weights(nodes, moments(t, next, nodes.length));
            for (int j = 0; j < b.length; j++) x.add(b[j], past.at(j).eps());
            run.step(i, x, now.x0());
        }
    }

    private static double[] moments(double t, double next, int count) {
        double[] moments = new double[count];
        moments[0] = next - t;
        double end = Math.log(next / t);
        for (int n = 1; n < count; n++) moments[n] = Math.pow(end, n) * next - n * moments[n - 1];
        return moments;
    }
}
