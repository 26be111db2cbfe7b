package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.model.Names;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.profile.ProfileSwitch;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Answers requests, each a line of JSON, with a line of JSON: {@code do} is a verb of the command line, whose options are
 * the other members, or a word of the operator's. Verbs run beside one another, each answered when it is done; the
 * operator's words are carried out in their order. Thread-safe.
 */
final class Service implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What the host that is open already was told. */
    private static final Set<String> HOSTS = Set.of("models-dir", "plugins-dir", "profiles", "json");

    private final Sampler4j sampler4j;
    private final Terminal terminal;
    private final Map<String, HostCommand> verbs = new LinkedHashMap<>();
    private final Map<String, Function<JsonNode, JsonNode>> words = new LinkedHashMap<>();
    private final String user = System.getProperty("user.name", "?");
    private final ExecutorService runs;

    Service(Sampler4j sampler4j, Terminal terminal) {
        this.sampler4j = sampler4j;
        this.terminal = terminal;
        for (HostCommand verb : List.of(
                new GenerateCommand(),
                new InvertCommand(),
                new EncodeCommand(),
                new DecodeCommand(),
                new ReconstructCommand(),
                new InterpolateCommand(),
                new InpaintCommand(),
                new PairsCommand(),
                new ScoreCommand())) {
            verbs.put(verb.name(), verb);
        }
        words.put("profiles", request -> profiles());
        words.put("promote", request -> changed(sampler4j.profiles().promote(profile(request), user)));
        words.put("roll-back", this::rollBack);
        words.put("reload", request -> reload());
        words.put("health", request -> health());
        AtomicInteger number = new AtomicInteger();
        runs = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "sampler4j-serve-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Takes a request; a verb is answered later, by another thread. */
    void take(String text) {
        ObjectNode request;
        try {
            if (!(JSON.readTree(text) instanceof ObjectNode object)) {
                throw new RefusedException("a request is an object, such as {\"do\": \"health\"}, got " + text);
            }
            request = object;
        } catch (JsonProcessingException e) {
            say(refused(answer(null), "a request is one line of JSON: " + e.getOriginalMessage()));
            return;
        } catch (RefusedException e) {
            say(refused(answer(null), e.getMessage()));
            return;
        }
        JsonNode id = request.remove("id");
        JsonNode what = request.remove("do");
        String word = what == null ? "" : what.asText();
        if (verbs.containsKey(word)) {
            runs.execute(() -> say(done(answer(id), verbs.get(word), request)));
        } else if (words.containsKey(word)) {
            say(done(answer(id), words.get(word), request));
        } else {
            TreeSet<String> known = new TreeSet<>(verbs.keySet());
            known.addAll(words.keySet());
            say(refused(answer(id), Names.unknown("request (\"do\")", word, known)));
        }
    }

    private static ObjectNode answer(JsonNode id) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        if (id != null) answer.set("id", id);
        return answer;
    }

    private static ObjectNode refused(ObjectNode answer, String why) {
        return answer.put("exit", ExitCode.REFUSED).put("error", why);
    }

    private ObjectNode done(ObjectNode answer, HostCommand verb, ObjectNode request) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return guarded(answer, () -> {
            try (PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
                    PrintStream nothing =
                            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
                Terminal captured =
                        new Terminal(InputStream.nullInputStream(), printed, nothing, false, terminal.environment());
                int exit = verb.run(sampler4j, Arguments.parse(verb, words(request)), captured);
                answer.put("exit", exit);
            }
            answer.set("result", RecordJson.tree(out.toString(StandardCharsets.UTF_8)));
        });
    }

    private ObjectNode done(ObjectNode answer, Function<JsonNode, JsonNode> word, ObjectNode request) {
        return guarded(answer, () -> {
            answer.set("result", word.apply(request));
            answer.put("exit", ExitCode.OK);
        });
    }

    private static ObjectNode guarded(ObjectNode answer, Runnable work) {
        try {
            work.run();
        } catch (SampleException e) {
            answer.put("exit", ExitCode.of(e)).put("error", e.getMessage());
        } catch (RuntimeException | Error e) {
            answer.put("exit", ExitCode.FAILED).put("error", "this should not have happened: " + e);
        }
        return answer;
    }

    /**
     * The members of a request as the words of a command line: {@code "x": true} is a flag, an array repeats, and {@code
     * arguments} are those without an option.
     */
    private static List<String> words(ObjectNode request) {
        List<String> words = new ArrayList<>(List.of("--json"));
        request.properties().forEach(member -> {
            if (HOSTS.contains(member.getKey())) {
                throw new RefusedException("\"" + member.getKey() + "\" is said once, when serving starts");
            }
            JsonNode value = member.getValue();
            if (value.isBoolean() || value.isNull()) {
                if (value.asBoolean()) words.add("--" + member.getKey());
                return;
            }
            for (JsonNode one : value.isArray()
                    ? value
                    : JsonNodeFactory.instance.arrayNode().add(value)) {
                if (!one.isValueNode()) {
                    throw new RefusedException("\"" + member.getKey()
                            + "\" must be a text, a number, true, or an array of these, got " + value);
                }
                if (!member.getKey().equals("arguments")) words.add("--" + member.getKey());
                words.add(one.asText());
            }
        });
        return words;
    }

    private static String profile(JsonNode request) {
        if (request.path("profile").isTextual()) return request.path("profile").asText();
        throw new RefusedException("say which profile: {\"do\": \"promote\", \"profile\": \"prod\"}");
    }

    private JsonNode rollBack(JsonNode request) {
        return request.has("profile")
                ? changed(sampler4j.profiles().rollBack(profile(request), user))
                : RecordJson.tree(sampler4j.plugins().rollBack(user).toJson());
    }

    private static JsonNode changed(ProfileSwitch change) {
        return RecordJson.tree(change.toJson());
    }

    private JsonNode reload() {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.set("plugins", RecordJson.tree(sampler4j.plugins().reload(user).toJson()));
        if (sampler4j.profiles().file().isPresent()) result.set("profiles", reloadProfiles());
        return result;
    }

    private ArrayNode reloadProfiles() {
        ArrayNode changes = JsonNodeFactory.instance.arrayNode();
        sampler4j.profiles().reload(user).forEach(c -> changes.add(changed(c)));
        return changes;
    }

    private JsonNode profiles() {
        return ProfilesCommand.json(sampler4j.profiles().list());
    }

    private JsonNode health() {
        return JSON.valueToTree(sampler4j.health());
    }

    /** The file of profiles has changed: takes up what is in it, and says what came of it. */
    void profilesChanged() {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("event", "profiles");
        say(guarded(event, () -> event.set("changes", reloadProfiles())));
    }

    /** Says a line that nobody asked for. */
    void event(String name, String json) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("event", name);
        event.set("change", RecordJson.tree(json));
        say(event);
    }

    /** Says that something which nobody asked for was refused. */
    void refusal(String name, String why) {
        say(refused(JsonNodeFactory.instance.objectNode().put("event", name), why));
    }

    private synchronized void say(ObjectNode line) {
        terminal.out().println(line);
        terminal.out().flush();
    }

    /** Takes no more, and waits for those that go on. */
    @Override
    public void close() {
        runs.shutdown();
        try {
            while (!runs.awaitTermination(1, TimeUnit.HOURS)) continue;
        } catch (InterruptedException e) {
            runs.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
