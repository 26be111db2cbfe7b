package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The rules N1 to N7. */
final class SchedulerRules {
    /** The last is more than a discrete process has. */
    private static final int[] STEPS = {1, 2, 3, 10, 50, 1001};
    /** A list that is even in the time of another process comes too near to the data with more. */
    private static final int USUAL = 50;
    /** A level is compared with a bound that it was computed from. */
    private static final double ROUNDING = 1e-6;

    private final NoiseScheduler scheduler;
    private final Verdict verdict = new Verdict();
    private final List<Made> made = new ArrayList<>();

    private record Made(TestProcess process, int steps, NoiseGrid grid) {
        @Override
        public String toString() {
            return "with " + steps + " steps of the " + process + " process ";
        }
    }

    /** What is asked of every grid. */
    private interface Each {
        Optional<String> found(Made made);
    }

    private SchedulerRules(NoiseScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Those that the scheduler breaks. */
    static List<Broken> brokenBy(NoiseScheduler scheduler) {
        SchedulerRules rules = new SchedulerRules(scheduler);
        rules.judge();
        return rules.verdict.broken();
    }

    private void judge() {
        verdict.check(Rule.N1, () -> Fields.notFinal(scheduler));
        if (!verdict.check(Rule.N2, this::makes)) return;
        all(Rule.N3, m -> steps(m));
        all(Rule.N4, m -> falls(m));
        all(Rule.N5, m -> isKnown(m));
        all(
                Rule.N6,
                m -> Verdict.unless(
                        m.grid.coordinates() == m.process.coordinates(),
                        m + "it is in " + m.grid.coordinates() + ", and the process in " + m.process.coordinates()));
        all(
                Rule.N7,
                m -> Verdict.unless(
                        Arrays.equals(
                                m.grid.ratios(),
                                scheduler.grid(m.process, m.steps).ratios()),
                        m + "the second was another"));
    }

    private void all(Rule rule, Each each) {
        verdict.check(
                rule,
                () -> made.stream().map(each::found).flatMap(Optional::stream).findFirst());
    }

    private Optional<String> makes() {
        String refusal = "";
        for (TestProcess process : TestProcess.ALL) {
            for (int steps : STEPS) {
                try {
                    OptionalInt fixed = scheduler.fixedSteps(process);
                    int asked = fixed.orElse(steps);
                    NoiseGrid grid = scheduler.grid(process, asked);
                    if (grid == null) return Optional.of(new Made(process, asked, null) + "it gave null");
                    made.add(new Made(process, asked, grid));
                } catch (RefusedException e) {
                    refusal = e.getMessage();
                } catch (RuntimeException e) {
                    return Optional.of(new Made(process, steps, null) + "it threw " + e);
                }
            }
        }
        return Verdict.unless(!made.isEmpty(), "it refuses every process of the kit: " + refusal);
    }

    private Optional<String> steps(Made m) {
        return Verdict.unless(m.grid.steps() == m.steps, m + "it has " + m.grid.steps());
    }

    private static Optional<String> falls(Made m) {
        double[] r = m.grid.ratios();
        for (int i = 1; i < r.length; i++) {
            if (!(r[i] < r[i - 1])) {
                return Optional.of(m + "sigma/alpha goes from " + r[i - 1] + " to " + r[i] + " in step " + (i - 1));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> isKnown(Made m) {
        if (m.steps > USUAL) return Optional.empty();
        double low = m.process.lowest() * (1 - ROUNDING), high = m.process.highest() * (1 + ROUNDING);
        double[] r = m.grid.ratios();
        for (int i = 0; i < r.length; i++) {
            boolean data = i == r.length - 1 && r[i] == 0;
            if (!data && !(r[i] >= low && r[i] <= high)) {
                return Optional.of(m + "level " + i + " has sigma/alpha " + r[i] + ", outside " + m.process.lowest()
                        + " to " + m.process.highest());
            }
        }
        return Optional.empty();
    }
}
