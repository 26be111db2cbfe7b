package io.sampler4j.onnx;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;

/**
 * The buffers of one run's calls: native-order direct memory made once, rewritten before each call; outputs are pinned,
 * so a call allocates nothing that grows with the tensors. Not thread-safe: confined to one run.
 */
public interface Slot extends AutoCloseable {
    /**
     * Copies all {@code x.samples()} samples of x to the rows of an input from {@code row} on, in the input's type
     * (float32, float16 or float64).
     *
     * @throws NetworkException if there is no such input, or x does not fit into its rows
     */
    void state(String input, int row, Tensor x);

    /**
     * Fills the rows [fromRow, toRow) of an input with one number, in the input's type: a time, a class, a scale. An
     * input of rank 0 or of shape [1] takes it whole, as row 0.
     *
     * @throws NetworkException if there is no such input or row, or the input's type cannot hold the value (a fraction
     *     in an integer, other than 0 and 1 in a bool)
     */
    void fill(String input, int fromRow, int toRow, double value);

    /**
     * Copies ids to an input of integers, row-major, from its first element of {@code row} on.
     *
     * @throws NetworkException if there is no such input, it holds no integers, or they do not fit
     */
    void ids(String input, int row, int[] ids);

    /**
     * One call of the network. Blocks.
     *
     * @throws CancelledException if the cancellation was or is requested; the runtime notices between two nodes of the
     *     graph, never inside one
     * @throws NetworkException if the network fails, in its own words and with the shapes it was given
     */
    void run(Cancellation cancellation);

    /**
     * Fills {@code out} from the rows of an output from {@code row} on, one row for each of its samples. A row may be
     * longer than a sample (a learned variance doubles the channels): {@code skip} is the first element taken.
     *
     * @throws NetworkException if there is no such output, it is not of float32, float16 or float64, or has not as many
     *     rows or elements
     */
    void read(String output, int row, int skip, Tensor out);

    /**
     * Copies {@code into.length} elements of an output from its first element of {@code row} plus {@code skip} on, as
     * float32.
     *
     * @throws NetworkException as {@link #read(String, int, int, Tensor)} does
     */
    void read(String output, int row, int skip, float[] into);

    /**
     * Copies {@code into.length} elements of an output of integers from its first element of {@code row} on.
     *
     * @throws NetworkException if there is no such output, it holds no integers, or has not as many
     */
    void ids(String output, int row, long[] into);

    /**
     * An output of float32, float16 or float64 as a run of numbers, row-major, read in place: what {@link #run} writes
     * next is seen through it. Valid until the slot is closed.
     *
     * @throws NetworkException if there is no such output, or it holds other than float32, float16 or float64
     */
    Values values(String output);

    /** The numbers of an output, where the network put them. Confined to the slot's run, but for {@link #copy}. */
    interface Values {
        /** How many there are. */
        int size();

        /** Number i. */
        float at(int i);

        /** Copies {@code count} of them from the first on. May be called by several threads at once between two runs. */
        void copy(int first, float[] into, int count);
    }

    /**
     * Gives an input or output another shape, of no more elements than the slot was made with. Dimensions may be 0. The
     * memory stays, what is in it is undefined.
     *
     * @throws NetworkException if there is no such input or output, or it cannot have that shape
     */
    void shape(String port, long... shape);

    /**
     * Exchanges the memory of an output and an input: what {@link #run} wrote to the output, in its shape, is what the
     * next call is given, without a copy. The output is undefined until it is given a {@link #shape}, if its own differs.
     *
     * @throws NetworkException if there are none such, or their types or sizes differ
     */
    void feed(String output, String input);

    /**
     * Appends an output to an input along an axis, on which alone they may differ: the input grows. Copies.
     *
     * @throws NetworkException if there are none such, they do not fit, or the slot was made too small
     */
    void append(String output, String input, int axis);

    /**
     * Shortens an input to its first {@code count} along an axis. Copies where the axis is not the first.
     *
     * @throws NetworkException if there is no such input, or it is not as long
     */
    void keep(String input, int axis, int count);

    /** Frees the buffers. A second call does nothing. Not to be called during {@link #run}. */
    @Override
    void close();
}
