package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.Tensor;
import io.sampler4j.tensor.ArrayTensor;
import java.nio.FloatBuffer;

/** A tensor whose keeping would be seen: every one of a run is lent by its witness. */
final class LentTensor implements Tensor {
    private final ArrayTensor values;
    private final Witness witness;

    private LentTensor(ArrayTensor values, Witness witness) {
        this.values = values;
        this.witness = witness;
    }

    static LentTensor of(ArrayTensor values, Witness witness) {
        return witness.lends(new LentTensor(values, witness));
    }

    boolean isFinite() {
        return values.isFinite();
    }

    private static Tensor of(Tensor t) {
        return t instanceof LentTensor lent ? lent.values : t;
    }

    private LentTensor after(Tensor done) {
        return this;
    }

    @Override
    public int size() {
        return values.size();
    }

    @Override
    public int samples() {
        return values.samples();
    }

    @Override
    public Tensor like() {
        return of(values.like(), witness);
    }

    @Override
    public Tensor set(Tensor y) {
        return after(values.set(of(y)));
    }

    @Override
    public Tensor set(double a, Tensor y) {
        return after(values.set(a, of(y)));
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z) {
        return after(values.set(a, of(y), b, of(z)));
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
        return after(values.set(a, of(y), b, of(z), c, of(w)));
    }

    @Override
    public Tensor add(double a, Tensor y) {
        return after(values.add(a, of(y)));
    }

    @Override
    public Tensor add(double a, Tensor y, double b, Tensor z) {
        return after(values.add(a, of(y), b, of(z)));
    }

    @Override
    public Tensor setEach(double[] a, Tensor y, double[] b, Tensor z) {
        return after(values.setEach(a, of(y), b, of(z)));
    }

    @Override
    public void dot(Tensor y, double[] perSample) {
        values.dot(of(y), perSample);
    }

    @Override
    public Tensor clamp(double lo, double hi) {
        return after(values.clamp(lo, hi));
    }

    @Override
    public Tensor blend(Tensor mask, Tensor y) {
        return after(values.blend(of(mask), of(y)));
    }

    @Override
    public void read(float[] into) {
        values.read(into);
    }

    @Override
    public void write(float[] from) {
        values.write(from);
    }

    @Override
    public void read(FloatBuffer into) {
        values.read(into);
    }

    @Override
    public void write(FloatBuffer from) {
        values.write(from);
    }
}
