package io.sampler4j.runtime.run;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.tensor.ArrayTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The plan of a continuous run in the making: what the request and the manifest say is read first, then, with the
 * network at hand, the rest is checked. Confined to one thread.
 */
final class DiffusionDraft {
    /** The strength of diffusers' image to image. */
    private static final double STRENGTH = 0.8;
    /** Levels of a grid of which only the ends count. */
    private static final int FINE = 1000;

    final Request request;
    final ModelDirectory directory;
    final Basics basics;
    final Components components;
    final List<Integer> classes;
    final double strength;
    Registry.Made<DiffusionSampler> sampler;
    Optional<Registry.Made<NoiseScheduler>> scheduler = Optional.empty();
    Optional<Registry.Made<Guidance>> guidance = Optional.empty();
    DiffusionModel model;
    Map<String, OtherModel> others = Map.of();
    Inputs inputs;
    NoiseGrid levels;
    int start;
    NoiseGrid grid;
    /** The level that x starts at, in the coordinates it starts in. */
    NoiseLevel first;
    /** The sampler, after an exact first step where it cannot start in pure noise. */
    DiffusionSampler loop;

    Optional<DryRun> dry = Optional.empty();
    private final Manifest manifest;
    private final Reasons reasons = new Reasons();
    private final Optional<String> guidanceName;

    DiffusionDraft(Request request, ModelDirectory directory, Registry registry) {
        this.request = request;
        this.directory = directory;
        manifest = directory.manifest();
        basics = new Basics(request, reasons);
        components = new Components(registry, manifest, reasons);
        classes = Classes.of(request, directory, reasons);
        guidanceName = guidanceName();
        makeComponents();
        strength = strength();
        reasons.settle();
        basics.spread(Reasons.guarded(sampler.component()::needs).isOnePerRun());
        reasons.settle();
    }

    /** Asked for, or the model's own where there is something to guide towards. */
    private Optional<String> guidanceName() {
        boolean asked = request.guidance().isPresent() || request.cfgScale().isPresent();
        if (request.guidance().filter("none"::equals).isPresent()) {
            reasons.unless(request.cfgScale().isEmpty(), "--cfg-scale has no meaning with --guidance none");
            return Optional.empty();
        }
        Optional<String> name = request.guidance().or(() -> manifest.defaults().guidance());
        if (!asked) return manifest.classes().isPresent() && classes.isEmpty() ? Optional.empty() : name;
        reasons.unless(
                request.cfgScale().isEmpty()
                        || Double.isFinite(request.cfgScale().getAsDouble()),
                "--cfg-scale must be a finite number, got %s",
                request.cfgScale().isPresent() ? request.cfgScale().getAsDouble() : "");
        reasons.unless(
                name.isPresent(),
                "%s names no guidance of its own: say --guidance; there are %s",
                directory.name(),
                components.names(Guidance.class));
        return name;
    }

    private void makeComponents() {
        Optional<String> samplerName =
                request.sampler().or(() -> manifest.defaults().sampler());
        reasons.unless(
                samplerName.isPresent(),
                "%s names no sampler of its own: say --sampler; there are %s",
                directory.name(),
                components.names(DiffusionSampler.class));
        Optional<String> schedulerName = request.ratios().isPresent()
                ? Optional.empty()
                : request.scheduler().or(() -> manifest.defaults().scheduler());
        components.declare(
                "sampler",
                DiffusionSampler.class,
                samplerName,
                manifest.defaults().sampler());
        components.declare("scheduler", NoiseScheduler.class, schedulerName);
        components.declare(
                "guidance", Guidance.class, guidanceName, manifest.defaults().guidance());
        components.declare("model", HostOptions.MODEL, HostOptions.defaults(manifest));
        components.declare("run", HostOptions.RUN, Map.of());
        components.route(request.settings());
        scaleGuidance();
        sampler =
                components.make("sampler", DiffusionSampler.class, samplerName).orElse(null);
        scheduler = components.make("scheduler", NoiseScheduler.class, schedulerName);
        guidance = components.make("guidance", Guidance.class, guidanceName);
        components.check("model", HostOptions.MODEL);
        components.check("run", HostOptions.RUN);
        boolean follows = sampler != null && Reasons.guarded(sampler.component()::followsGrid);
        if (sampler != null && !follows) {
            reasons.unless(
                    request.scheduler().isEmpty() && request.steps().isEmpty(),
                    "%s chooses its own steps: leave --scheduler and --steps away",
                    sampler.offer().name());
            reasons.unless(
                    request.traceStates().isEmpty() && request.frames() == Request.Frames.NONE,
                    "%s chooses its own steps, other ones for each sample, so there is no path of a common length to keep:"
                            + " leave --trace-states and GIFs away; --trace lists what each sample did",
                    sampler.offer().name());
        }
        if (follows && schedulerName.isEmpty() && request.ratios().isEmpty()) {
            reasons.unless(
                    false,
                    "%s names no scheduler of its own: say --scheduler; there are %s",
                    directory.name(),
                    components.names(NoiseScheduler.class));
        }
    }

