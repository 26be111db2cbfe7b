package io.sampler4j.api.testing;

import static io.sampler4j.api.testing.PluginAssertions.assertThatGuidance;
import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.NetworkException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuidanceRulesTest {
    private static final Map<Rule, Guidance> BROKEN = new EnumMap<>(Rule.class);

    static {
        BROKEN.put(Rule.G1, new ClassifierFree(3) {
            @SuppressWarnings("unused")
            private double last;
        });
        BROKEN.put(Rule.G2, new ClassifierFree(3) {
            @Override
            void answer(ConditionalDenoiser main, Buffers b, Tensor x, NoiseLevel at, Estimate out) {
                super.answer(main, b, x, at, out);
                out.x0().set(Double.NaN, out.x0());
            }
        });
        BROKEN.put(Rule.G3, new ClassifierFree(3) {
            @Override
            void answer(ConditionalDenoiser main, Buffers b, Tensor x, NoiseLevel at, Estimate out) {
                super.answer(main, b, x, at, out);
                x.add(.01, out.x0());
                out.x0().set(out.x0());
            }
        });
        BROKEN.put(Rule.G4, new ClassifierFree(3) {
            private final double[] momentum = new double[1];

            @Override
            public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
                momentum[0] = 0;
                return super.guide(networks, wanted, nothing, like);
            }

            @Override
            void answer(ConditionalDenoiser main, Buffers b, Tensor x, NoiseLevel at, Estimate out) {
                super.answer(main, b, x, at, out);
                out.x0().set(1 + momentum[0]++ / 10, out.x0());
            }
        });
        BROKEN.put(Rule.G5, new ClassifierFree(3) {
            @Override
            void answer(ConditionalDenoiser main, Buffers b, Tensor x, NoiseLevel at, Estimate out) {
                super.answer(main, new Buffers(b.wanted(), b.nothing(), out.like(), out.like()), x, at, out);
            }
        });
        BROKEN.put(Rule.G6, new ClassifierFree(3) {
            @Override
            void answer(ConditionalDenoiser main, Buffers b, Tensor x, NoiseLevel at, Estimate out) {
                super.answer(main, b, x, at, out);
                double[] norm = new double[x.samples()];
                out.x0().dot(out.x0(), norm);
                out.x0().set(1 / (1 + Arrays.stream(norm).max().orElse(0)), out.x0());
            }
        });
        BROKEN.put(Rule.G7, new ClassifierFree(3) {
            @Override
            void answer(ConditionalDenoiser main, Buffers b, Tensor x, NoiseLevel at, Estimate out) {
                try {
                    super.answer(main, b, x, at, out);
                } catch (NetworkException failure) {
                    throw new IllegalStateException("no guidance", failure);
                }
            }
        });
    }

    private record Buffers(Condition wanted, Condition nothing, Estimate c, Estimate u) {}

    /** Ho and Salimans 2022, equation 6, with the place where a fault goes. */
    private static class ClassifierFree implements Guidance {
        private final double scale;

        ClassifierFree(double scale) {
            this.scale = scale;
        }

        @Override
        public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
            ConditionalDenoiser main = networks.main();
            Buffers buffers = new Buffers(wanted, nothing, main.estimate(like), main.estimate(like));
            return (x, at, out) -> answer(main, buffers, x, at, out);
        }

        void answer(ConditionalDenoiser main, Buffers b, Tensor x, NoiseLevel at, Estimate out) {
            if (scale == 1) {
                main.denoise(x, at, List.of(b.wanted()), List.of(out));
                return;
            }
            main.denoise(x, at, List.of(b.wanted(), b.nothing()), List.of(b.c(), b.u()));
            out.set(scale, b.c(), 1 - scale, b.u());
        }
    }

    private static List<Rule> broken(Guidance guidance, Guidance off) {
        return GuidanceRules.brokenBy(guidance, Optional.of(off)).stream()
                .map(Broken::rule)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "G[1-7]")
    void guidanceThatBreaksOneRuleIsFoundByItsNumberAlone(Rule rule) {
        assertThat(broken(BROKEN.get(rule), new ClassifierFree(1))).containsExactly(rule);
    }

    @Test
    void guidanceThatIsNotOffAtScaleOneIsFoundByItsNumberAlone() {
        assertThat(broken(new ClassifierFree(3), new ClassifierFree(1 + 1e-9))).containsExactly(Rule.G8);
    }

    @Test
    void classifierFreeGuidanceKeepsThemAll() {
        assertThatGuidance(new ClassifierFree(3)).keepsTheRulesAndIsOffAs(new ClassifierFree(1));
        assertThatGuidance(new ClassifierFree(3)).keepsTheRules();
    }
}
