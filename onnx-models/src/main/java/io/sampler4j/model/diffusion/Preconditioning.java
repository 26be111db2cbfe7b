package io.sampler4j.model.diffusion;

import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Prediction;

/**
 * The scaling of a raw network F into a denoiser, for x in VE coordinates:
 *
 * <pre>D(x; sigma) = c_skip(sigma) x + c_out(sigma) F(c_in(sigma) x; c_noise(sigma))</pre>
 *
 * (Karras et al. 2022, equation 7), with the four rows of its table 1 and that of consistency models. Of VP and iDDPM the constants, beta and the table
 * u, are the process's; VP's M - 1 is the manifest's {@code time.scale}. A value; immutable.
 */
abstract class Preconditioning implements Prediction {
    /** c_skip. */
    abstract double skip(double sigma);

    /** c_out / sigma, which is finite at sigma = 0 in every row. */
    abstract double outBySigma(double sigma);

    /** c_in. */
    abstract double in(double sigma);

    /** c_noise. */
    abstract double noise(double sigma);

    /** The sigma of a c_noise. */
    abstract double sigma(double noise);

    /** The nearest sigma that the network knows (round_sigma). */
    double nearest(double sigma) {
        return sigma;
    }

    /** x0 = D; eps = (x - D) / sigma, of which (1 - c_skip) / sigma goes to 0 with sigma. */
    @Override
    public Map at(NoiseLevel level) {
        double sigma = level.ratio(), skip = skip(sigma), out = outBySigma(sigma);
        return new Map(skip, sigma * out, skip == 1 ? 0 : (1 - skip) / sigma, -out);
    }

    /** The row of this name; {@code lowest} is the sigma at which a consistency model answers with x itself. */
    static Preconditioning of(String name, ProcessTime time, double sigmaData, double lowest) {
        return switch (name) {
            case "vp" -> new Vp(time);
            case "ve" -> new Ve();
            case "iddpm" -> new Iddpm((ProcessTime.Table) time);
            case "edm" -> new Edm(sigmaData);
            case "consistency" -> new Consistency(sigmaData, lowest);
            default ->
                throw new IllegalStateException("the manifest's reader lets no preconditioning " + name + " pass");
        };
    }

    /** The VP SDE of Song et al. 2021: F is eps of x in VP coordinates, and c_noise is t. */
    private static class Vp extends Preconditioning {
        private final ProcessTime time;

        Vp(ProcessTime time) {
            this.time = time;
        }

        @Override
        double skip(double sigma) {
            return 1;
        }

        @Override
        double outBySigma(double sigma) {
            return -1;
        }

        @Override
        double in(double sigma) {
            return 1 / Math.sqrt(sigma * sigma + 1);
        }

        @Override
        double noise(double sigma) {
            return time.time(sigma);
        }

        @Override
        double sigma(double noise) {
            return time.ratio(noise);
        }
    }

    /** iDDPM (Nichol and Dhariwal 2021): as VP, at the whole indices of its table only. */
    private static final class Iddpm extends Vp {
        private final ProcessTime.Table table;

        Iddpm(ProcessTime.Table table) {
            super(table);
            this.table = table;
        }

        @Override
        double noise(double sigma) {
            return table.nearest(sigma);
        }

        @Override
        double nearest(double sigma) {
            return table.ratio(table.nearest(sigma));
        }
    }

    /** The VE SDE of Song et al. 2021: F is -eps. */
    private static final class Ve extends Preconditioning {
        @Override
        double skip(double sigma) {
            return 1;
        }

        @Override
        double outBySigma(double sigma) {
            return 1;
        }

        @Override
        double in(double sigma) {
            return 1;
        }

        @Override
        double noise(double sigma) {
            return Math.log(sigma / 2);
        }

        @Override
        double sigma(double noise) {
            return 2 * Math.exp(noise);
        }
    }

    /** The paper's own. */
    private static class Edm extends Preconditioning {
        private final double data;

        Edm(double data) {
            this.data = data;
        }

        @Override
        double skip(double sigma) {
            return data * data / (sigma * sigma + data * data);
        }

        @Override
        double outBySigma(double sigma) {
            return data / Math.sqrt(sigma * sigma + data * data);
        }

        @Override
        double in(double sigma) {
            return 1 / Math.sqrt(sigma * sigma + data * data);
        }

        @Override
        double noise(double sigma) {
            return Math.log(sigma) / 4;
        }

        @Override
        double sigma(double noise) {
            return Math.exp(4 * noise);
        }
    }

    /** Consistency models (Song et al. 2023, appendix C): as EDM, but for c_skip = 1 and c_out = 0 at the lowest sigma. */
    private static final class Consistency extends Edm {
        private final double data, lowest;

        Consistency(double data, double lowest) {
            super(data);
            this.data = data;
            this.lowest = lowest;
        }

        @Override
        double skip(double sigma) {
            double above = sigma - lowest;
            return data * data / (above * above + data * data);
        }

        @Override
        double outBySigma(double sigma) {
            return lowest == 0 ? super.outBySigma(sigma) : (sigma - lowest) / sigma * super.outBySigma(sigma);
        }
    }
}
