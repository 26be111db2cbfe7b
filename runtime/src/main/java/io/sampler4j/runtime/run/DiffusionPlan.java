package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A run of a diffusion model: its grid laid, its sampler run dry. */
final class DiffusionPlan extends Planned {
    final DiffusionModel model;
    final Registry.Made<DiffusionSampler> sampler;
    final Optional<Registry.Made<NoiseScheduler>> scheduler;
    final Optional<Registry.Made<Guidance>> guidance;
    /** The models that guidance asks beside the run's own, by the option that names each. */
    final Map<String, OtherModel> others;
    /** The whole of the schedule, of which the run follows the part from {@link #start} on. */
    final NoiseGrid levels;
    /** The step it starts at: 0, but with a picture to start from. */
    final int start;
    /** How much of that picture is made new. */
    final double strength;

    final NoiseGrid grid;
    /** The level that x starts at, in the coordinates it starts in. */
    final NoiseLevel first;
    /** What runs: the sampler, after an exact first step where it cannot start in pure noise. */
    final DiffusionSampler loop;

    final Inputs inputs;
    final Optional<DryRun> dry;

    DiffusionPlan(DiffusionDraft draft) {
        super(draft.request, draft.directory, draft.basics, draft.components.settings(), draft.classes);
        model = draft.model;
        sampler = draft.sampler;
        scheduler = draft.scheduler;
        guidance = draft.guidance;
        others = draft.others;
        levels = draft.levels;
        start = draft.start;
        strength = draft.strength;
        grid = draft.grid;
        first = draft.first;
        loop = draft.loop;
        inputs = draft.inputs;
        dry = draft.dry;
    }

    @Override
    Optional<? extends Registry.Made<?>> sampler() {
        return Optional.of(sampler);
    }

    @Override
    int steps() {
        return adapts() ? 0 : grid.steps();
    }

    /** Whether the sampler chooses its own steps, of which the grid says the ends only. */
    boolean adapts() {
        return !sampler.component().followsGrid();
    }

    @Override
    OptionalInt nfe() {
        if (grid.steps() == 0) return OptionalInt.of(0);
        return dry.map(d -> OptionalInt.of(d.evaluations())).orElse(OptionalInt.empty());
    }

    @Override
    Made run(Progress.Listener progress, Cancellation cancellation) {
        return new DiffusionExecution(this, progress, cancellation).run();
    }

    @Override
    void describe(ObjectNode r) {
        scheduler.ifPresent(s -> Record.component(r.putObject("scheduler"), s));
        guidance.ifPresent(g -> guidance(r.putObject("guidance"), g));
        Record.options(r, settings, "model", HostOptions.MODEL);
        Record.options(r, settings, "run", HostOptions.RUN);
        r.put("coordinates", grid.coordinates().toString());
        if (!adapts()) r.put("steps", grid.steps());
        ArrayNode ratios = r.putArray("ratios");
        for (double ratio : levels.ratios()) ratios.add(ratio);
        if (inputs.picture().isPresent()) r.put("strength", strength).put("start", start);
        ObjectNode read = JsonNodeFactory.instance.objectNode();
        inputs.hashes().forEach(read::put);
        r.set("inputs", read);
        if (loop instanceof ExactFirstStep) r.put("exactFirstStep", true);
        dry.ifPresent(d -> r.put("draws", d.draws()).put("compilable", !d.readsData()));
    }

    /** With the models that its options name: by name and hash, since the option's own text may have been a path. */
    private void guidance(ObjectNode node, Registry.Made<?> made) {
        Record.component(node, made);
        ObjectNode options = (ObjectNode) node.path("options");
        others.forEach((option, other) -> {
            options.put(option, other.directory().name());
            Record.model(node.withObject("models").putObject(option), other.directory());
        });
    }
}
