package io.sampler4j.runtime.run;

import io.sampler4j.model.SampleSpec;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.output.Npy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a run made, with its record. Immutable; the arrays it gives are copies. */
public final class Result implements Supervision.Counted {
    private final Planned plan;
    private final Made made;
    private final Record record;

    Result(Planned plan, Made made) {
        this(plan, made, Record.of(plan, made));
    }

    private Result(Planned plan, Made made, Record record) {
        this.plan = plan;
        this.made = made;
        this.record = record;
    }

    /** The same result under the record of the run that it replays, so that what is written is the same to the byte. */
    Result under(Record original) {
        return new Result(plan, made, original);
    }

    /** Samples. */
    public int count() {
        return plan.request.count();
    }

    /** The shape of one sample, such as [1, 28, 28]. */
    public List<Integer> shape() {
        return range().shape();
    }

    /** Sample i in the network's range, row-major, as a new array; noise of unit variance after an inversion. */
    public float[] sample(int i) {
        int n = range().size();
        return Arrays.copyOfRange(made.samples(), i * n, (i + 1) * n);
    }

    /** All samples, [count, ...]. */
    public Npy array() {
        return new Npy(dimensions(), made.samples().clone());
    }

    /** [count, ...]. */
    int[] dimensions() {
        int[] dims = new int[shape().size() + 1];
        dims[0] = count();
        for (int i = 0; i < shape().size(); i++) dims[i + 1] = shape().get(i);
        return dims;
    }

    /** The peak signal-to-noise ratio of each reconstruction, in dB; none but for those. Infinite where it is the picture itself. */
    public double[] psnr() {
        return plan.psnr(made.samples());
    }

    /** Writes the samples as they lie, without a copy. */
    void samples(OutputStream out) throws IOException {
        new Npy(dimensions(), made.samples()).write(out);
    }

    Planned plan() {
        return plan;
    }

    Made made() {
        return made;
    }

    /** Network evaluations, over all calls of the run's parts. */
    @Override
    public long nfe() {
        return made.nfe();
    }

    /** Rows the network evaluated: one for each sample and condition. */
    @Override
    public long rows() {
        return made.rows();
    }

    /** The seed of sample 0. */
    public long seed() {
        return plan.basics.seed();
    }

    /** Everything that made it. */
    public Record record() {
        return record;
    }

    /**
     * Writes it in the form that the name's ending says: {@code .png} (a grid for several), {@code .gif} (the path, if
     * the request kept its frames), {@code .npy} (raw float32), or a directory with one png each. Whole or not at all. A run of pairs is
     * written as a new directory: {@code noise.npy} [count, ...] of unit variance, as {@link Request#initNoise} takes it,
     * {@code data.npy} [count, ...] in the network's range, {@code classes.npy} (int64, [count]) where samples have a
     * class, and {@code record.json}.
     *
     * @throws io.sampler4j.api.error.RefusedException if the ending is none of these or the place cannot be written
     */
    public void write(Path out) {
        write(out, plan.request.verb() == Request.Verb.PAIRS ? Form.PAIRS : Form.of(out.toString()));
    }

    /** As {@link #write(Path)}, in this form. */
    public void write(Path out, Form form) {
        new ResultWriter(this).write(out, form);
        plan.request
                .traceStates()
                .ifPresent(p -> new ResultWriter(this)
                        .npy(p, made.states().orElseThrow().npy()));
        plan.request.trace().ifPresent(p -> new ResultWriter(this).lines(p, made.traces()));
    }

    /** The class asked for of each sample, by its name; empty where none was. */
    public List<String> classes() {
        if (plan.classes.isEmpty()) return List.of();
        List<String> names = plan.directory.manifest().classes().orElseThrow().names();
        return IntStream.range(0, count())
                .mapToObj(i -> names.get(plan.classes.get(i % plan.classes.size())))
                .toList();
    }

    /** Network evaluations for each sample: their mean, where the sampler adapts. */
    public double nfePerSample() {
        return (double) made.nfe() / plan.basics.batching().parts().size();
    }

    /** The shape and range of a sample. */
    public SampleSpec range() {
        return plan.sample();
    }
}
