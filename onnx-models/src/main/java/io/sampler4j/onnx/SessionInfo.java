package io.sampler4j.onnx;

import java.nio.file.Path;

/**
 * A loaded network.
 *
 * @param file where it was loaded from
 * @param sha256 of that file
 * @param options device and threads
 * @param bytes of its files, external data included: what it is counted as. ONNX Runtime's working memory comes on top
 */
public record SessionInfo(Path file, String sha256, NetworkOptions options, long bytes) {}
