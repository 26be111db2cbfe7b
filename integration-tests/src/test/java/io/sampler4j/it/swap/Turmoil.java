package io.sampler4j.it.swap;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.plugin.PluginSettings;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A process in which runs, reloads, roll-backs, cancellations and closings meet at random moments, and which is ended in
 * the middle of runs. It exits with 0 if every run ended as it may, nothing was left of a closed host, and nothing hung.
 */
final class Turmoil {
    private static final int THREADS = 6, HOSTS = 12, SWAPS = 12, VARIANTS = 2;

    private final Path models;
    private final Path plugins;
    private final Variants variants;
    private final Random random;

    private Turmoil(Path models, Path plugins, Variants variants, long seed) {
        this.models = models;
        this.plugins = plugins;
        this.variants = variants;
        random = new Random(seed);
    }

    /** @param a models, an empty directory, the seed of what happens when */
    public static void main(String[] a) throws Exception {
        Path work = Path.of(a[1]);
        Path plugins = Files.createDirectory(work.resolve("plugins"));
        Variants variants = Variants.build(work.resolve("built"), VARIANTS);
        variants.put(0, plugins);
        Turmoil turmoil = new Turmoil(Path.of(a[0]), plugins, variants, Long.parseLong(a[2]));
        for (int host = 0; host < HOSTS; host++) turmoil.oneHost();
        turmoil.endInTheMiddle();
    }

    private Sampler4j open() {
        return Sampler4j.builder()
                .modelsDirectory(models)
                .pluginsDirectory(plugins)
                .pluginSettings(s -> s.probing(PluginSettings.Probing.NEVER))
                .management(false)
                .open();
    }

    private void oneHost() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        Sampler4j sampler4j = open();
        sampler4j.plugins();
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            long seed = random.nextLong();
            running.add(threads.submit(() -> runUntilClosed(sampler4j, new Random(seed))));
        }
        for (int i = 0; i < SWAPS; i++) {
            Thread.sleep(random.nextInt(20));
            swapOrRollBack(sampler4j);
        }
        Thread.sleep(random.nextInt(20));
        sampler4j.close();
        for (Future<?> run : running) run.get(60, TimeUnit.SECONDS);
        threads.shutdown();
        Counts left = sampler4j.onnx().counts();
        if (!left.equals(new Counts(0, 0, 0, 0))) throw new AssertionError("left after closing: " + left);
    }

    private void swapOrRollBack(Sampler4j sampler4j) throws Exception {
        try {
            if (random.nextInt(3) == 0) {
                sampler4j.plugins().rollBack();
            } else {
                variants.put(random.nextInt(VARIANTS), plugins);
                sampler4j.plugins().reload();
            }
        } catch (RefusedException e) {
            if (!e.getMessage().contains("no plugins to roll back to")) throw e;
        }
    }

    /** Every run ends with a sample, a cancellation, or the word that the host is closed. */
    private static Void runUntilClosed(Sampler4j sampler4j, Random random) {
        while (true) {
            Cancellation cancellation = new Cancellation();
            int cancelAt = random.nextInt(8);
            Progress.Listener progress = p -> {
                if (p.step() == cancelAt) cancellation.cancel("at step " + cancelAt);
            };
            try {
                sampler4j.run(request(random.nextInt()), progress, cancellation);
            } catch (CancelledException e) {
                // As it may.
            } catch (IllegalStateException e) {
                if (String.valueOf(e.getMessage()).contains("closed")) return null;
                throw e;
            }
        }
    }

    private static Request request(int seed) {
        return Request.of("digits-ddpm")
                .sampler("swapped")
                .scheduler("swapped")
                .guidance("none")
                .steps(4)
                .count(2)
                .batch(1)
                .threads(1)
                .seed(seed);
    }

    /** The process ends while runs call the network, with a host that nobody closed. */
    private void endInTheMiddle() throws Exception {
        Sampler4j sampler4j = open();
        for (int t = 0; t < THREADS; t++) {
            Thread thread = new Thread(() -> runUntilClosed(sampler4j, new Random(1)));
            thread.setDaemon(true);
            thread.start();
        }
        Thread.sleep(200 + random.nextInt(50));
        Runtime.getRuntime().exit(0);
    }
}
