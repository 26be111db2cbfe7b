package io.sampler4j.api.testing;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Euler's method, in sigma, with one fault each. */
final class BrokenSamplers {
    private BrokenSamplers() {}

    /** The whole of it, with the places where a fault goes. */
    private static class Euler implements DiffusionSampler {
        @Override
        public Needs needs() {
            return Needs.NONE.in(Coordinates.VE);
        }

        @Override
        public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
            Estimate e = D.estimate(x);
            for (int i = 0; i < grid.steps(); i++) {
                ask(D, x, grid.at(i), e);
                move(x, grid.sigma(i + 1) - grid.sigma(i), e, run);
                report(run, i, x);
            }
        }

        void ask(Denoiser D, Tensor x, NoiseLevel at, Estimate e) {
            D.denoise(x, at, e);
        }

        void move(Tensor x, double h, Estimate e, TensorRun run) {
            x.add(h, e.eps());
        }

        void report(TensorRun run, int i, Tensor x) {
            run.step(i, x);
        }
    }

    /** Each rule's own. */
    static Map<Rule, DiffusionSampler> all() {
        Map<Rule, DiffusionSampler> all = new EnumMap<>(Rule.class);
        all.put(Rule.S1, new Euler() {
            @SuppressWarnings("unused")
            private double last;
        });
        all.put(Rule.S2, new Euler() {
            @Override
            public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
                D.denoise(x, grid.first(), D.estimate(x));
            }
        });
        all.put(Rule.S3, new Euler() {
            @Override
            void move(Tensor x, double h, Estimate e, TensorRun run) {
                x.add(h / 0, e.eps());
            }
        });
        all.put(Rule.S4, new Euler() {
            @Override
            void report(TensorRun run, int i, Tensor x) {
                run.step(i + 1, x);
            }
        });
        all.put(Rule.S5, new Euler() {
            @Override
            void move(Tensor x, double h, Estimate e, TensorRun run) {
                x.add(h * (1 + 1e-3 * Math.random()), e.eps());
            }
        });
        all.put(Rule.S6, new Euler() {
            @Override
            void move(Tensor x, double h, Estimate e, TensorRun run) {
                double[] norm = new double[x.samples()], one = new double[x.samples()];
                e.eps().dot(e.eps(), norm);
                double mean = Arrays.stream(norm).average().orElse(0);
                Arrays.fill(norm, h * (1 + 1e-6 * mean));
                Arrays.fill(one, 1);
                x.setEach(one, x, norm, e.eps());
            }
        });
        all.put(Rule.S7, new Euler() {
            @Override
            public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
                float[] start = new float[x.size()];
                x.read(start);
                float largest = 0;
                for (float v : start) largest = Math.max(largest, Math.abs(v));
                if (largest > 4) x.clamp(-1000, 1000);
                super.sample(D, grid, x, run);
            }
        });
        all.put(Rule.S8, new Euler() {
            @Override
            public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
                super.sample(D, grid, x, run);
                float[] end = new float[x.size()];
                x.read(end);
                if (end[0] > 4) x.clamp(-1000, 1000);
            }
        });
        all.put(Rule.S9, new Euler() {
            @Override
            void move(Tensor x, double h, Estimate e, TensorRun run) {
                x.add(1, x.like().set(h, e.eps()));
            }
        });
        all.put(Rule.S10, new Euler() {
            @Override
            void move(Tensor x, double h, Estimate e, TensorRun run) {
                float[] v = new float[x.size()];
                e.eps().read(v);
                e.eps().write(v);
                x.add(h, e.eps());
            }
        });
        all.put(Rule.S11, new Euler() {
            private final double[] before = new double[1];

            @Override
            void ask(Denoiser D, Tensor x, NoiseLevel at, Estimate e) {
                before[0] = at.sigma();
                super.ask(D, x, at, e);
                e.eps().set(before[0] / at.sigma(), e.eps());
            }
        });
        all.put(Rule.S12, new Euler() {
            @Override
            void ask(Denoiser D, Tensor x, NoiseLevel at, Estimate e) {
                try {
                    super.ask(D, x, at, e);
                } catch (NetworkException failure) {
                    throw new IllegalStateException("the network failed", failure);
                }
            }
        });
        all.put(Rule.S13, new Euler() {
            @Override
            void report(TensorRun run, int i, Tensor x) {
                try {
                    super.report(run, i, x);
                } catch (CancelledException late) {
                    Thread.interrupted();
                    throw late;
                }
            }
        });
        all.put(Rule.S14, new Euler() {
            private final List<Tensor> kept = new ArrayList<>();

            @Override
            void move(Tensor x, double h, Estimate e, TensorRun run) {
                super.move(x, h, e, run);
                kept.add(e.x0());
            }
        });
        all.put(Rule.S15, new Euler() {
            @Override
            void ask(Denoiser D, Tensor x, NoiseLevel at, Estimate e) {
                try {
                    CompletableFuture.runAsync(() -> super.ask(D, x, at, e), task -> run(new Thread(task)))
                            .join();
                } catch (CompletionException failure) {
                    throw (RuntimeException) failure.getCause();
                }
            }

            private void run(Thread thread) {
                thread.start();
            }
        });
        all.put(Rule.S16, new Euler() {
            @Override
            void move(Tensor x, double h, Estimate e, TensorRun run) {
                x.add(h * .9, e.eps());
            }
        });
        return all;
    }
}
