package io.sampler4j.it.tokens;

import io.sampler4j.onnx.TinyOnnx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Markov chain over three ids and four positions, with a matrix of its own at each transition, and an ONNX network of
 * its exact conditionals given whatever is known: messages from both sides.
 */
final class ChainNetwork {
    static final int MASK = 3;
    static final int LENGTH = 4;
    static final int SEQUENCES = 81;

    private static final float[] FIRST = {.5f, .3f, .2f};
    private static final float[][] NEXT = {
        {.7f, .2f, .1f, .1f, .6f, .3f, .3f, .1f, .6f},
        {.2f, .5f, .3f, .6f, .1f, .3f, .15f, .25f, .6f},
        {.4f, .5f, .1f, .3f, .2f, .5f, .1f, .1f, .8f}
    };

    private ChainNetwork() {}

    static double probability(int[] ids) {
        double p = FIRST[ids[0]];
        for (int i = 1; i < LENGTH; i++) p *= NEXT[i - 1][3 * ids[i - 1] + ids[i]];
        return p;
    }

    static int[] sequence(int k) {
        return new int[] {k / 27, k / 9 % 3, k / 3 % 3, k % 3};
    }

    /** p(ids at the positions of {@code of} | ids at those of {@code given}), by enumeration; bit i stands for position i. */
    static double conditional(int[] ids, int of, int given) {
        return marginal(ids, of | given) / marginal(ids, given);
    }

    private static double marginal(int[] ids, int at) {
        double sum = 0;
        for (int k = 0; k < SEQUENCES; k++) {
            int[] other = sequence(k);
            boolean agrees = true;
            for (int i = 0; i < LENGTH; i++) agrees &= (at >> i & 1) == 0 || other[i] == ids[i];
            if (agrees) sum += probability(other);
        }
        return sum;
    }

    static Path write(Path folder) {
        TinyOnnx g = TinyOnnx.graph()
                .input("input_ids", TinyOnnx.INT64, "batch", "length")
                .initializer("table", new long[] {4, 3}, 1f, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1)
                .initializer("first", new long[] {1, 3}, FIRST)
                .initializer("ones", new long[] {1, 3}, 1f, 1, 1)
                .initializer("one", new long[] {1}, 1L)
                .node("Gather", List.of("table", "input_ids"), List.of("known"));
        for (int p = 0; p < LENGTH; p++) {
            g.initializer("p" + p, new long[] {}, (long) p)
                    .node("Gather", List.of("known", "p" + p), List.of("a" + p), TinyOnnx.attribute("axis", 1L));
        }
        for (int p = 0; p < LENGTH - 1; p++) {
            g.initializer("next" + p, new long[] {3, 3}, NEXT[p])
                    .node("Transpose", List.of("next" + p), List.of("back" + p));
        }
        String forward = "first", backward = "ones";
        String[] fs = new String[LENGTH], bs = new String[LENGTH];
        for (int p = 0; p < LENGTH; p++) {
            fs[p] = forward;
            if (p == LENGTH - 1) break;
            g.node("Mul", List.of(forward, "a" + p), List.of("fa" + p))
                    .node("MatMul", List.of("fa" + p, "next" + p), List.of("f" + p));
            forward = "f" + p;
        }
        for (int p = LENGTH - 1; p >= 0; p--) {
            bs[p] = backward;
            if (p == 0) break;
            g.node("Mul", List.of(backward, "a" + p), List.of("ba" + p))
                    .node("MatMul", List.of("ba" + p, "back" + (p - 1)), List.of("b" + p));
            backward = "b" + p;
        }
        List<String> rows = new ArrayList<>();
        for (int p = 0; p < LENGTH; p++) {
            // The ends' messages are constants of one row: times a column of ones they take the batch.
            g.node("Mul", List.of(fs[p], bs[p]), List.of("m" + p))
                    .node("Mul", List.of("a" + p, "zero"), List.of("z" + p))
                    .node("Add", List.of("m" + p, "z" + p), List.of("mb" + p))
                    .node("Log", List.of("mb" + p), List.of("l" + p))
                    .node("Unsqueeze", List.of("l" + p, "one"), List.of("u" + p));
            rows.add("u" + p);
        }
        g.initializer("zero", new long[] {}, 0f);
        g.node("Concat", rows, List.of("logits"), TinyOnnx.attribute("axis", 1L))
                .output("logits", TinyOnnx.FLOAT, "batch", "length", 3);
        Path file = folder.resolve("chain.onnx");
        try {
            return Files.write(file, g.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
