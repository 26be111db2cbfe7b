/** ONNX Runtime: the only code that sees it. Sessions shared and counted, slots of pinned buffers, cancellation. */
package io.sampler4j.onnx;
