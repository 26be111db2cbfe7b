package io.sampler4j.api.testing;

import static io.sampler4j.api.testing.PluginAssertions.assertThatTokenSampler;
import static io.sampler4j.api.testing.PluginAssertions.assertThatTokenScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenRulesTest {
    private static final Map<Rule, TokenSampler> SAMPLERS = new EnumMap<>(Rule.class);
    private static final Map<Rule, TokenScheduler> SCHEDULERS = new EnumMap<>(Rule.class);

    static {
        SAMPLERS.put(Rule.T1, new MaskGit() {
            @SuppressWarnings("unused")
            private int last;
        });
        SAMPLERS.put(Rule.T2, new MaskGit() {
            @Override
            public void check(TokenDenoiser D, TokenGrid grid, Canvas x, Refusals refuse) {
                D.predict(x, new Rows(asks(), 1).only(0));
            }
        });
        SAMPLERS.put(Rule.T3, new MaskGit() {
            @Override
            int quota(int masked, int left) {
                return Math.min(masked - 1, Math.max(1, masked - left));
            }
        });
        SAMPLERS.put(Rule.T4, new MaskGit() {
            @Override
            void report(CanvasRun run, int i, Canvas x) {
                run.step(0, x);
            }
        });
        SAMPLERS.put(Rule.T5, new MaskGit() {
            @Override
            void settle(Canvas x, Rows rows, int r) {
                x.settle(rows.position(r), (int) (3 * Math.random()), rows.probability(r));
            }
        });
        SAMPLERS.put(Rule.T6, new MaskGit() {
            @Override
            Query asked() {
                return asks().with(Query.Stat.ENTROPY);
            }
        });
        SAMPLERS.put(Rule.T7, new MaskGit() {
            @Override
            public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
                super.sample(D, grid, x, run);
                if (x.openIn(0, x.length()) == 0) D.predict(x, new Rows(asks(), 1).only(0));
            }
        });
        SAMPLERS.put(Rule.T8, new MaskGit() {
            private final int[] before = new int[1];

            @Override
            void ask(TokenDenoiser D, Canvas x, Rows rows) {
                before[0] = rows.position(0);
                super.ask(D, x, rows);
                if (before[0] != rows.position(0)) x.settle(rows.position(0), 0, 1);
            }
        });
        SAMPLERS.put(Rule.T9, new MaskGit() {
            @Override
            void ask(TokenDenoiser D, Canvas x, Rows rows) {
                try {
                    super.ask(D, x, rows);
                } catch (NetworkException failure) {
                    throw new IllegalStateException("the network failed", failure);
                }
            }
        });
        SAMPLERS.put(Rule.T10, new MaskGit() {
            @Override
            void report(CanvasRun run, int i, Canvas x) {
                try {
                    super.report(run, i, x);
                } catch (CancelledException late) {
                    throw new IllegalStateException("no more", late);
                }
            }
        });
        SAMPLERS.put(Rule.T11, new MaskGit() {
            private final List<Canvas> kept = new ArrayList<>();

            @Override
            void report(CanvasRun run, int i, Canvas x) {
                kept.add(x);
                super.report(run, i, x);
            }
        });
        SAMPLERS.put(Rule.T12, new MaskGit() {
            @Override
            void ask(TokenDenoiser D, Canvas x, Rows rows) {
                super.ask(D, x, rows);
                double[] scores = new double[x.length()];
                for (int r = 0; r < rows.size(); r++) scores[r] = rows.probability(r);
                x.focus(0, (int) scores[0] + x.length());
            }
        });
        SAMPLERS.put(Rule.T13, new MaskGit() {
            @Override
            void ask(TokenDenoiser D, Canvas x, Rows rows) {
                try {
                    CompletableFuture.runAsync(() -> super.ask(D, x, rows), task -> new Thread(task).start())
                            .join();
                } catch (CompletionException failure) {
                    throw (RuntimeException) failure.getCause();
                }
            }
        });

        SCHEDULERS.put(Rule.K1, (process, steps) -> new Even(steps) {
            @SuppressWarnings("unused")
            private int last;
        });
        SCHEDULERS.put(Rule.K2, (process, steps) -> new Even(steps + 1));
        SCHEDULERS.put(Rule.K3, (process, steps) -> new Even(steps) {
            @Override
            public double noise(int i, int n) {
                return 1 - (i + 1.) / (n + 1);
            }
        });
        SCHEDULERS.put(Rule.K4, (process, steps) -> new Even(steps) {
            @Override
            public int left(int total, int i, int n) {
                return Math.max(1, super.left(total, i, n));
            }
        });
    }

    /** Chang et al. 2022 without temperature, with the places where a fault goes. */
    private static class MaskGit implements TokenSampler {
        @Override
        public Query asks() {
            return Query.token().temperature(1);
        }

        Query asked() {
            return asks();
        }

        @Override
        public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
            Rows rows = new Rows(asked(), x.length());
            int total = x.openIn(0, x.length()), n = grid.steps();
            for (int i = 0; i < n && rows.masked(x, 0, x.length()).size() > 0; i++) {
                ask(D, x, rows.at(grid.noise(i, n)).draw(run, i));
                int[] best = rows.ranked(rows::probability);
                int quota = quota(rows.size(), grid.left(total, i, n));
                for (int k = 0; k < quota; k++) settle(x, rows, best[k]);
                report(run, i, x);
            }
        }

        int quota(int masked, int left) {
            return Math.max(1, masked - left);
        }

        void ask(TokenDenoiser D, Canvas x, Rows rows) {
            D.predict(x, rows);
        }

        void settle(Canvas x, Rows rows, int r) {
            x.settle(rows.position(r), rows.token(r), rows.probability(r));
        }

        void report(CanvasRun run, int i, Canvas x) {
            run.step(i, x);
        }
    }

    /** The reference's curve, to be changed. */
    private static class Even implements TokenGrid {
        private final TokenGrid even;

        Even(int steps) {
            even = ReferenceTokenSamplers.even(steps);
        }

        @Override
        public int steps() {
            return even.steps();
        }

        @Override
        public double noise(int i, int n) {
            return even.noise(i, n);
        }

        @Override
        public int left(int total, int i, int n) {
            return even.left(total, i, n);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "T.*")
    void aTokenSamplerThatBreaksOneRuleIsFoundByItsNumberAlone(Rule rule) {
        assertThat(TokenSamplerRules.brokenBy(SAMPLERS.get(rule)))
                .extracting(Broken::rule)
                .containsExactly(rule);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "K.*")
    void aTokenSchedulerThatBreaksOneRuleIsFoundByItsNumberAlone(Rule rule) {
        assertThat(TokenSchedulerRules.brokenBy(SCHEDULERS.get(rule)))
                .extracting(Broken::rule)
                .containsExactly(rule);
    }

    static Stream<TokenSampler> references() {
        return Stream.of(
                new MaskGit(),
                new ReferenceTokenSamplers.Raster(),
                new ReferenceTokenSamplers.MaskGit(1),
                new ReferenceTokenSamplers.Mdlm());
    }

    @ParameterizedTest
    @MethodSource("references")
    void theReferencesKeepThemAll(TokenSampler sampler) {
        assertThatTokenSampler(sampler).keepsTheRules();
    }

    @Test
    void theEvenCurveKeepsThemAll() {
        assertThatTokenScheduler((process, steps) -> ReferenceTokenSamplers.even(steps))
                .keepsTheRules();
    }
}
