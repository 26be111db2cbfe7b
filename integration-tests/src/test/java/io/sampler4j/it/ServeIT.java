package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator's day with a process that serves: the answers, and what changes under it while it does. */
@Timeout(180)
class ServeIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path plugins;
    private Path profiles;
    private Process process;
    private PrintStream requests;
    private BufferedReader answers;
    /** Said, and not waited for yet. */
    private final List<JsonNode> heard = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        plugins = folder.resolve("plugins");
        Distribution.copyPlugins(plugins);
        profiles = folder.resolve("profiles.json");
        profile("\"sampler\": \"ddim\", \"scheduler\": \"trailing\", \"steps\": 4");
        ProcessBuilder builder = new ProcessBuilder(
                Distribution.home().resolve("bin/sampler4j").toString(),
                "serve",
                "--profiles",
                profiles.toString(),
                "--plugins-dir",
                plugins.toString(),
                "--runs",
                "1",
                "--watch");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        requests = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    /** Written beside it and moved over it, so that no half of it is ever read. */
    private void profile(String members) throws Exception {
        Path next = folder.resolve("next.json");
        Files.writeString(
                next, "{\"format\": 1, \"profiles\": {\"prod\": {\"serves\": [\"digits-ddpm\"], " + members + "}}}");
        Files.move(next, profiles, StandardCopyOption.ATOMIC_MOVE);
    }

    private JsonNode ask(int id, String members) throws Exception {
        requests.println("{\"id\": " + id + ", " + members + "}");
        return hear(line -> line.path("id").asInt(-1) == id);
    }

    private JsonNode hear(Predicate<JsonNode> wanted) throws Exception {
        for (int i = 0; i < heard.size(); i++) if (wanted.test(heard.get(i))) return heard.remove(i);
        while (true) {
            String line = answers.readLine();
            if (line == null) throw new AssertionError("it ended without saying what was waited for; it said " + heard);
            JsonNode said = JSON.readTree(line);
            if (wanted.test(said)) return said;
            heard.add(said);
        }
    }

    private JsonNode three(int id, String output) throws Exception {
        return ask(
                id,
                "\"do\": \"generate\", \"model\": \"digits-ddpm\", \"profile\": \"prod\", \"class\": 3, \"seed\": 1, "
                        + "\"output\": \"" + folder.resolve(output) + "\"");
    }

    @Test
    void anOperatorSwapsASamplerBehindANameAndRollsBack() throws Exception {
        JsonNode first = three(1, "first.npy");
        assertThat(first.path("exit").asInt()).as(first.toString()).isZero();
        assertThat(first.at("/result/record/sampler/name").asText()).isEqualTo("ddim");
        assertThat(first.at("/result/record/profile/name").asText()).isEqualTo("prod");

        profile("\"sampler\": \"dpm2-of-a-stranger\", \"scheduler\": \"karras\", \"steps\": 4");
        JsonNode refused = hear(line -> line.path("event").asText().equals("profiles"));
        assertThat(refused.at("/changes/0/done").asBoolean(true)).isFalse();
        assertThat(refused.at("/changes/0/refused/0").asText()).contains("dpm2-of-a-stranger");
        assertThat(three(2, "second.npy").at("/result/record/sampler/name").asText())
                .isEqualTo("ddim");

        Stranger.jar(folder.resolve("stranger.jar"), "dpm2-of-a-stranger");
        Files.copy(folder.resolve("stranger.jar"), plugins.resolve("stranger.jar"));
        JsonNode switched = hear(line -> line.path("event").asText().equals("plugins"));
        assertThat(switched.at("/change/changes/0/change").asText()).isEqualTo("added");
        JsonNode reloaded = ask(3, "\"do\": \"reload\"");
        assertThat(reloaded.at("/result/profiles/0/done").asBoolean())
                .as(reloaded.toString())
                .isTrue();
        assertThat(three(4, "third.npy").at("/result/record/sampler/name").asText())
                .isEqualTo("dpm2-of-a-stranger");
        assertThat(folder.resolve("third.npy")).isNotEmptyFile();
        assertThat(Files.mismatch(folder.resolve("first.npy"), folder.resolve("third.npy")))
                .isNotNegative();

        JsonNode back = ask(5, "\"do\": \"roll-back\", \"profile\": \"prod\"");
        assertThat(back.at("/result/event").asText()).isEqualTo("roll-back");
        JsonNode again = three(6, "fourth.npy");
        assertThat(again.at("/result/record/sampler/name").asText()).isEqualTo("ddim");
        assertThat(Files.mismatch(folder.resolve("first.npy"), folder.resolve("fourth.npy")))
                .isNegative();
        JsonNode health = ask(7, "\"do\": \"health\"");
        assertThat(health.at("/result/status").asText()).as(health.toString()).isEqualTo("OK");
        assertThat(health.at("/result/completed").asInt()).isEqualTo(4);

        requests.close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void everyRequestIsAnsweredAlsoOneThatCannotBe() throws Exception {
        requests.println("{\"id\": 1");
        assertThat(hear(line -> true).path("error").asText()).contains("one line of JSON");
        requests.println("[]");
        assertThat(hear(line -> true).path("error").asText()).contains("an object");
        assertThat(ask(2, "\"do\": \"generat\"").path("error").asText()).contains("did you mean \"generate\"?");
        assertThat(ask(3, "\"do\": \"generate\", \"modle\": \"x\"")
                        .path("error")
                        .asText())
                .contains("--modle", "did you mean \"--model\"?");
        assertThat(ask(
                                4,
                                "\"do\": \"generate\", \"model\": \"digits-ddpm\", \"output\": \"x.png\", \"plugins-dir\": \".\"")
                        .path("error")
                        .asText())
                .contains("said once");
        assertThat(ask(5, "\"do\": \"generate\", \"model\": {\"a\": 1}")
                        .path("error")
                        .asText())
                .contains("\"model\" must be a text");
        assertThat(ask(6, "\"do\": \"roll-back\", \"profile\": \"prod\"")
                        .path("error")
                        .asText())
                .contains("nothing to roll back to");
        JsonNode text = ask(
                7,
                "\"do\": \"generate\", \"model\": \"kjv-llada\", \"prompt\": \"In the\", \"length\": 8, "
                        + "\"steps\": 4, \"seed\": 1, \"set\": [\"temperature=0.5\", \"choice=random\"]");
        assertThat(text.at("/result/texts/0/text").asText()).startsWith("In the");
        String latent = folder.resolve("latent.npy").toString();
        JsonNode nice = ask(
                8,
                "\"do\": \"generate\", \"model\": \"digits-nice\", \"seed\": 1, \"output\": \""
                        + folder.resolve("nice.png") + "\"");
        assertThat(nice.path("exit").asInt()).isZero();
        JsonNode encoded = ask(
                9,
                "\"do\": \"encode\", \"model\": \"digits-nice\", \"arguments\": [\"" + folder.resolve("nice.png")
                        + "\"], \"output\": \"" + latent + "\"");
        assertThat(encoded.path("exit").asInt()).as(encoded.toString()).isZero();
        assertThat(Path.of(latent)).isNotEmptyFile();
    }
}
