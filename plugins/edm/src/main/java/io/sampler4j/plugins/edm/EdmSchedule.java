package io.sampler4j.plugins.edm;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.diffusion.Spacings;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The time steps of Karras et al. 2022, table 1, as noise levels, and then 0; between the paper's ends or, where the
 * model knows less, the model's; each at the nearest level that the network knows (round_sigma).
 *
 * <p>{@code edm}: evenly in sigma^(1/rho) (equation 5). {@code vp}: evenly in t of the VP SDE from 1 to epsilon-s, fitted
 * to the ends. {@code ve}: evenly in ln sigma. {@code iddpm}: evenly by index among the training levels between the ends:
 * the model's own, or where its process is continuous iDDPM's table u of 1000.
 */
final class EdmSchedule implements NoiseScheduler {
    static final Option<String> DISCRETIZATION = Option.oneOf(
            "discretization", List.of("edm", "vp", "ve", "iddpm"), "whose time steps (Karras et al. 2022, table 1)");
    static final Option<Double> SIGMA_MIN = Option.decimal(
            "sigma-min",
            0,
            0,
            1e9,
            "the lowest level, not below what the model knows; 0 for the paper's: edm and iddpm 0.002, vp 0.0105, ve 0.02");
    static final Option<Double> SIGMA_MAX = Option.decimal(
            "sigma-max",
            0,
            0,
            1e9,
            "the highest level, not above what the model knows; 0 for the paper's: edm 80, iddpm 81, vp 152.2, ve 100");
    static final Option<Double> RHO =
            Option.decimal("rho", 7, 1, 100, "for edm: the larger, the more steps at low noise");
    static final Option<Double> EPSILON_S =
            Option.decimal("epsilon-s", 1e-3, 1e-6, .1, "for vp: t of the lowest level");

    private final String discretization;
    private final double min, max, rho, epsilonS;
    private final OptionalInt steps;

    EdmSchedule(Options o) {
        discretization = o.get(DISCRETIZATION);
        epsilonS = o.get(EPSILON_S);
        // The VP SDE of Song et al. 2021: beta from 0.1 to 20.
        SigmaOfT vp = SigmaOfT.Vp.ofBetas(19.9, .1);
        min = o.get(SIGMA_MIN) > 0
                ? o.get(SIGMA_MIN)
                : switch (discretization) {
                    case "vp" -> vp.sigma(epsilonS);
                    case "ve" -> .02;
                    default -> .002;
                };
        max = o.get(SIGMA_MAX) > 0
                ? o.get(SIGMA_MAX)
                : switch (discretization) {
                    case "vp" -> vp.sigma(1);
                    case "ve" -> 100;
                    case "iddpm" -> 81;
                    default -> 80;
                };
        rho = o.get(RHO);
        steps = Preset.named(o.get(Preset.SCHEDULE))
                .map(p -> OptionalInt.of(p.steps()))
                .orElse(OptionalInt.empty());
    }

    @Override
    public OptionalInt fixedSteps(NoiseProcess process) {
        return steps;
    }

    @Override
    public NoiseGrid grid(NoiseProcess process, int n) {
        double low = Math.max(min, process.lowest()), high = Math.min(max, process.highest());
        if (low >= high) {
            throw new RefusedException("edm: the lowest level " + low + " is not below the highest, " + high
                    + ": lower sigma-min or raise sigma-max; the model knows " + process.lowest() + " to "
                    + process.highest());
        }
        double[] levels = switch (discretization) {
            case "vp" -> {
                SigmaOfT vp = SigmaOfT.Vp.between(low, high, epsilonS);
                yield evenly(n, share -> vp.sigma(1 + share * (epsilonS - 1)));
            }
            case "ve" -> evenly(n, share -> high * Math.pow(low / high, share));
            case "iddpm" -> ofTable(process, low, high, n);
            default -> Spacings.karras(n, high, low, rho);
        };
        for (int i = 0; i < n; i++) levels[i] = process.nearest(levels[i]);
        for (int i = 1; i < n; i++) {
            if (levels[i] < levels[i - 1]) continue;
            throw new RefusedException("edm: steps " + (i - 1) + " and " + i + " of " + n
                    + " fall on one level that the network knows, sigma/alpha = " + levels[i] + ": take fewer steps");
        }
        return NoiseGrid.of(process.coordinates(), Arrays.copyOf(levels, n + 1));
    }

    private static double[] evenly(int n, DoubleUnaryOperator level) {
        return IntStream.range(0, n)
                .mapToDouble(i -> level.applyAsDouble(i / Math.max(1, n - 1.0)))
                .toArray();
    }

    private static double[] ofTable(NoiseProcess process, double low, double high, int n) {
        int N = process.trainingSteps();
        double[] table = N > 0
                ? IntStream.range(0, N)
                        .mapToDouble(j -> process.atTime(N - 1 - j).ratio())
                        .toArray()
                : iddpm(1000);
        double[] between =
                DoubleStream.of(table).filter(u -> u >= low && u <= high).toArray();
        if (between.length < n) {
            throw new RefusedException("edm: discretization=iddpm has " + between.length + " levels from " + high
                    + " to " + low + ", fewer than " + n + " steps: take fewer, or another discretization");
        }
        return evenly(n, share -> between[(int) Math.rint((between.length - 1) * share)]);
    }

    /** u_0 to u_(M-1) of table 1, with C1 = 0.001 and C2 = 0.008. */
    private static double[] iddpm(int M) {
        double[] u = new double[M + 1];
        for (int j = M; j > 0; j--) {
            double kept = Math.max(alphaBar(j - 1, M) / alphaBar(j, M), .001);
            u[j - 1] = Math.sqrt((u[j] * u[j] + 1) / kept - 1);
        }
        return Arrays.copyOf(u, M);
    }

    private static double alphaBar(int j, int M) {
        double s = Math.sin(Math.PI / 2 * j / (M * (.008 + 1)));
        return s * s;
    }
}
