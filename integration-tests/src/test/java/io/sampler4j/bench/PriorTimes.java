package io.sampler4j.bench;

import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.api.token.Vocabulary;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.plugins.vqgan.VqganContribution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What the codes of one picture cost in one thread: in raster order with the cache, without it (every call begins from
 * nothing, as an export without one must), and by MaskGIT. Without guidance and decoder; best of several.
 */
public final class PriorTimes {
    private static final int ROUNDS = 15;

    private final TokenModel model;
    private final Network network;

    private PriorTimes(TokenModel model, Network network) {
        this.model = model;
        this.network = network;
    }

    /** Prints the tables. */
    public static void main(String[] arguments) {
        Path models = Path.of(System.getProperty("sampler4j.home")).resolve("models");
        try (OnnxRuntime runtime = new OnnxRuntime()) {
            long[] cached = new long[64], fresh = new long[64];
            try (Network n = lease(runtime, models.resolve("emoji-prior-ar"))) {
                PriorTimes prior = new PriorTimes(of(models.resolve("emoji-prior-ar")), n);
                TokenSampler raster = sampler("autoregressive");
                long with = prior.best(raster, null, cached, true), without = prior.best(raster, null, fresh, false);
                row("raster order, without a cache", without, 64, without);
                row("raster order, cached", with, 64, without);
                try (Network m = lease(runtime, models.resolve("emoji-prior-maskgit"))) {
                    PriorTimes parallel = new PriorTimes(of(models.resolve("emoji-prior-maskgit")), m);
                    for (int steps : new int[] {12, 8}) {
                        TokenGrid grid = TextOptions.make(
                                        new VqganContribution(), TokenScheduler.class, "cosine", Map.of())
                                .grid(parallel.model.process(64), steps);
                        row("maskgit", parallel.best(sampler("maskgit"), grid, new long[64], true), steps, without);
                    }
                }
            }
            System.out.println("code   cached us   without us");
            for (int p : new int[] {0, 1, 8, 16, 32, 48, 63}) {
                System.out.printf(Locale.ROOT, "%4d   %9.0f   %10.0f%n", p, cached[p] / 1e3, fresh[p] / 1e3);
            }
        }
    }

    private static TokenModel of(Path folder) {
        return new TokenModel(ModelDirectory.open(folder).manifest());
    }

    private static Network lease(OnnxRuntime runtime, Path folder) {
        return ModelDirectory.open(folder).lease(runtime, "prior", NetworkOptions.ONE_THREAD);
    }

    private static TokenSampler sampler(String name) {
        return TextOptions.make(new VqganContribution(), TokenSampler.class, name, Map.of());
    }

    private static void row(String what, long nanos, int calls, long against) {
        System.out.printf(
                Locale.ROOT, "%-30s %3d calls %8.1f ms  %.2f%n", what, calls, nanos / 1e6, (double) nanos / against);
    }

    /** @param each takes the least time of each call */
    private long best(TokenSampler sampler, TokenGrid grid, long[] each, boolean keeps) {
        Arrays.fill(each, Long.MAX_VALUE);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            int[] ids = new int[64];
            Arrays.fill(ids, model.tokens().mask().orElse(-1));
            TestCanvas x = new TestCanvas(ids[0], round, ids);
            try (Timed denoiser = new Timed(each, keeps)) {
                long started = System.nanoTime();
                sampler.sample(denoiser, grid, x, x);
                best = Math.min(best, System.nanoTime() - started);
            }
        }
        return best;
    }

    /** Times each call; where nothing is kept, each call has a batch, and so a cache, of its own. */
    private final class Timed implements TokenDenoiser, AutoCloseable {
        private final long[] each;
        private final boolean keeps;
        private TokenBatch batch;
        private TokenBatch.Member member;
        private int call;

        Timed(long[] each, boolean keeps) {
            this.each = each;
            this.keeps = keeps;
            open();
        }

        private void open() {
            batch = new TokenBatch(model, network, "prior", 1, false, 1, new Cancellation());
            member = batch.join(model.front(OptionalInt.of(0)), model.raster(8, 8));
        }

        @Override
        public Vocabulary vocabulary() {
            return model.vocabulary();
        }

        @Override
        public boolean answers(Query query) {
            return true;
        }

        @Override
        public void predict(Canvas x, Rows rows) {
            long started = System.nanoTime();
            if (!keeps && call > 0) {
                close();
                open();
            }
            member.predict(x, rows);
            each[call] = Math.min(each[call], System.nanoTime() - started);
            call++;
        }

        @Override
        public void close() {
            member.close();
            batch.close();
        }
    }
}
