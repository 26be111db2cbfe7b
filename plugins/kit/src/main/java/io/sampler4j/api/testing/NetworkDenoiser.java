package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Prediction;
import org.apiguardian.api.API;

/** Any network behind the {@link Denoiser}, for x in any coordinates. Its own time is sigma/alpha. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class NetworkDenoiser extends TestDenoiser {
    /** A network. */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    @FunctionalInterface
    public interface Network {
        /** out = network(scale x) at a level in the network's own coordinates. */
        void evaluate(Tensor x, double scale, NoiseLevel at, Tensor out);
    }

    private final Network network;
    private final Prediction prediction;
    private final Coordinates own;
    private int evaluations;

    /** A network whose output means {@code prediction}, trained in the coordinates {@code own}. */
    public NetworkDenoiser(Network network, Prediction prediction, Coordinates own) {
        this.network = network;
        this.prediction = prediction;
        this.own = own;
    }

    /** Calls so far. */
    public int evaluations() {
        return evaluations;
    }

    @Override
    public void denoise(Tensor x, NoiseLevel at, Estimate e) {
        Tensor out = x.like();
        NoiseLevel here = own.at(at.ratio());
        double k = at.alpha() > 0 ? here.alpha() / at.alpha() : here.sigma() / at.sigma();
        network.evaluate(x, k, here, out);
        evaluations++;
        Prediction.Map m = prediction.at(here);
        e.x0().set(m.ax() * k, x, m.ao(), out);
        e.eps().set(m.bx() * k, x, m.bo(), out);
    }

    @Override
    public boolean knows(NoiseLevel at) {
        Prediction.Map m = prediction.at(own.at(at.ratio()));
        return Double.isFinite(m.ax() + m.ao() + m.bx() + m.bo());
    }
}
