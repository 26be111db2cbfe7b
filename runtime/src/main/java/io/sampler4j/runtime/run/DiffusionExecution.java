package io.sampler4j.runtime.run;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.tensor.ArrayTensor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One execution of a plan: its parts side by side, their samples in one array. */
final class DiffusionExecution {
    private final DiffusionPlan plan;
    private final Progress.Listener listener;
    private final Cancellation cancellation;
    private final float[] samples;
    private final Trace[] traces;
    private final Optional<States> states;
    private final Optional<States> frames;
    private final long started = System.nanoTime();
    private final int[] stepsDone;
    private long nfe;
    private long rows;

    DiffusionExecution(DiffusionPlan plan, Progress.Listener listener, Cancellation cancellation) {
        this.plan = plan;
        this.listener = listener;
        this.cancellation = cancellation;
        int count = plan.request.count(), steps = plan.grid.steps();
        samples = new float[Math.multiplyExact(count, plan.model.elements())];
        traces = new Trace[plan.basics.batching().parts().size()];
        stepsDone = new int[traces.length];
        states = plan.request.traceStates().map(p -> new States(steps, 1, count, plan.model.shape()));
        frames = plan.request.frames() == Request.Frames.NONE
                ? Optional.empty()
                : Optional.of(States.few(steps, count, plan.model.shape()));
    }

    Made run() {
        SideBySide.run(plan.basics.batching(), cancellation, this::part);
        Optional<Made.Start> start =
                plan.request.verb() == Request.Verb.PAIRS ? Optional.of(this::unitNoise) : Optional.empty();
        return new Made(samples, nfe, rows, List.of(traces), states, frames, start);
    }

    /** The noise of a part, from its first draw on. */
    private HostNoise noiseOf(Batching.Part part) {
        return plan.basics.noise(part, plan.inputs.stepNoise());
    }

    private float[] unitNoise(Batching.Part part) {
        ArrayTensor x = ArrayTensor.zeros(part.samples(), plan.model.elements());
        unitNoise(part, noiseOf(part), x);
        return x.values();
    }

    /** What a part starts from, at unit variance: as given, or its first draws. */
    private void unitNoise(Batching.Part part, HostNoise noise, ArrayTensor x) {
        if (plan.inputs.initNoise().isPresent()) {
            Inputs.slice(plan.inputs.initNoise().get(), part, x.values());
        } else {
            noise.start(x);
        }
    }

