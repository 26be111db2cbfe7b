package io.sampler4j.runtime.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class DistancesTest {
    /** Rows of independent normals: element k has mean {@code mean(k)} and deviation {@code deviation(k)}. */
    private static Features normals(int n, int d, long seed, IntToDoubleFunction mean, IntToDoubleFunction deviation) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] v = new float[n * d];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (mean.applyAsDouble(i % d) + deviation.applyAsDouble(i % d) * random.nextGaussian());
        }
        return new Features(v, d);
    }

    private static Features standard(int n, int d, long seed) {
        return normals(n, d, seed, k -> 0, k -> 1);
    }

    @Test
    void aSetHasNoDistanceFromItself() {
        Features x = standard(300, 16, 1);
        // 32 in the trace, taken out twice: 1e-12 is 1e-13 of it or so.
        assertThat(FrechetDistance.between(x, x)).isCloseTo(0, within(1e-12));
    }

    @Test
    void aShiftAndAScaleHaveTheDistanceOfTheirNormals() {
        Features x = standard(500, 8, 2);
        float[] moved = x.values().clone();
        for (int i = 0; i < moved.length; i++) moved[i] = 3 * moved[i];
        Features y = new Features(moved, 8);
        // The very sample scaled: means m and 3 m, covariances A and 9 A, whose root is 3 A: 4 |m|^2 + tr A (1 + 9 -
        // 6).
        double m2 = 0, trace = 0;
        for (int k = 0; k < 8; k++) {
            double m = 0, s = 0;
            for (int i = 0; i < 500; i++) m += x.at(i, k) / 500;
            for (int i = 0; i < 500; i++) s += (x.at(i, k) - m) * (x.at(i, k) - m) / 499;
            m2 += m * m;
            trace += s;
        }
        assertThat(FrechetDistance.between(x, y)).isCloseTo(4 * m2 + 4 * trace, within(1e-5));
        for (int i = 0; i < moved.length; i++) moved[i] = x.values()[i] + 2;
        assertThat(FrechetDistance.between(x, new Features(moved, 8))).isCloseTo(8 * 4, within(1e-4));
    }

    @Test
    void covariancesThatDoNotCommuteAreNotTakenForDiagonal() {
        // Exact covariances from few points: A = diag(4, 1), and B = A turned by 45 degrees.
        double r = Math.sqrt(.5), s = Math.sqrt(1.5);
        float[] a = {(float) (2 * s), 0, (float) (-2 * s), 0, 0, (float) s, 0, (float) -s};
        float[] b = new float[8];
        for (int i = 0; i < 4; i++) {
            b[2 * i] = (float) (r * (a[2 * i] - a[2 * i + 1]));
            b[2 * i + 1] = (float) (r * (a[2 * i] + a[2 * i + 1]));
        }
        // tr (A B)^(1/2) of 2x2 matrices is sqrt(tr AB + 2 sqrt(det AB)), with B = [[2.5, 1.5], [1.5, 2.5]].
        double root = Math.sqrt(4 * 2.5 + 2.5 + 2 * Math.sqrt(4. * 4));
        assertThat(FrechetDistance.between(new Features(a, 2), new Features(b, 2)))
                .isCloseTo(10 - 2 * root, within(1e-6))
                .isGreaterThan(.5);
    }

    @Test
    void aSingularCovarianceIsNoTrouble() {
        Features few = standard(5, 32, 3);
        assertThat(FrechetDistance.between(few, few)).isCloseTo(0, within(1e-12));
        assertThat(FrechetDistance.between(few, standard(6, 32, 4))).isFinite().isPositive();
    }

    @Test
    void theFrechetDistanceIsSymmetric() {
        Features x = normals(200, 12, 5, k -> k / 10., k -> 1 + k), y = standard(300, 12, 6);
        double xy = FrechetDistance.between(x, y);
        assertThat(FrechetDistance.between(y, x)).isCloseTo(xy, within(1e-10 * xy));
    }

    /** E (x y + 1)^3 for independent x and y of one dimension, from their first three moments. */
    private static double kernel(double[] x, double[] y) {
        return 1 + 3 * x[0] * y[0] + 3 * x[1] * y[1] + x[2] * y[2];
    }

    private static double[] moments(double m, double s) {
        return new double[] {m, m * m + s * s, m * m * m + 3 * m * s * s};
    }

    @Test
    void theKernelDistanceIsUnbiasedAndItsErrorIsItsSpread() {
        double[] p = moments(0, 1), q = moments(.5, .8);
        double exact = kernel(p, p) + kernel(q, q) - 2 * kernel(p, q);
        int runs = 2000;
        double sum = 0, squares = 0, said = 0;
        for (int i = 0; i < runs; i++) {
            KernelDistance d =
                    KernelDistance.between(standard(40, 1, 10_000 + i), normals(60, 1, 90_000 + i, k -> .5, k -> .8));
            sum += d.value();
            squares += d.value() * d.value();
            said += d.standardError() * d.standardError();
        }
        double mean = sum / runs, variance = squares / runs - mean * mean;
        assertThat(mean).isCloseTo(exact, within(4 * Math.sqrt(variance / runs)));
        // The jackknife's variance is a little large for so few samples: by a tenth here.
        assertThat(said / runs / variance).isBetween(.9, 1.35);
    }

    @Test
    void setsOfOneDistributionHaveNoKernelDistanceOnAverageAndSometimesLess() {
        double sum = 0, squares = 0, least = 0;
        int runs = 400;
        for (int i = 0; i < runs; i++) {
            double v = KernelDistance.between(standard(30, 4, 500 + i), standard(50, 4, 5_000 + i))
                    .value();
            sum += v;
            squares += v * v;
            least = Math.min(least, v);
        }
        assertThat(sum / runs).isCloseTo(0, within(4 * Math.sqrt(squares) / runs));
        assertThat(least).isNegative();
    }

    @Test
    void theKernelDistanceIsTheDefinitionOfIt() {
        Features x = standard(7, 3, 8), y = normals(5, 3, 9, k -> k, k -> 2);
        double xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < 7; i++) for (int j = 0; j < 7; j++) if (i != j) xx += k(x, i, x, j) / 42;
        for (int i = 0; i < 5; i++) for (int j = 0; j < 5; j++) if (i != j) yy += k(y, i, y, j) / 20;
        for (int i = 0; i < 7; i++) for (int j = 0; j < 5; j++) xy += k(x, i, y, j) / 35;
        assertThat(KernelDistance.between(x, y).value()).isCloseTo(xx + yy - 2 * xy, within(1e-10));
    }

    @Test
    void theErrorIsThatOfLeavingOutEachSampleInTurn() {
        Features x = standard(7, 3, 8), y = normals(5, 3, 9, k -> k, k -> 2);
        double[] withoutX = new double[7], withoutY = new double[5];
        for (int i = 0; i < 7; i++)
            withoutX[i] = KernelDistance.between(without(x, i), y).value();
        for (int j = 0; j < 5; j++)
            withoutY[j] = KernelDistance.between(x, without(y, j)).value();
        double error = Math.sqrt(6. / 7 * spread(withoutX) + 4. / 5 * spread(withoutY));
        assertThat(KernelDistance.between(x, y).standardError()).isCloseTo(error, within(1e-10 * error));
    }

    private static Features without(Features x, int left) {
        float[] rest = new float[x.values().length - x.dimension()];
        for (int i = 0, at = 0; i < x.values().length; i++) {
            if (i / x.dimension() != left) rest[at++] = x.values()[i];
        }
        return new Features(rest, x.dimension());
    }

    private static double spread(double[] v) {
        double mean = java.util.Arrays.stream(v).average().orElseThrow();
        return java.util.Arrays.stream(v).map(a -> (a - mean) * (a - mean)).sum();
    }

    private static double k(Features x, int i, Features y, int j) {
        return Math.pow((x.at(i, 0) * y.at(j, 0) + x.at(i, 1) * y.at(j, 1) + x.at(i, 2) * y.at(j, 2)) / 3 + 1, 3);
    }

    @Test
    void tooFewSamplesHaveNoDistance() {
        assertThatThrownBy(() -> FrechetDistance.between(standard(1, 4, 1), standard(9, 4, 2)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("between 1 and 9 samples");
        assertThatThrownBy(() -> KernelDistance.between(standard(2, 4, 1), standard(9, 4, 2)))
                .hasMessageContaining("at least 3");
    }

    @Test
    void everySecondRowIsTaken() {
        Features x = new Features(new float[] {0, 1, 2, 3, 4, 5, 6}, 1);
        assertThat(x.every(2, 1, 9).values()).containsExactly(1, 3, 5);
        assertThat(x.every(2, 0, 9).values()).containsExactly(0, 2, 4, 6);
        assertThat(x.every(3, 0, 2).values()).containsExactly(0, 3);
        assertThat(x.spread(3).values()).containsExactly(0, 2, 4);
        assertThat(x.spread(5).values()).containsExactly(0, 1, 2, 4, 5);
        assertThat(x.spread(9).values()).isEqualTo(x.values());
    }
}
