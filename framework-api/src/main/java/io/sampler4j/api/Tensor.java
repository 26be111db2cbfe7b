package io.sampler4j.api;

import java.nio.FloatBuffer;
import org.apiguardian.api.API;

/**
 * The continuous state of a run: {@link #samples()} samples of equal shape, sample-major, in float32 (or in float64, or
 * without data, where the host measures or plans). A sampler writes its equations as linear combinations with double
 * coefficients, as if there were one sample; the batch, the memory and the device are the tensor's business.
 *
 * <p>Made by the host: the start arrives from it, further ones come from {@link #like()}. All tensors of a run come from
 * one factory; mixing those of two runs is an {@link IllegalArgumentException}, as are operands of another size.
 * Operands may alias the target, since every operation is elementwise. Every operation returns the target. Confined to
 * the run's thread; not to be kept when the run is over.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Tensor {
    /** Elements of the whole batch. */
    int size();

    /** Samples in the batch; each has {@code size() / samples()} elements. */
    int samples();

    /** A new tensor of zeros of this shape, owned by the run: make it before the loop, never inside. */
    Tensor like();

    /** this = y */
    Tensor set(Tensor y);

    /** this = a y */
    Tensor set(double a, Tensor y);

    /** this = a y + b z */
    Tensor set(double a, Tensor y, double b, Tensor z);

    /** this = a y + b z + c w */
    Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w);

    /** this += a y */
    Tensor add(double a, Tensor y);

    /** this += a y + b z */
    Tensor add(double a, Tensor y, double b, Tensor z);

    /**
     * this = a[i] y + b[i] z for sample i, where a coefficient depends on the data of each sample (Langevin steps,
     * projections). Such a run cannot be compiled into the graph.
     *
     * @throws IllegalArgumentException if an array's length is not {@link #samples()}
     */
    Tensor setEach(double[] a, Tensor y, double[] b, Tensor z);

    /**
     * Writes the inner product of this and y into {@code perSample}, one sum for each sample, accumulated in double.
     *
     * @throws IllegalArgumentException if the array's length is not {@link #samples()}
     */
    void dot(Tensor y, double[] perSample);

    /** this = min(max(this, lo), hi), element by element. */
    Tensor clamp(double lo, double hi);

    /** this = mask y + (1 - mask) this, element by element. */
    Tensor blend(Tensor mask, Tensor y);

    /**
     * Copies all {@link #size()} elements out, sample-major, for mathematics that is not linear (quantiles, error
     * norms). In a dry run it gives seeded normals. A run that does so cannot be compiled into the graph.
     */
    void read(float[] into);

    /** Copies all elements in, sample-major. */
    void write(float[] from);

    /** Copies all elements to the buffer's position and advances it. For the host's networks. */
    void read(FloatBuffer into);

    /** Copies {@link #size()} elements from the buffer's position and advances it. For the host's networks. */
    void write(FloatBuffer from);
}
