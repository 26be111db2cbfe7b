package io.sampler4j.api.plugin;

import io.sampler4j.api.ImplementedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apiguardian.api.API;

/**
 * One named component of one kind: sampler, scheduler, guidance, latent distribution, scorer, tokenizer. Immutable;
 * grows by methods. Names are lower case with hyphens, and unique within a kind.
 *
 * @param <T> the kind
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Offer<T> {
    private final Class<T> kind;
    private final String name;
    private final Function<Options, ? extends T> make;
    private final List<Option<?>> options;
    private final List<String> aliases;
    private final String about;
    private final String source;
    private final int orderInRun;
    private final int localOrder;
    private final double nfePerStep;
    private final List<Variant> variants;

    private Offer(
            Class<T> kind,
            String name,
            Function<Options, ? extends T> make,
            List<Option<?>> options,
            List<String> aliases,
            String about,
            String source,
            int orderInRun,
            int localOrder,
            double nfePerStep,
            List<Variant> variants) {
        this.kind = kind;
        this.name = name;
        this.make = make;
        this.options = options;
        this.aliases = aliases;
        this.about = about;
        this.source = source;
        this.orderInRun = orderInRun;
        this.localOrder = localOrder;
        this.nfePerStep = nfePerStep;
        this.variants = variants;
    }

    /**
     * A component.
     *
     * @param kind the interface by which the host finds it, such as {@code DiffusionSampler.class}
     * @param make its factory, called for every plan; reads only the options declared here
     */
    public static <T> Offer<T> of(
            Class<T> kind, String name, Function<Options, ? extends T> make, Option<?>... options) {
        return new Offer<>(kind, name, make, List.of(options), List.of(), "", "", 0, 0, Double.NaN, List.of());
    }

    /** Other names under which users know it, such as the class name in diffusers. Accepted, never stored. */
    public Offer<T> aliases(String... names) {
        return new Offer<>(
                kind, name, make, options, List.of(names), about, source, orderInRun, localOrder, nfePerStep, variants);
    }

    /** One line: what it is for. */
    public Offer<T> about(String text) {
        return new Offer<>(
                kind, name, make, options, aliases, text, source, orderInRun, localOrder, nfePerStep, variants);
    }

    /** Paper, equation or algorithm, as a reader would look it up. */
    public Offer<T> source(String text) {
        return new Offer<>(
                kind, name, make, options, aliases, about, text, orderInRun, localOrder, nfePerStep, variants);
    }

    /** The order of convergence over a run, and that of the local error of one step. */
    public Offer<T> order(int run, int local) {
        return new Offer<>(kind, name, make, options, aliases, about, source, run, local, nfePerStep, variants);
    }

    /** Network evaluations per step; left out where it varies. */
    public Offer<T> nfePerStep(double evaluations) {
        return new Offer<>(
                kind, name, make, options, aliases, about, source, orderInRun, localOrder, evaluations, variants);
    }

    /**
     * Order and evaluations where an option has another value than its default.
     *
     * @param option one of this offer's
     * @param value as a user types it
     * @param run the order of convergence over a run
     * @param local the order of the local error of one step
     * @param evaluations of the network per step
     */
    public Offer<T> where(Option<?> option, String value, int run, int local, double evaluations) {
        List<Variant> more = new ArrayList<>(variants);
        more.add(new Variant(option.name(), value, run, local, evaluations));
        return new Offer<>(
                kind,
                name,
                make,
                options,
                aliases,
                about,
                source,
                orderInRun,
                localOrder,
                nfePerStep,
                List.copyOf(more));
    }

    /** The interface by which the host finds it. */
    public Class<T> kind() {
        return kind;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Other names under which users know it. */
    public List<String> aliases() {
        return aliases;
    }

    /** One line: what it is for. */
    public String about() {
        return about;
    }

    /** Paper, equation or algorithm. */
    public String source() {
        return source;
    }

    /** The order of convergence over a run, where stated. */
    public OptionalInt order() {
        return orderInRun == 0 ? OptionalInt.empty() : OptionalInt.of(orderInRun);
    }

    /** The order of the local error of one step, where stated. */
    public OptionalInt localOrder() {
        return localOrder == 0 ? OptionalInt.empty() : OptionalInt.of(localOrder);
    }

    /** Network evaluations per step; empty where it varies. */
    public OptionalDouble nfePerStep() {
        return Double.isNaN(nfePerStep) ? OptionalDouble.empty() : OptionalDouble.of(nfePerStep);
    }

    /** Orders and evaluations that depend on an option; empty where none does. */
    public List<Variant> variants() {
        return variants;
    }

    /** Its options, each with default, range and description. */
    public List<Option<?>> options() {
        return options;
    }

    /** A component with these values. */
    public T make(Options values) {
        return make.apply(values);
    }

    /** What an offer's order and cost are where an option has some value. Immutable. */
    @API(status = API.Status.STABLE, since = "1.0")
    @ImplementedBy(ImplementedBy.Party.NOBODY)
    public static final class Variant {
        private final String option;
        private final String value;
        private final int order;
        private final int localOrder;
        private final double nfePerStep;

        private Variant(String option, String value, int order, int localOrder, double nfePerStep) {
            this.option = option;
            this.value = value;
            this.order = order;
            this.localOrder = localOrder;
            this.nfePerStep = nfePerStep;
        }

        /** The option's name. */
        public String option() {
            return option;
        }

        /** Its value, as a user types it. */
        public String value() {
            return value;
        }

        /** The order of convergence over a run. */
        public int order() {
            return order;
        }

        /** The order of the local error of one step. */
        public int localOrder() {
            return localOrder;
        }

        /** Network evaluations per step. */
        public double nfePerStep() {
            return nfePerStep;
        }
    }
}
