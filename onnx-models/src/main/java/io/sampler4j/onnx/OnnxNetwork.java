package io.sampler4j.onnx;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lease of a shared session. */
final class OnnxNetwork implements Network {
    private final Sessions.Shared shared;
    private boolean closed;

    OnnxNetwork(Sessions.Shared shared) {
        this.shared = shared;
    }

    @Override
    public Signature signature() {
        return shared.signature();
    }

    @Override
    public Slot slot(Map<String, long[]> inputShapes, Map<String, long[]> outputShapes) {
        // Retained under the lock that close takes, so that the session cannot go between the check and the count.
        synchronized (this) {
            if (closed) throw new IllegalStateException("This lease is closed; lease the network again.");
            shared.retain();
        }
        AtomicBoolean released = new AtomicBoolean();
        Runnable release = () -> {
            if (released.compareAndSet(false, true)) shared.release();
        };
        try {
            return new OnnxSlot(shared, inputShapes, outputShapes, release);
        } catch (RuntimeException | Error e) {
            release.run();
            throw e;
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
        }
        shared.counters().leases.decrementAndGet();
        shared.release();
    }
}
