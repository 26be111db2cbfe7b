package io.sampler4j.plugins.flow;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * Dormand and Prince's pair of orders 5 and 4 on dx/dt = v = eps - x0 in flow time, with adaptive steps: the error of a
 * step is kept below atol + rtol |x|, in the root mean square of a sample's elements (Hairer, Norsett and Wanner, Solving
 * Ordinary Differential Equations I, II.4; table II.5.2), by their PI control (Hairer and Wanner, II, IV.2). The last
 * stage of a step is the first of the next: six evaluations for each step that is tried, and one.
 *
 * <p>Of the grid only the ends count. Where the last is below {@code end}, integration stops there and the state is then
 * made of the last answer, x = alpha x0 + sigma eps, which asks the network no more. On a grid from data to noise it is
 * the inversion. Draws nothing.
 */
final class Dopri5 implements DiffusionSampler {
    static final Option<Double> RTOL = Option.decimal("rtol", 1e-5, 1e-12, 1, "relative tolerance of a step's error");
    static final Option<Double> ATOL = Option.decimal("atol", 1e-5, 1e-12, 1, "absolute tolerance of a step's error");
    static final Option<Integer> MAX_STEPS =
            Option.whole("max-steps", 1000, 1, 1_000_000, "more steps, taken or tried again, are a divergence");
    static final Option<Double> END = Option.decimal(
            "end",
            0,
            0,
            1e9,
            "sigma/alpha where integration stops and x0 is taken; 0 for the lowest that the network knows, and 0.001"
                    + " where that is 0 and it has no answer there");

    private static final double[] C = {0, 1 / 5., 3 / 10., 4 / 5., 8 / 9., 1, 1};
    private static final double[][] A = {
        {},
        {1 / 5.},
        {3 / 40., 9 / 40.},
        {44 / 45., -56 / 15., 32 / 9.},
        {19372 / 6561., -25360 / 2187., 64448 / 6561., -212 / 729.},
        {9017 / 3168., -355 / 33., 46732 / 5247., 49 / 176., -5103 / 18656.},
        {35 / 384., 0, 500 / 1113., 125 / 192., -2187 / 6784., 11 / 84.}
    };
    /** The weights of order 5 less those of order 4. */
    private static final double[] E = {71 / 57600., 0, -71 / 16695., 71 / 1920., -17253 / 339200., 22 / 525., -1 / 40.};

    private final double rtol, atol, end;
    private final int maxSteps;

    Dopri5(Options o) {
        rtol = o.get(RTOL);
        atol = o.get(ATOL);
        maxSteps = o.get(MAX_STEPS);
        end = o.get(END);
    }

    @Override
    public boolean followsGrid() {
        return false;
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.FLOW).onePerRun();
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(D.knows(grid.first()), "dopri5 starts at %s, where the network has no answer", grid.first());
        refuse.unless(
                grid.ascends() || lowest(D, grid) < grid.first().ratio(),
                "dopri5 starts at sigma/alpha = %s, and end=%s is not below it: lower end",
                grid.first().ratio(),
                end);
    }

    /** Where integration stops on the way to data. */
    private double lowest(Denoiser D, NoiseGrid grid) {
        double lowest = end > 0 ? end : D.lowest();
        return lowest == 0 && !D.knows(grid.level(0)) ? 1e-3 : lowest;
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor y = x.like(), err = x.like();
        Tensor[] k = new Tensor[7];
        for (int j = 0; j < 7; j++) k[j] = x.like();
        Norm norm = new Norm(x.size());
        double stop =
                grid.ascends() ? grid.last().ratio() : Math.max(grid.last().ratio(), lowest(D, grid));
        double t = grid.first().sigma(), last = grid.level(stop).sigma(), h = (last - t) / 20, before = 1e-4;
        velocity(D, x, grid, t, e, k[0]);
        for (int tried = 0, taken = 0; t != last; tried++) {
            if (tried == maxSteps) throw tooMany(taken, t, last);
            boolean reaches = Math.abs(h) >= Math.abs(last - t);
            if (reaches) h = last - t;
            for (int j = 1; j < 7; j++) {
                y.set(x);
                for (int m = 0; m < j; m++) y.add(h * A[j][m], k[m]);
                velocity(D, y, grid, reaches && C[j] == 1 ? last : t + C[j] * h, e, k[j]);
            }
            err.set(h * E[0], k[0]);
            for (int m = 2; m < 7; m++) err.add(h * E[m], k[m]);
            double error = norm.of(err, x, y);
            if (!Double.isFinite(error)) throw notFinite(taken, t);
            double factor = .9 * Math.pow(error, -.2 + .75 * .04) * Math.pow(before, .04);
            if (error <= 1) {
                t = reaches ? last : t + h;
                x.set(y);
                Tensor first = k[0];
                k[0] = k[6];
                k[6] = first;
                before = Math.max(error, 1e-4);
                run.step(taken++, x, e.x0());
                h *= Math.min(10, Math.max(.2, factor));
            } else {
                h *= Math.min(1, Math.max(.2, .9 * Math.pow(error, -.2)));
            }
        }
        if (stop != grid.last().ratio())
            x.set(grid.last().alpha(), e.x0(), grid.last().sigma(), e.eps());
    }

    private static void velocity(Denoiser D, Tensor x, NoiseGrid grid, double t, Estimate e, Tensor v) {
        D.denoise(x, grid.level(t / (1 - t)), e);
        v.set(1, e.eps(), -1, e.x0());
    }

    private DivergedException tooMany(int taken, double t, double last) {
        return new DivergedException(
                taken,
                "dopri5 tried " + maxSteps + " steps and is at t = " + t + " on its way to " + last
                        + ": raise rtol and atol, or max-steps");
    }

    private static DivergedException notFinite(int taken, double t) {
        return new DivergedException(taken, "the error of a step of dopri5 at t = " + t + " is not finite");
    }

    /** The root mean square of an error, in units of what is allowed to each element. Its arrays are one run's. */
    private final class Norm {
        private final float[] errors, before, after;

        Norm(int size) {
            errors = new float[size];
            before = new float[size];
            after = new float[size];
        }

        /** At least 1e-10, so that a step may grow after one without error. */
        double of(Tensor err, Tensor x, Tensor y) {
            err.read(errors);
            x.read(before);
            y.read(after);
            double sum = 0;
            for (int i = 0; i < errors.length; i++) {
                double allowed = atol + rtol * Math.max(Math.abs(before[i]), Math.abs(after[i]));
                sum += errors[i] / allowed * (errors[i] / allowed);
            }
            return Math.max(1e-10, Math.sqrt(sum / errors.length));
        }
    }
}
