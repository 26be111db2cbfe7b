package io.sampler4j.runtime.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void aFullDiskLeavesWhatWasThereAndNothingElse() throws IOException {
        Path target = folder.resolve("a.npy");
        Files.writeString(target, "before");
        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("the disk is full");
        assertThat(target).hasContent("before");
        assertThat(folder.toFile().list()).containsExactly("a.npy");
    }

    @Test
    void aBodyThatThrowsLeavesNothing() {
        Path target = folder.resolve("a.npy");
        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    throw new IllegalStateException("a plugin's");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(folder.toFile().list()).isEmpty();
    }

    @Test
    void missingDirectoriesAreMadeAndAFileInTheWayIsNamed() throws IOException {
        AtomicFile.write(folder.resolve("x/y/a.txt"), out -> out.write('a'));
        assertThat(folder.resolve("x/y/a.txt")).hasContent("a");
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("x/y/a.txt/b.txt"), out -> out.write('b')))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("cannot write");
    }

    @Test
    void theFormIsInTheName() {
        assertThat(Form.of("a.PNG")).isEqualTo(Form.PNG);
        assertThat(Form.of("new/")).isEqualTo(Form.DIRECTORY);
        assertThat(Form.of(folder.toString())).isEqualTo(Form.DIRECTORY);
        assertThatThrownBy(() -> Form.of("a.jpg"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(".png, .gif or .npy");
    }
}
