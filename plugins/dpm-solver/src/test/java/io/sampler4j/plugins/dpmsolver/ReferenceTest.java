package io.sampler4j.plugins.dpmsolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Against the references' own loops in float64: x = (6.3, -4.1) in VE coordinates over sigma/alpha 9, 5, 2, 1, .4, .1 and
 * where it is said 0, with the best denoiser of {@link GaussianMixture#THREE} and, as draw n, (cos 3n, sin 5n).
 */
class ReferenceTest {
    /** Draw n is (cos 3n, sin 5n). */
    private static final class Draws implements TensorRun, Noise {
        private int n;

        @Override
        public Noise noise() {
            return this;
        }

        @Override
        public void step(int i, Tensor x) {}

        @Override
        public void normal(Tensor out) {
            n++;
            double[] drawn = ((DoubleTensor) out).values();
            drawn[0] = Math.cos(3 * n);
            drawn[1] = Math.sin(5 * n);
        }

        @Override
        public void uniform(Tensor out) {
            throw new AssertionError("no sampler of this family draws uniforms");
        }
    }

    private static void agrees(String text, double last, double first, double second, double tolerance) {
        DiffusionSampler sampler = DpmSolversTest.named(text);
        double[] ratios = {9, 5, 2, 1, .4, .1, 0};
        NoiseGrid levels = NoiseGrid.of(Coordinates.VP, last > 0 ? Arrays.copyOf(ratios, 6) : ratios);
        NoiseGrid grid = sampler.needs().coordinates().map(levels::in).orElse(levels);
        DoubleTensor x =
                DoubleTensor.of(6.3 * grid.first().alpha(), -4.1 * grid.first().alpha());
        sampler.sample(GaussianMixture.THREE.denoiser(Output.V, Coordinates.VP), grid, x, new Draws());
        assertThat(x.values()[0] / grid.last().alpha()).isCloseTo(first, within(tolerance));
        assertThat(x.values()[1] / grid.last().alpha()).isCloseTo(second, within(tolerance));
    }

    /** k-diffusion @4601bf0; dpmpp-sde with its two requests of one step answered from one Brownian path. */
    @ParameterizedTest
    @CsvSource({
        "dpmpp-2m, 0, 0.8959967824166668, -0.26021344658395684",
        "dpmpp-2m-sde eta=0.7 noise=1.1 solver=midpoint, 0, 0.4308420159406855, 0.5928844683291477",
        "dpmpp-2m-sde eta=0.7 noise=1.1 solver=heun, 0, 0.4479910575365903, 0.7218302115186562",
        "dpmpp-3m-sde eta=0.7 noise=1.1 curvature=half, 0, 0.5841021785416454, 1.2736517743813764",
        "dpmpp-2s-ancestral eta=0.8 noise=1.1, 0, 0.4489128589533809, -0.27891390143826056",
        "dpmpp-sde eta=0.8 noise=1.1, 0, 0.10564090455686727, 0.09312110639802593"
    })
    void kDiffusion(String text, double last, double first, double second) {
        // Levels, x and noise are the same doubles.
        agrees(text, last, first, second, 1e-12);
    }

    /** diffusers 0.42.1, fed with x0. */
    @ParameterizedTest
    @CsvSource({
        "dpmpp-3m curvature=half, 0, 0.8976098037186815, -0.2913107179743161",
        "dpmpp-3m curvature=half lower-final=true, 0, 0.9752467880962803, -0.345136360228301",
        "dpmpp-3m curvature=half lower-final=true, .1, 0.8695903566119901, -0.2919146917111432",
        "dpmpp-2m solver=heun, 0, 0.9409156570682125, -0.2990181575328473",
        "dpmpp-2m-sde, .1, 0.4025069708461718, 0.763328008334906",
        "dpmpp-2s inner=grid solver=midpoint, .1, 0.8078579840016933, -0.2246524201534546",
        "dpmpp-2s inner=grid solver=midpoint, 0, 0.7861629055830662, -0.18563890956211296",
        "dpmpp-2s inner=grid solver=heun, .1, 0.8593897156283117, -0.26943384983176005",
        "dpmpp-2s inner=grid solver=heun, 0, 0.8378872844706698, -0.2322308624564185",
        "dpmpp-3s inner=grid solver=midpoint, .1, 0.8016903126885072, -0.20974042444169996",
        "dpmpp-3s inner=grid solver=midpoint, 0, 0.78005458327737, -0.1705882504862574",
        "dpmpp-3s inner=grid solver=heun, .1, 0.8315392465736953, -0.21776062605220214",
        "dpmpp-3s inner=grid solver=heun, 0, 0.8097741385481775, -0.1786582262618297",
        "unipc order=1 variant=bh1, .1, 0.8030864870045117, -0.22075077059068995",
        "unipc order=1 variant=bh2, .1, 0.7814760570985598, -0.20147804157837615",
        "unipc order=2 variant=bh1, .1, 0.9150796371927791, -0.34467270264081645",
        "unipc order=2 variant=bh2, .1, 0.8681454891025956, -0.2925865414431057",
        "unipc order=3 variant=bh1, .1, 0.9205524635045524, -0.3521198806210737",
        "unipc order=3 variant=bh2, .1, 0.8788219571530871, -0.30818443294944026",
        "unipc order=3 lower-final=false skip-corrector=1, .1, 0.8920013866540191, -0.3214054387148035",
        "unipc, 0, 0.921316507972773, -0.29528213574971796",
        "deis order=2 lower-final=false, .1, 0.833120983296391, -0.2335024919147138",
        "deis order=3 lower-final=false, .1, 0.8382569816576269, -0.24624646237042547",
        "sa-solver predictor=1 corrector=1 tau=0.6 tau-min=0 tau-max=100, .1, 0.4803514131996493, -0.033046753039412735",
        "sa-solver predictor=2 corrector=2 tau=0.6 tau-min=0 tau-max=100, .1, 0.4779724371637497, -0.20725522570380006",
        "sa-solver predictor=3 corrector=3 tau=0.6 tau-min=0 tau-max=100, .1, 0.4926539821232803, -0.16012277477895903",
        "sa-solver predictor=3 corrector=4 tau=0.6 tau-min=0 tau-max=100, .1, 0.4957823094363765, -0.163619527246336"
    })
    void diffusers(String text, double last, double first, double second) {
        // DPMSolverMultistepScheduler carries x in float32, 2e-7 of 6; the others are float64 throughout.
        agrees(text, last, first, second, text.matches("dpmpp-[23]m.*") ? 1e-6 : 1e-12);
    }
}
