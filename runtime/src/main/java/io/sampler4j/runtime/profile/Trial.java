package io.sampler4j.runtime.profile;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.Models;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Planner;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.RunRequest;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TextRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds out whether a profile works, by a plan of it for each model it serves, which is not run. Thread-safe. */
final class Trial {
    private final Planner planner;
    private final Models models;
    private final ProfileTable table;

    Trial(Planner planner, Models models, ProfileTable table) {
        this.planner = planner;
        this.models = models;
        this.table = table;
    }

    /**
     * What it came to.
     *
     * @param reasons why it does not work, each with the model; none where it does
     * @param plugins the jars that it uses: sha256 by the id of the plugin
     */
    record Outcome(List<String> reasons, SortedMap<String, String> plugins) {}

    /** @param plugins what it is tried with, or empty for what is live */
    Outcome of(String name, Profile profile, Optional<Registry> plugins) {
        List<String> reasons = new ArrayList<>();
        SortedMap<String, String> used = new TreeMap<>();
        for (String model : profile.serves()) {
            try {
                used.putAll(plan(name, profile, model, plugins));
            } catch (RefusedException e) {
                e.reasons().forEach(r -> reasons.add("on " + model + ": " + r));
            } catch (SampleException e) {
                reasons.add("on " + model + ": " + e.getMessage());
            }
        }
        return new Outcome(List.copyOf(reasons), used);
    }

    private SortedMap<String, String> plan(String name, Profile profile, String model, Optional<Registry> plugins) {
        RunRequest<?> asked = table.last(name, model)
                .<RunRequest<?>>map(last -> spread(request(model, 0), last))
                .orElseGet(() -> request(model, 0))
                .seed(0);
        if (asked instanceof TextRequest text) {
            TextRequest request = profile.on(text, name, false);
            try (TextPlan plan = plugins.isPresent() ? planner.plan(request, plugins.get()) : planner.plan(request)) {
                return plan.plugins();
            }
        }
        Request request = profile.on((Request) asked, name, false);
        try (Plan plan = plugins.isPresent() ? planner.plan(request, plugins.get()) : planner.plan(request)) {
            return plan.plugins();
        }
    }

    /** What is tried of a model: one sample, of a class where it has any, or one text. */
    RunRequest<?> request(String model, int number) {
        Manifest manifest = models.open(model).manifest();
        if (manifest.makesText()) return TextRequest.of(model);
        Request request = Request.of(model);
        return manifest.classes()
                .map(c -> request.classes(number % c.names().size()))
                .orElse(request);
    }

    /** Over as many samples, threads and devices as the last run, so that it needs no session but that run's. */
    private static RunRequest<?> spread(RunRequest<?> request, RunRequest<?> last) {
        RunRequest<?> spread = request.device(last.device());
        if (last.threads().isPresent()) spread = spread.threads(last.threads().getAsInt());
        if (last.batch().isPresent()) spread = spread.batch(last.batch().getAsInt());
        return spread instanceof Request samples && last instanceof Request r ? samples.count(r.count()) : spread;
    }
}