    private void scaleGuidance() {
        OptionalDouble scale = request.cfgScale().isPresent()
                ? request.cfgScale()
                : manifest.defaults().cfgScale();
        Map<String, String> values = components.settings().of("guidance");
        if (values == null || scale.isEmpty() || request.settings().containsKey("guidance.scale")) return;
        values.put("scale", String.valueOf(scale.getAsDouble()));
    }

    /** How much of an initial picture is made new; without one there is none, and no mask. */
    private double strength() {
        boolean picture = request.initImage().isPresent();
        double s = request.strength().orElse(request.mask().isPresent() ? 1 : STRENGTH);
        reasons.unless(s >= 0 && s <= 1, "--strength must be from 0 (the picture itself) to 1 (all new), got %s", s);
        reasons.unless(
                picture || request.strength().isEmpty(),
                "--strength says how much of a picture is made new: say which with --init-image");
        reasons.unless(
                picture || request.mask().isEmpty(),
                "--mask says which part of a picture is made new: say which picture with --init-image");
        reasons.unless(
                !picture || request.verb() == Request.Verb.GENERATE,
                "only a run from noise to samples starts from a picture: leave --init-image away");
        String scale = components.settings().of("run").getOrDefault(HostOptions.INIT_SCALE.name(), "auto");
        reasons.unless(
                !picture || scale.equals("auto"),
                "init-scale=%s has no meaning with --init-image, whose noise is that of the level it starts at: "
                        + "leave it away",
                scale);
        return s;
    }

    /**
     * Checks the rest.
     *
     * @param leased the run's own model
     * @param find leases another by its name
     */
    void finish(DiffusionModel leased, Function<String, OtherModel> find) {
        model = leased;
        inputs = Inputs.read(request, manifest.sample().orElseThrow(), reasons);
        reasons.settle();
        levels = levels();
        start = request.initImage().isPresent() ? start(levels.steps(), strength) : 0;
        grid = levels.from(start);
        first = grid.first();
        loop = sampler.component();
        if (grid.steps() > 0) {
            checkSampler(find);
        } else {
            reasons.unless(
                    inputs.stepNoise().isEmpty(),
                    "a strength of %s leaves no step of %d to give noise to: leave --step-noise away",
                    strength,
                    levels.steps());
        }
        basics.chooseSeed();
        reasons.settle();
    }

    /** n - min(n, round(s n)) of n steps. */
    static int start(int n, double strength) {
        return n - (int) Math.min(n, Math.round(strength * n));
    }

    private NoiseGrid levels() {
        NoiseGrid all = request.ratios().isPresent()
                ? NoiseGrid.of(model.process().coordinates(), request.ratios().get())
                : scheduled();
        return sampler.component().needs().coordinates().map(all::in).orElse(all);
    }

    private NoiseGrid scheduled() {
        NoiseGrid all = scheduler.isPresent() ? bySchedule() : wholeProcess();
        return request.verb() == Request.Verb.INVERT ? all.reversed() : all;
    }

    private NoiseGrid bySchedule() {
        NoiseScheduler s = scheduler.orElseThrow().component();
        String name = scheduler.get().offer().name();
        OptionalInt fixed = Reasons.guarded(() -> s.fixedSteps(model.process()));
        OptionalInt steps = request.steps().isPresent()
                ? request.steps()
                : fixed.isPresent()
                        ? fixed
                        : sampler.component().followsGrid()
                                ? manifest.defaults().steps()
                                : ends();
        if (steps.isEmpty()) {
            throw new RefusedException(directory.name() + " names no number of steps of its own: say --steps");
        }
        if (fixed.isPresent() && fixed.getAsInt() != steps.getAsInt()) {
            throw new RefusedException(name + " has " + fixed.getAsInt() + " steps by its own options, and --steps "
                    + steps.getAsInt() + " asks for another number: leave --steps away");
        }
        return Reasons.guarded(() -> s.grid(model.process(), steps.getAsInt()));
    }

