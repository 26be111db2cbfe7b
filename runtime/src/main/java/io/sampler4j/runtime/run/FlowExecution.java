package io.sampler4j.runtime.run;

import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One execution of a plan whose parts are filled one by one: its parts side by side, their samples in one array. */
final class FlowExecution {
    private final PartsPlan plan;
    private final Progress.Listener listener;
    private final float[] samples;
    private final Optional<States> frames;
    private final int[] stepsDone;
    private final long started = System.nanoTime();
    private long nfe;
    private long rows;

    FlowExecution(PartsPlan plan, Progress.Listener listener) {
        this.plan = plan;
        this.listener = listener;
        samples =
                new float[Math.multiplyExact(plan.request.count(), plan.sample().size())];
        frames = plan.frames();
        stepsDone = new int[plan.basics.batching().parts().size()];
    }

    Made run(Cancellation cancellation) {
        SideBySide.run(plan.basics.batching(), cancellation, this::part);
        return new Made(samples, nfe, rows, List.of(), Optional.empty(), frames, Optional.empty());
    }

    private void part(int index, Batching.Part range, Cancellation stop) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        plan.sampler()
                .ifPresent(s ->
                        thread.setContextClassLoader(s.component().getClass().getClassLoader()));
        try {
            FlowPart part = new FlowPart(
                    plan, range, stop, frames, step -> told(index, step, 0), () -> told(index, 0, range.samples()));
            plan.fill(part);
            System.arraycopy(
                    part.x().values(),
                    0,
                    samples,
                    range.first() * plan.sample().size(),
                    part.x().size());
        } catch (SampleException e) {
            throw e;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw failure(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A sampler's surprise is told as its plugin's; without one it is the host's own. */
    private RuntimeException failure(Throwable e) {
        if (plan.sampler().isEmpty()) return new IllegalStateException("a run without a sampler failed: " + e, e);
        Registry.Made<?> sampler = plan.sampler().get();
        return new PluginException(
                "the sampler " + sampler.offer().name() + " of "
                        + sampler.plugin().file() + " failed: " + e,
                e);
    }

    /** @param evaluated rows of a call of a network; 0 where a step is told of */
    private synchronized void told(int part, int step, int evaluated) {
        if (evaluated > 0) nfe++;
        rows += evaluated;
        stepsDone[part] = Math.max(stepsDone[part], step);
        long planned = (long) plan.evaluations() * stepsDone.length;
        int slowest = Arrays.stream(stepsDone).min().orElseThrow();
        listener.accept(
                new Progress(nfe, planned, slowest, plan.steps(), Duration.ofNanos(System.nanoTime() - started)));
    }
}
