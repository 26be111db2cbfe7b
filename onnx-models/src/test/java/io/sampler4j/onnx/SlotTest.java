package io.sampler4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.platform.Fp16Conversions;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.tensor.ArrayTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotTest {
    @TempDir
    Path dir;

    private final OnnxRuntime runtime = new OnnxRuntime();

    @AfterEach
    void nothingIsLeft() {
        runtime.close();
        assertThat(runtime.counts()).isEqualTo(new Counts(0, 0, 0, 0));
    }

    private Network network(byte[] file) {
        Path path = TinyOnnx.write(dir.resolve(TinyOnnx.sha256(file) + ".onnx"), file);
        return runtime.lease(path, TinyOnnx.sha256(file), NetworkOptions.ONE_THREAD);
    }

    /** y = x, for any type. */
    private static byte[] identity(int dtype, Object... dims) {
        return TinyOnnx.graph()
                .input("x", dtype, dims)
                .node("Identity", List.of("x"), List.of("y"))
                .output("y", dtype, dims)
                .bytes();
    }

    @Test
    void evaluatesADenoiserOnABatch() {
        try (Network network = network(TinyOnnx.denoiser(1, 1, 2));
                Slot slot = network.slot(
                        Map.of("x", new long[] {2, 1, 1, 2}, "t", new long[] {2}),
                        Map.of("out", new long[] {2, 1, 1, 2}))) {
            ArrayTensor out = ArrayTensor.over(new float[4], 2);
            slot.state("x", 0, ArrayTensor.over(new float[] {1, 2, 3, 4}, 2));
            slot.fill("t", 0, 1, 1);
            slot.fill("t", 1, 2, 3);
            slot.run(new Cancellation());
            slot.read("out", 0, 0, out);
            assertThat(out.values()).containsExactly(0.5f, 1f, 2.25f, 3f);

            slot.fill("t", 0, 2, 0);
            slot.run(new Cancellation());
            slot.read("out", 0, 0, out);
            assertThat(out.values()).as("the same buffers serve the next call").containsExactly(0f, 0f, 0f, 0f);
        }
    }

    @Test
    void writesAndReadsSomeRowsOfABatch() {
        try (Network network = network(identity(TinyOnnx.FLOAT, "batch", 4));
                Slot slot = network.slot(Map.of("x", new long[] {3, 4}), Map.of("y", new long[] {3, 4}))) {
            slot.state("x", 0, ArrayTensor.over(new float[] {1, 2, 3, 4}, 1));
            slot.state("x", 1, ArrayTensor.over(new float[] {5, 6, 7, 8, 9, 10, 11, 12}, 2));
            slot.run(new Cancellation());
            ArrayTensor lastHalves = ArrayTensor.over(new float[4], 2);
            slot.read("y", 1, 2, lastHalves);
            assertThat(lastHalves.values())
                    .as("skip takes the second half of each row")
                    .containsExactly(7, 8, 11, 12);
            float[] piece = new float[3];
            slot.read("y", 0, 1, piece);
            assertThat(piece).containsExactly(2, 3, 4);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0.1", "10, 0.1", "11, 0.1", "1, 1e-7", "10, 1e-7", "11, 1e-7"})
    void convertsTheStateToTheInputsType(int dtype, float value) {
        try (Network network = network(identity(dtype, "batch", 2));
                Slot slot = network.slot(Map.of("x", new long[] {1, 2}), Map.of("y", new long[] {1, 2}))) {
            slot.state("x", 0, ArrayTensor.over(new float[] {value, -value}, 1));
            slot.run(new Cancellation());
            ArrayTensor out = ArrayTensor.over(new float[2], 1);
            slot.read("y", 0, 0, out);
            float expected =
                    dtype == TinyOnnx.FLOAT16 ? Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16(value)) : value;
            assertThat(out.values()).containsExactly(expected, -expected);
        }
    }

    @Test
    void roundsToTheNearestHalf() {
        // 2049 lies between the halves 2048 and 2050, 2051 between 2050 and 2052: ties go to the even mantissa.
        assertThat(Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16(2049f)))
                .isEqualTo(2048f);
        assertThat(Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16(2051f)))
                .isEqualTo(2052f);
        for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
            float value = Fp16Conversions.fp16ToFloat((short) bits);
            if (!Float.isNaN(value))
                assertThat(Fp16Conversions.floatToFp16(value)).isEqualTo((short) bits);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 7.5", "10, 7.5", "11, 7.5", "6, 7", "7, 999", "9, 1"})
    void fillsANumberInTheInputsType(int dtype, double value) {
        byte[] file = TinyOnnx.graph()
                .input("t", dtype, "batch")
                .node("Cast", List.of("t"), List.of("y"), TinyOnnx.attribute("to", TinyOnnx.FLOAT))
                .output("y", TinyOnnx.FLOAT, "batch")
                .bytes();
        try (Network network = network(file);
                Slot slot = network.slot(Map.of("t", new long[] {2}), Map.of("y", new long[] {2}))) {
            slot.fill("t", 0, 1, 0);
            slot.fill("t", 1, 2, value);
            slot.run(new Cancellation());
            float[] y = new float[2];
            slot.read("y", 0, 0, y);
            assertThat(y).containsExactly(0f, (float) value);
        }
    }

    @Test
    void fillsAScalarAndAnInputOfOneElement() {
        byte[] file = TinyOnnx.graph()
                .input("scalar", TinyOnnx.INT64)
                .input("one", TinyOnnx.INT64, 1)
                .node("Add", List.of("scalar", "one"), List.of("y"))
                .output("y", TinyOnnx.INT64, 1)
                .bytes();
        try (Network network = network(file);
                Slot slot = network.slot(
                        Map.of("scalar", new long[] {}, "one", new long[] {1}), Map.of("y", new long[] {1}))) {
            slot.fill("scalar", 0, 1, 40);
            slot.fill("one", 0, 1, 2);
            slot.run(new Cancellation());
            long[] y = new long[1];
            slot.ids("y", 0, y);
            assertThat(y).containsExactly(42);
            assertThatThrownBy(() -> slot.fill("scalar", 1, 2, 1))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("has 1 rows")
                    .hasMessageContaining("[1, 2)");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "7, 0.5, whole numbers",
        "6, 3e10, whole numbers",
        "9, 2, 0 or 1",
        "10, 70000, too large",
        "1, 1e39, too large"
    })
    void refusesANumberThatTheTypeCannotHold(int dtype, double value, String reason) {
        try (Network network = network(identity(dtype, "batch"));
                Slot slot = network.slot(Map.of("x", new long[] {1}), Map.of("y", new long[] {1}))) {
            assertThatThrownBy(() -> slot.fill("x", 0, 1, value))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("cannot hold " + value)
                    .hasMessageContaining(reason);
        }
    }

    @Test
    void carriesIds() {
        try (Network network = network(identity(TinyOnnx.INT64, "batch", "length"));
                Slot slot = network.slot(Map.of("x", new long[] {2, 3}), Map.of("y", new long[] {2, 3}))) {
            slot.ids("x", 0, new int[] {1, 2, 3});
            slot.ids("x", 1, new int[] {126336, 0, -1});
            slot.run(new Cancellation());
            long[] second = new long[3];
            slot.ids("y", 1, second);
            assertThat(second).containsExactly(126336, 0, -1);
            assertThatThrownBy(() -> slot.ids("x", 1, new int[4]))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("not all there");
            assertThatThrownBy(() -> slot.state("x", 0, ArrayTensor.over(new float[] {1, 2, 3}, 1)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("holds int64");
        }
    }

    @Test
    void refusesShapesThatAreNotTheNetworks() {
        try (Network network = network(TinyOnnx.denoiser(1, 2, 2))) {
            assertThatThrownBy(() -> network.slot(
                            Map.of("x", new long[] {2, 1, 2, 3}, "time", new long[] {2}),
                            Map.of("out", new long[] {2, 1, 2})))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("x float32 [batch, 1, 2, 2] cannot have the shape [2, 1, 2, 3]")
                    .hasMessageContaining("no input 'time'")
                    .hasMessageContaining("the input t float32 [batch], and no shape")
                    .hasMessageContaining("out float32 [batch, 1, 2, 2] cannot have the shape [2, 1, 2]");
        }
        assertThat(runtime.counts().slots()).isZero();
    }

    @Test
    void saysWhatAPinnedOutputOfTheWrongShapeWasCalledWith() {
        try (Network network = network(identity(TinyOnnx.FLOAT, "batch", 4));
                Slot slot = network.slot(Map.of("x", new long[] {2, 4}), Map.of("y", new long[] {3, 4}))) {
            slot.fill("x", 0, 2, 1);
            assertThatThrownBy(() -> slot.run(new Cancellation()))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("called with x float32 [2, 4], for y float32 [3, 4]");
        }
    }

    @Test
    void refusesACallWithAnInputThatWasNeverWritten() {
        try (Network network = network(TinyOnnx.denoiser(1, 1, 1));
                Slot slot = network.slot(
                        Map.of("x", new long[] {1, 1, 1, 1}, "t", new long[] {1}),
                        Map.of("out", new long[] {1, 1, 1, 1}))) {
            slot.state("x", 0, ArrayTensor.over(new float[] {1}, 1));
            assertThatThrownBy(() -> slot.run(new Cancellation()))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("'t' was never written");
        }
    }

    @Test
    void refusesASampleThatIsNoRow() {
        try (Network network = network(identity(TinyOnnx.FLOAT, "batch", 4));
                Slot slot = network.slot(Map.of("x", new long[] {2, 4}), Map.of("y", new long[] {2, 4}))) {
            assertThatThrownBy(() -> slot.state("x", 0, ArrayTensor.over(new float[6], 2)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("2 rows of 4 elements; 2 samples of 3 elements do not fit");
            assertThatThrownBy(() -> slot.state("x", 1, ArrayTensor.over(new float[8], 2)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("from row 1 on");
            assertThatThrownBy(() -> slot.read("y", 0, 2, ArrayTensor.over(new float[3], 1)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("from row 0 and element 2");
        }
    }

    @Test
    void readsTheSignature() {
        Path file = TinyOnnx.write(dir.resolve("d.onnx"), TinyOnnx.denoiser(3, 8, 8));
        Signature expected = new Signature(
                List.of(
                        new Port("x", "float32", List.of("batch", "3", "8", "8")),
                        new Port("t", "float32", List.of("batch"))),
                List.of(new Port("out", "float32", List.of("batch", "3", "8", "8"))));
        assertThat(Signature.of(file)).isEqualTo(expected);
    }

    /** present = past with x behind it, along dimension 1: what a cache does. */
    private static byte[] growing() {
        return TinyOnnx.graph()
                .input("past", TinyOnnx.FLOAT, 2, "before", 1)
                .input("x", TinyOnnx.FLOAT, 2, "new", 1)
                .initializer("none", new long[] {}, 0f)
                .node("Concat", List.of("past", "x"), List.of("present"), TinyOnnx.attribute("axis", 1L))
                .node("Add", List.of("x", "none"), List.of("added"))
                .output("present", TinyOnnx.FLOAT, 2, "after", 1)
                .output("added", TinyOnnx.FLOAT, 2, "new", 1)
                .bytes();
    }

    private static Slot growing(Network network, int room) {
        long[] most = {2, room, 1};
        Slot slot = network.slot(Map.of("past", most, "x", most), Map.of("present", most, "added", most));
        slot.shape("past", 2, 0, 1);
        slot.fill("past", 0, 2, 0);
        return slot;
    }

    private static void step(Slot slot, int before, float... x) {
        int n = x.length / 2;
        slot.shape("x", 2, n, 1);
        slot.shape("added", 2, n, 1);
        slot.shape("present", 2, before + n, 1);
        slot.state("x", 0, ArrayTensor.over(x, 2));
        slot.run(new Cancellation());
    }

    private static float[] all(Slot slot, String output) {
        Slot.Values values = slot.values(output);
        float[] all = new float[values.size()];
        values.copy(0, all, all.length);
        return all;
    }

    @Test
    void anOutputBecomesAnInputWithoutACopyFromNothingOn() {
        try (Network network = network(growing());
                Slot slot = growing(network, 4)) {
            step(slot, 0, 1, 2);
            slot.feed("present", "past");
            step(slot, 1, 3, 4, 5, 6);
            assertThat(all(slot, "present")).containsExactly(1, 3, 4, 2, 5, 6);
            slot.feed("present", "past");
            step(slot, 3, 7, 8);
            assertThat(all(slot, "present")).containsExactly(1, 3, 4, 7, 2, 5, 6, 8);
            slot.feed("present", "past");
            slot.keep("past", 1, 2);
            step(slot, 2, 9, 9);
            assertThat(all(slot, "present"))
                    .as("after the last two were dropped")
                    .containsExactly(1, 3, 9, 2, 5, 9);
        }
    }

    @Test
    void anInputGrowsByWhatAnOutputHasAnew() {
        try (Network network = network(growing());
                Slot slot = growing(network, 4)) {
            step(slot, 0, 1, 2);
            slot.append("added", "past", 1);
            step(slot, 1, 3, 4, 5, 6);
            slot.append("added", "past", 1);
            step(slot, 3, 7, 8);
            assertThat(all(slot, "present")).containsExactly(1, 3, 4, 7, 2, 5, 6, 8);
        }
    }

    @Test
    void aShapeBeyondTheSlotsMemoryIsRefused() {
        try (Network network = network(growing());
                Slot slot = growing(network, 2)) {
            assertThatThrownBy(() -> slot.shape("past", 2, 3, 1))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("[2, 3, 1]")
                    .hasMessageContaining("made for 4 elements");
            assertThatThrownBy(() -> slot.shape("past", 3, 1, 1)).hasMessageContaining("numbers must agree");
            assertThatThrownBy(() -> slot.keep("past", 1, 1)).hasMessageContaining("to keep");
            step(slot, 0, 1, 2, 3, 4);
            slot.feed("present", "past");
            assertThatThrownBy(() -> slot.append("added", "past", 1)).isInstanceOf(NetworkException.class);
        }
    }

    @Test
    void aClosedSlotIsRefused() {
        try (Network network = network(identity(TinyOnnx.FLOAT, "batch"))) {
            Slot slot = network.slot(Map.of("x", new long[] {1}), Map.of("y", new long[] {1}));
            slot.close();
            slot.close();
            assertThatThrownBy(() -> slot.run(new Cancellation())).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> slot.fill("x", 0, 1, 1)).isInstanceOf(IllegalStateException.class);
        }
    }
}
