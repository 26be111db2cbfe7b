package io.sampler4j.runtime.run;

import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.model.Manifest;
import io.sampler4j.runtime.plugin.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The components of a run by what they are in it ({@code sampler}, {@code scheduler}, ...), and their options. Every one
 * is declared first, since an option without a prefix belongs to whichever has it; then the user's settings are sent to
 * them; then each is made.
 */
final class Components {
    private final Registry registry;
    private final Manifest manifest;
    private final Reasons reasons;
    private final Settings settings = new Settings();

    Components(Registry registry, Manifest manifest, Reasons reasons) {
        this.registry = registry;
        this.manifest = manifest;
        this.reasons = reasons;
    }

    /**
     * A component of a plugin, with the option values that the model gives it. One that is not there has no options.
     *
     * @param own the one that those values are meant for; another has its own defaults, since its options may have the same
     *     names and other meanings
     */
    void declare(String component, Class<?> kind, Optional<String> name, Optional<String> own) {
        name.flatMap(n -> registry.find(kind, n)).ifPresent(offer -> {
            boolean meant = own.flatMap(o -> registry.find(kind, o))
                    .filter(offer::equals)
                    .isPresent();
            settings.component(component, offer.options(), meant ? byModel(component) : Map.of());
        });
    }

    /** As the four-argument form, where the model's values are meant for every component of this kind that has the option. */
    void declare(String component, Class<?> kind, Optional<String> name) {
        name.flatMap(n -> registry.find(kind, n))
                .ifPresent(offer -> settings.component(component, offer.options(), byModel(component)));
    }

    private Map<String, String> byModel(String component) {
        return manifest.defaults().options().entrySet().stream()
                .filter(e -> e.getKey().startsWith(component + "."))
                .collect(Collectors.toMap(e -> e.getKey().substring(component.length() + 1), Map.Entry::getValue));
    }

    /** The host's own options of one component. */
    void declare(String component, List<Option<?>> options, Map<String, String> byModel) {
        settings.component(component, options, byModel);
    }

    /** Sends the user's settings to those declared. */
    void route(Map<String, String> given) {
        settings.route(given, reasons.refusals());
    }

    /** Makes a declared component; nothing, and the reasons, where it cannot be. */
    <T> Optional<Registry.Made<T>> make(String component, Class<T> kind, Optional<String> name) {
        if (name.isEmpty()) return Optional.empty();
        Map<String, String> values = settings.of(component);
        return reasons.collect(() -> registry.make(kind, name.get(), values == null ? Map.of() : values));
    }

    /** Finds the reasons against the values of the host's own options. */
    void check(String component, List<Option<?>> options) {
        for (Option<?> option : options) {
            try {
                settings.get(component, option);
            } catch (IllegalArgumentException e) {
                reasons.unless(false, "%s", e.getMessage());
            }
        }
    }

    Settings settings() {
        return settings;
    }

    /** The only component of a kind there is; nothing, and the reason, where there is none or a choice by this option. */
    Optional<String> only(Class<?> kind, String option) {
        List<String> names = registry.offers().stream()
                .filter(o -> o.kind() == kind)
                .map(Offer::name)
                .toList();
        reasons.unless(
                names.size() == 1,
                names.isEmpty()
                        ? "no plugin offers a " + Registry.word(kind) + ": add one"
                        : "there are several of the kind " + Registry.word(kind) + ": say " + option + "; there are "
                                + names(kind));
        return names.stream().findFirst();
    }

    /** The names of a kind, for a message. */
    String names(Class<?> kind) {
        String names = registry.offers().stream()
                .filter(o -> o.kind() == kind)
                .map(Offer::name)
                .sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }
}
