package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Prediction;
import io.sampler4j.api.testing.DelegatingDenoiser;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.NetworkDenoiser;
import io.sampler4j.api.testing.TextOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Networks that answer each condition with an estimator of its own, and remember what they were asked. */
final class Answers implements Networks {
    static final Condition WANTED = Condition.NONE.with("class", 3);
    static final Condition NOTHING = Condition.NONE.with("class", 10);

    private final Estimator wanted;
    private final Estimator nothing;
    private final Estimator weaker;
    final List<List<Condition>> asked = new ArrayList<>();
    final List<List<Condition>> askedOther = new ArrayList<>();
    final List<String> others = new ArrayList<>();

    Answers(Estimator wanted, Estimator nothing, Estimator weaker) {
        this.wanted = wanted;
        this.nothing = nothing;
        this.weaker = weaker;
    }

    /** Fixed x0 for each condition, and the eps that goes with it. */
    static Answers x0(DoubleTensor wanted, DoubleTensor nothing) {
        return new Answers(fixed(wanted), fixed(nothing), fixed(nothing));
    }

    static Estimator fixed(DoubleTensor x0) {
        return (x, at, e) -> {
            e.x0().set(x0);
            e.eps().set(1 / at.sigma(), x, -at.alpha() / at.sigma(), x0);
        };
    }

    /** The perfect denoiser of data that is N(mean, deviation^2) in every element. */
    static Estimator gaussian(double mean, double deviation) {
        return (x, at, e) -> {
            double a = at.alpha(), s = at.sigma(), v = a * a * deviation * deviation + s * s;
            double[] values = ((DoubleTensor) x).values();
            double[] x0 = ((DoubleTensor) e.x0()).values(), eps = ((DoubleTensor) e.eps()).values();
            for (int i = 0; i < values.length; i++) {
                double d = values[i] - a * mean;
                x0[i] = mean + a * deviation * deviation / v * d;
                eps[i] = s / v * d;
            }
        };
    }

    Estimator guided(String name, Tensor like, Map<String, String> options) {
        return TextOptions.make(new GuidanceContribution(), Guidance.class, name, options)
                .guide(this, WANTED, NOTHING, like);
    }

    /** A denoiser for the reference samplers. */
    static Denoiser denoiser(Estimator guided) {
        Denoiser facts = new NetworkDenoiser((x, k, at, out) -> out.set(x), Prediction.EPSILON, Coordinates.VE);
        return new DelegatingDenoiser(facts) {
            @Override
            public void denoise(Tensor x, NoiseLevel at, Estimate out) {
                guided.denoise(x, at, out);
            }

            @Override
            public boolean knows(NoiseLevel at) {
                return true;
            }
        };
    }

    @Override
    public ConditionalDenoiser main() {
        return network(asked, wanted);
    }

    @Override
    public ConditionalDenoiser other(String option) {
        others.add(option);
        return network(askedOther, weaker);
    }

    private ConditionalDenoiser network(List<List<Condition>> heard, Estimator ofWanted) {
        return new ConditionalDenoiser() {
            @Override
            public Estimate estimate(Tensor like) {
                return Estimate.withVariance(like);
            }

            @Override
            public void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> out) {
                heard.add(given);
                for (int k = 0; k < given.size(); k++) {
                    boolean isWanted = given.get(k) == WANTED;
                    (isWanted ? ofWanted : nothing).denoise(x, at, out.get(k));
                    out.get(k).variance().ifPresent(v -> v.set(isWanted ? 3 : 7, x));
                }
            }
        };
    }
}
