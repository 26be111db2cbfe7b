package io.sampler4j.runtime.run;

import io.sampler4j.runtime.limit.Limits;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What every request says, whatever it is to make. Immutable: every method gives a new request, so one may be kept and
 * varied. Nothing is checked here; {@code plan} checks it all and names every reason at once.
 *
 * @param <R> the request itself
 */
public abstract class RunRequest<R extends RunRequest<R>> implements Cloneable {
    private String model;
    private String sampler;
    private String scheduler;
    private Integer steps;
    private Long seed;
    private Integer batch;
    private Double cfgScale;
    private Map<String, String> settings = Map.of();
    private String device = "cpu";
    private Integer threads;
    private Duration deadline;
    private String profile;
    private Profiled profiled;

    RunRequest(String model) {
        this.model = model;
    }

    /** A copy of this request, changed. */
    @SuppressWarnings("unchecked")
    final R with(Consumer<R> change) {
        try {
            R changed = (R) clone();
            change.accept(changed);
            return changed;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("a request can be cloned", e);
        }
    }

    private R set(Consumer<RunRequest<R>> change) {
        return with(change::accept);
    }

    /** The same of another model, by its name in the models directory or by the path of its directory. */
    public R model(String nameOrPath) {
        return set(r -> r.model = nameOrPath);
    }

    /** The sampler, by name or alias. Default: the model's. */
    public R sampler(String name) {
        return set(r -> r.sampler = name);
    }

    /** The scheduler (of tokens: the curve), by name or alias. Default: the model's. */
    public R scheduler(String name) {
        return set(r -> r.scheduler = name);
    }

    /** Steps. Default: the model's, or as many as an explicit list has. */
    public R steps(int n) {
        return set(r -> r.steps = n);
    }

    /** The seed of sample 0; sample i has seed + i. Default: one is drawn, and recorded. */
    public R seed(long value) {
        return set(r -> r.seed = value);
    }

    /** Samples in one call of the network. Default: what suits the device; changes no bit of a sample on a CPU. */
    public R batch(int n) {
        return set(r -> r.batch = n);
    }

    /** The guidance's scale; 1 is off. Default: the model's. */
    public R cfgScale(double scale) {
        return set(r -> r.cfgScale = scale);
    }

    /** An option of a component, such as {@code eta}, or {@code sampler.eta} where two have one of that name. */
    public R set(String key, String value) {
        return set(r -> {
            Map<String, String> more = new LinkedHashMap<>(r.settings);
            more.put(key, value);
            r.settings = Collections.unmodifiableMap(more);
        });
    }

    /** {@code cpu} or {@code cuda[:n]}. */
    public R device(String name) {
        return set(r -> r.device = name);
    }

    /** Processor cores to use. Default: all. */
    public R threads(int n) {
        return set(r -> r.threads = n);
    }

    /**
     * How long the run may take, the wait for its turn included; past it, it ends with a
     * {@link io.sampler4j.runtime.limit.DeadlineException}. Default: what the limits of the host say.
     */
    public R deadline(Duration most) {
        return set(r -> r.deadline = Limits.positive(most));
    }

    /**
     * Leaves the sampler, the scheduler, their steps, guidance and options to what stands behind this name when the run is
     * planned: see {@link io.sampler4j.runtime.profile.Profiles}. What the profile says is not to be said here as well.
     */
    public R profile(String name) {
        return set(r -> r.profile = name);
    }

    /** Notes which profile has filled this request in; for whoever does that. */
    public R profiled(Profiled by) {
        return set(r -> {
            r.profile = null;
            r.profiled = by;
        });
    }

    /** The model's name, or the path of its directory. */
    public String model() {
        return model;
    }

    /** The sampler, if one was asked for. */
    public Optional<String> sampler() {
        return Optional.ofNullable(sampler);
    }

    /** The scheduler, if one was asked for. */
    public Optional<String> scheduler() {
        return Optional.ofNullable(scheduler);
    }

    /** Steps, if a number was asked for. */
    public OptionalInt steps() {
        return steps == null ? OptionalInt.empty() : OptionalInt.of(steps);
    }

    /** The seed of sample 0, if one was asked for. */
    public OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    /** Samples in one call of the network, if a number was asked for. */
    public OptionalInt batch() {
        return batch == null ? OptionalInt.empty() : OptionalInt.of(batch);
    }

    /** The guidance's scale, if one was asked for. */
    public OptionalDouble cfgScale() {
        return cfgScale == null ? OptionalDouble.empty() : OptionalDouble.of(cfgScale);
    }

    /** The options of components, in the order in which they were set; unmodifiable. */
    public Map<String, String> settings() {
        return settings;
    }

    /** The device. */
    public String device() {
        return device;
    }

    /** Processor cores to use, if a number was asked for. */
    public OptionalInt threads() {
        return threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
    }

    /** How long the run may take, if that was said. */
    public Optional<Duration> deadline() {
        return Optional.ofNullable(deadline);
    }

    /** The profile that is still to fill it in, if one was asked for. */
    public Optional<String> profile() {
        return Optional.ofNullable(profile);
    }

    /** The profile that has filled it in, if one has. */
    public Optional<Profiled> profiled() {
        return Optional.ofNullable(profiled);
    }
}
