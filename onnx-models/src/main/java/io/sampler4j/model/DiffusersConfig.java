package io.sampler4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a manifest takes over from a diffusers {@code scheduler_config.json}. A member that is missing there has that
 * library's default; what cannot be said in a manifest is reported, never dropped in silence.
 */
record DiffusersConfig(
        Optional<ProcessSpec> process,
        Optional<String> prediction,
        String variance,
        Optional<ClipSpec> clip,
        DefaultsSpec defaults) {
    private static final Map<String, String> BETAS = Map.of(
            "linear", "linear",
            "scaled_linear", "scaled-linear",
            "squaredcos_cap_v2", "squared-cosine",
            "sigmoid", "sigmoid",
            "laplace", "laplace");
    private static final Map<String, String> PREDICTIONS =
            Map.of("epsilon", "epsilon", "sample", "x0", "v_prediction", "v");
    private static final Map<String, String> SAMPLERS = Map.of(
            "DDPMScheduler", "ddpm",
            "DDPMParallelScheduler", "ddpm",
            "UnCLIPScheduler", "ddpm",
            "DDIMScheduler", "ddim",
            "DDIMParallelScheduler", "ddim",
            "DDIMInverseScheduler", "ddim");
    private static final Map<String, String> VARIANCES = Map.of(
            "fixed_small", "small",
            "fixed_small_log", "small-log",
            "fixed_large", "large",
            "fixed_large_log", "large-log",
            "learned", "learned",
            "learned_range", "learned-range");
    private static final Set<String> SPACINGS = Set.of("leading", "trailing", "linspace");
    /** The number of steps that a draft suggests. */
    private static final int STEPS = 50;

    static DiffusersConfig none() {
        return new DiffusersConfig(Optional.empty(), Optional.empty(), "none", Optional.empty(), DefaultsSpec.NONE);
    }

    static DiffusersConfig read(Path file, List<String> taken, List<String> ignored) {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new RefusedException(file + " cannot be read as JSON: " + e.getMessage(), e);
        }
        return new Reader(file, json, taken, ignored).read();
    }

    private static final class Reader {
        private final Path file;
        private final JsonNode json;
        private final List<String> taken;
        private final List<String> ignored;
        private final Set<String> used = new TreeSet<>();

        Reader(Path file, JsonNode json, List<String> taken, List<String> ignored) {
            this.file = file;
            this.json = json;
            this.taken = taken;
            this.ignored = ignored;
        }

        DiffusersConfig read() {
            String name = text("_class_name", "");
            boolean ddpm = name.startsWith("DDPM") || name.startsWith("UnCLIP");
            Optional<ProcessSpec> process = process(name);
            String asked = text("prediction_type", "epsilon");
            Optional<String> prediction = Optional.ofNullable(PREDICTIONS.get(asked));
            if (prediction.isEmpty()) ignored.add("prediction_type " + asked + ": not one that a VP process has");
            String variance = text("variance_type", name.startsWith("UnCLIP") ? "fixed_small_log" : "fixed_small");
            Map<String, String> options = new LinkedHashMap<>();
            if (ddpm && VARIANCES.containsKey(variance)) options.put("sampler.variance", VARIANCES.get(variance));
            Optional<String> scheduler = spacing(options);
            Optional<String> sampler = Optional.ofNullable(SAMPLERS.get(name));
            if (sampler.isEmpty())
                ignored.add("_class_name " + name + ": no sampler stands for it here; say defaults.sampler");
            Optional<ClipSpec> clip = clip();
            taken.add("process, prediction, clipping and defaults from " + file.getFileName() + " (" + name + ")");
            used.addAll(Set.of("_diffusers_version", "_class_name"));
            json.fieldNames().forEachRemaining(key -> {
                if (!used.contains(key) && !json.get(key).isNull()) {
                    ignored.add(key + " = " + json.get(key) + ": has no place in a manifest");
                }
            });
            String learned = variance.startsWith("learned") ? VARIANCES.get(variance) : "none";
            return new DiffusersConfig(
                    process,
                    prediction,
                    learned,
                    clip,
                    new DefaultsSpec(
                            sampler,
                            scheduler,
                            OptionalInt.of(STEPS),
                            Optional.empty(),
                            OptionalDouble.empty(),
                            options));
        }

        private Optional<ProcessSpec> process(String name) {
            String schedule = text("beta_schedule", name.startsWith("UnCLIP") ? "squaredcos_cap_v2" : "linear");
            List<Double> values = new ArrayList<>();
            used.add("trained_betas");
            if (json.path("trained_betas").isArray()) json.get("trained_betas").forEach(b -> values.add(b.asDouble()));
            if (values.isEmpty() && !BETAS.containsKey(schedule)) {
                ignored.add("beta_schedule " + schedule + ": not one of " + new TreeSet<>(BETAS.keySet()));
                return Optional.empty();
            }
            BetasSpec betas = new BetasSpec(
                    values.isEmpty() ? BETAS.get(schedule) : "explicit",
                    number("beta_start", 0.0001),
                    number("beta_end", 0.02),
                    values.isEmpty() ? (int) number("num_train_timesteps", 1000) : values.size(),
                    values,
                    "float32");
            used.add("num_train_timesteps");
            return Optional.of(new ProcessSpec(
                    "VP",
                    Optional.of(betas),
                    Optional.empty(),
                    flag("rescale_betas_zero_snr", false),
                    OptionalDouble.empty(),
                    OptionalDouble.empty()));
        }

        private Optional<String> spacing(Map<String, String> options) {
            String spacing = text("timestep_spacing", "leading");
            int offset = (int) number("steps_offset", 0);
            if (!SPACINGS.contains(spacing)) {
                ignored.add("timestep_spacing " + spacing + ": not one of " + new TreeSet<>(SPACINGS));
                return Optional.empty();
            }
            if (spacing.equals("leading")) options.put("scheduler.offset", String.valueOf(offset));
            options.put("scheduler.end", flag("set_alpha_to_one", true) ? "zero" : "lowest");
            return Optional.of(spacing);
        }

        private Optional<ClipSpec> clip() {
            boolean clips = flag("clip_sample", true), thresholds = flag("thresholding", false);
            double range = number("clip_sample_range", 1), ratio = number("dynamic_thresholding_ratio", 0.995);
            double max = number("sample_max_value", 1);
            if (thresholds) {
                return Optional.of(
                        new ClipSpec(OptionalDouble.empty(), OptionalDouble.of(ratio), OptionalDouble.of(max), false));
            }
            if (!clips) return Optional.empty();
            return Optional.of(
                    new ClipSpec(OptionalDouble.of(range), OptionalDouble.empty(), OptionalDouble.empty(), false));
        }

        private String text(String key, String byDefault) {
            used.add(key);
            return json.path(key).asText(byDefault);
        }

        private double number(String key, double byDefault) {
            used.add(key);
            return json.path(key).asDouble(byDefault);
        }

        private boolean flag(String key, boolean byDefault) {
            used.add(key);
            return json.path(key).asBoolean(byDefault);
        }
    }
}
