package io.sampler4j.runtime.output;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/** From samples to pictures. */
public final class Pictures {
    private static final int GAP = 1;
    private static final int BACKGROUND = 0xff808080;
    private static final int LONG_SIDE = 512;
    private static final int MOST_SCALE = 8;

    private Pictures() {}

    /**
     * How samples become pixels.
     *
     * @param shape [channels, height, width] with 1 (grey) or 3 (RGB) channels
     * @param low the value that is black
     * @param high the value that is white
     */
    public record Range(List<Integer> shape, double low, double high) {
        /** Whether samples of this shape are pictures. */
        public boolean isPicture() {
            return shape.size() == 3 && (shape.get(0) == 1 || shape.get(0) == 3);
        }

        int elements() {
            return shape.get(0) * shape.get(1) * shape.get(2);
        }
    }

    /** Sample {@code index} at its own size: (x - low) / (high - low) times 255, clipped, rounded half up. */
    public static BufferedImage one(float[] samples, int index, Range range) {
        int c = range.shape().get(0),
                h = range.shape().get(1),
                w = range.shape().get(2);
        BufferedImage image =
                new BufferedImage(w, h, c == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        int at = index * range.elements();
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int pixel = 0;
                for (int k = 0; k < c; k++) pixel = pixel << 8 | level(samples[at + (k * h + y) * w + x], range);
                if (c == 1) image.getRaster().setSample(x, y, 0, pixel);
                else image.setRGB(x, y, pixel);
            }
        }
        return image;
    }

    private static int level(float value, Range range) {
        double v = (value - range.low()) / (range.high() - range.low()) * 255;
        return (int) Math.floor(Math.min(Math.max(v, 0), 255) + 0.5);
    }

    /**
     * All samples in rows, with a thin line between; small ones enlarged by a whole factor, so that the longer side
     * comes near 512 pixels but none is enlarged more than eightfold. A single one keeps its own size.
     */
    public static BufferedImage grid(float[] samples, int count, Range range) {
        return count == 1 ? one(samples, 0, range) : grid(samples, count, range, columns(count));
    }

    /** As {@link #grid(float[], int, Range)}, but a single sample is enlarged as well: a frame of a moving picture. */
    public static BufferedImage frame(float[] samples, int count, Range range) {
        return grid(samples, count, range, columns(count));
    }

    private static BufferedImage grid(float[] samples, int count, Range range, int columns) {
        int h = range.shape().get(1), w = range.shape().get(2), rows = (count + columns - 1) / columns;
        int longer = Math.max(columns * w, rows * h);
        int scale = Math.max(1, Math.min(MOST_SCALE, LONG_SIDE / longer));
        boolean grey = range.shape().get(0) == 1;
        BufferedImage all = new BufferedImage(
                columns * w * scale + (columns - 1) * GAP,
                rows * h * scale + (rows - 1) * GAP,
                grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        int[] line = new int[all.getWidth()];
        Arrays.fill(line, BACKGROUND);
        for (int y = 0; y < all.getHeight(); y++) all.setRGB(0, y, line.length, 1, line, 0, 0);
        for (int i = 0; i < count; i++) {
            BufferedImage one = one(samples, i, range);
            int left = i % columns * (w * scale + GAP), top = i / columns * (h * scale + GAP);
            for (int y = 0; y < h * scale; y++) {
                for (int x = 0; x < w * scale; x++) {
                    Object pixel = one.getRaster().getDataElements(x / scale, y / scale, null);
                    all.getRaster().setDataElements(left + x, top + y, pixel);
                }
            }
        }
        return all;
    }

    /** Ten where that fills every row, as the ten digits do; otherwise near a square. */
    static int columns(int count) {
        if (count % 10 == 0) return 10;
        return (int) Math.ceil(Math.sqrt(count));
    }
}
