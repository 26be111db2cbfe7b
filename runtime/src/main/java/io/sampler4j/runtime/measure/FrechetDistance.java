package io.sampler4j.runtime.measure;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * The Frechet distance between the normal distributions fitted to two sets of features (Dowson and Landau 1982; Heusel
 * et al. 2017, equation 6, "FID" with Inception's features):
 *
 * <pre>|m - n|^2 + tr A + tr B - 2 tr (A B)^(1/2)</pre>
 *
 * with covariances over n - 1. The last trace is taken of the symmetric (A^(1/2) B A^(1/2))^(1/2), which has the same
 * eigenvalues: they are real and none is negative but by rounding, also where a covariance is singular. The distance of
 * n samples is larger than that of the distributions, by an amount that falls as 1/n: compare equal numbers only.
 */
public final class FrechetDistance {
    private FrechetDistance() {}

    /**
     * The distance, never negative.
     *
     * @throws io.sampler4j.api.error.RefusedException if either has fewer than 2 samples
     */
    public static double between(Features one, Features other) {
        Features.requireSame(one, other, 2);
        double[] m = mean(one), n = mean(other);
        DMatrixRMaj a = covariance(one, m), b = covariance(other, n), root = squareRoot(a);
        DMatrixRMaj half = new DMatrixRMaj(a.numRows, a.numRows), whole = new DMatrixRMaj(a.numRows, a.numRows);
        CommonOps_DDRM.mult(root, b, half);
        CommonOps_DDRM.mult(half, root, whole);
        EigenDecomposition_F64<DMatrixRMaj> spectrum = decompose(symmetric(whole), false);
        double roots = 0, means = 0;
        for (int i = 0; i < a.numRows; i++) {
            roots += Math.sqrt(Math.max(spectrum.getEigenvalue(i).real, 0));
            means += (m[i] - n[i]) * (m[i] - n[i]);
        }
        return Math.max(means + CommonOps_DDRM.trace(a) + CommonOps_DDRM.trace(b) - 2 * roots, 0);
    }

    private static double[] mean(Features f) {
        double[] mean = new double[f.dimension()];
        for (int i = 0; i < f.count(); i++) for (int k = 0; k < mean.length; k++) mean[k] += f.at(i, k);
        for (int k = 0; k < mean.length; k++) mean[k] /= f.count();
        return mean;
    }

    private static DMatrixRMaj covariance(Features f, double[] mean) {
        DMatrixRMaj centred = new DMatrixRMaj(f.count(), f.dimension());
        for (int i = 0; i < f.count(); i++) {
            for (int k = 0; k < mean.length; k++) centred.unsafe_set(i, k, f.at(i, k) - mean[k]);
        }
        DMatrixRMaj covariance = new DMatrixRMaj(f.dimension(), f.dimension());
        CommonOps_DDRM.multInner(centred, covariance);
        CommonOps_DDRM.scale(1. / (f.count() - 1), covariance);
        return covariance;
    }

    private static DMatrixRMaj squareRoot(DMatrixRMaj a) {
        EigenDecomposition_F64<DMatrixRMaj> e = decompose(a, true);
        DMatrixRMaj scaled = new DMatrixRMaj(a.numRows, a.numRows), root = scaled.copy();
        for (int j = 0; j < a.numRows; j++) {
            // The fourth root on either side: V sqrt(D) V' = (V D^(1/4)) (V D^(1/4))', symmetric to the last bit.
            double quarter = Math.sqrt(Math.sqrt(Math.max(e.getEigenvalue(j).real, 0)));
            DMatrixRMaj v = e.getEigenVector(j);
            for (int i = 0; i < a.numRows; i++) scaled.unsafe_set(i, j, v.get(i) * quarter);
        }
        CommonOps_DDRM.multOuter(scaled, root);
        return root;
    }

    private static DMatrixRMaj symmetric(DMatrixRMaj a) {
        DMatrixRMaj s = a.copy();
        CommonOps_DDRM.transpose(a, s);
        CommonOps_DDRM.add(.5, a, .5, s, s);
        return s;
    }

    private static EigenDecomposition_F64<DMatrixRMaj> decompose(DMatrixRMaj a, boolean vectors) {
        EigenDecomposition_F64<DMatrixRMaj> e = DecompositionFactory_DDRM.eig(a.numRows, vectors, true);
        if (!e.decompose(a.copy())) {
            throw new ArithmeticException(
                    "the eigenvalues of a covariance of " + a.numRows + " features were not found");
        }
        return e;
    }
}
