package io.sampler4j.runtime.measure;

/**
 * The kernel distance between two sets of features (Binkowski et al. 2018, "KID" with Inception's features): the
 * unbiased estimate of the squared maximum mean discrepancy (Gretton et al. 2012, equation 3) under the kernel
 * (x.y / d + 1)^3. Its expectation does not depend on the numbers of samples, so unequal ones compare; it may be below 0.
 * That holds for independent samples: a set with as many of each class lies closer to the data than chance would bring it,
 * by an amount that falls as 1/n.
 *
 * <p>The standard error is the jackknife's: each sample is left out once (Arvesen 1969, for U-statistics of two samples).
 * Where the distributions agree it is somewhat too large. The references' average over random subsets has the same
 * expectation; the spread over subsets that they print is another number.
 *
 * @param value the squared discrepancy
 * @param standardError of it
 */
public record KernelDistance(double value, double standardError) {
    /** The fewest samples of either side: one of them is left out, and what is left has a pair. */
    public static final int FEWEST = 3;

    /**
     * The distance, in time that grows with the square of the number of samples.
     *
     * @throws io.sampler4j.api.error.RefusedException if either has fewer than 3 samples, of which one is left out
     */
    public static KernelDistance between(Features x, Features y) {
        Features.requireSame(x, y, FEWEST);
        int m = x.count(), n = y.count();
        double[] xx = new double[m], yy = new double[n], xy = new double[m], yx = new double[n];
        within(x, xx);
        within(y, yy);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double k = kernel(x, i, y, j);
                xy[i] += k;
                yx[j] += k;
            }
        }
        double a = sum(xx), b = sum(yy), c = sum(xy);
        double value = estimate(a, m, b, n, c), squares = 0;
        // Leaving i out takes its row and its column from a sum, and its row from the cross sum.
        squares += (m - 1.) / m * squares(m, i -> estimate(a - 2 * xx[i], m - 1, b, n, c - xy[i]));
        squares += (n - 1.) / n * squares(n, j -> estimate(a, m, b - 2 * yy[j], n - 1, c - yx[j]));
        return new KernelDistance(value, Math.sqrt(squares));
    }

    private static double estimate(double xx, int m, double yy, int n, double xy) {
        return xx / m / (m - 1.) + yy / n / (n - 1.) - 2 * xy / m / n;
    }

    private static double squares(int count, java.util.function.IntToDoubleFunction without) {
        double[] u = new double[count];
        for (int i = 0; i < count; i++) u[i] = without.applyAsDouble(i);
        double mean = sum(u) / count, squares = 0;
        for (double v : u) squares += (v - mean) * (v - mean);
        return squares;
    }

    /** The sum of each row of the kernel matrix, without the diagonal. */
    private static void within(Features f, double[] rows) {
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < i; j++) {
                double k = kernel(f, i, f, j);
                rows[i] += k;
                rows[j] += k;
            }
        }
    }

    private static double kernel(Features x, int i, Features y, int j) {
        double dot = 0;
        for (int k = 0; k < x.dimension(); k++) dot += x.at(i, k) * y.at(j, k);
        double base = dot / x.dimension() + 1;
        return base * base * base;
    }

    private static double sum(double[] v) {
        double sum = 0;
        for (double d : v) sum += d;
        return sum;
    }
}
