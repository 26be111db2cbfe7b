package io.sampler4j.model.tokens;

/** Which arithmetic reads logits in this JVM. */
public final class TokenKernels {
    private TokenKernels() {}

    /** {@code scalar}, or the width of the vectors where {@code jdk.incubator.vector} is there. */
    public static String name() {
        return Kernel.best().name();
    }
}
