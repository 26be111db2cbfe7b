package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import java.util.List;

/**
 * A linear combination q of x0 and eps at one noise level, and what a change of q changes in each while x stays:
 *
 * <pre>q = p x0 + r eps,   x0 += dx0 dq,   eps += deps dq,   alpha dx0 + sigma deps = 0</pre>
 */
record Quantity(double p, double r, double dx0, double deps) {
    static final List<String> NAMES = List.of("x0", "v", "epsilon", "velocity");

    /** The quantity of this name; v in VP and velocity in flow coordinates, in which they are defined. */
    static Quantity of(String name, NoiseLevel at) {
        double a = at.alpha(), s = at.sigma();
        return switch (name) {
            case "x0" -> new Quantity(1, 0, 1, s == 0 ? 0 : -a / s);
            case "epsilon" -> new Quantity(0, 1, a == 0 ? 0 : -s / a, 1);
            case "v" -> {
                double h = Math.hypot(a, s);
                yield new Quantity(-s / h, a / h, -s / h, a / h);
            }
            case "velocity" -> new Quantity(-1, 1, -s / (a + s), a / (a + s));
            default -> throw new IllegalArgumentException("no quantity " + name);
        };
    }

    /** q of an estimate, into a buffer. */
    Tensor of(Estimate e, Tensor into) {
        return into.set(p, e.x0(), r, e.eps());
    }
}
