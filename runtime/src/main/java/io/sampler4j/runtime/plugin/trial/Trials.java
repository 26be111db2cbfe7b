package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.generator.FlowEditor;
import io.sampler4j.api.generator.GeneratorSampler;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.stage.DiffusionScorer;
import io.sampler4j.api.stage.FlowScorer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.api.stage.TokenScorer;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The trials, one for each kind of component. A component that refuses, as the API lets it, is tried on other models; one
 * that refuses all of them was not run, which is noted and no fault.
 */
public final class Trials {
    /** The second is for samplers that remember the answers of some steps. */
    private static final int STEPS = 2, MORE = 6;

    private final Witness witness;
    private final Map<Class<?>, Trial<?>> byKind = new LinkedHashMap<>();

    /** @param witness of what the components are lent */
    public Trials(Witness witness) {
        this.witness = witness;
        put(DiffusionSampler.class, this::diffusion);
        put(NoiseScheduler.class, this::scheduler);
        put(Guidance.class, this::guidance);
        put(DiffusionScorer.class, this::diffusionScorer);
        put(TokenSampler.class, this::token);
        put(TokenScheduler.class, Trials::curve);
        put(TokenScorer.class, this::tokenScorer);
        put(GeneratorSampler.class, this::generator);
        put(FlowEditor.class, this::editor);
        put(FlowScorer.class, this::flowScorer);
        put(LatentDistribution.class, this::latents);
        put(Tokenizer.class, Trials::tokenizer);
    }

    /** @param <T> the kind */
    private interface Trial<T> {
        /** What is worth knowing, or empty. Throws {@link BrokenException}, or whatever the component throws. */
        Optional<String> of(T component);
    }

    private <T> void put(Class<T> kind, Trial<T> trial) {
        byKind.put(kind, trial);
    }

    /**
     * Tries a component.
     *
     * @return what is worth knowing, or empty
     * @throws BrokenException if it broke a promise; anything else is what it threw itself
     */
    @SuppressWarnings("unchecked") // put() pairs a kind with a trial of it.
    public <T> Optional<String> of(Class<T> kind, T component) {
        Trial<T> trial = (Trial<T>) byKind.get(kind);
        return trial == null ? Optional.of("the host knows no such kind, and tried nothing") : trial.of(component);
    }

    /** One way to try it; a refusal is none of its faults. */
    private interface Way {
        Optional<String> tried();
    }

    private static Optional<String> first(List<Way> ways) {
        Set<String> refusals = new LinkedHashSet<>();
        for (Way way : ways) {
            try {
                return way.tried();
            } catch (RefusedException e) {
                refusals.addAll(e.reasons());
            }
        }
        return Optional.of("was not run, since it refuses every model of the trial: " + String.join("; ", refusals));
    }

    private static <T> T notNull(T value, String what) {
        if (value == null) throw new BrokenException(what + " returns null", "no method of the API may");
        return value;
    }

    private static void settle(Refusals refusals) {
        if (!refusals.reasons().isEmpty()) throw new RefusedException(refusals.reasons());
    }

    private static Optional<String> reported(int steps, int of) {
        return steps == of
                ? Optional.empty()
                : Optional.of(
                        "reported " + steps + " of " + of + " steps: progress and cancellation wait for the others");
    }

    private Optional<String> diffusion(DiffusionSampler sampler) {
        Needs needs = notNull(sampler.needs(), "needs()");
        List<Way> ways = new ArrayList<>();
        for (int steps : List.of(STEPS, MORE)) {
            for (GaussianModel model : GaussianModel.all()) ways.add(() -> run(sampler, needs, model, steps));
        }
        return first(ways);
    }

    private Optional<String> run(DiffusionSampler sampler, Needs needs, GaussianModel model, int steps) {
        NoiseGrid grid = NoiseGrid.of(
                needs.coordinates().orElse(model.process().coordinates()),
                model.ratios(Math.max(steps, needs.steps())));
        TrialRun run = witness.lends(new TrialRun());
        NoiseLevel first = grid.first();
        LentTensor x = run.start(Math.hypot(first.alpha() / 2, first.sigma()), witness);
        Refusals refusals = new Refusals();
        sampler.check(model, grid, x, refusals);
        settle(refusals);
        sampler.sample(model, grid, x, run);
        TrialRun.requireFinite(x, "its sample is not finite");
        return sampler.followsGrid() ? reported(run.steps(), grid.steps()) : Optional.empty();
    }

