package io.sampler4j.model.tokens;

import io.sampler4j.api.error.RefusedException;

/**
 * How the codes of a picture lie, and which of them a prior sees. A picture of the prior's own size is seen whole; in a
 * larger one, a window of that size moves along, and the code asked about lies in its middle, or nearer an edge where
 * the window meets the picture's (taming-transformers' rule). Immutable.
 *
 * @param rows of the picture, in codes; 0 for what is no picture
 * @param columns of the picture
 * @param down rows of the prior's own picture
 * @param across its columns
 */
public record Raster(int rows, int columns, int down, int across) {
    /** No picture: a line, seen whole. */
    public static final Raster LINE = new Raster(0, 0, 0, 0);

    /** @throws RefusedException if the picture is smaller than the prior's own, whose positions would mean others */
    public Raster {
        if (rows < down || columns < across) {
            throw new RefusedException("a picture of " + rows + "x" + columns + " codes is smaller than the " + down
                    + "x" + across + " that the prior was trained on: ask for that many at least");
        }
    }

    /** Whether pictures are larger than the prior's own. */
    public boolean slides() {
        return rows > down || columns > across;
    }

    /** Where the window begins of which position is a part. */
    int origin(int position) {
        int i = position / columns, j = position % columns;
        return (i - local(i, rows, down)) * columns + j - local(j, columns, across);
    }

    /** The place of a position in its window, raster order. */
    int place(int position) {
        return local(position / columns, rows, down) * across + local(position % columns, columns, across);
    }

    /** The position on the canvas of a place of the window that begins at {@code origin}. */
    int position(int origin, int place) {
        return origin + place / across * columns + place % across;
    }

    private static int local(int i, int size, int window) {
        int half = window / 2;
        return i <= half ? i : size - i < half ? window - (size - i) : half;
    }
}
