package io.sampler4j.api.plugin;

import io.sampler4j.api.ImplementedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * One option: name, type, default, range, description. A plugin keeps it as a constant and reads it back typed:
 * {@code options.get(ETA)}. Immutable.
 *
 * @param <T> the type of its value
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Option<T> {
    private final String name;
    private final String type;
    private final T byDefault;
    private final String range;
    private final String about;
    private final Function<String, T> parse;
    private final Function<T, String> print;

    private Option(
            String name,
            String type,
            T byDefault,
            String range,
            String about,
            Function<String, T> parse,
            Function<T, String> print) {
        this.name = name;
        this.type = type;
        this.byDefault = byDefault;
        this.range = range;
        this.about = about;
        this.parse = parse;
        this.print = print;
        parse(print.apply(byDefault));
    }

    /** A finite or infinite number in [from, to]; {@code inf} stands for infinity. */
    public static Option<Double> decimal(String name, double byDefault, double from, double to, String about) {
        String range = range(number(from), number(to));
        return new Option<>(name, "decimal", byDefault, range, about, s -> decimal(s, from, to), Option::number);
    }

    /** A whole number in [from, to]. */
    public static Option<Integer> whole(String name, int byDefault, int from, int to, String about) {
        String high = to == Integer.MAX_VALUE ? "inf" : String.valueOf(to);
        String range = range(String.valueOf(from), high);
        return new Option<>(name, "whole", byDefault, range, about, s -> whole(s, from, to), String::valueOf);
    }

    /** True or false. */
    public static Option<Boolean> flag(String name, boolean byDefault, String about) {
        return new Option<>(name, "flag", byDefault, "true or false", about, Option::flag, String::valueOf);
    }

    /** One of some names, of which the first is the default; the plugin maps them to whatever it likes. */
    public static Option<String> oneOf(String name, List<String> names, String about) {
        return new Option<>(
                name,
                "name",
                names.get(0),
                "one of " + String.join(", ", names),
                about,
                s -> {
                    if (!names.contains(s)) throw new IllegalArgumentException("not one of its names");
                    return s;
                },
                s -> s);
    }

    /** Numbers separated by commas, each in [from, to]; possibly none. */
    public static Option<List<Double>> decimals(
            String name, List<Double> byDefault, double from, double to, String about) {
        String range = "numbers separated by commas, each " + range(number(from), number(to));
        return new Option<>(
                name,
                "decimals",
                List.copyOf(byDefault),
                range,
                about,
                s -> list(s, v -> decimal(v, from, to)),
                v -> v.stream().map(Option::number).collect(Collectors.joining(",")));
    }

    /** Whole numbers separated by commas, each in [from, to]; possibly none. */
    public static Option<List<Integer>> wholes(String name, List<Integer> byDefault, int from, int to, String about) {
        String high = to == Integer.MAX_VALUE ? "inf" : String.valueOf(to);
        String range = "whole numbers separated by commas, each " + range(String.valueOf(from), high);
        return new Option<>(
                name,
                "wholes",
                List.copyOf(byDefault),
                range,
                about,
                s -> list(s, v -> whole(v, from, to)),
                v -> v.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    /** Any text. */
    public static Option<String> text(String name, String byDefault, String about) {
        return new Option<>(name, "text", byDefault, "any text", about, s -> s, s -> s);
    }

    /** The name a user types. */
    public String name() {
        return name;
    }

    /** decimal, whole, flag, name, decimals, wholes or text. */
    public String type() {
        return type;
    }

    /** What is allowed, as a phrase. */
    public String range() {
        return range;
    }

    /** What it does, in one line. */
    public String about() {
        return about;
    }

    /** The value where none is given. */
    public T byDefault() {
        return byDefault;
    }

    /** The text that {@link #parse} turns into this value: what a record stores. */
    public String print(T value) {
        return print.apply(value);
    }

    /**
     * The value that a text stands for.
     *
     * @throws IllegalArgumentException naming the option, the text and what is allowed
     */
    public T parse(String text) {
        try {
            return parse.apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + "=" + text + ": must be " + phrase(), e);
        }
    }

    private String phrase() {
        return switch (type) {
            case "decimal" -> "a number " + range;
            case "whole" -> "a whole number " + range;
            default -> range;
        };
    }

    @Override
    public String toString() {
        return name;
    }

    private static String range(String from, String to) {
        return "from " + from + " to " + to;
    }

    private static String number(double v) {
        if (Double.isInfinite(v)) return v > 0 ? "inf" : "-inf";
        return v == Math.rint(v) && Math.abs(v) < 1e15 ? String.valueOf((long) v) : String.valueOf(v);
    }

    private static double decimal(String s, double from, double to) {
        double v = switch (s.toLowerCase(Locale.ROOT)) {
            case "inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(s);
        };
        if (!(v >= from && v <= to)) throw new IllegalArgumentException("out of range");
        return v;
    }

    private static int whole(String s, int from, int to) {
        int v = Integer.parseInt(s);
        if (v < from || v > to) throw new IllegalArgumentException("out of range");
        return v;
    }

    private static boolean flag(String s) {
        if (!s.equals("true") && !s.equals("false")) throw new IllegalArgumentException("neither");
        return s.equals("true");
    }

    private static <E> List<E> list(String s, Function<String, E> each) {
        List<E> values = new ArrayList<>();
        if (!s.isEmpty()) for (String part : s.split(",", -1)) values.add(each.apply(part.strip()));
        return List.copyOf(values);
    }
}
