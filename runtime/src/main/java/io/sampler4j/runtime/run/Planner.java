package io.sampler4j.runtime.run;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.runtime.random.RandomSource;
import io.sampler4j.runtime.random.RandomSources;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Turns a request into a plan: finds and makes every component, checks each against the others and the model, runs the
 * sampler dry, and refuses with every reason at once. Thread-safe.
 */
public final class Planner {
    private final Models models;
    private final PluginHost plugins;
    private final OnnxRuntime onnx;

    @Inject
    Planner(Models models, PluginHost plugins, OnnxRuntime onnx) {
        this.models = models;
        this.plugins = plugins;
        this.onnx = onnx;
    }

    /**
     * The plan for a request, which holds the network and the plugins it leased until it is closed.
     *
     * @throws RefusedException if it cannot work, with every reason that could be found
     * @throws io.sampler4j.api.error.NetworkException if the network cannot be loaded or does not match its manifest
     */
    public Plan plan(Request request) {
        ModelDirectory directory = models.open(request.model());
        Manifest manifest = directory.manifest();
        if (!manifest.kind().equals("diffusion")) {
            throw new RefusedException(directory.name() + " is a model of kind " + manifest.kind()
                    + ": a diffusion sampler needs one of kind diffusion. `models` lists what there is");
        }
        PluginHost.Lease lease = plugins.lease();
        Network network = null;
        try {
            Draft draft = new Draft(request, directory, lease.registry());
            network = directory.lease(
                    onnx, "denoiser", new NetworkOptions(draft.device, draft.batching.threadsPerCall()));
            return draft.finish(lease, network);
        } catch (RuntimeException | Error e) {
            if (network != null) network.close();
            lease.close();
            throw e;
        }
    }

    /** A plan in the making. */
    private static final class Draft {
        private final Request request;
        private final ModelDirectory directory;
        private final Manifest manifest;
        private final Registry registry;
        private final Refusals refuse = new Refusals();
        private final Settings settings = new Settings();
        private final Device device;
        private final RandomSource rng;
        private final List<Integer> classes;
        private final Optional<String> guidanceName;
        private Registry.Made<DiffusionSampler> sampler;
        private Optional<Registry.Made<NoiseScheduler>> scheduler = Optional.empty();
        private Optional<Registry.Made<Guidance>> guidance = Optional.empty();
        private final Batching batching;

        Draft(Request request, ModelDirectory directory, Registry registry) {
            this.request = request;
            this.directory = directory;
            this.registry = registry;
            manifest = directory.manifest();
            device = collect(() -> Device.parse(request.device())).orElse(null);
            rng = collect(() -> RandomSources.named(request.rng())).orElse(null);
            refuse.unless(request.count() >= 1, "--count must be 1 or more, got %d", request.count());
            refuse.unless(
                    request.steps().isEmpty() || request.steps().getAsInt() >= 1,
                    "--steps must be 1 or more, got %s",
                    request.steps().isPresent() ? request.steps().getAsInt() : "none");
            refuse.unless(
                    request.threads().isEmpty() || request.threads().getAsInt() >= 1, "--threads must be 1 or more");
            refuse.unless(
                    List.of("sample", "batch").contains(request.seedMode()),
                    "there is no seed mode \"%s\"; there are sample and batch",
                    request.seedMode());
            classes = classes();
            guidanceName = guidanceName();
            components();
            throwIfRefused();
            int threads = request.threads().orElse(Runtime.getRuntime().availableProcessors());
            batching = Batching.of(
                    request.count(),
                    request.batch(),
                    device,
                    threads,
                    request.seedMode().equals("batch"),
                    sampler.component().needs().isOnePerRun(),
                    refuse);
            throwIfRefused();
        }

        private void throwIfRefused() {
            if (!refuse.reasons().isEmpty()) throw new RefusedException(refuse.reasons());
        }

        private <T> Optional<T> collect(Supplier<T> make) {
            try {
                return Optional.of(make.get());
            } catch (RefusedException e) {
                e.reasons().forEach(r -> refuse.unless(false, "%s", r));
                return Optional.empty();
            }
        }

        private List<Integer> classes() {
            if (request.classes().isEmpty()) {
                boolean required = manifest.classes().isPresent()
                        && manifest.classes().get().nullClass().isEmpty();
                refuse.unless(!required, "%s was trained with a class for every sample: say --class", directory.name());
                return List.of();
            }
            if (manifest.classes().isEmpty()) {
                refuse.unless(false, "%s knows no classes: leave --class away", directory.name());
                return List.of();
            }
            return collect(() -> Classes.parse(
                            request.classes().get(), manifest.classes().get()))
                    .orElse(List.of());
        }

