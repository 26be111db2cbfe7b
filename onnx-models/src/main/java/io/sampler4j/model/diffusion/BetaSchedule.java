package io.sampler4j.model.diffusion;

import io.sampler4j.model.BetasSpec;

/**
 * The named beta schedules, as tables of alpha-bar, the cumulative product of 1 - beta.
 *
 * <p>A process that was read from a diffusers configuration carries that library's float32 tables, since its network
 * was trained on them: betas are float32, and the cumulative product accumulates in double and rounds each stored value
 * to float32, as PyTorch does. A process of our own is computed in double. Sources: linear, Ho et al. 2020, section 4;
 * scaled linear, Rombach et al. 2022 (latent diffusion); squared cosine, Nichol and Dhariwal 2021, equation 17; sigmoid,
 * GeoDiff (Xu et al. 2022); Laplace, Hang et al. 2024; zero terminal SNR, Lin et al. 2023, algorithm 1.
 */
final class BetaSchedule {
    private BetaSchedule() {}

    /** alpha-bar at training indices 0 to steps - 1. */
    static double[] alphaBar(BetasSpec spec, boolean zeroTerminalSnr) {
        boolean single = spec.precision().equals("float32");
        double[] betas = betas(spec, single);
        if (zeroTerminalSnr) betas = rescale(betas, single);
        return cumulative(betas, single);
    }

    private static double[] betas(BetasSpec spec, boolean single) {
        int n = spec.steps();
        double a = spec.start(), b = spec.end();
        double[] betas = switch (spec.schedule()) {
            case "linear" -> linspace(a, b, n, single);
            case "scaled-linear" -> {
                double[] root = linspace(Math.sqrt(a), Math.sqrt(b), n, single);
                for (int i = 0; i < n; i++) root[i] = round(root[i] * root[i], single);
                yield root;
            }
            case "squared-cosine" ->
                fromAlphaBar(n, t -> {
                    double c = Math.cos((t + 0.008) / 1.008 * Math.PI / 2);
                    return c * c;
                });
            case "laplace" ->
                fromAlphaBar(n, t -> {
                    double lambda = -0.5 * Math.copySign(1, 0.5 - t) * Math.log(1 - 2 * Math.abs(0.5 - t) + 1e-6);
                    double snr = Math.exp(lambda);
                    return Math.sqrt(snr / (1 + snr));
                });
            case "sigmoid" -> {
                double[] x = linspace(-6, 6, n, single);
                for (int i = 0; i < n; i++) {
                    double s = round(1 / (1 + Math.exp(-x[i])), single);
                    x[i] = round(round(s * round(b - a, single), single) + round(a, single), single);
                }
                yield x;
            }
            case "explicit" ->
                spec.values().stream().mapToDouble(Double::doubleValue).toArray();
            default ->
                throw new IllegalStateException(
                        "the manifest's reader lets no beta schedule " + spec.schedule() + " pass");
        };
        if (single) for (int i = 0; i < betas.length; i++) betas[i] = (float) betas[i];
        return betas;
    }

    private interface AlphaBar {
        double at(double t);
    }

    /** beta_i = 1 - alpha-bar((i + 1)/n) / alpha-bar(i/n), at most 0.999. */
    private static double[] fromAlphaBar(int n, AlphaBar alphaBar) {
        double[] betas = new double[n];
        for (int i = 0; i < n; i++) {
            betas[i] = Math.min(1 - alphaBar.at((i + 1.0) / n) / alphaBar.at((double) i / n), 0.999);
        }
        return betas;
    }

    /** PyTorch's linspace is symmetric: the upper half counts down from the end. */
    private static double[] linspace(double a, double b, int n, boolean single) {
        double[] x = new double[n];
        if (n == 1) {
            x[0] = round(a, single);
            return x;
        }
        if (!single) {
            for (int i = 0; i < n; i++) x[i] = a + i * (b - a) / (n - 1);
            return x;
        }
        float fa = (float) a, fb = (float) b, step = (fb - fa) / (n - 1);
        for (int i = 0; i < n; i++) x[i] = i < n / 2 ? Math.fma(step, i, fa) : Math.fma(-step, n - 1 - i, fb);
        return x;
    }

    private static double[] cumulative(double[] betas, boolean single) {
        double[] bar = new double[betas.length];
        double product = 1;
        for (int i = 0; i < bar.length; i++) {
            product *= round(1 - betas[i], single);
            bar[i] = round(product, single);
        }
        return bar;
    }

    /** Shifts and scales sqrt(alpha-bar) so that the last is 0 and the first stays. */
    private static double[] rescale(double[] betas, boolean single) {
        double[] root = cumulative(betas, single);
        int n = root.length;
        for (int i = 0; i < n; i++) root[i] = round(Math.sqrt(root[i]), single);
        double first = root[0], last = root[n - 1], scale = round(first / round(first - last, single), single);
        double[] rescaled = new double[n];
        double before = 1;
        for (int i = 0; i < n; i++) {
            double r = round(round(root[i] - last, single) * scale, single);
            double bar = round(r * r, single);
            rescaled[i] = round(1 - (i == 0 ? bar : round(bar / before, single)), single);
            before = bar;
        }
        return rescaled;
    }

    private static double round(double v, boolean single) {
        return single ? (float) v : v;
    }
}
