package io.sampler4j.runtime.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterpolationTest {
    private static final float[] ENDS = {3, 0, 0, 0, 4, 0};

    private static float[] between(float[] ends, double t, boolean spherical) {
        float[] z = new float[ends.length];
        InterpolationPlan.between(ends, t, spherical, z, 1);
        assertThat(z[0]).as("only the row asked for is written").isZero();
        return Arrays.copyOfRange(z, ends.length / 2, ends.length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothPathsBeginAndEndExactly(boolean spherical) {
        assertThat(between(ENDS, 0, spherical)).containsExactly(3, 0, 0);
        assertThat(between(ENDS, 1, spherical)).containsExactly(0, 4, 0);
    }

    @Test
    void theLinearPathIsStraight() {
        assertThat(between(ENDS, .25, false)).containsExactly(2.25f, 1, 0);
    }

    @Test
    void theSphericalPathTurnsAtAnEvenRate() {
        float[] third = between(new float[] {2, 0, 0, 2}, 1. / 3, true);
        assertThat(third[0]).isCloseTo((float) (2 * Math.cos(Math.PI / 6)), within(1e-6f));
        assertThat(third[1]).isCloseTo((float) (2 * Math.sin(Math.PI / 6)), within(1e-6f));
    }

    @Test
    void whereNoPlaneIsGivenTheSphericalPathIsTheLinearOne() {
        for (float[] ends : new float[][] {{1, 2, 2, 4}, {1, 2, -1, -2}, {0, 0, 1, 1}}) {
            assertThat(between(ends, .3, true)).containsExactly(between(ends, .3, false));
        }
    }
}
