package io.sampler4j.runtime.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.plugin.Registry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that made a result: enough to make it again. It holds the noise levels themselves, so a replay survives a
 * scheduler's removal, and hashes in place of paths. Immutable.
 */
public final class Record {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    private final ObjectNode json;

    private Record(ObjectNode json) {
        this.json = json;
    }

    static Record of(Planned plan, Made made) {
        ObjectNode r = JSON.createObjectNode();
        r.put("format", FORMAT).put("verb", plan.request.verb().word());
        model(r.putObject("model"), plan.directory);
        plan.request.profiled().ifPresent(p -> profile(r.putObject("profile"), p));
        plan.sampler().ifPresent(s -> component(r.putObject("sampler"), s));
        plan.describe(r);
        ArrayNode classes = r.putArray("classes");
        plan.classes.forEach(classes::add);
        Basics basics = plan.basics;
        r.put("count", plan.request.count()).put("seed", basics.seed());
        r.put("rng", basics.rng().name()).put("seedMode", plan.request.seedMode());
        plan.request.batch().ifPresent(b -> r.put("batch", b));
        r.put("nfe", made.nfe()).put("rows", made.rows());
        platform(r.putObject("platform"), basics.device(), basics.batching());
        r.put("samplesSha256", hash(made.samples()));
        return new Record(r);
    }

