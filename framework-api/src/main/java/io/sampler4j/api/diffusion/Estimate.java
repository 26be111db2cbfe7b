package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What a denoiser believes of x = alpha x0 + sigma eps: its two ingredients. The same in all coordinates, so a sampler needs no conversion.
 * VE derivative dx/dsigma = eps; flow velocity = eps - x0; score = -eps/sigma. Made once per run and filled in place; swap two to keep history.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Estimate {
    private final Tensor x0, eps;
    private final Optional<Tensor> variance;

    private Estimate(Tensor x0, Tensor eps, Optional<Tensor> variance) {
        this.x0 = x0;
        this.eps = eps;
        this.variance = variance;
    }

    /** Buffers shaped as x. */
    public static Estimate shapedAs(Tensor x) {
        return new Estimate(x.like(), x.like(), Optional.empty());
    }

    /** As {@link #shapedAs}, with room for the variance a network learned. */
    public static Estimate withVariance(Tensor x) {
        return new Estimate(x.like(), x.like(), Optional.of(x.like()));
    }

    /** Other buffers of the same kind. */
    public Estimate like() {
        return new Estimate(x0.like(), eps.like(), variance.map(Tensor::like));
    }

    /** this = a y + b z in x0 and eps; the variance is y's. */
    public Estimate set(double a, Estimate y, double b, Estimate z) {
        x0.set(a, y.x0, b, z.x0);
        eps.set(a, y.eps, b, z.eps);
        if (variance.isPresent() && y.variance.isPresent()) variance.get().set(y.variance.get());
        return this;
    }

    /**
     * eps = (x - alpha x0) / sigma: what remains of x once x0 was changed, so that both are again the ingredients of one
     * x. Where sigma = 0, x says nothing of eps, which stays as it is.
     */
    public Estimate deriveEps(Tensor x, NoiseLevel at) {
        if (at.sigma() > 0) eps.set(1 / at.sigma(), x, -at.alpha() / at.sigma(), x0);
        return this;
    }

    /** The data believed to be in x, in the units of the data. The buffer itself: an estimator fills it, a sampler reads it. */
    public Tensor x0() {
        return x0;
    }

    /** The noise believed to be in x, of standard deviation 1. The buffer itself. */
    public Tensor eps() {
        return eps;
    }

    /** What the network says of the variance, where it learned one: see {@link Denoiser#variance()}. */
    public Optional<Tensor> variance() {
        return variance;
    }
}
