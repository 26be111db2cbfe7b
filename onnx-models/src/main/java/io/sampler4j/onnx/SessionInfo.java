package io.sampler4j.onnx;

import java.nio.file.Path;

/**
 * A loaded network.
 *
 * @param file where it was loaded from
 * @param identity of the file and its external data, under which the session is shared
 * @param options device and threads
 * @param bytes of its files, external data included: what it is counted as. ONNX Runtime's working memory comes on top
 */
public record SessionInfo(Path file, String identity, NetworkOptions options, long bytes) {}
