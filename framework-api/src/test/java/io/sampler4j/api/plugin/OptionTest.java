package io.sampler4j.api.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final Option<Double> ETA = Option.decimal("eta", 0, 0, 1, "share of noise");
    private static final Option<Double> MAX = Option.decimal("max", INF, 0, INF, "largest");
    private static final Option<Integer> ORDER = Option.whole("order", 2, 1, 3, "order");
    private static final Option<List<Double>> INTERVAL = Option.decimals("interval", List.of(), 0, INF, "from and to");

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "0.5", " 5e-1 "})
    void aNumberInRangeIsRead(String text) {
        assertThat(ETA.parse(text)).isBetween(0., 1.);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.1", "1.0001", "nan", "inf", "", "half"})
    void anythingElseIsRefusedWithNameTextAndRange(String text) {
        assertThatThrownBy(() -> ETA.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("eta=" + text + ": must be a number from 0 to 1");
    }

    @Test
    void infinityIsANumberWhereTheRangeReachesIt() {
        assertThat(MAX.parse("inf")).isEqualTo(INF);
        assertThat(MAX.print(INF)).isEqualTo("inf");
    }

    @Test
    void aWholeNumberHasNoFraction() {
        assertThat(ORDER.parse("3")).isEqualTo(3);
        assertThatThrownBy(() -> ORDER.parse("2.0")).hasMessage("order=2.0: must be a whole number from 1 to 3");
    }

    @Test
    void aFlagIsTrueOrFalseAndNothingElse() {
        Option<Boolean> flag = Option.flag("karras", true, "spacing");
        assertThat(flag.parse("false")).isFalse();
        assertThatThrownBy(() -> flag.parse("yes")).hasMessage("karras=yes: must be true or false");
    }

    @Test
    void theFirstNameIsTheDefaultAndOtherNamesAreListed() {
        Option<String> end = Option.oneOf("end", List.of("zero", "lowest"), "the last level");
        assertThat(end.byDefault()).isEqualTo("zero");
        assertThat(end.parse("lowest")).isEqualTo("lowest");
        assertThatThrownBy(() -> end.parse("none")).hasMessage("end=none: must be one of zero, lowest");
    }

    @Test
    void aListIsSeparatedByCommasAndMayBeEmpty() {
        assertThat(INTERVAL.parse("0.2, 5")).containsExactly(.2, 5.);
        assertThat(INTERVAL.parse("")).isEmpty();
        assertThatThrownBy(() -> INTERVAL.parse("1,,2")).hasMessageStartingWith("interval=1,,2: must be numbers");
    }

    @Test
    void whatIsPrintedIsReadBackAsItself() {
        for (double v : new double[] {0, 1, 1 / 3., 1e-300})
            assertThat(ETA.parse(ETA.print(v))).isEqualTo(v);
        List<Double> list = List.of(14.614641693, 0.1, 0.);
        assertThat(INTERVAL.parse(INTERVAL.print(list))).isEqualTo(list);
    }

    @Test
    void aDefaultOutsideItsRangeIsAMistakeOfThePlugin() {
        assertThatThrownBy(() -> Option.decimal("eta", 2, 0, 1, "")).isInstanceOf(IllegalArgumentException.class);
    }
}
