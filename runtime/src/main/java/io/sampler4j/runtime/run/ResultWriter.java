package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.output.AtomicFile;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.output.Gif;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Pictures;
import io.sampler4j.runtime.output.Png;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a result in one of its forms, with its record. */
final class ResultWriter {
    private static final int FRAME_HUNDREDTHS = 8;
    private static final int LAST_FRAME_HUNDREDTHS = 150;

    private final Result result;
    private final Pictures.Range range;

    ResultWriter(Result result) {
        this.result = result;
        range = new Pictures.Range(
                result.shape(), result.range().low(), result.range().high());
    }

    void write(Path out, Form form) {
        switch (form) {
            case NPY -> {
                if (result.plan().makesWholeNumbers()) whole(out);
                else npy(out, result.array());
                record(RecordFile.beside(out));
            }
            case PNG -> {
                requirePicture(form);
                BufferedImage grid = Pictures.grid(result.array().values(), result.count(), range);
                AtomicFile.write(out, s -> Png.write(s, grid, texts()));
            }
            case GIF -> {
                requirePicture(form);
                gif(out);
                record(RecordFile.beside(out));
            }
            case DIRECTORY -> {
                requirePicture(form);
                folder(out);
            }
            case PAIRS -> pairs(out);
        }
    }

    private void whole(Path out) {
        float[] samples = result.made().samples();
        long[] values = new long[samples.length];
        for (int i = 0; i < values.length; i++) values[i] = (long) samples[i];
        AtomicFile.write(out, new Npy.Whole(result.dimensions(), values)::write);
    }

    void npy(Path out, Npy array) {
        AtomicFile.write(out, array::write);
    }

    void lines(Path out, List<Trace> parts) {
        AtomicFile.write(out, s -> {
            for (Trace part : parts) s.write(part.lines().toString().getBytes(StandardCharsets.UTF_8));
        });
    }

    private void record(Path out) {
        AtomicFile.write(out, s -> s.write(result.record().pretty().getBytes(StandardCharsets.UTF_8)));
    }

    private Map<String, String> texts() {
        return Map.of(RecordFile.KEYWORD, result.record().json());
    }

    private void gif(Path out) {
        States states = result.made()
                .frames()
                .orElseThrow(() -> new RefusedException(
                        "a gif shows the path of a run, and this one kept none: ask for frames in the request"));
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 0; i < states.frames(); i++) frames.add(Pictures.frame(states.frame(i), states.count(), range));
        AtomicFile.write(out, s -> Gif.write(s, frames, FRAME_HUNDREDTHS, LAST_FRAME_HUNDREDTHS));
    }

    /** One png each, numbered so that names sort as samples do; the record last, as the sign that all are there. */
    private void folder(Path out) {
        float[] samples = result.array().values();
        int digits = String.valueOf(result.count() - 1).length();
        for (int i = 0; i < result.count(); i++) {
            BufferedImage one = Pictures.one(samples, i, range);
            String name = String.format("%0" + Math.max(3, digits) + "d.png", i);
            AtomicFile.write(out.resolve(name), s -> Png.write(s, one, Map.of()));
        }
        record(out.resolve(RecordFile.IN_FOLDER));
    }

    private void pairs(Path out) {
        Planned plan = result.plan();
        Made.Start noise = result.made()
                .start()
                .orElseThrow(() -> new RefusedException(
                        "this run kept no noise beside its samples: ask for pairs in the request"));
        AtomicFile.folder(out, folder -> {
            AtomicFile.write(folder.resolve("noise.npy"), s -> {
                Npy.head(s, result.dimensions());
                for (Batching.Part part : plan.basics.batching().parts()) Npy.floats(s, noise.of(part));
            });
            AtomicFile.write(folder.resolve("data.npy"), result::samples);
            if (!plan.classes.isEmpty()) {
                long[] classes = new long[result.count()];
                for (int i = 0; i < classes.length; i++) classes[i] = plan.classes.get(i % plan.classes.size());
                AtomicFile.write(
                        folder.resolve("classes.npy"),
                        s -> new Npy.Whole(new int[] {classes.length}, classes).write(s));
            }
            record(folder.resolve(RecordFile.IN_FOLDER));
        });
    }

    private void requirePicture(Form form) {
        if (range.isPicture()) return;
        throw new RefusedException("the samples have the shape " + result.shape()
                + ", which is no picture of 1 or 3 channels, so they make no "
                + form.name().toLowerCase(java.util.Locale.ROOT)
                + ": let the output end in .npy");
    }

    /** The largest difference of a pixel between a picture on disk and the one that this result makes. */
    static int pixelDifference(Path png, Result result) {
        BufferedImage was = Png.image(png);
        BufferedImage is = Pictures.grid(result.array().values(), result.count(), new ResultWriter(result).range);
        if (was.getWidth() != is.getWidth() || was.getHeight() != is.getHeight()) return 255;
        int most = 0;
        for (int y = 0; y < is.getHeight(); y++) {
            for (int x = 0; x < is.getWidth(); x++) {
                int a = was.getRGB(x, y), b = is.getRGB(x, y);
                for (int shift = 0; shift < 24; shift += 8) {
                    most = Math.max(most, Math.abs((a >> shift & 0xff) - (b >> shift & 0xff)));
                }
            }
        }
        return most;
    }
}
