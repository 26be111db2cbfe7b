package io.sampler4j.bench;

import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.model.tokens.LogitsBench;
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
 * A step outside the network: rows of logits in a direct buffer, as ONNX Runtime leaves them. {@code floor} only reads
 * them, {@code literal} is the reference's arithmetic ported literally (float64 softmax of copied rows), {@code scalar} and
 * {@code vector} are the fused pass, {@code drawn} the same with a draw at temperature 0.7, {@code gumbel} the literal
 * draw. One thread, but for {@code twoScalar} and {@code twoVector}, the fused pass in two.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LogitsBenchmark {
    /** Ids of a row. */
    @Param({"4096", "32000", "126464"})
    public int vocabulary;

    /** Rows of a step. */
    @Param({"1", "32", "256"})
    public int rows;

    private LogitsBench bench;
    private Rows greedy;
    private Rows drawn;
    private Rows gumbel;

    /** Fills the buffer. */
    @Setup
    public void fill() {
        bench = new LogitsBench(vocabulary, rows);
        greedy = new Rows(Query.token(), rows);
        drawn = new Rows(Query.token().temperature(.7), rows);
        gumbel = new Rows(Query.token().temperature(.7).gumbel(), rows);
    }

    /** Ends the second threads. */
    @TearDown
    public void close() {
        bench.close();
    }

    /** Reads every logit. */
    @Benchmark
    public double floor() {
        return bench.floor();
    }

    /** The reference's arithmetic at temperature 0. */
    @Benchmark
    public double literal() {
        return bench.literal();
    }

    /** The fused pass without vectors. */
    @Benchmark
    public int scalar() {
        return bench.fused(greedy, false);
    }

    /** The fused pass with vectors. */
    @Benchmark
    public int vector() {
        return bench.fused(greedy, true);
    }

    /** Two threads without vectors. */
    @Benchmark
    public int twoScalar() {
        return bench.shared(greedy, false);
    }

    /** Two threads with vectors. */
    @Benchmark
    public int twoVector() {
        return bench.shared(greedy, true);
    }

    /** A draw without vectors. */
    @Benchmark
    public int drawnScalar() {
        return bench.fused(drawn, false);
    }

    /** A draw with vectors. */
    @Benchmark
    public int drawnVector() {
        return bench.fused(drawn, true);
    }

    /** The references' draw, one uniform an id. */
    @Benchmark
    public int gumbel() {
        return bench.fused(gumbel, false);
    }
}
