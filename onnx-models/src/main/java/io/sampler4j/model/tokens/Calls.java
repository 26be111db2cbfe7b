package io.sampler4j.model.tokens;

import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Rows;
import java.util.List;

/** Calls of one network about several canvases at once. Confined to one thread at a time. */
interface Calls extends AutoCloseable {
    /**
     * One canvas and what is asked about it.
     *
     * @param run a number of its own, the same in every call
     */
    record Asked(int run, Canvas x, Front front, Raster raster, Rows rows) {}

    /** Answers all, in as few calls as lengths and ONNX Runtime's 2 GiB a tensor allow. */
    void answer(List<Asked> all, boolean pad);

    /** What was spent so far. */
    Work work();

    @Override
    void close();
}
