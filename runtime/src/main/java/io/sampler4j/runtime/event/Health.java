package io.sampler4j.runtime.event;

import io.sampler4j.onnx.Counts;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.limit.RunGate;
import io.sampler4j.runtime.plugin.PluginReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a host is at one moment. A value: it may be kept.
 *
 * @param status whether anything needs to be looked at
 * @param reasons what, each with what mends it; none where it is OK
 * @param active runs that go on
 * @param queued runs that wait for their turn
 * @param sessions loaded networks, idle ones included
 * @param sessionBytes of their files
 * @param plugins that are live; 0 before they were first needed
 * @param completed runs since the host was opened
 * @param failed runs that a network, a plugin or the host itself brought to an end
 */
public record Health(
        Status status,
        List<String> reasons,
        int active,
        int queued,
        int sessions,
        long sessionBytes,
        int plugins,
        long completed,
        long failed) {
    /** Faults in a row that are no chance any more. */
    private static final int FAULTS = 3;

    /** Whether anything needs to be looked at. */
    public enum Status {
        /** Nothing. */
        OK,
        /** It goes on, but the reasons say what is wrong. */
        DEGRADED
    }

    /** Copies the list. */
    public Health {
        reasons = List.copyOf(reasons);
    }

    /** Whether nothing needs to be looked at. */
    public boolean ok() {
        return status == Status.OK;
    }

    /**
     * As it is now. Looks at numbers only, and never waits for anything.
     *
     * @param closed whether the host is
     * @param onnx empty before the first network was needed
     * @param plugins empty before the first plugin was needed
     */
    public static Health of(
            boolean closed, RunGate gate, Tally tally, Optional<OnnxRuntime> onnx, List<PluginReport> plugins) {
        List<String> reasons = new ArrayList<>();
        if (closed) reasons.add("it is closed: open another");
        int active = gate.active(), queued = gate.queued();
        if (active >= gate.limits().runs() && queued >= gate.limits().queue()) {
            reasons.add(active + " of " + gate.limits().runs() + " runs go on and " + queued
                    + " wait, so the next is refused: allow more, or send fewer");
        }
        Counts counts = onnx.map(OnnxRuntime::counts).orElse(new Counts(0, 0, 0, 0));
        long bytes = onnx.map(OnnxRuntime::bytes).orElse(0L);
        if (onnx.isPresent() && bytes > onnx.get().budget()) {
            reasons.add("sessions that runs hold are of " + bytes + " bytes, and "
                    + onnx.get().budget() + " are meant for all: allow more, or fewer runs at once");
        }
        int live = 0;
        for (PluginReport plugin : plugins) {
            if (plugin.state() == PluginReport.State.LIVE) live++;
            else
                reasons.add(
                        "the plugin " + plugin.file() + " is refused: " + plugin.problem() + ": " + plugin.remedy());
        }
        Tally.Faults faults = tally.faults();
        if (faults.inARow() >= FAULTS) {
            reasons.add("the last " + faults.inARow() + " runs that ended by themselves failed; the last: "
                    + faults.last());
        }
        return new Health(
                reasons.isEmpty() ? Status.OK : Status.DEGRADED,
                reasons,
                active,
                queued,
                counts.sessions(),
                bytes,
                live,
                tally.of(Outcome.COMPLETED),
                tally.of(Outcome.NETWORK) + tally.of(Outcome.PLUGIN) + tally.of(Outcome.FAILED));
    }
}
