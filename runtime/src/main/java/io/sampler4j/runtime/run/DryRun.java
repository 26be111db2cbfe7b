package io.sampler4j.runtime.run;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Sampler;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.Variance;
import io.sampler4j.api.generator.DifferentiableFlow;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.stage.DiffusionScorer;
import io.sampler4j.api.stage.FlowScorer;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.runtime.plugin.Watchdog;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The sampler itself, and its guidance, run on tensors without data before any network call. It finds the evaluations, draws and buffers
 * that the run will need, every level at which the network's answer has no meaning, and every coefficient that is not
 * finite. Data-dependent coefficients are not judged: {@code read} gives seeded normals.
 */
final class DryRun {
    private static final int PROBLEMS_SHOWN = 3;

    private final int samples;
    private final List<String> problems = new ArrayList<>();
    private int evaluations;
    private int draws;
    private int steps;
    private int tensors;
    private boolean readsData;

    private DryRun(int samples) {
        this.samples = samples;
    }

    static DryRun of(
            DiffusionSampler sampler,
            NoiseGrid grid,
            Denoiser facts,
            int size,
            int samples,
            Optional<GuidanceTrial> guidance) {
        DryRun dry = new DryRun(samples);
        sampler.sample(dry.denoiser(facts, guidance, size), grid, dry.new Blank(size), dry.new Recorder());
        return dry;
    }

    /** A scorer, on samples without data. */
    static DryRun of(DiffusionScorer scorer, NoiseProcess process, Denoiser facts, int size, int samples) {
        DryRun dry = new DryRun(samples);
        Denoiser denoiser = dry.denoiser(facts, Optional.empty(), size);
        scorer.score(denoiser, process, dry.new Blank(size), dry.new Recorder());
        return dry;
    }

    /** The guidance alone, between the ends of the grid: all that is known of a sampler that chooses its own levels. */
    static void ofGuidance(NoiseGrid grid, Denoiser facts, int size, int samples, GuidanceTrial guidance) {
        DryRun dry = new DryRun(samples);
        Tensor x = dry.new Blank(size);
        Estimate out = facts.estimate(x);
        Estimator guided = guidance.estimator(x);
        for (int i = 1; i < grid.steps(); i++) guided.denoise(x, grid.at(i), out);
    }

    /**
     * A sampler or editor that calls a flow, or less of one, without data, once it has found no reason against it.
     *
     * @param model says the sizes
     * @throws io.sampler4j.api.error.RefusedException if there is a reason
     */
    static DryRun of(
            Sampler<? super DifferentiableFlow, LatentDistribution, Tensor, TensorRun> sampler,
            LatentDistribution latents,
            FlowModel model,
            int samples,
            Reasons reasons) {
        DryRun dry = new DryRun(samples);
        DryFlow flow = dry.new DryFlow(model);
        Tensor x = dry.sample(model);
        sampler.check(flow, latents, x, reasons.refusals());
        reasons.settle();
        sampler.sample(flow, latents, x, dry.new Recorder());
        return dry;
    }

    /** A scorer that calls a flow, without data. */
    static DryRun of(FlowScorer scorer, LatentDistribution latents, FlowModel model, int samples) {
        DryRun dry = new DryRun(samples);
        scorer.score(dry.new DryFlow(model), latents, dry.sample(model), dry.new Recorder());
        return dry;
    }

    private Tensor sample(FlowModel model) {
        return new Blank(samples * model.sample().size());
    }

    private Denoiser denoiser(Denoiser facts, Optional<GuidanceTrial> guidance, int size) {
        Estimator guided = guidance.map(g -> g.estimator(new Blank(size))).orElse((x, at, out) -> {});
        return new DryDenoiser(facts, guided);
    }

    /** Network evaluations. */
    int evaluations() {
        return evaluations;
    }

    /** Draws of noise. */
    int draws() {
        return draws;
    }

    /** Steps reported. */
    int steps() {
        return steps;
    }

    /** Whether the program depends on the data, so that it could not be compiled into a graph. */
    boolean readsData() {
        return readsData;
    }

    /** Why the run cannot work, at most a few. */
    List<String> problems() {
        return problems;
    }

    private void problem(String text) {
        if (problems.size() < PROBLEMS_SHOWN) problems.add("step " + steps + ": " + text);
    }

    private final class Recorder implements TensorRun {
        private final Noise noise = new Noise() {
            @Override
            public void normal(Tensor out) {
                draws++;
            }

            @Override
            public void uniform(Tensor out) {
                draws++;
            }
        };

