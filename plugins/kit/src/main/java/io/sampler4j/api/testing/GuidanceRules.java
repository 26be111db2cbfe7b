package io.sampler4j.api.testing;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.NetworkException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The rules G1 to G8. */
final class GuidanceRules {
    private static final int EACH = 8;
    private static final long SEED = 5;
    private static final double[] RATIOS = {20, 5, 1, .3};

    private final Guidance guidance;
    private final Verdict verdict = new Verdict();

    private GuidanceRules(Guidance guidance) {
        this.guidance = guidance;
    }

    /**
     * Those that the guidance breaks. What only follows from another broken rule is not said.
     *
     * @param off the same at scale=1; empty where it has no such option
     */
    static List<Broken> brokenBy(Guidance guidance, Optional<Guidance> off) {
        GuidanceRules rules = new GuidanceRules(guidance);
        rules.judge(off);
        return rules.verdict.broken();
    }

    private void judge(Optional<Guidance> off) {
        verdict.check(Rule.G1, () -> Fields.notFinal(guidance));
        if (!verdict.check(Rule.G2, this::answers)) return;
        if (verdict.check(Rule.G3, this::leavesX)) verdict.check(Rule.G4, this::isOfOneRun);
        verdict.check(Rule.G5, this::makesBuffersFirst);
        verdict.check(Rule.G6, this::batches);
        verdict.check(Rule.G7, this::passesOnFailures);
        off.ifPresent(g -> verdict.check(Rule.G8, () -> isOff(g)));
    }

    private Optional<String> answers() {
        float[] made = answers(guidance, new TestNetworks(), x(2, SEED));
        for (float v : made) if (!Float.isFinite(v)) return Optional.of("its estimate holds " + v);
        return Optional.empty();
    }

    private Optional<String> leavesX() {
        ArrayLikeTensor x = x(2, SEED);
        float[] before = x.values().clone();
        answers(guidance, new TestNetworks(), x);
        return Verdict.unless(Arrays.equals(before, x.values()), "x changed");
    }

    /** Two runs of one instance in turns, and each alone. */
    private Optional<String> isOfOneRun() {
        ArrayLikeTensor x = x(1, SEED), y = x(1, SEED + 1);
        float[] alone = answers(guidance, new TestNetworks(), x);
        Estimator a = estimator(new TestNetworks(), x), b = estimator(new TestNetworks(), y);
        Estimate of = Estimate.shapedAs(x), other = Estimate.shapedAs(y);
        float[] beside = new float[alone.length];
        for (int i = 0; i < RATIOS.length; i++) {
            b.denoise(y, Coordinates.VP.at(RATIOS[i]), other);
            a.denoise(x, Coordinates.VP.at(RATIOS[i]), of);
            put(of, beside, i);
        }
        return Verdict.unless(Arrays.equals(alone, beside), "a run beside another is not what it is alone");
    }

    private Optional<String> makesBuffersFirst() {
        Counted x = new Counted(new int[1]);
        Estimator estimator = estimator(new Idle(), x);
        Estimate out = Estimate.shapedAs(x);
        int first = x.made[0];
        for (double ratio : RATIOS) estimator.denoise(x, Coordinates.VP.at(ratio), out);
        int late = x.made[0] - first;
        return Verdict.unless(late == 0, "it made " + late + " tensors in " + RATIOS.length + " answers");
    }

    private Optional<String> batches() {
        int n = 3;
        ArrayLikeTensor all = x(n, SEED);
        float[] batch = answers(guidance, new TestNetworks(), all);
        for (int s = 0; s < n; s++) {
            float[] single = answers(guidance, new TestNetworks(), x(1, SEED + s));
            for (int i = 0; i < 2 * RATIOS.length; i++) {
                for (int k = 0; k < EACH; k++) {
                    if (single[i * EACH + k] != batch[(i * n + s) * EACH + k]) {
                        return Optional.of("sample " + s + " of " + n + " is not answered as it is alone");
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> passesOnFailures() {
        NetworkException failure = new NetworkException("made by the kit");
        try {
            answers(guidance, new TestNetworks(d -> new FailingDenoiser(d, 0, failure)), x(1, SEED));
        } catch (RuntimeException e) {
            return Verdict.unless(e == failure, "out came " + e);
        }
        return Optional.of("it answered as if nothing had happened");
    }

    private static Optional<String> isOff(Guidance off) {
        TestNetworks networks = new TestNetworks();
        ArrayLikeTensor x = x(2, SEED);
        float[] made = answers(off, networks, x);
        boolean alone = networks.asked().stream().allMatch(List.of(TestNetworks.WANTED)::equals);
        if (!alone) return Optional.of("it asked for more than the wanted condition");
        Guidance none = (n, wanted, nothing, like) -> {
            ConditionalDenoiser main = n.main();
            return (t, at, out) -> main.denoise(t, at, List.of(wanted), List.of(out));
        };
        return Verdict.unless(
                Arrays.equals(made, answers(none, new TestNetworks(), x)), "its answer is not the network's");
    }

    private Estimator estimator(Networks networks, Tensor like) {
        return guidance.guide(networks, TestNetworks.WANTED, TestNetworks.NOTHING, like);
    }

    /** x0 and eps at every level, one after the other. */
    private static float[] answers(Guidance guidance, Networks networks, ArrayLikeTensor x) {
        Estimator estimator = guidance.guide(networks, TestNetworks.WANTED, TestNetworks.NOTHING, x);
        float[] made = new float[2 * RATIOS.length * x.size()];
        Estimate out = Estimate.shapedAs(x);
        for (int i = 0; i < RATIOS.length; i++) {
            estimator.denoise(x, Coordinates.VP.at(RATIOS[i]), out);
            put(out, made, i);
        }
        return made;
    }

    private static void put(Estimate e, float[] all, int i) {
        float[] x0 = ((ArrayLikeTensor) e.x0()).values(), eps = ((ArrayLikeTensor) e.eps()).values();
        System.arraycopy(x0, 0, all, 2 * i * x0.length, x0.length);
        System.arraycopy(eps, 0, all, (2 * i + 1) * x0.length, x0.length);
    }

    private static ArrayLikeTensor x(int samples, long seed) {
        return Target.start(Coordinates.VP.at(RATIOS[0]), samples, EACH, seed);
    }

    /** Counts the tensors that are made like it. */
    private static final class Counted extends BlankTensor {
        private final int[] made;

        Counted(int[] made) {
            super(EACH, 1);
            this.made = made;
        }

        @Override
        public Tensor like() {
            made[0]++;
            return new Counted(made);
        }
    }

    /** Networks that do nothing. */
    private static final class Idle implements Networks, ConditionalDenoiser {
        @Override
        public ConditionalDenoiser main() {
            return this;
        }

        @Override
        public ConditionalDenoiser other(String option) {
            return this;
        }

        @Override
        public Estimate estimate(Tensor x) {
            return Estimate.shapedAs(x);
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> out) {}
    }
}
