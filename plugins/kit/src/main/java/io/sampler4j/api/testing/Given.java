package io.sampler4j.api.testing;

import io.sampler4j.api.plugin.Offer;
import java.util.HashMap;
import java.util.Map;

/** The options by which components are judged, where the defaults will not do. Immutable. */
final class Given {
    static final Given DEFAULTS = new Given(Map.of());

    private final Map<String, Map<String, String>> ofComponent;

    private Given(Map<String, Map<String, String>> ofComponent) {
        this.ofComponent = ofComponent;
    }

    Given with(String component, String option, String value) {
        Map<String, String> options = new HashMap<>(ofComponent.getOrDefault(component, Map.of()));
        options.put(option, value);
        Map<String, Map<String, String>> all = new HashMap<>(ofComponent);
        all.put(component, options);
        return new Given(all);
    }

    /** The component, with these options and one more. */
    Object make(Offer<?> offer, String option, String value) {
        return with(offer.name(), option, value).make(offer);
    }

    Object make(Offer<?> offer) {
        return TextOptions.make(offer, ofComponent.getOrDefault(offer.name(), Map.of()));
    }
}
