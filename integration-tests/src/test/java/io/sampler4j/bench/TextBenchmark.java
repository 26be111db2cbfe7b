package io.sampler4j.bench;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TextResult;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A text of 64 tokens by the shipped checkpoint, one token a step (threshold 0) or all that are sure. JMH's score is the
 * time of a text; printed after each is what it means: tokens a second, calls a text, and the share of the time that is
 * spent outside of the network.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TextBenchmark {
    private static final int TOKENS = 64;

    /** Of Fast-dLLM; 0 is off. */
    @Param({"0", "0.9"})
    public double threshold;

    private Sampler4j sampler4j;
    private TextPlan plan;
    private long texts;
    private long calls;
    private double outside;
    private long nanos;

    /** Leases the network once. */
    @Setup
    public void open() {
        sampler4j = Sampler4j.open();
        TextRequest request = TextRequest.of("kjv-llada")
                .prompt("In the beginning")
                .length(TOKENS)
                .seed(1)
                .set("temperature", "0")
                .set("choice", "confidence")
                .set("stop-at-end", "false");
        plan = sampler4j.plan(
                threshold == 0 ? request.steps(TOKENS) : request.set("threshold", Double.toString(threshold)));
    }

    /** One text. */
    @Benchmark
    public long text() {
        long before = System.nanoTime();
        TextResult result = plan.run();
        nanos += System.nanoTime() - before;
        texts++;
        calls += result.nfe();
        outside += 1 - result.networkShare();
        return result.nfe();
    }

    /** Says what the time means, over all texts, warm-up included. */
    @TearDown
    public void close() {
        System.out.printf(
                "%nthreshold %s: %.0f tokens/s, %.1f network calls a text, %.1f %% of the time outside of the network%n",
                threshold, texts * TOKENS / (nanos / 1e9), (double) calls / texts, 100 * outside / texts);
        plan.close();
        sampler4j.close();
    }
}
