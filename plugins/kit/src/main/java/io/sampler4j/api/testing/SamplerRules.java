package io.sampler4j.api.testing;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.NetworkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The rules S1 to S16. */
final class SamplerRules {
    /** Steps of the runs; more where the sampler asks for more. */
    private static final int STEPS = 6;

    private static final int EACH = 8;
    private static final long SEED = 11;
    /** The noise of a run is not that of its start. */
    private static final long RUN_SEED = 1_000_003;
    /** A noise level, a lambda, an array of weights: not a tensor. */
    private static final long BYTES_PER_STEP = 4096;

    private final DiffusionSampler sampler;
    private final Verdict verdict = new Verdict();
    private final int steps;
    private final boolean adaptive;
    private final boolean onePerRun;
    private Target target = Target.MIXTURE;

    private SamplerRules(DiffusionSampler sampler) {
        this.sampler = sampler;
        steps = Math.max(STEPS, sampler.needs().steps());
        adaptive = !sampler.followsGrid();
        onePerRun = sampler.needs().isOnePerRun();
    }

    /** Those that the sampler breaks. What only follows from another broken rule is not said. */
    static List<Broken> brokenBy(DiffusionSampler sampler) {
        SamplerRules rules = new SamplerRules(sampler);
        rules.judge();
        return rules.verdict.broken();
    }

    /** The data that this sampler is for; empty where it refuses both. */
    static Optional<Target> targetOf(DiffusionSampler sampler) {
        NoiseGrid grid = grid(sampler, Math.max(STEPS, sampler.needs().steps()), false);
        return List.of(Target.MIXTURE, Target.DISTILLED).stream()
                .filter(t -> refusals(sampler, t.network(), grid).isEmpty())
                .findFirst();
    }

    /** Levels of the proofs of order, in the coordinates that the sampler asks for; down to the data, or almost. */
    static NoiseGrid grid(DiffusionSampler sampler, int steps, boolean toTheData) {
        NoiseGrid grid = Convergence.grid(Coordinates.VP, toTheData ? steps - 1 : steps);
        if (toTheData) grid = NoiseGrid.of(Coordinates.VP, Arrays.copyOf(grid.ratios(), steps + 1));
        return sampler.needs().coordinates().map(grid::in).orElse(grid);
    }

    private void judge() {
        verdict.check(Rule.S1, () -> Fields.notFinal(sampler));
        verdict.check(Rule.S2, this::check);
        if (!verdict.check(Rule.S3, this::ends)) return;
        verdict.check(Rule.S4, this::reports);
        verdict.check(Rule.S12, this::passesOnFailures);
        verdict.check(Rule.S13, this::isCancelled);
        verdict.check(Rule.S14, this::forgets);
        verdict.check(Rule.S15, this::asksProperly);
        if (!verdict.check(Rule.S5, this::repeats)) return;
        if (!onePerRun) verdict.check(Rule.S6, this::batches);
        boolean plans = adaptive || verdict.check(Rule.S7, this::runsDry);
        if (plans && !onePerRun && !adaptive) verdict.check(Rule.S8, this::ignoresData);
        verdict.check(Rule.S9, this::makesBuffersFirst);
        if (plans && !adaptive) verdict.check(Rule.S10, this::allocatesLittle);
        verdict.check(Rule.S11, this::runsBesideOthers);
        verdict.check(Rule.S16, this::reachesTheData);
    }

