package io.sampler4j.model.tokens;

import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Rows;
import io.sampler4j.onnx.Slot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** What the benchmark of logits measures: this package's pass, and what it is held against, over one direct buffer. */
public final class LogitsBench implements AutoCloseable {
    private final int vocabulary;
    private final int rows;
    private final FloatBuffer floats;
    private final LogitRows in;
    private final RowReader scalar = new RowReader(new ScalarKernel());
    private final RowReader vector = new RowReader(new VectorKernel());
    private final RowReaders twoScalar = new RowReaders(2, ScalarKernel::new);
    private final RowReaders twoVector = new RowReaders(2, VectorKernel::new);
    private final Kernel reader = new VectorKernel();
    private final float[] block = new float[RowReader.BLOCK];
    private final TestCanvas all;

    /** Normal logits of standard deviation 4. */
    public LogitsBench(int vocabulary, int rows) {
        this.vocabulary = vocabulary;
        this.rows = rows;
        all = new TestCanvas(
                -1, 1, java.util.stream.IntStream.generate(() -> -1).limit(rows).toArray());
        floats = ByteBuffer.allocateDirect(4 * vocabulary * rows)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < vocabulary * rows; i++) floats.put(i, (float) (4 * random.nextGaussian()));
        in = new LogitRows(
                new Slot.Values() {
                    @Override
                    public int size() {
                        return floats.capacity();
                    }

                    @Override
                    public float at(int i) {
                        return floats.get(i);
                    }

                    @Override
                    public void copy(int first, float[] into, int count) {
                        floats.get(first, into, 0, count);
                    }
                },
                vocabulary,
                vocabulary,
                1,
                new int[] {0},
                new int[] {0});
    }

    /** Copies to the cache and one maximum: as fast as memory gives it. */
    public double floor() {
        float max = 0;
        for (int at = 0; at < vocabulary * rows; at += block.length) {
            int n = Math.min(block.length, vocabulary * rows - at);
            floats.get(at, block, 0, n);
            max = Math.max(max, reader.max(block, n));
        }
        return max;
    }

    /** The reference, line by line: argmax, softmax in float64, gather. */
    public double literal() {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            float[] l = new float[vocabulary];
            floats.get(r * vocabulary, l, 0, vocabulary);
            int best = 0;
            for (int i = 1; i < vocabulary; i++) if (l[i] > l[best]) best = i;
            double[] p = new double[vocabulary];
            double total = 0;
            for (int i = 0; i < vocabulary; i++) total += p[i] = Math.exp((double) l[i] - l[best]);
            for (int i = 0; i < vocabulary; i++) p[i] /= total;
            sum += p[best];
        }
        return sum;
    }

    /** The pass. */
    public int fused(Rows asked, boolean vectors) {
        asked.masked(all, 0, rows).draw(UNIFORM, 0);
        for (int r = 0; r < rows; r++) (vectors ? vector : scalar).answer(in, r, r, false, asked, r);
        return asked.token(0);
    }

    /** The pass in two threads, as a run shares it out where that is worth it. */
    public int shared(Rows asked, boolean vectors) {
        RowReaders readers = vectors ? twoVector : twoScalar;
        asked.masked(all, 0, rows).draw(UNIFORM, 0);
        readers.start();
        for (int r = 0; r < rows; r++) readers.add(in, r, r, false, asked, r);
        readers.finish();
        return asked.token(0);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        twoScalar.close();
        twoVector.close();
    }

    private static final CanvasRun UNIFORM = new CanvasRun() {
        @Override
        public double uniform(int step, int position, int lane) {
            return Uniforms.of(1, step, position, lane);
        }

        @Override
        public void step(int i, Canvas x) {}
    };
}
