package io.sampler4j.plugins.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenProcess;
import io.sampler4j.api.token.TokenScheduler;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskScheduleTest {
    private static TokenGrid grid(String name, int open, int steps, Map<String, String> options) {
        TokenProcess process = new TokenProcess() {
            @Override
            public boolean absorbing() {
                return true;
            }

            @Override
            public int open() {
                return open;
            }
        };
        return TextOptions.make(new VqganContribution(), TokenScheduler.class, name, options)
                .grid(process, steps);
    }

    private static int[] left(TokenGrid grid, int total) {
        int n = grid.steps();
        return IntStream.range(0, n).map(i -> grid.left(total, i, n)).toArray();
    }

    /** floor(256 cos(pi/2 (i + 1)/12)); cos(pi/3) is a half, so that 128 are left after step 8, where float32 says 127. */
    @Test
    void theCosineOfTwelveStepsIsTheTable() {
        assertThat(left(grid("cosine", 256, 12, Map.of()), 256))
                .containsExactly(253, 247, 236, 221, 203, 181, 155, 128, 97, 66, 33, 0);
    }

    /** By hand, of 16 positions in 4 steps; log2 16 = 4, so that the two last are powers of two. */
    @ParameterizedTest
    @CsvSource({
        "uniform, 12 8 4 0",
        "square, 15 12 7 0", // 16 (1 - 1/16, 1 - 1/4, 1 - 9/16)
        "log, 8 4 1 0", // 16 (2/4, 1/4, .1037)
        "exp, 14 12 8 0" // 16 (1 - 2^-3, 1 - 2^-2, 1 - 2^-1)
    })
    void everyScheduleIsItsFormula(String name, String expected) {
        int[] table = left(grid(name, 16, 4, Map.of()), 16);
        assertThat(IntStream.of(table).mapToObj(String::valueOf).toList()).containsExactly(expected.split(" "));
    }

    @Test
    void anyPowerCanBeAsked() {
        assertThat(left(grid("pow", 16, 4, Map.of("exponent", "0.5")), 16)).containsExactly(8, 4, 2, 0);
        assertThat(left(grid("pow", 16, 4, Map.of()), 16)).containsExactly(15, 12, 7, 0);
        assertThatThrownBy(() -> grid("pow", 16, 4, Map.of("exponent", "0"))).hasMessageContaining("exponent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cosine", "square", "uniform", "log", "exp", "pow"})
    void theShareOfMasksFallsFromOneToZero(String name) {
        for (int open : new int[] {1, 2, 64}) {
            TokenGrid grid = grid(name, open, 9, Map.of());
            assertThat(grid.noise(0, 9)).isEqualTo(1);
            assertThat(grid.noise(9, 9)).isZero();
            for (int i = 0; i < 9; i++) {
                assertThat(grid.noise(i + 1, 9)).isBetween(0.0, grid.noise(i, 9));
                assertThat(grid.left(open, i, 9)).isBetween(0, open);
            }
        }
        assertThat(grid("cosine", 64, 3, Map.of()).noise(2, 3)).isCloseTo(.5, within(1e-15));
    }
}
