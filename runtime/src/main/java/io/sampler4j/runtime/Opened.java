package io.sampler4j.runtime;

import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.PluginReport;
import java.util.List;
import java.util.Optional;

/** What was needed so far, to be looked at without needing more. Thread-safe; never blocks. */
final class Opened {
    private volatile OnnxRuntime onnx;
    private volatile PluginHost plugins;

    OnnxRuntime note(OnnxRuntime opened) {
        onnx = opened;
        return opened;
    }

    PluginHost note(PluginHost opened) {
        plugins = opened;
        return opened;
    }

    Optional<OnnxRuntime> onnx() {
        return Optional.ofNullable(onnx);
    }

    /** Of each jar; none before the plugins were needed, nor after they were closed. */
    List<PluginReport> reports() {
        PluginHost host = plugins;
        try {
            return host == null ? List.of() : host.reports();
        } catch (IllegalStateException e) {
            return List.of();
        }
    }
}
