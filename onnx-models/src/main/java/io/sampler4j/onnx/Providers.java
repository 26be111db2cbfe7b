package io.sampler4j.onnx;

import java.util.List;

final class Providers {
    static String version() {
        throw new UnsupportedOperationException("to come");
    }

    static List<ProviderStatus> list() {
        throw new UnsupportedOperationException("to come");
    }
}
