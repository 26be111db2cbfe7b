package io.sampler4j.api.testing;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.Map;
import org.apiguardian.api.API;

/** The options of an offer, from text as a user types it. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class TextOptions implements Options {
    private final Offer<?> offer;
    private final Map<String, String> given;

    private TextOptions(Offer<?> offer, Map<String, String> given) {
        this.offer = offer;
        this.given = given;
    }

    /** The component of that kind and name, made with these options. */
    public static <T> T make(Contribution from, Class<T> kind, String name, Map<String, String> given) {
        Offer<?> offer = from.offers().stream()
                .filter(o -> o.kind() == kind && o.name().equals(name))
                .findFirst()
                .orElseThrow();
        return kind.cast(make(offer, given));
    }

    /** A component of that offer, made with these options. */
    public static Object make(Offer<?> offer, Map<String, String> given) {
        for (String option : given.keySet()) {
            if (offer.options().stream().noneMatch(o -> o.name().equals(option))) {
                throw new IllegalArgumentException(offer.name() + " has no option " + option);
            }
        }
        return offer.make(new TextOptions(offer, given));
    }

    @Override
    public <T> T get(Option<T> option) {
        if (!offer.options().contains(option)) throw new IllegalStateException(option + " is not declared");
        String text = given.get(option.name());
        return text == null ? option.byDefault() : option.parse(text);
    }
}
