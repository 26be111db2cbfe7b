package io.sampler4j.runtime.run;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.tensor.ArrayTensor;

/**
 * The part of a picture that a run keeps. It is kept in what the denoiser says: where the picture is known, x0 is the
 * picture and eps is what x then holds, eps = (x - alpha x0) / sigma; elsewhere both are the network's, to the bit. A
 * sampler that follows such answers ends in the picture whatever its loop does, with multistep histories and second
 * evaluations of one mind, since nothing is put into x behind its back.
 *
 * <p>What is made new sees the known part as noisy as x is, so it follows the conditional law approximately: as in Song
 * et al. 2021 (Score-Based Generative Modeling, appendix I.2) and Lugmayr et al. 2022 without resampling.
 */
final class KnownRegion {
    private final ArrayTensor picture;
    private final ArrayTensor fresh;
    private final ArrayTensor known;

    /**
     * @param picture what is known, in the units of the data
     * @param fresh 1 where all is made new, 0 where the picture stays, and between the two a blend
     */
    KnownRegion(ArrayTensor picture, ArrayTensor fresh) {
        this.picture = picture;
        this.fresh = fresh;
        known = picture.like();
    }

    /** The estimator whose answers know the picture. Belongs outside of clipping, which the picture needs none of. */
    Estimator around(Estimator inner) {
        return (x, at, e) -> {
            inner.denoise(x, at, e);
            e.x0().set(known.set(picture).blend(fresh, e.x0()));
            if (at.sigma() == 0) return; // x says nothing of eps
            known.set(1 / at.sigma(), x, -at.alpha() / at.sigma(), picture);
            e.eps().set(known.blend(fresh, e.eps()));
        };
    }

    /** x = the picture where it is known, and 0 where all is to be made new. */
    void start(Tensor x) {
        hold(x.set(0, picture));
    }

    /** x = the picture where it is known, and x itself where all is made new. */
    void hold(Tensor x) {
        x.set(known.set(picture).blend(fresh, x));
    }

    /** Takes the roundings of the run off the part that is known for certain. */
    void restore(ArrayTensor x) {
        float[] values = x.values(), made = fresh.values(), was = picture.values();
        for (int i = 0; i < values.length; i++) if (made[i] == 0) values[i] = was[i];
    }
}
