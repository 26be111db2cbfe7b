package io.sampler4j.plugins.dpmsolver;

/** The integral of the polynomial through some values, as weights of those values. */
final class Lagrange {
    private Lagrange() {}

    /**
     * The weight of each value in the integral of the polynomial through all of them.
     *
     * @param nodes where the values are, all different
     * @param moments the integrals of 1, u, u^2, ..., as many as there are nodes or more
     */
    static double[] weights(double[] nodes, double[] moments) {
        double[] weights = new double[nodes.length];
        for (int j = 0; j < nodes.length; j++) {
            double[] basis = basis(nodes, j);
            for (int n = 0; n < basis.length; n++) weights[j] += basis[n] * moments[n];
        }
        return weights;
    }

    /** The coefficients of the product over k of (u - u_k) / (u_j - u_k), k unlike j, lowest first. */
    private static double[] basis(double[] nodes, int j) {
        double[] c = new double[nodes.length];
        c[0] = 1;
        int degree = 0;
        for (int k = 0; k < nodes.length; k++) {
            if (k == j) continue;
            double distance = nodes[j] - nodes[k];
            degree++;
            for (int n = degree; n > 0; n--) c[n] = (c[n - 1] - nodes[k] * c[n]) / distance;
            c[0] *= -nodes[k] / distance;
        }
        return c;
    }
}
