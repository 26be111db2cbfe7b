package io.sampler4j.runtime.run;

import io.sampler4j.runtime.output.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a run over tokens made, with its record. Immutable; the arrays it gives are copies. */
public final class TextResult implements Supervision.Counted {
    private final TextDraft draft;
    private final List<HostCanvas.Saved> canvases;
    private final List<String> texts = new ArrayList<>();
    private final long nfe;
    private final long rows;
    private final double networkShare;
    private final TextRecord record;

    TextResult(TextDraft draft, List<HostCanvas.Saved> canvases, long nfe, long rows, long networkNanos, long nanos) {
        this.draft = draft;
        this.canvases = canvases;
        this.nfe = nfe;
        this.rows = rows;
        networkShare = nanos == 0 ? 0 : (double) networkNanos / nanos;
        // Decoded at once: the tokenizer is the plan's, which may be closed before its result is read.
        for (int k = 0; k < canvases.size(); k++) {
            int[] ids = ids(k);
            texts.add(draft.tokenizer.decode(ids, 0, ids.length));
        }
        record = TextRecord.of(draft, this);
    }

    /** How many texts. */
    public int count() {
        return canvases.size();
    }

    /** Text k, what was given included, up to its first end. */
    public String text(int k) {
        return texts.get(k);
    }

    /** The ids of text k, up to and without the first end of text that was made. */
    public int[] ids(int k) {
        HostCanvas.Saved c = canvases.get(k);
        int n = 0;
        while (n < c.ids().length
                && !c.masked()[n]
                && !(c.open()[n] && draft.model.vocabulary().ends(c.ids()[n]))) n++;
        return Arrays.copyOf(c.ids(), n);
    }

    /** All ids of text k, those after an end included; the mask where the run stopped before a position was settled. */
    public int[] canvas(int k) {
        return canvases.get(k).ids().clone();
    }

    /** The probability that each id of text k had when it settled; 1 for those given. */
    public double[] probabilities(int k) {
        return Arrays.copyOf(canvases.get(k).probability(), ids(k).length);
    }

    /** Calls of the network. */
    @Override
    public long nfe() {
        return nfe;
    }

    /** Sequences the network evaluated: two for each guided text and call. */
    @Override
    public long rows() {
        return rows;
    }

    /** The share of the run's time that was spent inside the network. */
    public double networkShare() {
        return networkShare;
    }

    /** The seed of the first text. */
    public long seed() {
        return draft.seed;
    }

    /** Everything that made it. */
    public TextRecord record() {
        return record;
    }

    /** Writes the texts, one a paragraph, and the record beside them as {@code .json}. Whole or not at all. */
    public void write(Path out) {
        AtomicFile.write(out, s -> s.write((String.join("\n\n", texts) + "\n").getBytes(StandardCharsets.UTF_8)));
        AtomicFile.write(RecordFile.beside(out), s -> s.write(record.pretty().getBytes(StandardCharsets.UTF_8)));
    }

    TextDraft draft() {
        return draft;
    }

    List<HostCanvas.Saved> canvases() {
        return canvases;
    }
}
