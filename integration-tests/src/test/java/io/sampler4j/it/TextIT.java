package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.Scores;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TextResult;
import io.sampler4j.runtime.run.TokenEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text from the shipped checkpoint, in Java and on the command line. */
class TextIT {
    private static final TextRequest KJV = TextRequest.of("kjv-llada")
            .prompt("In the beginning")
            .length(16)
            .steps(8)
            .seed(3)
            .set("temperature", "0")
            .set("choice", "confidence");
    private static final TextRequest DRAWN =
            KJV.set("temperature", "0.8").set("choice", "random").set("stop-at-end", "false");

    @TempDir
    Path folder;

    private Sampler4j sampler4j;

    @BeforeEach
    void open() {
        sampler4j = Sampler4j.builder()
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterEach
    void close() {
        sampler4j.close();
        assertThat(sampler4j.onnx().counts().tensors()).isZero();
    }

    @Test
    void aPromptIsContinuedAndTheSameSeedSaysTheSame() {
        TextResult a = sampler4j.run(DRAWN), b = sampler4j.run(DRAWN);
        assertThat(a.text(0)).startsWith("In the beginning").hasSizeGreaterThan(30);
        assertThat(b.canvas(0)).containsExactly(a.canvas(0));
        assertThat(a.nfe()).isEqualTo(8);
        assertThat(sampler4j.run(DRAWN.seed(4)).canvas(0)).isNotEqualTo(a.canvas(0));
    }

    @Test
    void promptsOfUnlikeLengthsEqualEachAlone() {
        List<String> prompts =
                List.of("In the beginning", "And God said", "The LORD is my shepherd; I shall not", "And it came");
        TextResult all = sampler4j.run(DRAWN.prompts(prompts));
        assertThat(all.count()).isEqualTo(4);
        for (int k = 0; k < 4; k++) {
            TextResult alone = sampler4j.run(DRAWN.prompt(prompts.get(k)).seed(3 + k));
            assertThat(all.canvas(k)).as(prompts.get(k)).containsExactly(alone.canvas(0));
        }
        TextResult threads = sampler4j.run(DRAWN.prompts(prompts).threads(1).batch(2));
        for (int k = 0; k < 4; k++) assertThat(threads.canvas(k)).containsExactly(all.canvas(k));
    }

    @Test
    void theReducedHeadAndTheLogitsMakeTheSameTokens() {
        // An entropy is not among the reduced head's statistics, and a scale other than 1 needs logits: the plain graph
        // runs.
        TextResult reduced = sampler4j.run(KJV), plain = sampler4j.run(KJV.set("remask-below", "1e-9"));
        assertThat(reduced.record().json()).contains("\"network\":\"reduced\"");
        assertThat(plain.record().json()).contains("\"network\":\"denoiser\"");
        assertThat(plain.canvas(0)).containsExactly(reduced.canvas(0));
    }

    @Test
    void aRunThatWasEndedGoesOnAsIfItHadNotBeen() {
        Path canvas = folder.resolve("canvas.json");
        int[] whole = sampler4j.run(DRAWN).canvas(0);
        Cancellation cancellation = new Cancellation();
        try (TextPlan plan = sampler4j.plan(DRAWN.saveCanvas(canvas))) {
            assertThatThrownBy(() -> plan.run(
                            e -> {
                                if (e.step() == 3) cancellation.cancel("enough");
                            },
                            cancellation))
                    .isInstanceOf(CancelledException.class);
        }
        TextResult rest = sampler4j.run(DRAWN.resume(canvas));
        assertThat(rest.nfe()).isBetween(4L, 5L);
        assertThat(rest.canvas(0)).containsExactly(whole);
    }

    @Test
    void holesAreFilledAndTheRestStays() {
        TextResult r = sampler4j.run(TextRequest.of("kjv-llada")
                .infill("In the beginning[MASK:3] the heaven")
                .seed(1));
        assertThat(r.text(0))
                .startsWith("In the beginning")
                .endsWith(" the heaven")
                .hasSizeGreaterThan(27);
        assertThat(r.nfe()).isEqualTo(3);
        TextRequest spaced = TextRequest.of("kjv-llada")
                .infill("In the beginning [MASK:3] the heaven")
                .seed(1);
        assertThat(sampler4j.run(spaced).canvas(0))
                .as("the space before a hole is the hole's")
                .containsExactly(r.canvas(0));
    }

    @Test
    void blocksRevisionAndGuidanceRun() {
        for (TextRequest r : List.of(
                KJV.set("block-length", "4"),
                KJV.cfgScale(1.5),
                KJV.set("remask-below", "0.2").set("edit-above", "0.6"),
                KJV.set("draw", "gumbel").set("temperature", "0.5"))) {
            assertThat(sampler4j.run(r).canvas(0)).doesNotContain(1);
        }
        TextRequest sure =
                TextRequest.of("kjv-llada").prompt("In the").length(16).seed(1).set("choice", "confidence");
        assertThat(sampler4j.run(sure.set("threshold", "0.3")).nfe()).isLessThan(16);
        assertThat(sampler4j.run(sure.set("factor", "1")).nfe()).isLessThanOrEqualTo(16);
        TextRequest bound = sure.set("choice", "entropy").set("entropy-bound", "2");
        assertThat(sampler4j.run(bound).nfe()).isLessThan(16);
    }

    @Test
    void aPublisherTellsEveryTokenTwiceAndTheTextOnce() throws Exception {
        CompletableFuture<List<TokenEvent>> heard = new CompletableFuture<>();
        sampler4j.stream(KJV).subscribe(new Flow.Subscriber<>() {
            private final List<TokenEvent> events = new ArrayList<>();
            private Flow.Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription s) {
                subscription = s;
                s.request(1);
            }

            @Override
            public void onNext(TokenEvent e) {
                events.add(e);
                subscription.request(1);
            }

            @Override
            public void onError(Throwable t) {
                heard.completeExceptionally(t);
            }

            @Override
            public void onComplete() {
                heard.complete(events);
            }
        });
        List<TokenEvent> events = heard.get(60, TimeUnit.SECONDS);
        StringBuilder text = new StringBuilder();
        events.forEach(e -> text.append(e.text()));
        TextResult r = sampler4j.run(KJV);
        assertThat(text.toString()).startsWith(r.text(0));
        assertThat(events.stream().filter(e -> !e.last()).count()).isEqualTo(16);
    }

