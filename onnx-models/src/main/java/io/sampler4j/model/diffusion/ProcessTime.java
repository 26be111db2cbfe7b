package io.sampler4j.model.diffusion;

import io.sampler4j.model.ScheduleSpec;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** How a noise process's own time counts its levels: sigma/alpha by time, and time by sigma/alpha. Immutable. */
interface ProcessTime {
    /** @throws IllegalArgumentException if the process has no such time */
    double ratio(double time);

    double time(double ratio);

    /** t = sigma of flow matching, so that sigma/alpha = t / (1 - t). */
    static ProcessTime flow() {
        return ofT(t -> t / (1 - t), r -> 1 / (1 + 1 / r));
    }

    static ProcessTime of(ScheduleSpec schedule) {
        return switch (schedule.kind()) {
            case "linear-beta" -> linearBeta(schedule.betaMin(), schedule.betaMax());
            case "cosine" ->
                ofT(
                        t -> t == 1 ? Double.POSITIVE_INFINITY : Math.tan(Math.PI / 2 * t),
                        r -> Math.atan(r) / Math.PI * 2);
            default ->
                throw new IllegalStateException("the manifest's reader lets no schedule " + schedule.kind() + " pass");
        };
    }

    /** sigma(t) = sqrt(e^(betaD t^2 / 2 + betaMin t) - 1) (Karras et al. 2022, table 1, column VP). */
    private static ProcessTime linearBeta(double betaMin, double betaMax) {
        double betaD = betaMax - betaMin;
        return ofT(t -> Math.sqrt(Math.expm1(betaD * t * t / 2 + betaMin * t)), r -> {
            if (r == 0) return 0;
            double log = Math.log1p(r * r);
            // The quadratic's root, written so that it does not cancel at low noise, nor divide by a betaD of 0.
            return 2 * log / (betaMin + Math.sqrt(betaMin * betaMin + 2 * betaD * log));
        });
    }

    private static ProcessTime ofT(DoubleUnaryOperator ratio, DoubleUnaryOperator time) {
        return new ProcessTime() {
            @Override
            public double ratio(double t) {
                if (!(t >= 0 && t <= 1)) {
                    throw new IllegalArgumentException("this process has no time " + t + ": it counts t from 0 to 1");
                }
                return ratio.applyAsDouble(t);
            }

            @Override
            public double time(double r) {
                return Math.min(1, time.applyAsDouble(r));
            }
        };
    }

    /** sigma/alpha is its own time. */
    static ProcessTime sigma() {
        return new ProcessTime() {
            @Override
            public double ratio(double sigma) {
                if (!(sigma >= 0)) {
                    throw new IllegalArgumentException(
                            "this process has no time " + sigma + ": it counts sigma from 0");
                }
                return sigma;
            }

            @Override
            public double time(double ratio) {
                return ratio;
            }
        };
    }

    /**
     * The training indices of a discrete process. Between two of them a level's sigma/alpha is linear in time, and the
     * time of a level is linear in the logarithm of sigma/alpha, as in the reference's Euler scheduler (where the two
     * meet exactly at each index only).
     */
    final class Table implements ProcessTime {
        /** Relative distance within which a level is one of the table's own: rounding on the way through coordinates. */
        private static final double SAME = 1e-9;

        private final double[] ratios;

        /** @param ratios sigma/alpha of each training index, rising */
        Table(double[] ratios) {
            this.ratios = ratios.clone();
        }

        int size() {
            return ratios.length;
        }

        @Override
        public double ratio(double time) {
            if (!(time >= 0 && time <= ratios.length - 1)) {
                throw new IllegalArgumentException(
                        "this process has no time " + time + ": its training steps are 0 to " + (ratios.length - 1));
            }
            int k = (int) time;
            double f = time - k;
            return f == 0 ? ratios[k] : ratios[k] + f * (ratios[k + 1] - ratios[k]);
        }

        /** The index, with a fraction; levels outside of the table have the index of its nearest end. */
        @Override
        public double time(double ratio) {
            int last = ratios.length - 1;
            int k = Arrays.binarySearch(ratios, ratio);
            if (k >= 0) return k;
            int above = -k - 1;
            if (above <= last && near(ratio, ratios[above])) return above;
            if (above > 0 && near(ratio, ratios[above - 1])) return above - 1;
            if (above == 0) return 0;
            if (above > last) return last;
            if (Double.isInfinite(ratios[above])) return above;
            double lo = Math.log(ratios[above - 1]), hi = Math.log(ratios[above]);
            return above - 1 + (Math.log(ratio) - lo) / (hi - lo);
        }

        /** The index whose sigma/alpha is nearest, the lower of two as near (iDDPM's argmin, Karras et al. 2022). */
        int nearest(double ratio) {
            int k = Arrays.binarySearch(ratios, ratio);
            if (k >= 0) return k;
            int above = -k - 1;
            if (above == 0) return 0;
            if (above == ratios.length) return above - 1;
            return ratio - ratios[above - 1] <= ratios[above] - ratio ? above - 1 : above;
        }

        private static boolean near(double a, double b) {
            return Math.abs(a - b) <= SAME * b;
        }
    }
}
