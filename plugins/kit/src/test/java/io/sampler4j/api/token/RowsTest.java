package io.sampler4j.api.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.testing.TestCanvas;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final int MASK = 9;
    private final TestCanvas x = new TestCanvas(MASK, 1, 4, MASK, MASK, 4, MASK);
    private final Rows rows = new Rows(Query.token(), 8);

    @Test
    void masksAreAskedAboutInOrderAndOnlyInTheRange() {
        assertThat(rows.masked(x, 0, 5).size()).isEqualTo(3);
        assertThat(rows.position(2)).isEqualTo(4);
        assertThat(rows.masked(x, 2, 4).size()).isEqualTo(1);
        assertThat(rows.position(0)).isEqualTo(2);
    }

    @Test
    void settledRowsAreThoseFilledInThisRunAndNotThePrompt() {
        x.settle(2, 7, .5);
        assertThat(rows.settled(x, 0, 5).size()).isEqualTo(1);
        assertThat(rows.position(0)).isEqualTo(2);
    }

    @Test
    void ranksByFallingScoreAndTiesByPosition() {
        TestCanvas blank = new TestCanvas(MASK, 1, MASK, MASK, MASK, MASK, MASK, MASK);
        double[] score = {.5, .9, .5, .1, .9, .5};
        int[] order = rows.masked(blank, 0, 6).ranked(r -> score[r]);
        assertThat(java.util.Arrays.copyOf(order, 6)).containsExactly(1, 4, 0, 2, 5, 3);
    }

    @Test
    void aQueryGrowsWithoutChangingTheOneItGrewFrom() {
        Query plain = Query.token(),
                more = plain.with(Query.Stat.ENTROPY).temperature(.7).topK(5).topP(.9);
        assertThat(plain.wants(Query.Stat.ENTROPY)).isFalse();
        assertThat(plain.temperature()).isZero();
        assertThat(more.wants(Query.Stat.ENTROPY)).isTrue();
        assertThat(more.temperature()).isEqualTo(.7);
        assertThat(more.topK()).isEqualTo(5);
        assertThat(more.topP()).isEqualTo(.9);
    }
}
