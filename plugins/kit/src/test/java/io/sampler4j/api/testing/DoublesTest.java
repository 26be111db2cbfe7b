package io.sampler4j.api.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import org.junit.jupiter.api.Test;

/** What the kit gives to authors, beside its rules. */
class DoublesTest {
    private static final NoiseGrid GRID = NoiseGrid.of(Coordinates.VE, 4, 2, 0);

    private final DiffusionSampler euler = new ReferenceSamplers.Euler();
    private final Denoiser perfect = GaussianMixture.THREE.denoiser(GaussianMixture.Output.EPSILON, Coordinates.VE);

    @Test
    void aProgramIsWhatASamplerDidLineByLine() {
        Program program = Program.of(euler, perfect, GRID, ArrayLikeTensor.of(3, -1), 1);
        assertThat(program.lines())
                .containsExactly(
                        "t1, t2 = denoise t0 at 1.0, 4.0",
                        "t0 = 1.0 t0 + -2.0 t2",
                        "step 0 t0",
                        "t1, t2 = denoise t0 at 1.0, 2.0",
                        "t0 = 1.0 t0 + -2.0 t2",
                        "step 1 t0");
        assertThat(program.evaluations()).isEqualTo(2);
        assertThat(program.steps()).isEqualTo(2);
        assertThat(program.tensors()).isEqualTo(3);
        assertThat(program.draws()).isZero();
        assertThat(program.levels()).containsExactly(GRID.at(0), GRID.at(1));
        assertThat(program.notFinite()).isEmpty();
    }

    @Test
    void recordedWithDataASamplerMakesWhatItMakesUnrecorded() {
        ArrayLikeTensor recorded = ArrayLikeTensor.of(3, -1), plain = ArrayLikeTensor.of(3, -1);
        Program.of(euler, perfect, GRID, recorded, 1);
        euler.sample(perfect, GRID, plain, new TestRun(1));
        assertThat(recorded.values()).isEqualTo(plain.values()).isNotEqualTo(new float[] {3, -1});
    }

    @Test
    void aProgramSaysWhereAnotherDiffersAndWhereACoefficientIsNotFinite() {
        Program program = Program.withoutData(euler, perfect, GRID, 1, 2);
        NoiseGrid other = NoiseGrid.of(Coordinates.VE, 4, 1, 0);
        assertThat(program.differenceTo(Program.withoutData(euler, perfect, other, 1, 2)))
                .hasValue("`t0 = 1.0 t0 + -2.0 t2` against `t0 = 1.0 t0 + -3.0 t2`, operation 1");
        assertThat(program.differenceTo(program)).isEmpty();

        NoiseGrid infinite = NoiseGrid.of(Coordinates.VE, Double.POSITIVE_INFINITY, 1);
        assertThat(Program.withoutData(euler, perfect, infinite, 1, 2).notFinite())
                .isEqualTo("t0 = 1.0 t0 + -Infinity t2");
    }

    @Test
    void aFailingDenoiserAnswersForAWhile() {
        NetworkException failure = new NetworkException("gone");
        Denoiser failing = new FailingDenoiser(perfect, 1, failure);
        DoubleTensor x = DoubleTensor.of(1);
        Estimate e = failing.estimate(x);
        failing.denoise(x, GRID.at(0), e);
        assertThatThrownBy(() -> failing.denoise(x, GRID.at(0), e)).isSameAs(failure);
        assertThatThrownBy(() -> failing.denoise(x, GRID.at(0), e)).isSameAs(failure);
    }

    @Test
    void aCrankyDenoiserInsistsOnItsContract() {
        Denoiser cranky = new CrankyDenoiser(perfect);
        DoubleTensor x = DoubleTensor.of(1);
        Estimate e = cranky.estimate(x);
        cranky.denoise(x, GRID.at(0), e);
        Tensor own = e.x0();
        assertThatThrownBy(() -> cranky.denoise(own, GRID.at(0), e))
                .hasMessage("asked about the buffer that the answer goes to");
    }

    @Test
    void aCancelledRunThrowsInItsStepAndInterruptsItsThread() {
        CancelledRun run = new CancelledRun(1, 2);
        DoubleTensor x = DoubleTensor.of(1);
        run.step(0, x);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThatThrownBy(() -> run.step(1, x)).isSameAs(run.cancelled()).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void theDiscreteProcessHasTheEndsOfDdpm() {
        // The last product of Ho et al.'s betas is 4.04e-5, the first 1 - 1e-4.
        assertThat(TestProcess.DISCRETE.highest()).isCloseTo(157.4, within(.05));
        assertThat(TestProcess.DISCRETE.lowest()).isCloseTo(.01, within(1e-6));
        assertThat(TestProcess.DISCRETE.atTime(999).ratio()).isEqualTo(TestProcess.DISCRETE.highest());
        assertThat(TestProcess.FLOW.atTime(.25).sigma()).isCloseTo(.25, within(1e-15));
        assertThat(TestProcess.CONTINUOUS.atTime(3).sigma()).isEqualTo(3);
        assertThatThrownBy(() -> TestProcess.FLOW.atTime(1.5)).hasMessageContaining("go from 0 to 1.0, got 1.5");
    }
}