    @Test
    void likelyTextCostsFewerBits() {
        Cancellation none = new Cancellation();
        TextRequest r = TextRequest.of("kjv-llada")
                .prompt("In the beginning God created")
                .seed(1);
        Scores likely = sampler4j.score(r, " the heaven and the earth.", Optional.empty(), none);
        Scores unlikely = sampler4j.score(r, " xylophones in Wolverhampton", Optional.empty(), none);
        assertThat(likely.unit()).isEqualTo("byte");
        assertThat(likely.bits(0) + 5 * likely.standardError(0)).isLessThan(unlikely.bits(0));
        assertThat(likely.standardError(0)).isPositive();
    }

    @Test
    void whatCannotWorkIsRefusedWithItsNumbers() {
        refused(KJV.prompt("and ".repeat(400)), "context of kjv-llada is 256");
        refused(KJV.set("block-length", "5"), "block-length 5 does not divide the 16 open positions");
        refused(KJV.set("block-length", "4").steps(6), "6 steps do not divide into 4 blocks");
        refused(KJV.set("temperature", "-1"), "temperature");
        refused(KJV.set("threshold", "0.9").set("factor", "1"), "choose one");
        refused(KJV.set("threshold", "0.9"), "leave --scheduler and --steps away");
        refused(KJV.set("threshold", "0.9").set("choice", "random"), "threshold needs choice=confidence");
        refused(TextRequest.of("kjv-llada").infill("no hole"), "[MASK:3]");
        refused(TextRequest.of("digits-ddpm"), "text needs one of kind tokens");
        refused(KJV.sampler("lada"), "llada");
        refused(KJV.length(0), "--length must be 1 or more");
    }

    private void refused(TextRequest request, String words) {
        assertThatThrownBy(() -> sampler4j.plan(request))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(words);
    }

    @Test
    void theCommandLineWritesReplaysAndStreams() throws Exception {
        String out = folder.resolve("t.txt").toString();
        Tool.Ended made = Tool.run(
                "generate",
                "--model",
                "kjv-llada",
                "-p",
                "In the beginning",
                "--length",
                "16",
                "--steps",
                "8",
                "--seed",
                "3",
                "--set",
                "temperature=0.7",
                "-o",
                out);
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(Files.readString(Path.of(out))).startsWith("In the beginning");
        Tool.Ended replay = Tool.run("replay", out);
        assertThat(replay.code()).as(replay.err()).isZero();
        assertThat(replay.err()).contains("the same tokens");
        assertThat(replay.out()).isEqualTo(Files.readString(Path.of(out)));
        Path prompts = Files.writeString(
                folder.resolve("p.jsonl"),
                "{\"prompt\": \"And God said\"}\n{\"prompt\": \"The LORD\"}\n",
                StandardCharsets.UTF_8);
        Tool.Ended stream = Tool.run(
                "generate",
                "--model",
                "kjv-llada",
                "--prompts",
                prompts.toString(),
                "--length",
                "4",
                "--steps",
                "2",
                "--seed",
                "1",
                "--stream");
        assertThat(stream.code()).as(stream.err()).isZero();
        assertThat(stream.out().lines())
                .allMatch(l -> l.startsWith("{\"request\":"))
                .hasSizeGreaterThan(16);
        Tool.Ended noText = Tool.run(
                "generate",
                "--model",
                "digits-ddpm",
                "-p",
                "x",
                "-o",
                folder.resolve("x.png").toString());
        assertThat(noText.err()).contains("--prompt is for text");
        Tool.Ended picture = Tool.run("generate", "--model", "kjv-llada", "--class", "3");
        assertThat(picture.err()).contains("--class has no meaning for kjv-llada");
        Tool.Ended score = Tool.run(
                "score",
                "--model",
                "kjv-llada",
                "--prompt",
                "In the",
                "--text",
                " beginning",
                "--seed",
                "1",
                "--set",
                "samples=8");
        assertThat(score.out()).contains("bits per byte");
    }
}
