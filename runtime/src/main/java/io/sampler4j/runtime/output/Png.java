package io.sampler4j.runtime.output;

import io.sampler4j.api.error.RefusedException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Node;

/** Portable network graphics, with texts inside (iTXt). */
public final class Png {
    private static final String NATIVE = "javax_imageio_png_1.0";

    static {
        ImageIO.setUseCache(false);
    }

    private Png() {}

    /** Writes a picture with texts by keyword. */
    public static void write(OutputStream out, BufferedImage image, Map<String, String> texts) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), null);
            metadata.mergeTree(NATIVE, tree(texts));
            writer.setOutput(stream);
            writer.write(new IIOImage(image, null, metadata));
        } finally {
            writer.dispose();
        }
    }

    private static IIOMetadataNode tree(Map<String, String> texts) {
        IIOMetadataNode root = new IIOMetadataNode(NATIVE), all = new IIOMetadataNode("iTXt");
        texts.forEach((keyword, text) -> {
            IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
            entry.setAttribute("keyword", keyword);
            entry.setAttribute("compressionFlag", "FALSE");
            entry.setAttribute("compressionMethod", "0");
            entry.setAttribute("languageTag", "");
            entry.setAttribute("translatedKeyword", "");
            entry.setAttribute("text", text);
            all.appendChild(entry);
        });
        root.appendChild(all);
        return root;
    }

    /**
     * The texts inside a png, by keyword.
     *
     * @throws RefusedException if it cannot be read as one
     */
    public static Map<String, String> texts(Path file) {
        Map<String, String> texts = new LinkedHashMap<>();
        open(file, reader -> {
            Node root = reader.getImageMetadata(0).getAsTree(NATIVE);
            for (Node chunk = root.getFirstChild(); chunk != null; chunk = chunk.getNextSibling()) {
                if (!chunk.getNodeName().equals("iTXt")) continue;
                for (Node entry = chunk.getFirstChild(); entry != null; entry = entry.getNextSibling()) {
                    texts.put(attribute(entry, "keyword"), attribute(entry, "text"));
                }
            }
            return null;
        });
        return texts;
    }

    private static String attribute(Node node, String name) {
        return node.getAttributes().getNamedItem(name).getNodeValue();
    }

    /** The picture itself. */
    public static BufferedImage image(Path file) {
        return open(file, reader -> reader.read(0));
    }

    /**
     * The pixels as one sample [channels, height, width] in the range [low, high]; transparent ones lie on white.
     *
     * @throws RefusedException if it is no png or has another size
     */
    public static float[] read(Path file, int channels, int height, int width, double low, double high) {
        BufferedImage image = image(file);
        if (image.getWidth() != width || image.getHeight() != height) {
            throw new RefusedException(file + " is " + image.getWidth() + " by " + image.getHeight()
                    + " pixels, and the model's samples are " + width + " by " + height
                    + ": scale or crop it to that size first, since nothing here does so unasked");
        }
        if (channels != 1 && channels != 3) {
            throw new RefusedException("the model's samples have " + channels
                    + " channels, and a png is read as 1 (grey) or 3 (RGB): give an npy of shape [count, ...]");
        }
        float[] sample = new float[channels * height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int k = 0; k < channels; k++) {
                    double v = channels == 1 ? grey(image, x, y) : onWhite(image.getRGB(x, y), 16 - 8 * k);
                    sample[(k * height + y) * width + x] = (float) (low + v / 255 * (high - low));
                }
            }
        }
        return sample;
    }

    /** A grey picture's own values: conversion to RGB would bend them. */
    private static double grey(BufferedImage image, int x, int y) {
        if (image.getRaster().getNumBands() == 1
                && image.getSampleModel().getSampleSize(0) == 8
                && image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
            return image.getRaster().getSample(x, y, 0);
        }
        int rgb = image.getRGB(x, y);
        return 0.299 * onWhite(rgb, 16) + 0.587 * onWhite(rgb, 8) + 0.114 * onWhite(rgb, 0);
    }

    private static double onWhite(int argb, int shift) {
        double alpha = (argb >>> 24) / 255.0;
        return alpha * (argb >> shift & 0xff) + (1 - alpha) * 255;
    }

    private interface Use<T> {
        T of(ImageReader reader) throws IOException;
    }

    private static <T> T open(Path file, Use<T> use) {
        if (!Files.isRegularFile(file)) throw new RefusedException("there is no file " + file);
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                return use.of(reader);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            throw new RefusedException(file + " cannot be read as a png: " + e.getMessage(), e);
        }
    }
}
