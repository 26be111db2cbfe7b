package io.sampler4j.runtime.plugin;

import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a plugin offers, held against the API and against what the plugins before it offer. */
final class OfferLint {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private OfferLint() {}

    /** Every id has one owner. */
    static void checkId(JarLint jar, List<PluginReport> live) throws Fault {
        for (PluginReport other : live) {
            if (!other.id().equals(jar.id())) continue;
            boolean same = !jar.sha256().isEmpty() && other.sha256().equals(jar.sha256());
            throw new Fault(
                    "it is " + (same ? "the same plugin twice " : "another plugin of the id ") + jar.id() + ", which "
                            + other.file() + " (" + other.version() + ") brings",
                    "remove one of the two files");
        }
    }

    /** Refuses offers that users could not name, could not read of, or that other plugins have. */
    static void check(List<Offer<?>> offers, List<PluginReport> live) throws Fault {
        for (Offer<?> offer : offers) complete(offer);
        claim(offers, live);
    }

    private static void complete(Offer<?> offer) throws Fault {
        if (offer.kind() == null || offer.name() == null) {
            throw new Fault("it offers a component without a kind or a name", "give Offer.of both");
        }
        String component = Registry.word(offer.kind()) + " \"" + offer.name() + "\"";
        if (!NAME.matcher(offer.name()).matches()) {
            throw new Fault(
                    "it offers the " + component + ", whose name users could not type",
                    "let a name be lower-case letters, digits and hyphens; others are aliases");
        }
        if (offer.about() == null || offer.source() == null) {
            throw new Fault(
                    "the " + component + " says null of what it is for, or of where it comes from",
                    "leave about() or source() out, or give them texts");
        }
        for (String alias : offer.aliases()) {
            if (alias.isBlank()) {
                throw new Fault("the " + component + " has a blank alias", "leave it out");
            }
        }
        Set<String> options = new HashSet<>();
        for (Option<?> option : offer.options()) {
            if (option.name() == null || !options.add(option.name())) {
                throw new Fault(
                        "the " + component + " has two options of one name, or one without: " + option.name(),
                        "give each option a name of its own");
            }
        }
    }

    /** Every (kind, name or alias) has one owner. */
    private static void claim(List<Offer<?>> offers, List<PluginReport> live) throws Fault {
        for (int i = 0; i < offers.size(); i++) {
            Offer<?> offer = offers.get(i);
            for (String name : Registry.names(offer)) {
                String claim = "it claims the " + Registry.word(offer.kind()) + " " + name;
                if (claimed(offer, name, offers.subList(0, i))) {
                    throw new Fault(claim + " twice", "give each component names of its own");
                }
                for (PluginReport other : live) {
                    if (claimed(offer, name, other.offers())) {
                        throw new Fault(
                                claim + ", which " + other.file() + " brings",
                                "remove one of the two files, or rename the component in one");
                    }
                }
            }
        }
    }

    private static boolean claimed(Offer<?> offer, String name, List<Offer<?>> others) {
        return others.stream()
                .anyMatch(o -> o.kind() == offer.kind() && Registry.names(o).contains(name));
    }
}
