package io.sampler4j.runtime.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Hashes;
import io.sampler4j.runtime.run.Profiled;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.RunRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How samples are made, without the model that they are of: a sampler, a scheduler, steps, guidance and options, each of
 * which may be left to the model; and the models that it is meant for. Immutable: every method gives a new profile.
 *
 * <pre>{@code
 * Profile.serving("digits-ddpm", "digits-edm").sampler("dpmpp-2m").scheduler("karras").steps(12)
 * }</pre>
 */
public final class Profile implements Cloneable {
    private final List<String> serves;
    private String sampler;
    private String scheduler;
    private Integer steps;
    private String guidance;
    private Double cfgScale;
    private SortedMap<String, String> options = Collections.emptySortedMap();

    private Profile(List<String> serves) {
        this.serves = List.copyOf(new LinkedHashSet<>(serves));
    }

    /** A profile for these models, as requests name them, that leaves all else to them. */
    public static Profile serving(String... models) {
        return serving(List.of(models));
    }

    static Profile serving(List<String> models) {
        if (models.isEmpty()) throw new IllegalArgumentException("a profile serves one model or more");
        return new Profile(models);
    }

    private Profile with(Consumer<Profile> change) {
        try {
            Profile changed = (Profile) clone();
            change.accept(changed);
            return changed;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("a profile can be cloned", e);
        }
    }

    /** The sampler, by name or alias. */
    public Profile sampler(String name) {
        return with(p -> p.sampler = name);
    }

    /** The scheduler (of tokens: the curve), by name or alias. */
    public Profile scheduler(String name) {
        return with(p -> p.scheduler = name);
    }

    /** Steps. */
    public Profile steps(int n) {
        return with(p -> p.steps = n);
    }

    /** The guidance, by name; {@code none} for none. */
    public Profile guidance(String name) {
        return with(p -> p.guidance = name);
    }

    /** The guidance's scale; 1 is off. */
    public Profile cfgScale(double scale) {
        return with(p -> p.cfgScale = scale);
    }

    /** An option of a component, such as {@code sampler.eta}. */
    public Profile set(String key, String value) {
        return with(p -> {
            SortedMap<String, String> more = new TreeMap<>(p.options);
            more.put(key, value);
            p.options = Collections.unmodifiableSortedMap(more);
        });
    }

    /** The models it is for. */
    public List<String> serves() {
        return serves;
    }

    /** The sampler, if it says one. */
    public Optional<String> sampler() {
        return Optional.ofNullable(sampler);
    }

    /** The scheduler, if it says one. */
    public Optional<String> scheduler() {
        return Optional.ofNullable(scheduler);
    }

    /** Steps, if it says a number. */
    public OptionalInt steps() {
        return steps == null ? OptionalInt.empty() : OptionalInt.of(steps);
    }

    /** The guidance, if it says one. */
    public Optional<String> guidance() {
        return Optional.ofNullable(guidance);
    }

    /** The guidance's scale, if it says one. */
    public OptionalDouble cfgScale() {
        return cfgScale == null ? OptionalDouble.empty() : OptionalDouble.of(cfgScale);
    }

    /** The options it says, by key; unmodifiable. */
    public SortedMap<String, String> options() {
        return options;
    }

    /**
     * A request filled in.
     *
     * @throws RefusedException if the profile does not serve its model, or both say the same thing: then neither would have
     *     made the sample
     */
    <R extends RunRequest<R>> R on(R request, String name, boolean canary) {
        if (!serves.contains(request.model())) {
            throw new RefusedException("the profile " + name + " does not serve " + request.model() + ", but "
                    + String.join(", ", serves) + ": ask for one of these, or add the model to what it serves");
        }
        R made = request;
        List<String> both = new ArrayList<>();
        if (sampler != null) {
            if (request.sampler().isPresent()) both.add("the sampler");
            made = made.sampler(sampler);
        }
        if (scheduler != null) {
            if (request.scheduler().isPresent()) both.add("the scheduler");
            made = made.scheduler(scheduler);
        }
        if (steps != null) {
            if (request.steps().isPresent()) both.add("the steps");
            made = made.steps(steps);
        }
        if (cfgScale != null) {
            if (request.cfgScale().isPresent()) both.add("the guidance's scale");
            made = made.cfgScale(cfgScale);
        }
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (request.settings().containsKey(option.getKey())) both.add("the option " + option.getKey());
            made = made.set(option.getKey(), option.getValue());
        }
        if (made instanceof Request samples && samples.ratios().isPresent() && (scheduler != null || steps != null)) {
            both.add("the noise levels");
        }
        if (guidance != null) {
            if (made instanceof Request samples && samples.guidance().isPresent()) both.add("the guidance");
            made = guided(made, name);
        }
        if (!both.isEmpty()) {
            throw new RefusedException("the profile " + name + " and the request both say " + String.join(", ", both)
                    + ": leave that to the profile, or do not ask for it");
        }
        return made.profiled(new Profiled(name, sha256(), canary));
    }

    @SuppressWarnings("unchecked") // Request is the one R that a Request can be.
    private <R extends RunRequest<R>> R guided(R request, String name) {
        if (request instanceof Request samples) return (R) samples.guidance(guidance);
        throw new RefusedException("the profile " + name + " names the guidance " + guidance + ", and "
                + request.model() + " makes text, which has cfgScale only: leave guidance away");
    }

    /** What it says, as one object of JSON: members in a fixed order, and none that it leaves to the model. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode models = json.putArray("serves");
        serves.forEach(models::add);
        if (sampler != null) json.put("sampler", sampler);
        if (scheduler != null) json.put("scheduler", scheduler);
        if (steps != null) json.put("steps", steps);
        if (guidance != null) json.put("guidance", guidance);
        if (cfgScale != null) json.put("cfgScale", cfgScale);
        if (!options.isEmpty()) options.forEach(json.putObject("options")::put);
        return json;
    }

    /** Its identity: the SHA-256 of what it says, whatever the order and the spaces it was written with. */
    public String sha256() {
        return Hashes.of(json().toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Profile p && p.json().equals(json());
    }

    @Override
    public int hashCode() {
        return json().hashCode();
    }

    @Override
    public String toString() {
        return json().toString();
    }
}
