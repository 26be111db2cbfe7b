package io.sampler4j.runtime.plugin;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.api.generator.FlowEditor;
import io.sampler4j.api.generator.GeneratorSampler;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import io.sampler4j.api.stage.DiffusionScorer;
import io.sampler4j.api.stage.FlowScorer;
import io.sampler4j.api.stage.TokenScorer;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.model.Names;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The components of one generation, by kind and name. An immutable snapshot; thread-safe. */
public final class Registry {
    private static final Map<Class<?>, String> WORDS = Map.ofEntries(
            Map.entry(DiffusionSampler.class, "sampler"),
            Map.entry(TokenSampler.class, "token sampler"),
            Map.entry(GeneratorSampler.class, "one-call sampler"),
            Map.entry(NoiseScheduler.class, "scheduler"),
            Map.entry(TokenScheduler.class, "curve"),
            Map.entry(Guidance.class, "guidance"),
            Map.entry(LatentDistribution.class, "latent distribution"),
            Map.entry(FlowEditor.class, "flow editor"),
            Map.entry(FlowScorer.class, "flow scorer"),
            Map.entry(TokenScorer.class, "token scorer"),
            Map.entry(DiffusionScorer.class, "diffusion scorer"),
            Map.entry(Tokenizer.class, "tokenizer"));

    private final List<PluginReport> plugins;

    Registry(List<PluginReport> live) {
        plugins = List.copyOf(live);
    }

    /**
     * A component that was made.
     *
     * @param component itself
     * @param offer what it was made of
     * @param plugin whose it is
     * @param options all its options as texts, defaults written out; unmodifiable
     */
    public record Made<T>(T component, Offer<T> offer, PluginReport plugin, Map<String, String> options) {}

    /** How a kind is called in messages. */
    public static String word(Class<?> kind) {
        return WORDS.getOrDefault(kind, kind.getSimpleName());
    }

    /** A component's name and aliases, in lower case, each once: {@code DDIM} is a fair alias of {@code ddim}. */
    static Set<String> names(Offer<?> offer) {
        Set<String> names = new LinkedHashSet<>();
        names.add(offer.name());
        for (String alias : offer.aliases()) names.add(alias.toLowerCase(Locale.ROOT));
        return names;
    }

    /** Every component. */
    public List<Offer<?>> offers() {
        return plugins.stream().<Offer<?>>flatMap(p -> p.offers().stream()).toList();
    }

    /** The component of this name, or with this alias whatever its case. */
    public <T> Optional<Offer<T>> find(Class<T> kind, String nameOrAlias) {
        return owned(kind, nameOrAlias).map(o -> o.offer);
    }

    private record Owned<T>(Offer<T> offer, PluginReport plugin) {}

    @SuppressWarnings("unchecked") // An Offer<?> whose kind() is Class<T> is an Offer<T>, by its only factory.
    private <T> Optional<Owned<T>> owned(Class<T> kind, String nameOrAlias) {
        String lower = nameOrAlias.toLowerCase(Locale.ROOT);
        for (PluginReport plugin : plugins) {
            for (Offer<?> offer : plugin.offers()) {
                if (offer.kind() == kind && names(offer).contains(lower)) {
                    return Optional.of(new Owned<>((Offer<T>) offer, plugin));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Makes a component.
     *
     * @param values its options as texts; what is not given has its default
     * @throws RefusedException if there is none of that name, it has no such option, or a value is none, with all of
     *     what there is
     * @throws PluginException if its factory throws anything else, or returns null or what is not of that kind
     */
    public <T> Made<T> make(Class<T> kind, String nameOrAlias, Map<String, String> values) {
        Owned<T> owned = owned(kind, nameOrAlias)
                .orElseThrow(() -> new RefusedException(Names.unknown(
                        word(kind),
                        nameOrAlias,
                        offers().stream()
                                .filter(o -> o.kind() == kind)
                                .map(Offer::name)
                                .toList())));
        Offer<T> offer = owned.offer;
        List<String> problems = new ArrayList<>();
        List<String> known = offer.options().stream().map(Option::name).toList();
        for (String given : values.keySet()) {
            if (!known.contains(given)) problems.add(Names.unknown("option of " + offer.name(), given, known));
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Option<?> option : offer.options()) {
            try {
                texts.put(option.name(), text(option, values));
            } catch (IllegalArgumentException e) {
                problems.add(offer.name() + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) throw new RefusedException(problems);
        try {
            Object component = Watchdog.call(() -> offer.make(new Values(offer, texts)));
            if (component == null) throw new NullPointerException("its factory returned null");
            return new Made<>(kind.cast(component), offer, owned.plugin, Collections.unmodifiableMap(texts));
        } catch (SampleException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new RefusedException(offer.name() + ": " + e.getMessage(), e);
        } catch (Throwable e) {
            if (e instanceof VirtualMachineError failure && !(e instanceof StackOverflowError)) throw failure;
            throw new PluginException(
                    "the " + word(kind) + " " + offer.name() + " of " + owned.plugin.file() + " could not be made: "
                            + e,
                    e);
        }
    }

    private static <T> String text(Option<T> option, Map<String, String> values) {
        String given = values.get(option.name());
        return option.print(given == null ? option.byDefault() : option.parse(given));
    }

    private record Values(Offer<?> offer, Map<String, String> texts) implements Options {
        @Override
        public <T> T get(Option<T> option) {
            if (!offer.options().contains(option)) {
                throw new IllegalStateException(
                        offer.name() + " reads the option " + option.name() + ", which its offer does not declare");
            }
            return option.parse(texts.get(option.name()));
        }
    }
}