    private Optional<String> scheduler(NoiseScheduler scheduler) {
        List<Way> ways = new ArrayList<>();
        for (GaussianModel model : GaussianModel.all()) {
            ways.add(() -> {
                int steps = notNull(scheduler.fixedSteps(model.process()), "fixedSteps()")
                        .orElse(STEPS);
                NoiseGrid grid = notNull(scheduler.grid(model.process(), steps), "grid()");
                for (int i = 0; i <= grid.steps(); i++) {
                    double ratio = grid.at(i).ratio();
                    if (ratio >= 0 && (i == 0 || ratio <= grid.at(i - 1).ratio())) continue;
                    throw new BrokenException(
                            "level " + i + " of its grid has sigma/alpha = " + ratio + " after "
                                    + (i == 0 ? "none" : grid.at(i - 1).ratio()),
                            "a grid leads from noise to data: no level is noisier than the one before");
                }
                return grid.steps() == steps
                        ? Optional.empty()
                        : Optional.of("made " + grid.steps() + " steps where " + steps + " were asked for");
            });
        }
        return first(ways);
    }

    private Optional<String> guidance(Guidance guidance) {
        List<Way> ways = new ArrayList<>();
        for (GaussianModel model : GaussianModel.all()) {
            ways.add(() -> {
                TrialRun run = new TrialRun();
                LentTensor x = run.start(1, witness);
                Condition wanted = Condition.NONE.with("class", 1);
                Estimator guided = notNull(guidance.guide(new Asked(model), wanted, Condition.NONE, x), "guide()");
                Estimate out = model.estimate(x);
                for (double ratio : model.ratios(STEPS)) {
                    guided.denoise(x, model.process().coordinates().at(ratio), out);
                    TrialRun.requireFinite(out.x0(), "its guided x0 is not finite");
                    TrialRun.requireFinite(out.eps(), "its guided eps is not finite");
                }
                return Optional.empty();
            });
        }
        return first(ways);
    }

