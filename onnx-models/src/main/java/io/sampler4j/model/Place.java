package io.sampler4j.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * One object of a JSON file that is read strictly: every member that is asked for is known, the others are faults. All
 * faults of a file are told at once, each with its place. Confined to one thread.
 */
public final class Place {
    /** Characters of what was found, in a message. */
    private static final int LONGEST = 80;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode node;
    private final String path;
    private final List<String> faults;
    private final Set<String> known = new LinkedHashSet<>();

    private Place(JsonNode node, String path, List<String> faults) {
        this.node = node;
        this.path = path;
        this.faults = faults;
    }

    /**
     * A whole file.
     *
     * @param origin what it is, for messages
     * @throws RefusedException if it is no JSON, or with every fault
     */
    public static <T> T read(String json, String origin, Function<Place, T> read) {
        return read(json, origin, new ArrayList<>(), read);
    }

    /** As {@link #read(String, String, Function)}, where faults of the whole are added to this list as well. */
    static <T> T read(String json, String origin, List<String> faults, Function<Place, T> read) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new RefusedException(
                    origin + " is not JSON: " + e.getOriginalMessage() + " (line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ")",
                    e);
        }
        T made = read.apply(new Place(root, "", faults));
        if (faults.isEmpty()) return made;
        throw new RefusedException(faults.stream().map(f -> origin + ": " + f).toList());
    }

    /** Whether it is an object; a fault if not. */
    public boolean isObject() {
        if (!node.isObject()) faults.add((path.isEmpty() ? "it" : path) + " must be an object");
        return node.isObject();
    }

    /** Every member that was not asked for is a fault. */
    public void end() {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                faults.add("there is no member " + shortened(full(name)) + "; the nearest is " + nearest(name));
            }
        });
    }

    private String nearest(String name) {
        return known.stream()
                .min(java.util.Comparator.comparingInt(k -> Names.distance(name, k)))
                .orElse("none");
    }

    private String full(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Adds a fault of a member: {@code steps must be 1 or more}. */
    public void fault(String name, String what) {
        faults.add(full(name) + " " + what);
    }

    /** Adds the fault that a member is missing, and gives what reading goes on with. */
    public <T> T missing(String name, T inItsPlace) {
        fault(name, "is missing");
        return inItsPlace;
    }

    private Optional<JsonNode> member(String name, String what, java.util.function.Predicate<JsonNode> ok) {
        known.add(name);
        JsonNode value = node.get(name);
        if (value == null) return Optional.empty();
        if (!ok.test(value)) {
            fault(name, "must be " + what + ", got " + shortened(value.toString()));
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** A text. */
    public Optional<String> text(String name) {
        return member(name, "a text", JsonNode::isTextual).map(JsonNode::asText);
    }

    /** One of some texts. */
    public Optional<String> oneOf(String name, List<String> names) {
        return member(name, "one of " + String.join(", ", names), v -> v.isTextual() && names.contains(v.asText()))
                .map(JsonNode::asText);
    }

    /** A whole number in a range, both ends included. */
    public OptionalInt whole(String name, int from, int to) {
        String range = to == Integer.MAX_VALUE ? from + " or more" : "from " + from + " to " + to;
        return member(name, "a whole number " + range, v -> v.isInt() && v.asInt() >= from && v.asInt() <= to)
                .map(v -> OptionalInt.of(v.asInt()))
                .orElse(OptionalInt.empty());
    }

    /** A finite number. */
    public OptionalDouble decimal(String name) {
        return member(name, "a number", Place::isFinite)
                .map(v -> OptionalDouble.of(v.asDouble()))
                .orElse(OptionalDouble.empty());
    }

    /** True or false; false where it is not there. */
    public boolean flag(String name) {
        return member(name, "true or false", JsonNode::isBoolean)
                .map(JsonNode::asBoolean)
                .orElse(false);
    }

    private <T> List<T> array(
            String name, String what, java.util.function.Predicate<JsonNode> each, Function<JsonNode, T> map) {
        List<T> values = new ArrayList<>();
        member(name, what, v -> {
                    if (!v.isArray()) return false;
                    for (JsonNode e : v) if (!each.test(e)) return false;
                    return true;
                })
                .ifPresent(v -> v.forEach(e -> values.add(map.apply(e))));
        return values;
    }

    /** A list of texts; empty where it is not there. */
    public List<String> list(String name) {
        return array(name, "a list of texts", JsonNode::isTextual, JsonNode::asText);
    }

    /** A list of finite numbers. */
    public List<Double> decimals(String name) {
        return array(name, "a list of numbers", Place::isFinite, JsonNode::asDouble);
    }

    /** A list of whole numbers. */
    public List<Integer> wholes(String name, int from) {
        return array(
                name,
                "a list of whole numbers, each " + from + " or more",
                v -> v.isInt() && v.asInt() >= from,
                JsonNode::asInt);
    }

    /** An object whose members are texts. */
    public Map<String, String> texts(String name) {
        Map<String, String> values = new LinkedHashMap<>();
        member(name, "an object of texts", v -> {
                    if (!v.isObject()) return false;
                    for (JsonNode e : v) if (!e.isTextual()) return false;
                    return true;
                })
                .ifPresent(v -> v.properties()
                        .forEach(e -> values.put(e.getKey(), e.getValue().asText())));
        return values;
    }

    /** An object, read by a function, after which every member it did not ask for is a fault. */
    public <T> Optional<T> object(String name, Function<Place, T> read) {
        return member(name, "an object", JsonNode::isObject).map(v -> read(v, full(name), read));
    }

    /** An object whose members are objects. */
    public <T> Map<String, T> objects(String name, Function<Place, T> read) {
        Map<String, T> values = new LinkedHashMap<>();
        member(name, "an object", JsonNode::isObject)
                .ifPresent(v -> v.properties().forEach(e -> {
                    if (e.getValue().isObject()) {
                        values.put(e.getKey(), read(e.getValue(), full(name) + "." + e.getKey(), read));
                    } else {
                        fault(name + "." + e.getKey(), "must be an object");
                    }
                }));
        return values;
    }

    private <T> T read(JsonNode value, String place, Function<Place, T> read) {
        Place inner = new Place(value, place, faults);
        T made = read.apply(inner);
        inner.end();
        return made;
    }

    /** 1e999 is JSON, and no number of ours. */
    private static boolean isFinite(JsonNode v) {
        return v.isNumber() && Double.isFinite(v.asDouble());
    }

    static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
