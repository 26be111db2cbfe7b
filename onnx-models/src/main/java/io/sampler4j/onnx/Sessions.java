package io.sampler4j.onnx;

import java.nio.file.Path;

final class Sessions {
    Network lease(Path file, String sha256, NetworkOptions options) {
        throw new UnsupportedOperationException("to come");
    }

    Counts counts() {
        throw new UnsupportedOperationException("to come");
    }

    void evict() {}

    void close() {}

    static Signature signature(Path file) {
        throw new UnsupportedOperationException("to come");
    }
}
