package io.sampler4j.runtime.run;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import java.util.ArrayList;
import java.util.List;

/** Runs of one sampler over several canvases that meet at one network, each on a thread of its own. */
final class TokenRuns {
    private final Registry.Made<TokenSampler> sampler;
    private final TokenGrid grid;
    private final String what;

    /** @param what a canvas is, for messages */
    TokenRuns(Registry.Made<TokenSampler> sampler, TokenGrid grid, String what) {
        this.sampler = sampler;
        this.grid = grid;
        this.what = what;
    }

    /**
     * Fills them, the first on this thread.
     *
     * @param members one for each, of one batch; each is left when its run ends
     * @param siblings ends those that still wait at the network when one fails
     */
    void together(List<HostCanvas> canvases, List<TokenBatch.Member> members, Cancellation siblings) {
        Throwable[] failures = new Throwable[canvases.size()];
        List<Thread> threads = new ArrayList<>();
        for (int k = 1; k < canvases.size(); k++) {
            int index = k;
            Thread thread = new Thread(
                    () -> failures[index] = one(canvases.get(index), members.get(index), siblings),
                    "sampler4j-" + what + "-" + k);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        failures[0] = one(canvases.get(0), members.get(0), siblings);
        join(threads, siblings);
        throwFirst(failures);
    }

    /** One canvas; what ended it, or null. */
    private Throwable one(HostCanvas canvas, TokenBatch.Member denoiser, Cancellation siblings) {
        TokenSampler loop = sampler.component();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loop.getClass().getClassLoader());
        try (denoiser) {
            loop.sample(denoiser, grid, canvas, canvas);
            canvas.finish();
            return null;
        } catch (SampleException e) {
            siblings.cancel("another " + what + " of the run ended");
            return e;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            siblings.cancel("another " + what + " of the run failed");
            return new PluginException(
                    "the sampler " + sampler.offer().name() + " of "
                            + sampler.plugin().file() + " failed: " + e,
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Waits for every run, so that none is left. */
    private static void join(List<Thread> threads, Cancellation siblings) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                    siblings.cancel("the thread that waited for the run was interrupted");
                }
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** A failure before the cancellations that it caused. */
    private static void throwFirst(Throwable[] failures) {
        Throwable first = null;
        for (Throwable f : failures) if (f != null && (first == null || first instanceof CancelledException)) first = f;
        if (first instanceof RuntimeException e) throw e;
    }
}
