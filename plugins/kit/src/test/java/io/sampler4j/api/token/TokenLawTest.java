package io.sampler4j.api.token;

import static io.sampler4j.api.testing.MarkovChain.MASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sampler4j.api.testing.MarkovChain;
import io.sampler4j.api.testing.ReferenceTokenSamplers;
import io.sampler4j.api.testing.TestCanvas;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With exact conditionals, a token sampler that settles one position a step in an order free of the tokens draws the law itself. */
class TokenLawTest {
    private static final int LENGTH = 4;
    private static final int SEQUENCES = 81;
    private static final int N = 30_000;
    private final MarkovChain chain = new MarkovChain();

    /**
     * chi^2 with 80 degrees of freedom: mean 80, standard deviation 12.65. The seeds are fixed; 143 is mean plus five
     * of them (a chance of about 2e-5, were the seeds not fixed). The rarest sequence is expected 6 times (Cochran: 5 are enough).
     */
    private static final double BOUND = 143;

    static Stream<Arguments> exact() {
        return Stream.of(
                arguments("raster", new ReferenceTokenSamplers.Raster(), LENGTH),
                arguments("llada, random order", new ReferenceTokenSamplers.Llada(LENGTH), LENGTH),
                arguments("llada, blocks of two", new ReferenceTokenSamplers.Llada(2), LENGTH),
                arguments("maskgit, in Gumbel order", new ReferenceTokenSamplers.MaskGit(1e6), LENGTH),
                // The chance that two of four positions unmask in one of 200 steps is 6/200, which adds about
                // N (6/200)^2 times a dependence of at most one third to chi^2: 9, below a standard deviation.
                arguments("mdlm, 200 steps", new ReferenceTokenSamplers.Mdlm(), 200));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("exact")
    void drawsTheLawOfTheChain(String name, TokenSampler sampler, int steps) {
        assertThat(chiSquare(sampler, steps)).isLessThan(BOUND);
    }

    @Test
    void settlingAllPositionsAtOnceDoesNot() {
        assertThat(chiSquare(new ReferenceTokenSamplers.Llada(LENGTH), 1)).isGreaterThan(10 * BOUND);
    }

    @Test
    void asksOnceAStepAndLeavesWhatWasGiven() {
        TestCanvas x = new TestCanvas(MASK, 1, 2, MASK, MASK, 0, MASK);
        new ReferenceTokenSamplers.Llada(4).sample(chain, ReferenceTokenSamplers.even(2), x, x);
        assertThat(chain.calls()).isEqualTo(2);
        assertThat(x.ids()).startsWith(2).doesNotContain(MASK);
        assertThat(x.id(3)).isZero();
    }

    private double chiSquare(TokenSampler sampler, int steps) {
        int[] count = new int[SEQUENCES];
        for (int seed = 0; seed < N; seed++) {
            TestCanvas x = new TestCanvas(MASK, seed, MASK, MASK, MASK, MASK);
            sampler.sample(chain, ReferenceTokenSamplers.even(steps), x, x);
            int k = 0;
            for (int id : x.ids()) k = 3 * k + id;
            count[k]++;
        }
        double sum = 0;
        for (int k = 0; k < SEQUENCES; k++) {
            double expected = N * chain.probability(new int[] {k / 27, k / 9 % 3, k / 3 % 3, k % 3});
            assertThat(expected).isGreaterThan(5);
            sum += (count[k] - expected) * (count[k] - expected) / expected;
        }
        return sum;
    }
}
