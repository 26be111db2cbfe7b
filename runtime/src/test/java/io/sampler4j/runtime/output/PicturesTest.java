package io.sampler4j.runtime.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    private static final Pictures.Range GREY = new Pictures.Range(List.of(1, 2, 2), -1, 1);

    @TempDir
    Path folder;

    @Test
    void theRangeBecomesBlackToWhiteAndBeyondItIsClipped() {
        BufferedImage image = Pictures.one(new float[] {-1, 1, 0, 7}, 0, GREY);
        // 0 lies at 127.5, which is rounded up.
        assertThat(image.getRaster().getPixels(0, 0, 2, 2, (int[]) null)).containsExactly(0, 255, 128, 255);
    }

    @Test
    void coloursAreTakenPlaneByPlane() {
        BufferedImage image = Pictures.one(new float[] {1, 0, 0.2f}, 0, new Pictures.Range(List.of(3, 1, 1), 0, 1));
        assertThat(image.getRGB(0, 0)).isEqualTo(0xffff0033);
    }

    @Test
    void tenDigitsAFillARowAndAGridIsEnlarged() {
        assertThat(Pictures.columns(20)).isEqualTo(10);
        assertThat(Pictures.columns(9)).isEqualTo(3);
        BufferedImage grid = Pictures.grid(new float[16], 4, GREY);
        assertThat(grid.getWidth()).isEqualTo(2 * 2 * 8 + 1);
    }

    @Test
    void aPngCarriesTextsInAnyLanguageAndGivesItsPixelsBack() throws IOException {
        Path file = folder.resolve("a.png");
        float[] sample = {-1, 1, 51 / 127.5f - 1, 204 / 127.5f - 1};
        AtomicFile.write(file, out -> Png.write(out, Pictures.one(sample, 0, GREY), Map.of("sampler4j", "{\"é\":1}")));
        assertThat(Png.texts(file)).containsEntry("sampler4j", "{\"é\":1}");
        // 8 bits: half of a 255th of the range of 2.
        assertThat(Png.read(file, 1, 2, 2, -1, 1))
                .containsExactly(sample, org.assertj.core.data.Offset.offset(2f / 510));
    }

    @Test
    void aPngOfAnotherSizeOrNoneIsRefused() throws IOException {
        Path file = folder.resolve("a.png");
        AtomicFile.write(file, out -> Png.write(out, Pictures.one(new float[4], 0, GREY), Map.of()));
        assertThatThrownBy(() -> Png.read(file, 1, 28, 28, -1, 1)).hasMessageContaining("2 by 2");
        Files.writeString(file, "not a picture");
        assertThatThrownBy(() -> Png.texts(file)).isInstanceOf(RefusedException.class);
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> Png.texts(file)).isInstanceOf(RefusedException.class);
    }

    @Test
    void aGifHasAllItsFrames() throws IOException {
        Path file = folder.resolve("a.gif");
        BufferedImage one = Pictures.frame(new float[] {-1, 1, 0, 1}, 1, GREY);
        BufferedImage two = Pictures.frame(new float[] {1, -1, 0, 1}, 1, GREY);
        AtomicFile.write(file, out -> Gif.write(out, List.of(one, two, one), 8, 150));
        var reader = javax.imageio.ImageIO.getImageReadersByFormatName("gif").next();
        try (var in = javax.imageio.ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(in);
            assertThat(reader.getNumImages(true)).isEqualTo(3);
        }
    }
}