    /**
     * From the highest noise that the network knows to the data, for a sampler that chooses its own steps between: finely
     * and evenly in flow time, of which a picture's strength takes its part.
     */
    private NoiseGrid wholeProcess() {
        double[] ratios = new double[FINE + 1];
        double highest = model.process().highest(),
                top = Coordinates.FLOW.at(highest).sigma();
        ratios[0] = highest;
        for (int i = 1; i < FINE; i++) {
            double t = top * (FINE - i) / FINE;
            ratios[i] = t / (1 - t);
        }
        return NoiseGrid.of(model.process().coordinates(), ratios);
    }

    /** A number of steps whose grid has the ends of the whole process, for a sampler that needs no more of it. */
    private OptionalInt ends() {
        int N = model.process().trainingSteps();
        return OptionalInt.of(N > 0 ? N : FINE);
    }

    private void checkSampler(Function<String, OtherModel> find) {
        DiffusionSampler s = sampler.component();
        String name = sampler.offer().name();
        HostDenoiser facts = new HostDenoiser(
                (x, at, e) -> {},
                model.open(1, new Cancellation()),
                model,
                () -> true,
                new Cancellation(),
                (n, i, x, at, e) -> {});
        Batching.Part part = basics.batching().parts().get(0);
        int size = part.samples() * model.elements();
        boolean exact = needsExactFirstStep(s, facts, size, part.samples());
        if (exact) {
            first = pureNoise();
            loop = new ExactFirstStep(s, first);
        }
        NoiseGrid followed = exact ? grid.from(1) : grid;
        if (followed.steps() > 0) {
            Reasons.guarded(() ->
                    s.check(facts, followed, ArrayTensor.zeros(part.samples(), model.elements()), reasons.refusals()));
            reasons.unless(
                    followed.steps() >= s.needs().steps(),
                    "%s needs at least %d steps, got %d%s%s",
                    name,
                    s.needs().steps(),
                    followed.steps(),
                    exact ? " after the exact first step out of pure noise" : "",
                    start == 0 ? "" : ": a strength of " + strength + " leaves no more of " + levels.steps());
        }
        reasons.settle();
        Optional<GuidanceTrial> trial =
                guidance.map(g -> new GuidanceTrial(g, directory, model, Classes.condition(classes, part), find));
        if (s.followsGrid()) {
            DryRun d = Reasons.guarded(() -> DryRun.of(loop, grid, facts, size, part.samples(), trial));
            dry = Optional.of(d);
            d.problems().forEach(p -> reasons.unless(false, "%s cannot run here: %s", name, p));
            checkDraws(d);
        } else {
            trial.ifPresent(t -> Reasons.guarded(() -> DryRun.ofGuidance(grid, facts, size, part.samples(), t)));
        }
        trial.ifPresent(t -> {
            t.problems().forEach(p -> reasons.unless(false, "%s", p));
            others = t.others();
        });
        reasons.settle();
    }

    /**
     * Whether the grid starts in pure noise, the network knows it, and the sampler needs a finite sigma/alpha: its
     * coordinates cannot hold another, or its dry run from there meets a coefficient or a level that is none.
     */
    private boolean needsExactFirstStep(DiffusionSampler s, HostDenoiser facts, int size, int samples) {
        if (!Double.isInfinite(grid.first().ratio()) || pureNoise().alpha() != 0 || !facts.knows(pureNoise())) {
            return false;
        }
        if (Double.isInfinite(grid.first().sigma())) return true;
        if (!s.followsGrid()) return false;
        DryRun whole = Reasons.guarded(() -> DryRun.of(s, grid, facts, size, samples, Optional.empty()));
        return !whole.problems().isEmpty();
    }

    private NoiseLevel pureNoise() {
        return model.process().coordinates().at(Double.POSITIVE_INFINITY);
    }

    private void checkDraws(DryRun d) {
        reasons.unless(
                !grid.ascends() || d.draws() == 0,
                "%s draws noise with these options, so it cannot run from data to noise",
                sampler.offer().name());
        reasons.unless(
                request.verb() != Request.Verb.PAIRS || d.draws() == 0,
                "%s draws noise with these options, so its noise and its samples are no pairs: choose a sampler, or "
                        + "options such as eta=0, that draw none",
                sampler.offer().name());
        inputs.stepNoise()
                .ifPresent(n -> reasons.unless(
                        n.shape()[0] == d.draws(),
                        "the step noise holds %d draws, and this run takes %d: its shape must be [%d, %d, ...]",
                        n.shape()[0],
                        d.draws(),
                        d.draws(),
                        request.count()));
    }
}