    private Optional<String> check() {
        Denoiser silent =
                new FailingDenoiser(target.network(), 0, new IllegalStateException("check asked the network"));
        NoiseGrid grid = grid();
        ArrayLikeTensor x = Target.start(grid.first(), samples(), EACH, SEED);
        float[] before = x.values().clone();
        List<List<String>> said = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Refusals refuse = new Refusals();
            sampler.check(silent, grid, x, refuse);
            said.add(refuse.reasons());
        }
        if (!Arrays.equals(before, x.values())) return Optional.of("check changed x");
        return Verdict.unless(said.get(0).equals(said.get(1)), "it said " + said.get(0) + " and then " + said.get(1));
    }

    private Optional<String> ends() {
        Optional<Target> accepted = targetOf(sampler);
        if (accepted.isEmpty()) {
            return Optional.of("it refuses every network of the kit: " + refusals(sampler, target.network(), grid()));
        }
        target = accepted.get();
        // Recorded first: that stops where there is no end.
        program(target.network(), SEED);
        NoiseGrid grid = grid();
        float[] start = Target.start(grid.first(), samples(), EACH, SEED).values();
        float[] made = made(target.network(), samples(), SEED, steps);
        for (float v : made) if (!Float.isFinite(v)) return Optional.of("x holds " + v);
        return Verdict.unless(!Arrays.equals(start, made), "x is what it was");
    }

    private Optional<String> reports() {
        TestRun run = new TestRun(SEED);
        NoiseGrid grid = grid();
        sampler.sample(target.network(), grid, Target.start(grid.first(), samples(), EACH, SEED), run);
        List<Integer> said = run.steps();
        for (int i = 0; i < said.size(); i++) if (said.get(i) != i) return Optional.of("it reported " + said);
        if (adaptive) return Verdict.unless(!said.isEmpty(), "it reported none");
        return Verdict.unless(said.size() == grid.steps(), "it reported " + said + " of " + grid.steps() + " steps");
    }

    private Optional<String> repeats() {
        float[] once = made(target.network(), samples(), SEED, steps);
        float[] again = made(target.network(), samples(), SEED, steps);
        return Verdict.unless(Arrays.equals(once, again), "the second run gave other values than the first");
    }

    private Optional<String> batches() {
        int n = 3;
        float[] batch = made(target.network(), n, SEED, steps);
        for (int i = 0; i < n; i++) {
            float[] single = made(target.network(), 1, SEED + i, steps);
            if (!Arrays.equals(single, Arrays.copyOfRange(batch, i * EACH, (i + 1) * EACH))) {
                return Optional.of("sample " + i + " of " + n + " is not what it is alone");
            }
        }
        return Optional.empty();
    }

    private Optional<String> runsDry() {
        Program dry = Program.withoutData(sampler, target.network(), grid(), samples(), EACH);
        if (!dry.notFinite().isEmpty()) return Optional.of("a coefficient is not finite: " + dry.notFinite());
        if (onePerRun) return Optional.empty();
        return dry.differenceTo(program(target.network(), SEED)).map(d -> "they differ: " + d);
    }

    private Optional<String> ignoresData() {
        return program(target.network(), SEED)
                .differenceTo(program(target.otherNetwork(), SEED + 97))
                .map(d -> "they differ: " + d);
    }

    private Optional<String> makesBuffersFirst() {
        int late = program(target.network(), SEED).tensorsAfterFirstStep();
        return Verdict.unless(late == 0, "it made " + late + " tensors when its first step was done");
    }

    private Optional<String> allocatesLittle() {
        int few = steps, many = steps + 64;
        OptionalLong less = bytes(few), more = bytes(many);
        if (less.isEmpty() || more.isEmpty()) return Optional.empty();
        long perStep = (more.getAsLong() - less.getAsLong()) / (many - few);
        return Verdict.unless(perStep <= BYTES_PER_STEP, "a step allocates " + perStep + " bytes");
    }

    /** Of a run on large tensors without data, by a network that does nothing: what is counted is the sampler's. */
    private OptionalLong bytes(int steps) {
        int size = 1 << 16;
        NoiseGrid grid = grid(sampler, steps, false);
        Denoiser idle = new DelegatingDenoiser(target.network()) {
            @Override
            public void denoise(Tensor x, NoiseLevel at, Estimate out) {}
        };
        return Memory.allocated(() -> sampler.sample(idle, grid, new BlankTensor(size, 1), IdleRun.INSTANCE));
    }

    private Optional<String> runsBesideOthers() throws Exception {
        // Unlike numbers of steps, so that they are not in step.
        int[] lengths = {steps, steps + 1, steps + 3};
        List<Turns.Turn<float[]>> runs = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            int n = lengths[i];
            long seed = SEED + i;
            runs.add(handOn -> made(handingOn(target.network(), handOn), 1, seed, n));
        }
        List<float[]> together = Turns.take(runs);
        for (int i = 0; i < lengths.length; i++) {
            float[] alone = made(target.network(), 1, SEED + i, lengths[i]);
            if (!Arrays.equals(alone, together.get(i))) {
                return Optional.of("of " + lengths.length + " runs at once, one gave other values than alone");
            }
        }
        return Optional.empty();
    }

    private static Denoiser handingOn(Denoiser network, Runnable handOn) {
        return new DelegatingDenoiser(network) {
            @Override
            public void denoise(Tensor x, NoiseLevel at, Estimate out) {
                handOn.run();
                super.denoise(x, at, out);
            }
        };
    }

    private Optional<String> passesOnFailures() {
        NetworkException failure = new NetworkException("made by the kit");
        Denoiser failing = new FailingDenoiser(target.network(), 1, failure);
        return thrown(failing, new TestRun(SEED), failure);
    }

    private Optional<String> isCancelled() {
        CancelledRun run = new CancelledRun(SEED, 2);
        int[] late = {0};
        Denoiser watched = new DelegatingDenoiser(target.network()) {
            @Override
            public void denoise(Tensor x, NoiseLevel at, Estimate out) {
                if (Thread.currentThread().isInterrupted()) late[0]++;
                super.denoise(x, at, out);
            }
        };
        Optional<String> found = thrown(watched, run, run.cancelled());
        boolean interrupted = Thread.interrupted();
        if (found.isPresent()) return found;
        if (late[0] > 0) return Optional.of("it asked the network " + late[0] + " times after it");
        return Verdict.unless(interrupted, "the thread's interrupt is gone");
    }

    private Optional<String> thrown(Denoiser network, TensorRun run, RuntimeException expected) {
        NoiseGrid grid = grid();
        try {
            sampler.sample(network, grid, Target.start(grid.first(), samples(), EACH, SEED), run);
        } catch (RuntimeException e) {
            return Verdict.unless(e == expected, "out came " + e);
        }
        return Optional.of("it returned as if nothing had happened");
    }

    private Optional<String> forgets() throws InterruptedException {
        int kept = Memory.kept(() -> program(target.network(), SEED).made());
        return Verdict.unless(kept == 0, kept + " of them are still held");
    }

    private Optional<String> asksProperly() {
        made(new CrankyDenoiser(target.network()), samples(), SEED, steps);
        return Optional.empty();
    }

    private Optional<String> reachesTheData() {
        NoiseGrid grid = grid(sampler, Math.max(target.steps(), sampler.needs().steps()), true);
        if (!refusals(sampler, target.network(), grid).isEmpty()) return Optional.empty();
        double distance = distance(sampler, target, grid, onePerRun ? 1 : 64);
        return Verdict.unless(
                distance < target.near(),
                "after " + grid.steps() + " steps the Wasserstein distance of " + Target.DRAWN + " samples is "
                        + distance + ", not below " + target.near());
    }

    /** Of as many samples as count, all together {@link Target#DRAWN} elements. */
    static double distance(DiffusionSampler sampler, Target target, NoiseGrid grid, int count) {
        ArrayLikeTensor x = Target.start(grid.first(), count, Target.DRAWN / count, SEED);
        sampler.sample(target.network(), grid, x, new TestRun(SEED + RUN_SEED));
        x.set(1 / grid.last().alpha(), x);
        return target.distance(x.values());
    }

    private int samples() {
        return onePerRun ? 1 : 2;
    }

    private NoiseGrid grid() {
        return grid(sampler, steps, false);
    }

    private float[] made(Denoiser network, int samples, long seed, int steps) {
        NoiseGrid grid = grid(sampler, steps, false);
        ArrayLikeTensor x = Target.start(grid.first(), samples, EACH, seed);
        sampler.sample(network, grid, x, new TestRun(seed + RUN_SEED));
        return x.values();
    }

    private Program program(Denoiser network, long seed) {
        NoiseGrid grid = grid();
        return Program.of(sampler, network, grid, Target.start(grid.first(), samples(), EACH, seed), seed + RUN_SEED);
    }

    private static List<String> refusals(DiffusionSampler sampler, Denoiser network, NoiseGrid grid) {
        Refusals refuse = new Refusals();
        sampler.check(network, grid, Target.start(grid.first(), 1, EACH, SEED), refuse);
        return refuse.reasons();
    }

    /** Draws nothing and hears nothing, so that it allocates nothing. */
    private enum IdleRun implements TensorRun, Noise {
        INSTANCE;

        @Override
        public Noise noise() {
            return this;
        }

        @Override
        public void step(int i, Tensor x) {}

        @Override
        public void normal(Tensor out) {}

        @Override
        public void uniform(Tensor out) {}
    }
}
