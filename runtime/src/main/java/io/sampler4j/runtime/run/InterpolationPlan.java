package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.model.flow.NetworkFlow;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.tensor.ArrayTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The way from one sample to another by way of their latents, both ends included. */
final class InterpolationPlan extends FlowPlan {
    static final Option<String> PATH = Option.oneOf(
            "path",
            List.of("linear", "spherical"),
            "between two latents: straight, or turning from one to the other at an even rate");

    private static final List<Option<?>> OPTIONS = List.of(PATH);
    /** Below this angle the two paths are one, and a division by its sine loses digits. */
    private static final double SMALL = 1e-4;

    private final Npy ends;

    private InterpolationPlan(FlowDraft draft, FlowModel model, Npy ends) {
        super(draft, model, List.of());
        this.ends = ends;
    }

    static InterpolationPlan of(FlowDraft draft) {
        draft.components.declare("run", OPTIONS, Map.of());
        draft.components.route(draft.request.settings());
        draft.components.check("run", OPTIONS);
        draft.reasons.unless(
                draft.request.count() >= 2,
                "--count must be 2 or more, the ends themselves, got %d",
                draft.request.count());
        Optional<Npy> ends = draft.reasons.collect(() -> read(draft));
        draft.spread(draft.request.count());
        FlowModel model = draft.model(FlowModel.roles(draft.manifest));
        model.requireEncoder();
        return new InterpolationPlan(draft, model, ends.orElseThrow());
    }

    private static Npy read(FlowDraft draft) {
        int each = draft.sample().size();
        float[] both = new float[2 * each];
        for (int i = 0; i < 2; i++) {
            List<Path> file = List.of(draft.request.inputs().get(i));
            Npy one = GivenSamples.read(file, draft.sample(), FlowDraft.SLACK, new LinkedHashMap<>());
            if (one.shape()[0] != 1) {
                throw new RefusedException(file.get(0) + " holds " + one.shape()[0]
                        + " samples, and an end of the way is " + "one: give a png, or an npy of shape [1, ...]");
            }
            System.arraycopy(one.values(), 0, both, i * each, each);
        }
        GivenSamples.hash(draft.request.inputs(), draft.hashes);
        return new Npy(Inputs.batch(2, draft.sample().shape()), both);
    }

    @Override
    boolean draws() {
        return false;
    }

    @Override
    int evaluations() {
        return 2;
    }

    @Override
    Optional<States> frames() {
        return request.frames() == Request.Frames.NONE
                ? Optional.empty()
                : Optional.of(new States(request.count() - 1, 1, 1, sample().shape()));
    }

    @Override
    void fill(FlowPart part) {
        ArrayTensor z = ArrayTensor.zeros(2, model.latent().size());
        try (NetworkFlow flow = model.flow(2, part.stop(), part.called())) {
            flow.encode(ArrayTensor.over(ends.values().clone(), 2), z, new double[2]);
        }
        boolean spherical = settings.get("run", PATH).equals("spherical");
        try (NetworkFlow flow = model.flow(part.samples(), part.stop(), part.called())) {
            ArrayTensor between = flow.latentFor(part.x());
            for (int i = 0; i < part.samples(); i++) {
                double t = (double) (part.range().first() + i) / (request.count() - 1);
                between(z.values(), t, spherical, between.values(), i);
            }
            flow.generate(between, part.x());
        }
        part.keepEach();
    }

    /** Writes the point at t of [0, 1] between the two halves of {@code ends} as row {@code row} of {@code into}. */
    static void between(float[] ends, double t, boolean spherical, float[] into, int row) {
        int n = ends.length / 2;
        double a = 1 - t, b = t;
        if (spherical) {
            double dot = 0, first = 0, second = 0;
            for (int k = 0; k < n; k++) {
                dot += (double) ends[k] * ends[n + k];
                first += (double) ends[k] * ends[k];
                second += (double) ends[n + k] * ends[n + k];
            }
            double angle = Math.acos(Math.min(1, Math.max(-1, dot / Math.sqrt(first * second))));
            if (angle > SMALL && angle < Math.PI - SMALL) {
                a = Math.sin((1 - t) * angle) / Math.sin(angle);
                b = Math.sin(t * angle) / Math.sin(angle);
            }
        }
        for (int k = 0; k < n; k++) into[row * n + k] = (float) (a * ends[k] + b * ends[n + k]);
    }

    @Override
    void describe(ObjectNode record) {
        Record.options(record, settings, "run", OPTIONS);
        super.describe(record);
    }
}
