package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.pf4j.Extension;

/** The rules C1 to C9, and those of each component. */
final class ContributionRules {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final String INDEX = "META-INF/extensions.idx";
    /** Of an order that is measured between two numbers of steps. */
    private static final double ORDER_MARGIN = .3;

    private final Contribution contribution;
    private final Given given;
    private final Verdict verdict = new Verdict();

    private ContributionRules(Contribution contribution, Given given) {
        this.contribution = contribution;
        this.given = given;
    }

    /** Those of contributions that it breaks. */
    static List<Broken> brokenBy(Contribution contribution, Given given) {
        ContributionRules rules = new ContributionRules(contribution, given);
        rules.judge();
        return rules.verdict.broken();
    }

    private void judge() {
        verdict.check(Rule.C1, this::isAnExtension);
        verdict.check(Rule.C2, this::isListed);
        if (!verdict.check(Rule.C3, this::offers)) return;
        List<Offer<?>> offers = contribution.offers();
        verdict.check(Rule.C4, () -> names(offers));
        verdict.check(Rule.C5, () -> texts(offers));
        if (!verdict.check(Rule.C6, () -> defaults(offers))) return;
        verdict.check(Rule.C7, () -> orders(offers));
        verdict.check(Rule.C8, () -> costs(offers));
        if (verdict.broken().stream().noneMatch(b -> b.rule() == Rule.C1)) {
            verdict.check(Rule.C9, () -> Unloading.leak(contribution.getClass(), given));
        }
    }

    private Optional<String> isAnExtension() throws ReflectiveOperationException {
        Class<?> type = contribution.getClass();
        if (!Modifier.isPublic(type.getModifiers())) return Optional.of(type.getName() + " is not public");
        if (!type.isAnnotationPresent(Extension.class)) return Optional.of(type.getName() + " is not marked");
        for (var constructor : type.getConstructors()) {
            if (constructor.getParameterCount() == 0) return Optional.empty();
        }
        return Optional.of(type.getName() + " has no such constructor");
    }

