package io.sampler4j.it.goldens;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/** One recorded loop of the reference: its scheduler's configuration, its schedule, and what came out. */
record Golden(JsonNode entry) {
    /** All loops of a resource {@code /goldens/FILE.json}. */
    static List<Golden> all(String file) throws IOException {
        try (InputStream in = Golden.class.getResourceAsStream("/goldens/" + file + ".json")) {
            List<Golden> all = new ArrayList<>();
            new ObjectMapper().readTree(in).path("entries").forEach(e -> all.add(new Golden(e)));
            return all;
        }
    }

    /** The reference's test, such as {@code deis.full_loop_no_noise}: its file and its method. */
    String name() {
        return entry.path("name").asText();
    }

    /** Which of the reference's test files. */
    String suite() {
        return name().substring(0, name().indexOf('.'));
    }

    /** Its method. */
    String test() {
        return name().substring(name().indexOf('.') + 1);
    }

    JsonNode config() {
        return entry.path("config");
    }

    boolean flag(String option) {
        return config().path(option).asBoolean();
    }

    /** The shape of what came out, the batch first. */
    int[] shape() {
        return StreamSupport.stream(entry.path("final_shape").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    int size() {
        return Arrays.stream(shape()).reduce(1, Math::multiplyExact);
    }

    double[] end() {
        return doubles("final");
    }

    double[] timesteps() {
        return doubles("timesteps");
    }

    /** The reference's own levels, float32, as sigma/alpha. */
    double[] sigmas() {
        return doubles("sigmas");
    }

    /** Steps of the recorded loop. */
    int steps() {
        JsonNode sums = entry.path("abs_sums");
        return sums.isArray() ? sums.size() : timesteps().length;
    }

    /** The sum of |x| after a step of so many, where it was recorded: all of a short loop, the ends of a long one. */
    OptionalDouble sumAfter(int step, int steps) {
        JsonNode all = entry.path("abs_sums");
        if (all.isArray()) return OptionalDouble.of(all.get(step).asDouble());
        JsonNode first = entry.path("steps_excerpt").path("first");
        JsonNode last = entry.path("steps_excerpt").path("last");
        int fromEnd = last.size() - steps + step;
        JsonNode at = step < first.size() ? first.get(step) : fromEnd >= 0 ? last.get(fromEnd) : null;
        return at == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(at.path("abs_sum").asDouble());
    }

    private double[] doubles(String member) {
        return StreamSupport.stream(entry.path(member).spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }
}
