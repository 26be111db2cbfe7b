package io.sampler4j.api.testing;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenProcess;
import io.sampler4j.api.token.TokenScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules K1 to K4. */
final class TokenSchedulerRules {
    private static final int OPEN = 60;
    private static final int[] STEPS = {1, 2, 7, 60};

    private final TokenScheduler scheduler;
    private final Verdict verdict = new Verdict();
    private final List<TokenGrid> grids = new ArrayList<>();

    private TokenSchedulerRules(TokenScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Those that the scheduler breaks. */
    static List<Broken> brokenBy(TokenScheduler scheduler) {
        TokenSchedulerRules rules = new TokenSchedulerRules(scheduler);
        rules.judge();
        return rules.verdict.broken();
    }

    private void judge() {
        if (!verdict.check(Rule.K2, this::makes)) return;
        verdict.check(
                Rule.K1,
                () -> Fields.notFinal(scheduler)
                        .or(() -> grids.stream()
                                .map(Fields::notFinal)
                                .flatMap(Optional::stream)
                                .findFirst()));
        verdict.check(Rule.K3, this::noise);
        verdict.check(Rule.K4, this::left);
    }

    private Optional<String> makes() {
        for (int steps : STEPS) {
            try {
                TokenGrid grid = scheduler.grid(new Masking(), steps);
                if (grid.steps() != steps) return Optional.of("for " + steps + " it has " + grid.steps());
                grids.add(grid);
            } catch (RefusedException e) {
                // Which it may.
            }
        }
        return Verdict.unless(!grids.isEmpty(), "it refuses any number of steps for " + OPEN + " positions");
    }

    private Optional<String> noise() {
        for (TokenGrid grid : grids) {
            for (int n : STEPS) {
                if (grid.noise(0, n) != 1 || grid.noise(n, n) != 0) {
                    return Optional.of(
                            "over " + n + " steps it goes from " + grid.noise(0, n) + " to " + grid.noise(n, n));
                }
                for (int i = 0; i < n; i++) {
                    if (!(grid.noise(i + 1, n) <= grid.noise(i, n))) {
                        return Optional.of("over " + n + " steps it rises in step " + i);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> left() {
        for (TokenGrid grid : grids) {
            for (int n : STEPS) {
                int before = OPEN;
                for (int i = 0; i < n; i++) {
                    int left = grid.left(OPEN, i, n);
                    if (left < 0 || left > before) {
                        return Optional.of("after step " + i + " of " + n + " it leaves " + left + " of " + before);
                    }
                    before = left;
                }
                if (before != 0) return Optional.of("after " + n + " steps it leaves " + before);
            }
        }
        return Optional.empty();
    }

    private static final class Masking implements TokenProcess {
        @Override
        public boolean absorbing() {
            return true;
        }

        @Override
        public int open() {
            return OPEN;
        }
    }
}
