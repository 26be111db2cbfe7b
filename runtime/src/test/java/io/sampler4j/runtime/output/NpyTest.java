package io.sampler4j.runtime.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NpyTest {
    private static final Npy ARRAY = new Npy(new int[] {2, 3}, new float[] {1, -2, 3.5f, 0, 1e-30f, 6});

    private static byte[] bytes(Npy npy) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        npy.write(out);
        return out.toByteArray();
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        Npy again = Npy.parse(bytes(ARRAY), "a.npy");
        assertThat(again.shape()).containsExactly(2, 3);
        assertThat(again.values()).containsExactly(ARRAY.values());
    }

    @Test
    void theHeaderIsNumpysOwn() throws Exception {
        byte[] all = bytes(ARRAY);
        assertThat(new String(all, 10, 118, StandardCharsets.US_ASCII))
                .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }")
                .endsWith("\n");
        assertThat(all.length).isEqualTo(128 + 6 * 4);
    }

    @Test
    void aTruncatedFileSaysHowLongItShouldBe() throws Exception {
        byte[] all = bytes(ARRAY);
        for (int length : new int[] {9, 50, 128, all.length - 1}) {
            assertThatThrownBy(() -> Npy.parse(Arrays.copyOf(all, length), "a.npy"))
                    .as("%d bytes", length)
                    .isInstanceOf(RefusedException.class);
        }
        assertThatThrownBy(() -> Npy.parse(Arrays.copyOf(all, 130), "a.npy"))
                .hasMessageContaining("should be 152 bytes long")
                .hasMessageContaining("is 130");
    }

    @Test
    void anotherTypeSaysHowToConvertIt() throws Exception {
        byte[] all = bytes(ARRAY);
        String text = new String(all, StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> parse(text.replace("<f4", "<f8")))
                .hasMessageContaining("holds <f8")
                .hasMessageContaining("astype");
        assertThatThrownBy(() -> parse(text.replace("<f4", ">f4"))).hasMessageContaining(">f4");
        assertThatThrownBy(() -> parse(text.replace("False", "True "))).hasMessageContaining("ascontiguousarray");
    }

    private static Npy parse(String latin) {
        return Npy.parse(latin.getBytes(StandardCharsets.ISO_8859_1), "a.npy");
    }

    @Test
    void nanIsFoundWhereItIs() throws Exception {
        byte[] all = bytes(new Npy(new int[] {3}, new float[] {1, Float.NaN, 2}));
        assertThatThrownBy(() -> Npy.parse(all, "a.npy")).hasMessageContaining("NaN at element 1");
    }

    @Test
    void aWrongShapeNamesBoth() {
        assertThatThrownBy(() -> ARRAY.requireShape("the initial noise", 4, 1, 28, 28))
                .hasMessage("the initial noise must have the shape [4, 1, 28, 28], and has [2, 3]");
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertThatThrownBy(() -> Npy.read(Path.of("nowhere.npy"))).hasMessage("there is no file nowhere.npy");
        assertThatThrownBy(() -> Npy.parse("hello, world".getBytes(StandardCharsets.UTF_8), "a.npy"))
                .hasMessageContaining("is no npy file");
    }
}
