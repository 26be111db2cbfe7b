package io.sampler4j.runtime.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.tensor.ArrayTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of a picture, in the two halves of the denoiser's answer. */
class KnownRegionTest {
    private final ArrayTensor picture = ArrayTensor.over(new float[] {1, 2, .5f}, 1);
    private final ArrayTensor fresh = ArrayTensor.over(new float[] {0, 1, .25f}, 1);
    private final ArrayTensor x = ArrayTensor.over(new float[] {.3f, .7f, -2}, 1);
    /** eps is not what x holds beside this x0, as after a clip that leaves eps raw. */
    private final Estimator network = (t, at, e) -> {
        e.x0().write(new float[] {.1f, .2f, .3f});
        e.eps().write(new float[] {7, 8, 9});
    };

    private Estimate around(NoiseLevel at) {
        Estimate e = Estimate.shapedAs(x);
        new KnownRegion(picture, fresh).around(network).denoise(x, at, e);
        return e;
    }

    private static float[] values(io.sampler4j.api.Tensor t) {
        return ((ArrayTensor) t).values();
    }

    @Test
    void whereThePictureIsKnownTheAnswerIsThePictureAndWhatXThenHolds() {
        for (Coordinates c : List.of(Coordinates.VP, Coordinates.VE, Coordinates.FLOW)) {
            NoiseLevel at = c.at(.8);
            Estimate e = around(at);
            assertThat(values(e.x0())[0]).isEqualTo(1);
            // A rounding or two of float32.
            assertThat(at.alpha() * values(e.x0())[0] + at.sigma() * values(e.eps())[0])
                    .isCloseTo(.3, within(2e-7));
        }
    }

    @Test
    void whereAllIsNewTheAnswerIsTheNetworksToTheBit() {
        Estimate e = around(Coordinates.VP.at(.8));
        assertThat(values(e.x0())[1]).isEqualTo(.2f);
        assertThat(values(e.eps())[1]).as("raw, as the network left it").isEqualTo(8);
    }

    @Test
    void greyIsABlendOfBothHalves() {
        NoiseLevel at = Coordinates.VP.at(.8);
        Estimate e = around(at);
        assertThat(values(e.x0())[2]).isCloseTo(.25f * .3f + .75f * .5f, within(1e-7f));
        double known = (-2 - at.alpha() * .5) / at.sigma();
        assertThat((double) values(e.eps())[2]).isCloseTo(.25 * 9 + .75 * known, within(1e-6));
    }

    @Test
    void pureNoiseIsAllEpsAndPureDataSaysNothingOfIt() {
        Estimate noise = around(Coordinates.FLOW.at(Double.POSITIVE_INFINITY));
        assertThat(values(noise.x0())[0]).isEqualTo(1);
        assertThat(values(noise.eps())[0]).isEqualTo(.3f);
        Estimate data = around(Coordinates.VE.at(0));
        assertThat(values(data.x0())[0]).isEqualTo(1);
        assertThat(values(data.eps())).containsExactly(7, 8, 9);
    }

    @Test
    void aStartFromNoiseAloneHoldsThePictureWhereItIsKnown() {
        new KnownRegion(picture, fresh).start(x);
        assertThat(values(x)).containsExactly(1, 0, .375f);
    }

    @Test
    void onlyWhatIsKnownForCertainIsRestored() {
        new KnownRegion(picture, fresh).restore(x);
        assertThat(values(x)).containsExactly(1, .7f, -2);
    }

    @ParameterizedTest
    @CsvSource({"50, 1, 0", "50, .8, 10", "50, .5, 25", "50, 0, 50", "4, .37, 3", "4, .125, 3", "4, .12, 4", "3, .5, 1"
    })
    void theStepToStartAtIsTheDesigns(int n, double strength, int start) {
        assertThat(DiffusionDraft.start(n, strength)).isEqualTo(start);
    }
}
