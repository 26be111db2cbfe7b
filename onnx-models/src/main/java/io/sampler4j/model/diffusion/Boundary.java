package io.sampler4j.model.diffusion;

import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Prediction;
import io.sampler4j.model.BoundarySpec;

/**
 * A prediction whose x0 is bent so that it is x itself at time 0: c_skip x + c_out x0 (Luo et al. 2023, section 4.1). eps
 * stays the network's. A value; immutable.
 */
record Boundary(Prediction inner, ProcessTime time, BoundarySpec spec) implements Prediction {
    @Override
    public Map at(NoiseLevel level) {
        double d = spec.sigmaData(), tau = spec.timeScale() * time.time(level.ratio());
        double skip = d * d / (tau * tau + d * d), out = tau / Math.sqrt(tau * tau + d * d);
        Map raw = inner.at(level);
        return new Map(skip + out * raw.ax(), out * raw.ao(), raw.bx(), raw.bo());
    }
}
