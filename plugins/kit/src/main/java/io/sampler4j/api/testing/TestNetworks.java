package io.sampler4j.api.testing;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;

/**
 * The networks of guidance: perfect ones of a Gaussian that depends on the condition, and as many further ones as are
 * asked for. They remember what they were asked.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class TestNetworks implements Networks {
    /** What the samples are to be. */
    public static final Condition WANTED = Condition.NONE.with("class", 3);
    /** The null class. */
    public static final Condition NOTHING = Condition.NONE.with("class", 10);

    private final UnaryOperator<Denoiser> around;
    private final List<List<Condition>> asked = new ArrayList<>();

    /** Networks that answer. */
    public TestNetworks() {
        this(d -> d);
    }

    /** Networks of which each call goes through a denoiser around the perfect one. */
    public TestNetworks(UnaryOperator<Denoiser> around) {
        this.around = around;
    }

    /** The conditions of each call of the main network, in order. */
    public List<List<Condition>> asked() {
        return List.copyOf(asked);
    }

    @Override
    public ConditionalDenoiser main() {
        return new Conditional(0, asked);
    }

    @Override
    public ConditionalDenoiser other(String option) {
        return new Conditional(.25, new ArrayList<>());
    }

    private final class Conditional implements ConditionalDenoiser {
        private final double shift;
        private final List<List<Condition>> calls;

        Conditional(double shift, List<List<Condition>> calls) {
            this.shift = shift;
            this.calls = calls;
        }

        @Override
        public Estimate estimate(Tensor x) {
            return Estimate.shapedAs(x);
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> out) {
            calls.add(List.copyOf(given));
            for (int k = 0; k < given.size(); k++) {
                double mean = given.get(k).at("class", 0).orElse(0) / 10. + shift;
                Denoiser perfect =
                        GaussianMixture.gaussian(mean, .6).denoiser(GaussianMixture.Output.X0, Coordinates.VP);
                around.apply(perfect).denoise(x, at, out.get(k));
            }
        }
    }
}