        /** Asked for, or the model's own where there is something to guide towards. */
        private Optional<String> guidanceName() {
            boolean asked = request.guidance().isPresent() || request.cfgScale().isPresent();
            if (request.guidance().filter("none"::equals).isPresent()) {
                refuse.unless(request.cfgScale().isEmpty(), "--cfg-scale has no meaning with --guidance none");
                return Optional.empty();
            }
            Optional<String> name =
                    request.guidance().or(() -> manifest.defaults().guidance());
            if (!asked) return classes.isEmpty() ? Optional.empty() : name;
            refuse.unless(
                    request.cfgScale().isEmpty()
                            || Double.isFinite(request.cfgScale().getAsDouble()),
                    "--cfg-scale must be a finite number, got %s",
                    request.cfgScale().isPresent() ? request.cfgScale().getAsDouble() : "");
            boolean possible = manifest.classes().isPresent()
                    && manifest.classes().get().nullClass().isPresent();
            refuse.unless(possible, "%s was trained without a null class, which guidance needs", directory.name());
            refuse.unless(
                    !classes.isEmpty() || !possible,
                    "guidance leads towards a class: say --class as well, or leave --guidance and --cfg-scale away");
            refuse.unless(
                    name.isPresent(),
                    "%s names no guidance of its own: say --guidance; there are %s",
                    directory.name(),
                    names(Guidance.class));
            return name;
        }

        private String names(Class<?> kind) {
            String names = registry.offers().stream()
                    .filter(o -> o.kind() == kind)
                    .map(Offer::name)
                    .sorted()
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "none" : names;
        }

        private void components() {
            Optional<String> samplerName =
                    request.sampler().or(() -> manifest.defaults().sampler());
            refuse.unless(
                    samplerName.isPresent(),
                    "%s names no sampler of its own: say --sampler; there are %s",
                    directory.name(),
                    names(DiffusionSampler.class));
            Optional<String> schedulerName = request.ratios().isPresent()
                    ? Optional.empty()
                    : request.scheduler().or(() -> manifest.defaults().scheduler());
            declare("sampler", DiffusionSampler.class, samplerName);
            declare("scheduler", NoiseScheduler.class, schedulerName);
            declare("guidance", Guidance.class, guidanceName);
            settings.component("model", HostOptions.MODEL, HostOptions.defaults(manifest));
            settings.component("run", HostOptions.RUN, Map.of());
            settings.route(request.settings(), refuse);
            OptionalDouble scale = request.cfgScale().isPresent()
                    ? request.cfgScale()
                    : manifest.defaults().cfgScale();
            if (guidanceName.isPresent()
                    && scale.isPresent()
                    && !request.settings().containsKey("guidance.scale")) {
                settings.of("guidance").put("scale", String.valueOf(scale.getAsDouble()));
            }
            sampler = make("sampler", DiffusionSampler.class, samplerName).orElse(null);
            scheduler = make("scheduler", NoiseScheduler.class, schedulerName);
            guidance = make("guidance", Guidance.class, guidanceName);
            for (var option : HostOptions.MODEL) checkHostOption("model", option);
            for (var option : HostOptions.RUN) checkHostOption("run", option);
            if (sampler != null && !sampler.component().followsGrid()) {
                refuse.unless(
                        request.scheduler().isEmpty() && request.steps().isEmpty(),
                        "%s chooses its own steps: leave --scheduler and --steps away",
                        sampler.offer().name());
            }
            if (sampler != null && schedulerName.isEmpty() && request.ratios().isEmpty()) {
                refuse.unless(
                        false,
                        "%s names no scheduler of its own: say --scheduler; there are %s",
                        directory.name(),
                        names(NoiseScheduler.class));
            }
        }

        private void checkHostOption(String component, io.sampler4j.api.plugin.Option<?> option) {
            try {
                settings.get(component, option);
            } catch (IllegalArgumentException e) {
                refuse.unless(false, "%s", e.getMessage());
            }
        }

        private <T> void declare(String component, Class<T> kind, Optional<String> name) {
            name.flatMap(n -> registry.find(kind, n)).ifPresent(offer -> {
                Map<String, String> byModel = manifest.defaults().options().entrySet().stream()
                        .filter(e -> e.getKey().startsWith(component + "."))
                        .collect(Collectors.toMap(
                                e -> e.getKey().substring(component.length() + 1), Map.Entry::getValue));
                settings.component(component, offer.options(), byModel);
            });
        }

        private <T> Optional<Registry.Made<T>> make(String component, Class<T> kind, Optional<String> name) {
            if (name.isEmpty()) return Optional.empty();
            Map<String, String> values = settings.of(component);
            return collect(() -> registry.make(kind, name.get(), values == null ? Map.of() : values));
        }

