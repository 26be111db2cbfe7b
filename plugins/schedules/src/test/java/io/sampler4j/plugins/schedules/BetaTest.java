package io.sampler4j.plugins.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BetaTest {
    private static final double[] SHARES = {1e-6, .01, .1, .25, .5, .9, .999};

    /** scipy 1.17, stats.beta.ppf. */
    @ParameterizedTest
    @CsvSource({
        ".6, .6, 1.8558824624053e-10 .000861238821542906 .0395844055887808 .175680378652695 .5 .960415594411219 .999981441261483",
        ".5, 2, 4.44444444444576e-13 4.44457613851591e-5 .00445768188762138 .0283095437186914 .120614758428183 .531877433473581 .948808055284169",
        "5, 1.5, .0519305937592344 .337189230743042 .549963664839872 .675285721365543 .797750870351934 .945754486362118 .99768423246082",
        "20, 30, .128609941816796 .248193348919951 .312428232994195 .352449692368155 .398656346263224 .489334270444789 .61622764457269"
    })
    void theQuantilesAreScipys(double a, double b, String list) {
        String[] expected = list.split(" ");
        for (int i = 0; i < SHARES.length; i++) {
            double x = Double.parseDouble(expected[i]);
            assertThat(Beta.quantile(SHARES[i], a, b)).isCloseTo(x, within(1e-12 * x));
        }
    }

    @Test
    void whereTheQuantilesHaveAClosedFormTheyAreIt() {
        for (double p : SHARES) {
            assertThat(Beta.quantile(p, 1, 1)).isCloseTo(p, within(1e-14));
            assertThat(Beta.quantile(p, 3, 1)).isCloseTo(Math.cbrt(p), within(1e-14));
            double arcsine = Math.sin(Math.PI / 2 * p);
            assertThat(Beta.quantile(p, .5, .5)).isCloseTo(arcsine * arcsine, within(1e-14));
            assertThat(Beta.quantile(p, .05, 100)).isBetween(0.0, 1.0);
        }
    }
}
