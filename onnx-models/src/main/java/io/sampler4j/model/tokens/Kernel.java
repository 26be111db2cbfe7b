package io.sampler4j.model.tokens;

/**
 * The arithmetic of one block of logits. Confined to a thread, for it owns its accumulators. Chosen once per JVM: with vectors where the module
 * {@code jdk.incubator.vector} is there ({@code --add-modules jdk.incubator.vector}), else in plain loops that the JIT
 * vectorises by itself.
 */
interface Kernel {
    /** As {@code doctor} and the record name it. */
    String name();

    /** The largest of v[0, n), which is NaN where one of them is. */
    float max(float[] v, int n);

    /**
     * The sum over v[0, n) of exp(d), d = (v - max) scale, where no v is above max; within 5e-6 relative. Terms below
     * exp(-32) may count as that.
     */
    double expSum(float[] v, int n, float max, float scale);

    /** The sum of d exp(d), likewise: what an entropy needs. */
    double expDot(float[] v, int n, float max, float scale);

    /** A kernel as this JVM has them. */
    static Kernel best() {
        return Kernels.BEST.get();
    }
}