        Plan finish(PluginHost.Lease lease, Network network) {
            DiffusionModel model = new DiffusionModel(manifest, network);
            Inputs inputs = collect(() -> Inputs.read(request, model)).orElse(null);
            throwIfRefused();
            NoiseGrid grid = grid(model);
            DiffusionSampler s = sampler.component();
            HostDenoiser facts = new HostDenoiser(
                    (x, at, e) -> {},
                    model.open(1, new Cancellation()),
                    model,
                    new Cancellation(),
                    (n, i, x, at, e) -> {});
            int samples = batching.parts().get(0).samples();
            guarded(() ->
                    s.check(facts, grid, io.sampler4j.tensor.ArrayTensor.zeros(samples, model.elements()), refuse));
            refuse.unless(
                    grid.steps() >= s.needs().steps(),
                    "%s needs at least %d steps, got %d",
                    sampler.offer().name(),
                    s.needs().steps(),
                    grid.steps());
            throwIfRefused();
            Optional<DryRun> dry = Optional.empty();
            if (s.followsGrid()) {
                DryRun d = guarded(() -> DryRun.of(s, grid, facts, samples * model.elements(), samples));
                d.problems()
                        .forEach(p -> refuse.unless(
                                false, "%s cannot run here: %s", sampler.offer().name(), p));
                refuse.unless(
                        !grid.ascends() || d.draws() == 0,
                        "%s draws noise with these options, so it cannot run from data to noise",
                        sampler.offer().name());
                refuse.unless(
                        request.verb() != Request.Verb.PAIRS || d.draws() == 0,
                        "%s draws noise with these options, so its noise and its samples are no pairs: choose a sampler, "
                                + "or options such as eta=0, that draw none",
                        sampler.offer().name());
                inputs.stepNoise()
                        .ifPresent(n -> refuse.unless(
                                n.shape()[0] == d.draws(),
                                "the step noise holds %d draws, and this run takes %d: its shape must be [%d, %d, ...]",
                                n.shape()[0],
                                d.draws(),
                                d.draws(),
                                request.count()));
                dry = Optional.of(d);
            }
            throwIfRefused();
            long seed =
                    request.seed().orElseGet(() -> ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
            collect(() -> rng.stream(seed));
            collect(() -> rng.stream(seed + request.count() - 1));
            throwIfRefused();
            return new Plan(
                    request, directory, model, lease, network, sampler, scheduler, guidance, grid, batching, device,
                    rng, seed, settings, classes, inputs, dry);
        }

        private NoiseGrid grid(DiffusionModel model) {
            NoiseGrid grid;
            if (request.ratios().isPresent()) {
                grid = NoiseGrid.of(
                        model.process().coordinates(), request.ratios().get());
            } else {
                NoiseScheduler s = scheduler.orElseThrow().component();
                String name = scheduler.get().offer().name();
                OptionalInt fixed = guarded(() -> s.fixedSteps(model.process()));
                OptionalInt steps = request.steps().isPresent()
                        ? request.steps()
                        : fixed.isPresent() ? fixed : manifest.defaults().steps();
                if (steps.isEmpty()) {
                    throw new RefusedException(directory.name() + " names no number of steps of its own: say --steps");
                }
                if (fixed.isPresent() && fixed.getAsInt() != steps.getAsInt()) {
                    throw new RefusedException(
                            name + " has " + fixed.getAsInt() + " steps by its own options, and --steps "
                                    + steps.getAsInt() + " asks for another number: leave --steps away");
                }
                grid = guarded(() -> s.grid(model.process(), steps.getAsInt()));
                if (request.verb() == Request.Verb.INVERT) grid = grid.reversed();
            }
            return sampler.component().needs().coordinates().map(grid::in).orElse(grid);
        }

        private void guarded(Runnable call) {
            guarded(() -> {
                call.run();
                return true;
            });
        }

        /** A plugin's own code, whose surprises are told as the plugin's. */
        private <T> T guarded(Supplier<T> call) {
            try {
                return call.get();
            } catch (SampleException e) {
                throw e;
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                throw new PluginException(
                        "a plugin failed while the run was planned (" + e
                                + "); with --debug, its stack trace shows which",
                        e);
            }
        }
    }

    /** What a run asks of its networks for sample first + i of a part. */
    static Condition condition(List<Integer> classes, Batching.Part part) {
        if (classes.isEmpty()) return Condition.NONE;
        int[] each = new int[part.samples()];
        for (int i = 0; i < each.length; i++) each[i] = classes.get((part.first() + i) % classes.size());
        return Condition.NONE.withEach("class", each);
    }
}
