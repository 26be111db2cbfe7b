package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** Lists of noise levels that more than one scheduler makes, as sigma/alpha, noise first: what {@link NoiseGrid#of} takes. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Spacings {
    private Spacings() {}

    /**
     * Levels even in sigma^(1/rho):
     *
     * <pre>sigma_i = (high^(1/rho) + i/(n - 1) (low^(1/rho) - high^(1/rho)))^rho</pre>
     *
     * Both ends are exact; the data (sigma = 0) is not among them. Source: Karras et al. 2022, equation 5.
     *
     * @param n how many, 1 or more; a single one is {@code high}
     * @param high the first, finite
     * @param low the last, positive and below it
     * @param rho 7 in the paper: the larger, the more levels at low noise
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public static double[] karras(int n, double high, double low, double rho) {
        if (n < 1 || !(low > 0 && low < high) || Double.isInfinite(high) || !(rho > 0)) {
            throw new IllegalArgumentException(
                    "Karras's spacing takes 1 level or more, 0 < low < high < infinity and rho" + " > 0, got " + n
                            + " levels from " + high + " to " + low + " with rho = " + rho);
        }
        double a = Math.pow(high, 1 / rho), b = Math.pow(low, 1 / rho);
        double[] ratios = new double[n];
        for (int i = 1; i < n - 1; i++) ratios[i] = Math.pow(a + i / (n - 1.0) * (b - a), rho);
        ratios[n - 1] = low;
        ratios[0] = high;
        return ratios;
    }
}
