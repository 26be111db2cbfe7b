package io.sampler4j.plugins.dpmsolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LagrangeTest {
    @Test
    void aCubicIsIntegratedExactlyThroughFourUnevenNodes() {
        double[] nodes = {0, -.7, -1.1, .4}, moments = new double[4];
        for (int n = 0; n < 4; n++) moments[n] = 1 / (n + 1.);
        double[] b = Lagrange.weights(nodes, moments);
        double sum = 0;
        for (int j = 0; j < 4; j++) {
            double u = nodes[j];
            sum += b[j] * (2 - 3 * u + 5 * u * u - 7 * u * u * u);
        }
        assertThat(sum).isCloseTo(2 - 3 / 2. + 5 / 3. - 7 / 4., within(1e-13));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, .36, 1})
    void aStepIntegratesAPolynomialInLambdaAgainstItsExponential(double eta) {
        NoiseLevel t = Coordinates.VP.at(3), s = Coordinates.VP.at(.8);
        DataStep step = new DataStep(t, s, eta);
        double h = Math.log(3 / .8), a = 1 + eta;
        double[] nodes = {0, -.5, -1.2};
        double[] b = step.weights(nodes, DataStep.Slope.EXACT);
        double byWeights = 0;
        for (int j = 0; j < 3; j++) byWeights += b[j] * (1 + 2 * nodes[j] - 3 * nodes[j] * nodes[j]);
        double bySum = 0;
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            double u = (i + .5) / n * h;
            bySum += s.alpha() * a * Math.exp(-a * (h - u)) * (1 + 2 * u - 3 * u * u) * h / n;
        }
        // The midpoint rule errs by h^3 / 24 n^2 times a second derivative of about 20: 1e-8.
        assertThat(byWeights).isCloseTo(bySum, within(1e-7));
    }
}
