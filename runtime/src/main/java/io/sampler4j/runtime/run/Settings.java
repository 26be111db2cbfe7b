package io.sampler4j.runtime.run;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.model.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sends each {@code key=value} to the component that has the option: by its prefix ({@code sampler.eta}), or by its name
 * alone where only one component has it.
 */
final class Settings {
    private final Map<String, List<Option<?>>> components = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> values = new LinkedHashMap<>();

    /** A component of this run, such as {@code sampler}, with its options and the values that the model gives it. */
    void component(String component, List<Option<?>> options, Map<String, String> byModel) {
        components.put(component, options);
        Map<String, String> initial = new LinkedHashMap<>();
        byModel.forEach((key, value) -> {
            if (options.stream().anyMatch(o -> o.name().equals(key))) initial.put(key, value);
        });
        values.put(component, initial);
    }

    /** Sends the user's settings, adding a reason for each that no component, or more than one, has. */
    void route(Map<String, String> given, Refusals refuse) {
        given.forEach((key, value) -> {
            int dot = key.indexOf('.');
            if (dot > 0) {
                one(key.substring(0, dot), key.substring(dot + 1), value, key, refuse);
                return;
            }
            List<String> having = new ArrayList<>();
            components.forEach((component, options) -> {
                if (has(options, key)) having.add(component);
            });
            if (having.size() == 1) {
                values.get(having.get(0)).put(key, value);
            } else if (having.isEmpty()) {
                refuse.unless(false, "%s", Names.unknown("option", key, everything()));
            } else {
                refuse.unless(
                        false,
                        "the option %s is one of %s: say which, as in --set %s.%s=%s",
                        key,
                        String.join(" and ", having),
                        having.get(0),
                        key,
                        value);
            }
        });
    }

    private void one(String component, String name, String value, String key, Refusals refuse) {
        if (!components.containsKey(component)) {
            refuse.unless(
                    false,
                    "--set %s=%s: there is no component %s in this run; there are %s",
                    key,
                    value,
                    component,
                    String.join(", ", components.keySet()));
        } else if (!has(components.get(component), name)) {
            refuse.unless(false, "%s", Names.unknown("option of the " + component, name, names(component)));
        } else {
            values.get(component).put(name, value);
        }
    }

    /** The values of one component. */
    Map<String, String> of(String component) {
        return values.get(component);
    }

    /** The value of one of the host's own options. */
    <T> T get(String component, Option<T> option) {
        String text = values.get(component).get(option.name());
        return text == null ? option.byDefault() : option.parse(text);
    }

    private Set<String> names(String component) {
        Set<String> names = new TreeSet<>();
        components.get(component).forEach(o -> names.add(o.name()));
        return names;
    }

    private Set<String> everything() {
        Set<String> names = new TreeSet<>();
        components.keySet().forEach(c -> names.addAll(names(c)));
        return names;
    }

    private static boolean has(List<Option<?>> options, String name) {
        return options.stream().anyMatch(o -> o.name().equals(name));
    }
}
