package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.Variance;
import io.sampler4j.model.BetasSpec;
import io.sampler4j.model.ProcessSpec;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.diffusion.DiffusionProcess;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The perfect network of data that are normal with mean 0 and standard deviation s: E[x0 | x] = alpha s^2 x / v and
 * E[eps | x] = sigma x / v, where v = alpha^2 s^2 + sigma^2.
 */
final class GaussianModel implements Denoiser {
    private static final double S = 0.5;
    private static final SampleSpec SAMPLE = new SampleSpec(List.of(1, 4, 4), -1, 1);

    private final NoiseProcess process;
    private final boolean distilled;

    private GaussianModel(NoiseProcess process, boolean distilled) {
        this.process = process;
        this.distilled = distilled;
    }

    /** Models of unlike kinds, since a component may be made for one of them: discrete, flow, known by sigma; distilled. */
    static List<GaussianModel> all() {
        BetasSpec betas = new BetasSpec("linear", 1e-4, 0.02, 1000, List.of(), "float64");
        NoiseProcess discrete = process("VP", Optional.of(betas), OptionalDouble.empty(), OptionalDouble.empty());
        NoiseProcess flow = process("FLOW", Optional.empty(), OptionalDouble.empty(), OptionalDouble.empty());
        NoiseProcess sigma = process("VE", Optional.empty(), OptionalDouble.of(0.002), OptionalDouble.of(80));
        return List.of(
                new GaussianModel(discrete, false),
                new GaussianModel(flow, false),
                new GaussianModel(sigma, false),
                new GaussianModel(discrete, true));
    }

    private static NoiseProcess process(
            String coordinates, Optional<BetasSpec> betas, OptionalDouble lowest, OptionalDouble highest) {
        ProcessSpec spec = new ProcessSpec(coordinates, betas, Optional.empty(), false, lowest, highest);
        return DiffusionProcess.of(spec, SAMPLE);
    }

    NoiseProcess process() {
        return process;
    }

    /** A grid of its levels above pure noise, to the data. */
    double[] ratios(int steps) {
        double high = Math.min(process.highest(), 50), low = 0.05;
        double[] ratios = new double[steps + 1];
        for (int i = 0; i < steps; i++) ratios[i] = high * Math.pow(low / high, (double) i / steps);
        return ratios;
    }

    @Override
    public void denoise(Tensor x, NoiseLevel at, Estimate out) {
        double v = at.alpha() * at.alpha() * S * S + at.sigma() * at.sigma();
        out.x0().set(at.alpha() * S * S / v, x);
        out.eps().set(at.sigma() / v, x);
    }

    @Override
    public Estimate estimate(Tensor x) {
        return Estimate.shapedAs(x);
    }

    @Override
    public NoiseLevel nearest(NoiseLevel at, Coordinates coordinates) {
        return coordinates.at(at.ratio());
    }

    @Override
    public boolean knows(NoiseLevel at) {
        return at.ratio() >= 0;
    }

    @Override
    public double lowest() {
        return process.lowest();
    }

    @Override
    public Variance variance() {
        return Variance.NONE;
    }

    /** The own time of a level, which rises with its noise: found by bisection. */
    @Override
    public double time(NoiseLevel at) {
        double lo = 0, hi = process.trainingSteps() > 0 ? process.trainingSteps() - 1 : process.highest();
        if (process.coordinates() == Coordinates.FLOW) hi = 1;
        for (int i = 0; i < 60; i++) {
            double mid = (lo + hi) / 2;
            if (process.atTime(mid).ratio() < at.ratio()) lo = mid;
            else hi = mid;
        }
        return hi;
    }

    @Override
    public NoiseLevel atTime(double time, Coordinates coordinates) {
        return coordinates.at(process.atTime(time).ratio());
    }

    @Override
    public boolean distilled() {
        return distilled;
    }
}