        @Override
        public Noise noise() {
            return noise;
        }

        @Override
        public void step(int i, Tensor x) {
            Watchdog.check();
            steps++;
        }
    }

    /** All that a flow answers, and nothing. */
    private final class DryFlow implements DifferentiableFlow {
        private final FlowModel model;

        DryFlow(FlowModel model) {
            this.model = model;
        }

        @Override
        public Tensor latentFor(Tensor x) {
            return new Blank(x.samples() * model.latent().size());
        }

        @Override
        public void generate(Tensor z, Tensor x) {
            Watchdog.check();
            evaluations++;
        }

        @Override
        public void encode(Tensor x, Tensor z, double[] logDet) {
            Watchdog.check();
            evaluations++;
        }

        @Override
        public void gradient(Tensor x, double[] nats, Tensor grad) {
            Watchdog.check();
            evaluations++;
        }

        @Override
        public List<Double> sampleRange() {
            return List.of(model.sample().low(), model.sample().high());
        }
    }

    private final class DryDenoiser implements Denoiser {
        private final Denoiser facts;
        private final Estimator guided;

        DryDenoiser(Denoiser facts, Estimator guided) {
            this.facts = facts;
            this.guided = guided;
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, Estimate out) {
            Watchdog.check();
            evaluations++;
            if (!(at.ratio() >= 0)) problem("the sampler asks at " + at + ", which is no noise level");
            else if (!facts.knows(at)) problem("the network's prediction has no meaning at " + at);
            guided.denoise(x, at, out);
        }

        @Override
        public Estimate estimate(Tensor x) {
            return facts.estimate(x);
        }

        @Override
        public NoiseLevel nearest(NoiseLevel at, Coordinates coordinates) {
            return facts.nearest(at, coordinates);
        }

        @Override
        public boolean knows(NoiseLevel at) {
            return facts.knows(at);
        }

        @Override
        public double lowest() {
            return facts.lowest();
        }

        @Override
        public Variance variance() {
            return facts.variance();
        }

        @Override
        public double time(NoiseLevel at) {
            return facts.time(at);
        }

        @Override
        public NoiseLevel atTime(double time, Coordinates coordinates) {
            return facts.atTime(time, coordinates);
        }

        @Override
        public boolean distilled() {
            return facts.distilled();
        }
    }

    /** A tensor without data. */
    private final class Blank implements Tensor {
        private final int size;

        Blank(int size) {
            this.size = size;
            tensors++;
        }

        private Tensor linear(double... coefficients) {
            for (double c : coefficients) {
                if (!Double.isFinite(c)) problem("a coefficient of the sampler or its guidance is " + c);
            }
            return this;
        }

        private void normals(float[] into) {
            readsData = true;
            SplittableRandom random = new SplittableRandom(0);
            for (int i = 0; i < into.length; i++) into[i] = (float) random.nextGaussian();
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public int samples() {
            return samples;
        }

        @Override
        public Tensor like() {
            return new Blank(size);
        }

        @Override
        public Tensor set(Tensor y) {
            return this;
        }

        @Override
        public Tensor set(double a, Tensor y) {
            return linear(a);
        }

        @Override
        public Tensor set(double a, Tensor y, double b, Tensor z) {
            return linear(a, b);
        }

        @Override
        public Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
            return linear(a, b, c);
        }

        @Override
        public Tensor add(double a, Tensor y) {
            return linear(a);
        }

        @Override
        public Tensor add(double a, Tensor y, double b, Tensor z) {
            return linear(a, b);
        }

        @Override
        public Tensor setEach(double[] a, Tensor y, double[] b, Tensor z) {
            readsData = true;
            return this;
        }

        @Override
        public void dot(Tensor y, double[] perSample) {
            readsData = true;
            java.util.Arrays.fill(perSample, (double) size / samples);
        }

        @Override
        public Tensor clamp(double lo, double hi) {
            return linear(lo, hi);
        }

        @Override
        public Tensor blend(Tensor mask, Tensor y) {
            return this;
        }

        @Override
        public void read(float[] into) {
            normals(into);
        }

        @Override
        public void write(float[] from) {
            readsData = true;
        }

        @Override
        public void read(FloatBuffer into) {
            float[] values = new float[size];
            normals(values);
            into.put(values);
        }

        @Override
        public void write(FloatBuffer from) {
            readsData = true;
            from.position(from.position() + size);
        }
    }
}
