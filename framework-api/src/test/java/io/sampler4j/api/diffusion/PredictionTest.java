package io.sampler4j.api.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionTest {
    private static final double X0 = .7;
    private static final double EPS = -1.3;

    private static void assertRecovers(Prediction prediction, NoiseLevel l, double out) {
        double x = l.alpha() * X0 + l.sigma() * EPS;
        Prediction.Map m = prediction.at(l);
        // Roundings of numbers of size 1, magnified by at most the ratio, which is 20 at most here.
        assertThat(m.ax() * x + m.ao() * out).as("x0").isCloseTo(X0, within(1e-13));
        assertThat(m.bx() * x + m.bo() * out).as("eps").isCloseTo(EPS, within(1e-13));
    }

    @ParameterizedTest
    @ValueSource(doubles = {.05, 1, 20})
    void everyOutputGivesBackTheDataAndTheNoiseItWasMadeOf(double ratio) {
        for (Coordinates c : new Coordinates[] {Coordinates.VE, Coordinates.VP, Coordinates.FLOW}) {
            NoiseLevel l = c.at(ratio);
            assertRecovers(Prediction.EPSILON, l, EPS);
            assertRecovers(Prediction.X0, l, X0);
            assertRecovers(Prediction.V, l, l.alpha() * EPS - l.sigma() * X0);
            assertRecovers(Prediction.VELOCITY, l, EPS - X0);
            assertRecovers(Prediction.SCORE, l, -EPS / l.sigma());
        }
        double d = .5, s = ratio, q = s * s + d * d, x = X0 + s * EPS; // Karras et al. 2022, table 1
        double F = (X0 - d * d / q * x) / (s * d / Math.sqrt(q));
        assertRecovers(Prediction.edm(d), Coordinates.VE.at(ratio), F);
    }

    @Test
    void atPureNoiseOnlyTheOutputsThatKnowTheDataAreFinite() {
        NoiseLevel pure = Coordinates.VP.at(Double.POSITIVE_INFINITY);
        assertThat(finite(Prediction.V.at(pure))).isTrue();
        assertThat(finite(Prediction.X0.at(pure))).isTrue();
        assertThat(finite(Prediction.VELOCITY.at(Coordinates.FLOW.at(Double.POSITIVE_INFINITY))))
                .isTrue();
        assertThat(finite(Prediction.EPSILON.at(pure))).isFalse();
        assertThat(finite(Prediction.SCORE.at(pure))).isFalse();
    }

    @Test
    void atTheDataOnlyTheOutputsThatKnowTheNoiseAreFinite() {
        NoiseLevel data = Coordinates.VP.at(0);
        assertThat(finite(Prediction.V.at(data))).isTrue();
        assertThat(finite(Prediction.EPSILON.at(data))).isTrue();
        assertThat(finite(Prediction.VELOCITY.at(data))).isTrue();
        assertThat(finite(Prediction.X0.at(data))).isFalse();
    }

    private static boolean finite(Prediction.Map m) {
        return Double.isFinite(m.ax() + m.ao() + m.bx() + m.bo());
    }
}
