package io.sampler4j.runtime.profile;

import io.sampler4j.model.SampleSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Planner;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import io.sampler4j.runtime.run.RunRequest;
import io.sampler4j.runtime.run.Supervision;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TextResult;
import io.sampler4j.runtime.run.TokenEvent;
import java.util.ArrayList;
import java.util.List;

/** Makes the same requests by two profiles, one sample of each, and compares what comes out. Thread-safe. */
final class Shadow {
    private final Planner planner;
    private final Supervision supervision;

    Shadow(Planner planner, Supervision supervision) {
        this.planner = planner;
        this.supervision = supervision;
    }

    /**
     * Runs them all, one after the other, among the other runs of the host.
     *
     * @throws io.sampler4j.api.error.SampleException if one of them fails, or there is no turn for it
     */
    ShadowReport compare(String name, List<RunRequest<?>> requests, Profile before, Profile after, Cancellation stop) {
        List<ShadowReport.Run> runs = new ArrayList<>();
        for (RunRequest<?> request : requests) {
            if (request instanceof TextRequest text) {
                TextResult one = made(before.on(text, name, false), stop),
                        other = made(after.on(text, name, true), stop);
                runs.add(run(text, texts(one, other), one.nfe(), other.nfe()));
            } else if (request instanceof Request samples) {
                Request first = samples.count(1);
                Result one = made(before.on(first, name, false), stop), other = made(after.on(first, name, true), stop);
                runs.add(run(samples, samples(one, other), one.nfe(), other.nfe()));
            }
        }
        return new ShadowReport(runs);
    }

    private static ShadowReport.Run run(RunRequest<?> request, double distance, long before, long after) {
        return new ShadowReport.Run(request.model(), request.seed().orElseThrow(), distance, before, after);
    }

    private Result made(Request request, Cancellation stop) {
        try (Plan plan = planner.plan(request, supervision)) {
            return plan.run(Progress.Listener.NONE, stop);
        }
    }

    private TextResult made(TextRequest request, Cancellation stop) {
        try (TextPlan plan = planner.plan(request, supervision)) {
            return plan.run(TokenEvent.Listener.NONE, stop);
        }
    }

    /** The root mean square difference, as a share of the data's range. */
    private static double samples(Result one, Result other) {
        SampleSpec spec = one.range();
        float[] a = one.sample(0), b = other.sample(0);
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        return Math.sqrt(sum / a.length) / (spec.high() - spec.low());
    }

    /** The share of positions with another token. */
    private static double texts(TextResult one, TextResult other) {
        long differ = 0, all = 0;
        for (int k = 0; k < one.count(); k++) {
            int[] a = one.canvas(k), b = other.canvas(k);
            all += Math.max(a.length, b.length);
            differ += Math.abs(a.length - b.length);
            for (int i = 0; i < Math.min(a.length, b.length); i++) if (a[i] != b[i]) differ++;
        }
        return all == 0 ? 0 : (double) differ / all;
    }
}
