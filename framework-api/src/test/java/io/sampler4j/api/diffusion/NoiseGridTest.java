package io.sampler4j.api.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NoiseGridTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private final NoiseGrid grid = NoiseGrid.of(Coordinates.VP, INF, 3, .5, 0);

    @Test
    void keepsTheRatiosItWasGivenToTheLastBit() {
        double odd = 14.614641693;
        NoiseGrid g = NoiseGrid.of(Coordinates.VP, odd, 1 / 3., 0);
        assertThat(g.in(Coordinates.VE).in(Coordinates.FLOW).in(Coordinates.VP).ratios())
                .containsExactly(odd, 1 / 3., 0);
    }

    @Test
    void hasOneStepFewerThanLevels() {
        assertThat(grid.steps()).isEqualTo(3);
        assertThat(grid.first()).isSameAs(grid.at(0));
        assertThat(grid.last()).isSameAs(grid.at(3));
    }

    @Test
    void reversedGoesFromDataToNoise() {
        assertThat(grid.ascends()).isFalse();
        assertThat(grid.reversed().ascends()).isTrue();
        assertThat(grid.reversed().ratios()).containsExactly(0, .5, 3, INF);
    }

    @Test
    void fromAStepIsItsTail() {
        assertThat(grid.from(2).ratios()).containsExactly(.5, 0);
        assertThat(grid.from(3).steps()).as("the end alone").isZero();
        assertThat(grid.from(3).in(Coordinates.VE).last().sigma()).isZero();
        assertThatThrownBy(() -> grid.from(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no step 4 to go on from");
    }

    @Test
    void isNotChangedThroughTheArraysItTakesAndGives() {
        double[] mine = {2, 1};
        NoiseGrid g = NoiseGrid.of(Coordinates.VE, mine);
        mine[0] = 7;
        g.ratios()[1] = 7;
        assertThat(g.ratios()).containsExactly(2, 1);
    }

    @Test
    void oneLevelIsNoGrid() {
        assertThatThrownBy(() -> NoiseGrid.of(Coordinates.VP, 1)).hasMessageContaining("at least two levels, got 1");
    }

    @Test
    void aLevelBelowZeroOrNotANumberIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> NoiseGrid.of(Coordinates.VP, 1, -1)).hasMessageContaining("level 1");
        assertThatThrownBy(() -> NoiseGrid.of(Coordinates.VP, Double.NaN, 1)).hasMessageContaining("level 0");
    }

    @Test
    void theEndsOfEveryCoordinatesAreExact() {
        for (Coordinates c : new Coordinates[] {Coordinates.VE, Coordinates.VP, Coordinates.FLOW}) {
            assertThat(c.at(0).alpha()).as("%s at data", c).isEqualTo(1);
            assertThat(c.at(0).sigma()).as("%s at data", c).isZero();
            assertThat(c.at(0).lambda()).isEqualTo(INF);
        }
        for (Coordinates c : new Coordinates[] {Coordinates.VP, Coordinates.FLOW}) {
            assertThat(c.at(INF).alpha()).as("%s at pure noise", c).isZero();
            assertThat(c.at(INF).sigma()).as("%s at pure noise", c).isEqualTo(1);
        }
    }

    @Test
    void betweenTheEndsEveryCoordinatesKeepTheirConstraint() {
        for (double ratio : new double[] {1e-8, .02, 1, 20, 1e8}) {
            NoiseLevel vp = Coordinates.VP.at(ratio), flow = Coordinates.FLOW.at(ratio), ve = Coordinates.VE.at(ratio);
            // A few roundings of numbers of size 1.
            assertThat(vp.alpha() * vp.alpha() + vp.sigma() * vp.sigma()).isCloseTo(1, within(1e-15));
            assertThat(flow.alpha() + flow.sigma()).isCloseTo(1, within(1e-15));
            assertThat(ve.sigma()).isEqualTo(ratio);
            assertThat(vp.sigma() / vp.alpha() / ratio).isCloseTo(1, within(1e-15));
            assertThat(vp.lambda()).isEqualTo(flow.lambda()).isEqualTo(-Math.log(ratio));
        }
    }
}
