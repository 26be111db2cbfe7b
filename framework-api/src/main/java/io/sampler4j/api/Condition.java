package io.sampler4j.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * What a sample is asked to be: named values (class, text ids, picture) that the host checks against the manifest and
 * binds to network inputs. Samplers never see it; guidance passes it on. A value holds for every sample of the run, or
 * there is one for each ({@link #withEach}). Immutable, but for tensors, which belong to their run.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Condition {
    /** Nothing asked. */
    public static final Condition NONE = new Condition(Map.of());

    private final Map<String, Object> values;

    private Condition(Map<String, Object> values) {
        this.values = values;
    }

    /** One whole number for all samples, such as a class. */
    public Condition with(String name, int value) {
        return put(name, value);
    }

    /** A sequence of ids for all samples, such as a text. The array is copied. */
    public Condition with(String name, int[] ids) {
        return put(name, ids.clone());
    }

    /** A tensor with one entry for each sample, such as a picture. */
    public Condition with(String name, Tensor value) {
        return put(name, value);
    }

    /** One whole number for each sample of the run, in order. The array is copied. */
    public Condition withEach(String name, int... onePerSample) {
        return put(name, new PerSample(onePerSample));
    }

    /** The names that have a value. */
    public Set<String> names() {
        return values.keySet();
    }

    /** The value, if it is there and of that type: {@code Integer}, {@code int[]} (ids) or {@link Tensor}. */
    public <T> Optional<T> get(String name, Class<T> type) {
        return Optional.ofNullable(values.get(name)).filter(type::isInstance).map(type::cast);
    }

    /** The whole number asked of sample i, given for all samples or for each; empty where there is none. */
    public Optional<Integer> at(String name, int sample) {
        Object value = values.get(name);
        if (value instanceof PerSample each) return Optional.of(each.values[sample]);
        return get(name, Integer.class);
    }

    private Condition put(String name, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(values);
        copy.put(name, value);
        return new Condition(java.util.Collections.unmodifiableMap(copy));
    }

    @Override
    public String toString() {
        return values.toString();
    }

    private static final class PerSample {
        private final int[] values;

        PerSample(int[] values) {
            this.values = values.clone();
        }

        @Override
        public String toString() {
            return java.util.Arrays.toString(values);
        }
    }
}
