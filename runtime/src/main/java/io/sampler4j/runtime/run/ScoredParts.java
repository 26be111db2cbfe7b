package io.sampler4j.runtime.run;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.api.stage.Score;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.tensor.ArrayTensor;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;

/** The parts of a batch of continuous samples, scored: the scorer run dry, then each part, with what is told of it. */
abstract class ScoredParts implements SideBySide.Work {
    final ScoreDraft draft;
    private final Registry.Made<?> scorer;
    private final Basics basics;
    private final Npy data;
    private final Progress.Listener progress;
    private final Score[] scores;
    private final int[] stepsDone;
    private final long started = System.nanoTime();
    private long planned;
    private int steps;
    private long nfe;

    ScoredParts(ScoreDraft draft, Registry.Made<?> scorer, Basics basics, Npy data, Progress.Listener progress) {
        this.draft = draft;
        this.scorer = scorer;
        this.basics = basics;
        this.data = data;
        this.progress = progress;
        scores = new Score[basics.batching().parts().size()];
        stepsDone = new int[scores.length];
    }

    /** The scorer without data: what it costs, and whether it can score this model at all. */
    abstract DryRun dry(int samples);

    /** Scores the samples x of one part. */
    abstract Score score(int index, Batching.Part part, ArrayTensor x, Cancellation stop);

    /** Scores all parts, or refuses before any. */
    void run(Cancellation cancellation) {
        int samples = basics.batching().parts().get(0).samples();
        DryRun dry = Reasons.guarded(() -> dry(samples));
        dry.problems()
                .forEach(p -> draft.reasons.unless(
                        false, "%s cannot score here: %s", scorer.offer().name(), p));
        draft.reasons.settle();
        planned = (long) dry.evaluations() * scores.length;
        steps = dry.steps();
        SideBySide.run(basics.batching(), cancellation, this);
    }

    /** The scores of the parts, in order. */
    Score[] scores() {
        return scores;
    }

    /** Network evaluations, over all parts. */
    synchronized long nfe() {
        return nfe;
    }

    @Override
    public final void part(int index, Batching.Part part, Cancellation stop) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(scorer.component().getClass().getClassLoader());
        try {
            ArrayTensor x = ArrayTensor.zeros(part.samples(), data.values().length / data.shape()[0]);
            Inputs.slice(data, part, x.values());
            scores[index] = score(index, part, x, stop);
        } catch (SampleException e) {
            throw e;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw new PluginException(
                    "the scorer " + scorer.offer().name() + " of "
                            + scorer.plugin().file() + " failed: " + e,
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** @param stepped hears how many steps are finished */
    final TensorRun run(int index, Batching.Part part, Cancellation stop, IntConsumer stepped) {
        Noise noise = basics.noise(part, Optional.empty());
        return new TensorRun() {
            @Override
            public Noise noise() {
                return noise;
            }

            @Override
            public void step(int i, Tensor x) {
                stepped.accept(i + 1);
                told(index, i + 1, false);
                stop.check();
            }
        };
    }

    /** A network was evaluated, when so many steps were finished. */
    final void evaluated(int index, int step) {
        told(index, step, true);
    }

    private synchronized void told(int part, int step, boolean evaluated) {
        if (evaluated) nfe++;
        stepsDone[part] = Math.max(stepsDone[part], step);
        int slowest = Arrays.stream(stepsDone).min().orElseThrow();
        progress.accept(new Progress(nfe, planned, slowest, steps, Duration.ofNanos(System.nanoTime() - started)));
    }
}
