package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Where records lie: inside a png, in a {@code .json} beside any other output, or {@code record.json} of a folder. */
public final class RecordFile {
    static final String KEYWORD = "sampler4j";
    static final String IN_FOLDER = "record.json";

    private RecordFile() {}

    /** The file beside an output that carries its record. */
    static Path beside(Path output) {
        return output.resolveSibling(output.getFileName() + ".json");
    }

    /**
     * The record of an output: the output itself, or the file that holds its record.
     *
     * @throws RefusedException if there is none, saying where one was looked for
     */
    public static Record read(Path file) {
        if (Files.isDirectory(file)) return json(file.resolve(IN_FOLDER), file);
        if (ends(file, ".json")) return json(file, file);
        if (ends(file, ".png")) {
            return Optional.ofNullable(Png.texts(file).get(KEYWORD))
                    .map(text -> Record.parse(text, file.toString()))
                    .orElseThrow(() -> new RefusedException(
                            file + " is a png without a record of sampler4j: was it made by another program, or "
                                    + "stripped of its text?"));
        }
        return json(beside(file), file);
    }

    /** The record of a text, where the file is a {@code .txt} or the record of one. */
    public static Optional<TextRecord> text(Path file) {
        if (!ends(file, ".txt") && !ends(file, ".json")) return Optional.empty();
        Path json = ends(file, ".json") ? file : beside(file);
        String text = read(json, file);
        return TextRecord.is(text) ? Optional.of(TextRecord.parse(text, json.toString())) : Optional.empty();
    }

    private static Record json(Path json, Path asked) {
        return Record.parse(read(json, asked), json.toString());
    }

    private static String read(Path json, Path asked) {
        try {
            return Files.readString(json);
        } catch (IOException e) {
            throw new RefusedException(
                    "there is no record to read for " + asked + ": expected it in " + json + " (" + e + ")", e);
        }
    }

    /** How far a result is from the output that its record came with, as a phrase. */
    public static String difference(Path recorded, Result result) {
        Path output = output(recorded);
        if (ends(output, ".npy") && Files.exists(output)) {
            float[] was = Npy.read(output).values(), is = result.array().values();
            if (was.length != is.length) return "they have another shape";
            double most = 0;
            for (int i = 0; i < is.length; i++) most = Math.max(most, Math.abs((double) is[i] - was[i]));
            return String.format(Locale.ROOT, "the largest difference is %.3g", most);
        }
        if (ends(output, ".png") && Files.exists(output)) {
            return "the largest difference of a pixel is " + ResultWriter.pixelDifference(output, result) + " of 255";
        }
        return "only an npy or a png beside the record would tell by how much";
    }

    private static Path output(Path recorded) {
        String name = String.valueOf(recorded.getFileName());
        return name.endsWith(".npy.json")
                ? recorded.resolveSibling(name.substring(0, name.length() - ".json".length()))
                : recorded;
    }

    private static boolean ends(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }
}