    private void part(int index, Batching.Part part, Cancellation stop) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plan.sampler.component().getClass().getClassLoader());
        AtomicInteger step = new AtomicInteger();
        try (PartNetworks networks = new PartNetworks(plan, part.samples(), stop, ratio -> told(ratio, step.get()))) {
            new PartRun(index, part, networks, stop, step).run();
            synchronized (this) {
                rows += networks.rows();
            }
        } catch (SampleException e) {
            throw e;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw new PluginException(
                    "the sampler " + plan.sampler.offer().name() + " of "
                            + plan.sampler.plugin().file() + " failed: " + e,
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** What the network is told in a step where x is at this sigma/alpha. */
    private double told(double ratio, int step) {
        boolean ahead = plan.settings.get("model", HostOptions.TIME).equals("ahead");
        boolean onGrid =
                !plan.adapts() && step < plan.grid.steps() && plan.grid.at(step).ratio() == ratio;
        return ahead && onGrid ? plan.grid.at(step + 1).ratio() : ratio;
    }

    private synchronized void progress(int part, int step, boolean evaluated) {
        if (evaluated) nfe++;
        stepsDone[part] = Math.max(stepsDone[part], step);
        int slowest = Integer.MAX_VALUE;
        for (int s : stepsDone) slowest = Math.min(slowest, s);
        long planned = (long) plan.nfe().orElse(0) * stepsDone.length;
        listener.accept(
                new Progress(nfe, planned, slowest, plan.steps(), Duration.ofNanos(System.nanoTime() - started)));
    }

    /** The run of one part, as its sampler sees it. */
    private final class PartRun implements TensorRun {
        private final int index;
        private final Batching.Part part;
        private final PartNetworks networks;
        private final Cancellation stop;
        private final AtomicInteger stepNow;
        private final HostNoise noise;
        private final HostDenoiser denoiser;
        private final ArrayTensor x;
        private final Optional<ArrayTensor> picture;
        private final Optional<KnownRegion> known;
        private final Optional<Trace> trace;

        PartRun(int index, Batching.Part part, PartNetworks networks, Cancellation stop, AtomicInteger stepNow) {
            this.stepNow = stepNow;
            this.index = index;
            this.part = part;
            this.networks = networks;
            this.stop = stop;
            noise = noiseOf(part);
            x = ArrayTensor.zeros(part.samples(), plan.model.elements());
            picture = plan.inputs.picture().map(this::slice);
            known = plan.inputs.mask().map(m -> new KnownRegion(picture.orElseThrow(), slice(m)));
            trace = plan.request.trace().map(p -> new Trace(part.first(), part.samples()));
            traces[index] = trace.orElseGet(() -> new Trace(part.first(), part.samples()));
            denoiser = new HostDenoiser(
                    estimator(), networks.network(), plan.model, networks::finite, stop, this::denoised);
        }

        /** From the inside out: the network, guidance, clipping, and what is known of the picture. */
        private Estimator estimator() {
            Condition wanted = Classes.condition(plan.classes, part);
            Estimator estimator;
            if (plan.guidance.isPresent()) {
                estimator = plan.guidance.get().component().guide(networks, wanted, Condition.NONE, x);
            } else {
                List<Condition> one = List.of(wanted);
                estimator = (t, at, e) -> networks.network().denoise(t, at, one, List.of(e));
            }
            Estimator clipped = HostOptions.clipped(plan.settings, estimator, x);
            return known.map(k -> k.around(clipped)).orElse(clipped);
        }

        void run() {
            start();
            keep(0, x, x);
            if (plan.grid.steps() > 0) plan.loop.sample(denoiser, plan.grid, x, this);
            finish();
            System.arraycopy(x.values(), 0, samples, part.first() * plan.model.elements(), x.size());
        }

        private void start() {
            NoiseLevel first = plan.first;
            if (plan.inputs.data().isPresent()) {
                Inputs.slice(plan.inputs.data().get(), part, x.values());
                x.set(first.alpha(), x);
                return;
            }
            unitNoise(part, noise, x);
            if (picture.isPresent()) {
                startFrom(picture.get(), first);
                return;
            }
            double scale = initScale(first);
            if (scale != 1) x.set(scale, x);
        }

        /** The picture under the noise in x; where all is made new and from the very start, the noise alone. */
        private void startFrom(ArrayTensor from, NoiseLevel first) {
            if (plan.grid.steps() == 0) {
                x.set(first.alpha(), from);
                return;
            }
            ArrayTensor seen = from.like().set(from);
            if (plan.start == 0) known.ifPresent(k -> k.start(seen));
            x.set(first.alpha(), seen, first.sigma(), x);
        }

        private ArrayTensor slice(Npy all) {
            ArrayTensor t = x.like();
            Inputs.slice(all, part, t.values());
            return t;
        }

        private double initScale(NoiseLevel noisiest) {
            return switch (plan.settings.get("run", HostOptions.INIT_SCALE)) {
                case "unit" -> 1;
                case "sigma" -> noisiest.sigma();
                case "root" -> Math.sqrt(noisiest.sigma() * noisiest.sigma() + 1);
                default -> plan.grid.coordinates() == Coordinates.VP ? 1 : noisiest.sigma();
            };
        }

        /** Samples leave as data, noise in the convention in which it would come in. */
        private void finish() {
            NoiseLevel last = plan.grid.last();
            double scale = plan.grid.ascends() ? initScale(last) : last.alpha();
            if (scale != 1) x.set(1 / scale, x);
            if (plan.grid.steps() == 0) x.set(picture.orElseThrow());
            known.ifPresent(k -> k.restore(x));
        }

        private void denoised(int evaluation, int step, Tensor at, NoiseLevel level, Estimate e) {
            trace.ifPresent(t -> t.call(
                    step, evaluation, networks.rows(), level, networks.network().time(level), at, e.x0(), e.eps()));
            progress(index, step, true);
        }

        @Override
        public Noise noise() {
            if (plan.request.verb() == Request.Verb.PAIRS) {
                // Where the sampler follows its grid the dry run has seen that it draws none.
                throw new RefusedException(plan.sampler.offer().name()
                        + " draws noise, so its noise and its samples are no pairs: choose a sampler that draws none");
            }
            return noise;
        }

        @Override
        public void step(int i, Tensor state) {
            step(i, state, state);
        }

        @Override
        public void step(int i, Tensor state, Tensor preview) {
            if (!((ArrayTensor) state).isFinite()) {
                throw new DivergedException(
                        i,
                        "the state is not finite after step " + i + " (from 0)"
                                + (plan.adapts() ? "" : ", at " + plan.grid.at(i + 1))
                                + ": more steps, or another sampler, may hold it");
            }
            trace.ifPresent(t -> t.step(i, state));
            keep(i + 1, state, preview);
            stepNow.set(i + 1);
            denoiser.stepped(i + 1);
            progress(index, i + 1, false);
            stop.check();
        }

        private void keep(int state, Tensor t, Tensor preview) {
            states.ifPresent(s -> s.put(state, part.first(), t, 1));
            frames.ifPresent(f -> {
                NoiseLevel level = state == 0 ? plan.first : plan.grid.at(state);
                boolean x0 = plan.request.frames() == Request.Frames.X0;
                f.put(state, part.first(), x0 ? preview : t, x0 ? 1 : 1 / Math.hypot(level.alpha(), level.sigma()));
            });
        }
    }
}