    /** What it ran on. */
    static void platform(ObjectNode platform, Device device, Batching batching) {
        platform.put("sampler4j", version()).put("onnxruntime", OnnxRuntime.version());
        platform.put("device", device.toString()).put("threads", batching.threadsPerCall());
        platform.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        platform.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    static void model(ObjectNode node, ModelDirectory directory) {
        node.put("name", directory.name()).put("sha256", directory.sha256());
        ObjectNode files = node.putObject("files");
        directory.manifest().files().forEach(files::put);
    }

    static void profile(ObjectNode node, Profiled profile) {
        node.put("name", profile.name()).put("sha256", profile.sha256());
        if (profile.canary()) node.put("canary", true);
    }

    static void component(ObjectNode node, Registry.Made<?> made) {
        node.put("name", made.offer().name()).put("plugin", made.plugin().id());
        node.put("version", made.plugin().version()).put("sha256", made.plugin().sha256());
        ObjectNode options = node.putObject("options");
        made.options().forEach(options::put);
    }

    /** The jars of a plan's components: sha256 by plugin. */
    static SortedMap<String, String> plugins(Planned plan) {
        ObjectNode r = JSON.createObjectNode();
        plan.sampler().ifPresent(s -> component(r.putObject("sampler"), s));
        plan.describe(r);
        SortedMap<String, String> plugins = new TreeMap<>();
        for (JsonNode component : r) {
            if (!component.has("plugin")) continue;
            plugins.put(
                    component.path("plugin").asText(), component.path("sha256").asText());
        }
        return plugins;
    }

    /** The values of the host's own options of one component, beside those of others. */
    static void options(ObjectNode record, Settings settings, String component, List<Option<?>> options) {
        ObjectNode node = record.withObject("options");
        for (Option<?> option : options) print(node, component, option, settings);
    }

    private static <T> void print(ObjectNode node, String component, Option<T> option, Settings settings) {
        node.put(component + "." + option.name(), option.print(settings.get(component, option)));
    }

    static String version() {
        return Optional.ofNullable(Record.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** sha256 of float32 values, little-endian. */
    static String hash(float[] samples) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            FloatBuffer floats = chunk.asFloatBuffer();
            for (int at = 0; at < samples.length; at += floats.capacity()) {
                int n = Math.min(floats.capacity(), samples.length - at);
                floats.clear();
                floats.put(samples, at, n);
                digest.update(chunk.array(), 0, n * Float.BYTES);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /**
     * A record as it was written.
     *
     * @param origin where it was found, for messages
     * @throws RefusedException if it is none of ours, or of a later format
     */
    public static Record parse(String text, String origin) {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new RefusedException(origin + " holds no record that can be read: " + e.getOriginalMessage(), e);
        }
        if (!(node instanceof ObjectNode object)
                || !object.hasNonNull("model")
                || !object.hasNonNull("samplesSha256")) {
            throw new RefusedException(origin + " holds JSON, but not a record of sampler4j");
        }
        if (object.path("format").asInt() != FORMAT) {
            throw new RefusedException(origin + " holds a record of format "
                    + object.path("format").asText() + ", and this version reads format " + FORMAT);
        }
        return new Record(object);
    }

    /**
     * The request that makes the result again.
     *
     * @param model the path of the model's directory, found by {@link #modelSha256()}
     */
    public Request request(String model) {
        Request r = Request.of(model)
                .again(verb())
                .count(json.path("count").asInt())
                .seed(json.path("seed").asLong())
                .rng(json.path("rng").asText())
                .seedMode(json.path("seedMode").asText())
                .device(json.path("platform").path("device").asText());
        if (json.has("sampler")) r = r.sampler(json.path("sampler").path("name").asText());
        if (json.has("ratios")) r = r.ratios(ratios());
        if (json.has("strength")) r = r.strength(json.path("strength").asDouble());
        if (json.has("batch")) r = r.batch(json.path("batch").asInt());
        if (!json.path("classes").isEmpty()) {
            StringBuilder classes = new StringBuilder();
            for (JsonNode c : json.path("classes")) {
                classes.append(classes.length() > 0 ? "," : "").append(c.asInt());
            }
            r = r.classes(classes.toString());
        }
        if (json.has("cfgScale")) r = r.cfgScale(json.path("cfgScale").asDouble());
        boolean curve = json.has("scheduler") && !json.has("ratios");
        if (curve) {
            r = r.scheduler(json.path("scheduler").path("name").asText())
                    .steps(json.path("steps").asInt());
        }
        r = json.has("guidance") ? r.guidance(json.path("guidance").path("name").asText()) : r.guidance("none");
        for (String component : List.of("sampler", curve ? "scheduler" : "guidance")) {
            for (Map.Entry<String, JsonNode> o :
                    json.path(component).path("options").properties()) {
                r = r.set(component + "." + o.getKey(), o.getValue().asText());
            }
        }
        for (Map.Entry<String, JsonNode> o : json.path("options").properties()) {
            r = r.set(o.getKey(), o.getValue().asText());
        }
        return r;
    }

    /** Pairs are made again as samples: their noise is that of the seed. */
    private Request.Verb verb() {
        String word = json.path("verb").asText();
        return Arrays.stream(Request.Verb.values())
                .filter(v -> v.word().equals(word) && v != Request.Verb.PAIRS)
                .findFirst()
                .orElse(Request.Verb.GENERATE);
    }

    private double[] ratios() {
        JsonNode node = json.path("ratios");
        double[] ratios = new double[node.size()];
        for (int i = 0; i < ratios.length; i++) {
            JsonNode one = node.get(i);
            ratios[i] = one.isNumber() ? one.doubleValue() : Double.parseDouble(one.asText());
        }
        return ratios;
    }

    /** sha256 of the manifest of the model. */
    public String modelSha256() {
        return json.path("model").path("sha256").asText();
    }

    /** The model's name where it was made; a hint, since it is found by its hash. */
    public String modelName() {
        return json.path("model").path("name").asText();
    }

    /**
     * A model as a record names it.
     *
     * @param name its name where the record was made; a hint
     * @param sha256 of its manifest, by which it is found
     */
    public record Named(String name, String sha256) {}

    /** The models beside the run's own, by the option of the guidance that names each. */
    public Map<String, Named> guidanceModels() {
        Map<String, Named> models = new java.util.LinkedHashMap<>();
        json.path("guidance")
                .path("models")
                .properties()
                .forEach(e -> models.put(
                        e.getKey(),
                        new Named(
                                e.getValue().path("name").asText(),
                                e.getValue().path("sha256").asText())));
        return models;
    }

    /** sha256 of the input files by what they are: init-noise, step-noise, input, init-image, mask. */
    public Map<String, String> inputs() {
        Map<String, String> hashes = new java.util.LinkedHashMap<>();
        json.path("inputs")
                .properties()
                .forEach(e -> hashes.put(e.getKey(), e.getValue().asText()));
        return hashes;
    }

    /** sha256 of the samples as float32. */
    public String samplesSha256() {
        return json.path("samplesSha256").asText();
    }

    /** The sampler's plugin, as {@code name version (sha256)}. */
    public String samplerPlugin() {
        JsonNode s = json.path("sampler");
        return s.path("plugin").asText() + " " + s.path("version").asText() + " ("
                + s.path("sha256").asText() + ")";
    }

    /** The record as one line of JSON. */
    public String json() {
        return json.toString();
    }

    /** The record as JSON to read. */
    public String pretty() {
        return json.toPrettyString() + "\n";
    }

    @Override
    public String toString() {
        return json();
    }
}