    private Optional<String> isListed() throws IOException {
        Class<?> type = contribution.getClass();
        List<URL> indices = Collections.list(type.getClassLoader().getResources(INDEX));
        for (URL index : indices) {
            URLConnection connection = index.openConnection();
            connection.setUseCaches(false);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                if (lines.lines().anyMatch(line -> line.strip().equals(type.getName()))) return Optional.empty();
            }
        }
        return Optional.of(type.getName() + " is in none of " + indices
                + ": name PF4J's annotation processor in the build (annotationProcessorPaths)");
    }

    private Optional<String> offers() {
        List<String> once = names(), again = names();
        if (once.isEmpty()) return Optional.of("it offers nothing");
        return Verdict.unless(once.equals(again), "it offered " + once + " and then " + again);
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (Offer<?> offer : contribution.offers()) names.add(shown(offer));
        return names;
    }

    private static Optional<String> names(List<Offer<?>> offers) {
        Set<String> claimed = new HashSet<>();
        for (Offer<?> offer : offers) {
            if (!NAME.matcher(offer.name()).matches()) return Optional.of("one is \"" + offer.name() + "\"");
            List<String> all = new ArrayList<>(offer.aliases());
            all.add(offer.name());
            for (String name : all) {
                if (!claimed.add(offer.kind().getName() + " " + name)) return Optional.of(name + " is claimed twice");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> texts(List<Offer<?>> offers) {
        for (Offer<?> offer : offers) {
            if (offer.about().isBlank()) return Optional.of(shown(offer) + " does not: call about(...)");
            for (Option<?> option : offer.options()) {
                if (option.about().isBlank()) return Optional.of(shown(offer) + "'s " + option + " does not");
            }
        }
        return Optional.empty();
    }

    private Optional<String> defaults(List<Offer<?>> offers) {
        for (Offer<?> offer : offers) {
            Object made;
            try {
                made = given.make(offer);
            } catch (RefusedException e) {
                return Optional.of(shown(offer) + " refuses (" + e.getMessage()
                        + "): say with(component, option, value) what to judge it by");
            } catch (RuntimeException e) {
                return Optional.of("making " + shown(offer) + " threw " + e);
            }
            if (!offer.kind().isInstance(made)) return Optional.of(shown(offer) + " made " + made);
        }
        return Optional.empty();
    }

    /** What an offer states of a sampler, with its defaults or with one option as it says. */
    private record Stated(String name, DiffusionSampler sampler, OptionalInt order, OptionalDouble nfePerStep) {}

    private List<Stated> stated(List<Offer<?>> offers) {
        List<Stated> all = new ArrayList<>();
        for (Offer<?> o : offers) {
            if (o.kind() != DiffusionSampler.class) continue;
            all.add(new Stated(shown(o), (DiffusionSampler) given.make(o), o.order(), o.nfePerStep()));
            for (Offer.Variant v : o.variants()) {
                all.add(new Stated(
                        shown(o) + " at " + v.option() + "=" + v.value(),
                        (DiffusionSampler) given.make(o, v.option(), v.value()),
                        OptionalInt.of(v.order()),
                        OptionalDouble.of(v.nfePerStep())));
            }
        }
        all.removeIf(s -> !s.sampler.followsGrid());
        return all;
    }

    private Optional<String> orders(List<Offer<?>> offers) {
        for (Stated each : stated(offers)) {
            if (each.order.isEmpty() || refusesTheMixture(each.sampler) || draws(each.sampler)) continue;
            int stated = each.order.getAsInt();
            double found = SamplerAssert.order(each.sampler, GaussianMixture.Output.EPSILON, Coordinates.VP);
            if (found < stated - ORDER_MARGIN) {
                return Optional.of(String.format(Locale.ROOT, "%s states %d and has %.2f", each.name, stated, found));
            }
        }
        return Optional.empty();
    }

    private static boolean refusesTheMixture(DiffusionSampler sampler) {
        return SamplerRules.targetOf(sampler).filter(Target.MIXTURE::equals).isEmpty();
    }

    private static boolean draws(DiffusionSampler sampler) {
        NoiseGrid grid = SamplerRules.grid(sampler, Math.max(2, sampler.needs().steps()), false);
        TestRun run = new TestRun(1);
        sampler.sample(Target.MIXTURE.network(), grid, Target.start(grid.first(), 1, 2, 1), run);
        return run.draws() > 0;
    }

    private Optional<String> costs(List<Offer<?>> offers) {
        for (Stated each : stated(offers)) {
            if (each.nfePerStep.isEmpty()) continue;
            int more = 12, few = Math.max(12, each.sampler.needs().steps());
            double found = (evaluations(each.sampler, few + more) - evaluations(each.sampler, few)) / (double) more;
            double stated = each.nfePerStep.getAsDouble();
            if (Math.abs(found - stated) > 1e-9) {
                return Optional.of(each.name + " states " + stated + " and asks " + found + " times");
            }
        }
        return Optional.empty();
    }

    private static int evaluations(DiffusionSampler sampler, int steps) {
        Target target = SamplerRules.targetOf(sampler).orElse(Target.MIXTURE);
        NoiseGrid grid = SamplerRules.grid(sampler, steps, false);
        return Program.of(sampler, target.network(), grid, Target.start(grid.first(), 1, 2, 1), 1)
                .evaluations();
    }

    /** Those of the component, at its defaults; guidance at a scale that it acts at. */
    static List<Broken> brokenBy(Offer<?> offer, Given given) {
        if (offer.kind() == Guidance.class) return brokenByGuidance(offer, given);
        Object made = given.make(offer);
        if (made instanceof DiffusionSampler s) return SamplerRules.brokenBy(s);
        if (made instanceof NoiseScheduler s) return SchedulerRules.brokenBy(s);
        if (made instanceof TokenSampler s) return TokenSamplerRules.brokenBy(s);
        if (made instanceof TokenScheduler s) return TokenSchedulerRules.brokenBy(s);
        return List.of();
    }

    private static List<Broken> brokenByGuidance(Offer<?> offer, Given given) {
        boolean scales = offer.options().stream().anyMatch(o -> o.name().equals("scale"));
        Guidance on = (Guidance) (scales ? given.make(offer, "scale", "3") : given.make(offer));
        Optional<Guidance> off = scales ? Optional.of((Guidance) given.make(offer, "scale", "1")) : Optional.empty();
        return GuidanceRules.brokenBy(on, off);
    }

    static String shown(Offer<?> offer) {
        return offer.kind().getSimpleName() + " " + offer.name();
    }
}