    /** A model under conditions that it does not look at. */
    private record Asked(GaussianModel model) implements Networks, ConditionalDenoiser {
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
            return model.estimate(x);
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> out) {
            for (int i = 0; i < given.size(); i++) model.denoise(x, at, out.get(i));
        }
    }

    private Optional<String> diffusionScorer(DiffusionScorer scorer) {
        notNull(scorer.needs(), "needs()");
        List<Way> ways = new ArrayList<>();
        for (GaussianModel model : GaussianModel.all()) {
            ways.add(() -> {
                TrialRun run = witness.lends(new TrialRun());
                LentTensor x = run.start(0.5, witness);
                return score(scorer.score(model, model.process(), x, run), x.samples());
            });
        }
        return first(ways);
    }

    private static Optional<String> score(Score score, int samples) {
        notNull(score, "score()");
        if (score.samples() != samples) {
            throw new BrokenException(
                    "it scores " + score.samples() + " samples of " + samples, "give one likelihood for each sample");
        }
        for (int i = 0; i < samples; i++) {
            if (Double.isNaN(score.nats(i))) {
                throw new BrokenException("the likelihood of sample " + i + " is NaN", "a likelihood is a number");
            }
        }
        return Optional.empty();
    }

    private Optional<String> token(TokenSampler sampler) {
        notNull(sampler.asks(), "asks()");
        return first(List.of(() -> {
            TrialCanvas canvas = witness.lends(new TrialCanvas(false));
            UniformModel model = new UniformModel(canvas.masked());
            TokenGrid grid = new Linear(STEPS);
            Refusals refusals = new Refusals();
            sampler.check(model, grid, canvas, refusals);
            settle(refusals);
            sampler.sample(model, grid, canvas, canvas);
            if (canvas.masked() > 0) {
                throw new BrokenException(
                        "it leaves " + canvas.masked() + " positions masked",
                        "settle every position before the last step is reported");
            }
            return canvas.steps() > 0
                    ? Optional.empty()
                    : Optional.of("reported no step: progress and cancellation wait for them");
        }));
    }

    /** As many positions a step as any other. */
    private record Linear(int steps) implements TokenGrid {
        @Override
        public double noise(int i, int n) {
            return (double) (n - i) / n;
        }

        @Override
        public int left(int total, int i, int n) {
            return total * (n - 1 - i) / n;
        }
    }

    private static Optional<String> curve(TokenScheduler scheduler) {
        return first(List.of(() -> {
            int open = TrialCanvas.LENGTH - TrialCanvas.GIVEN;
            TokenGrid grid = notNull(scheduler.grid(new UniformModel(open), STEPS), "grid()");
            int before = open;
            for (int i = 0; i < STEPS; i++) {
                int left = grid.left(open, i, STEPS);
                if (left < 0 || left > before) {
                    throw new BrokenException(
                            "its curve leaves " + left + " of " + before + " masked after step " + i,
                            "left() falls from the open positions to 0");
                }
                before = left;
            }
            if (before > 0) {
                throw new BrokenException(
                        "its curve leaves " + before + " positions masked after the last step",
                        "left() is 0 when i is n - 1");
            }
            for (int i = 0; i <= STEPS; i++) {
                double noise = grid.noise(i, STEPS);
                if (noise >= 0 && noise <= 1) continue;
                throw new BrokenException(
                        "its curve has a share of " + noise + " masked before step " + i, "a share is from 0 to 1");
            }
            return Optional.empty();
        }));
    }

    private Optional<String> tokenScorer(TokenScorer scorer) {
        return first(List.of(() -> {
            TrialCanvas canvas = witness.lends(new TrialCanvas(true));
            UniformModel model = new UniformModel(TrialCanvas.LENGTH - TrialCanvas.GIVEN);
            return score(scorer.score(model, model, canvas, canvas), 1);
        }));
    }

    private Optional<String> generator(GeneratorSampler sampler) {
        return first(List.of(() -> {
            TrialRun run = witness.lends(new TrialRun());
            LentTensor x = run.start(0, witness);
            sampler.sample(new ShrinkingFlow(), new StandardNormal(), x, run);
            TrialRun.requireFinite(x, "its sample is not finite");
            return Optional.empty();
        }));
    }

    private Optional<String> editor(FlowEditor editor) {
        return first(List.of(() -> {
            TrialRun run = witness.lends(new TrialRun());
            LentTensor x = run.start(0.5, witness);
            editor.sample(new ShrinkingFlow(), new StandardNormal(), x, run);
            TrialRun.requireFinite(x, "what it made of the sample is not finite");
            return Optional.empty();
        }));
    }

    private Optional<String> flowScorer(FlowScorer scorer) {
        return first(List.of(() -> {
            TrialRun run = witness.lends(new TrialRun());
            LentTensor x = run.start(0.5, witness);
            return score(scorer.score(new ShrinkingFlow(), new StandardNormal(), x, run), x.samples());
        }));
    }

    private Optional<String> latents(LatentDistribution distribution) {
        TrialRun run = witness.lends(new TrialRun());
        LentTensor z = run.start(1, witness);
        distribution.draw(run, z);
        TrialRun.requireFinite(z, "its draw is not finite");
        double[] nats = new double[z.samples()];
        distribution.logDensity(z, nats);
        return score(Score.exact(nats), z.samples());
    }

    private static Optional<String> tokenizer(Tokenizer tokenizer) {
        String text = "Grüße, 世界 🙂";
        int[] ids = notNull(tokenizer.encode(text), "encode()");
        for (int id : ids) {
            if (id >= 0 && id < tokenizer.vocabulary()) continue;
            throw new BrokenException(
                    "it encodes a text with the id " + id + " of " + tokenizer.vocabulary(),
                    "ids are from 0 to vocabulary() - 1");
        }
        String back = notNull(tokenizer.decode(ids, 0, ids.length), "decode()");
        Tokenizer.Stream stream = notNull(tokenizer.stream(), "stream()");
        StringBuilder streamed = new StringBuilder();
        for (int id : ids) streamed.append(notNull(stream.push(id), "push()"));
        streamed.append(notNull(stream.finish(), "finish()"));
        return back.contentEquals(streamed)
                ? Optional.empty()
                : Optional.of("streams \"" + streamed + "\" where it decodes \"" + back + "\"");
    }
}
