package io.sampler4j.runtime.random;

import io.sampler4j.api.error.RefusedException;

/**
 * NumPy's legacy generator, {@code numpy.random.RandomState(s)}: the same Mersenne twister, uniforms of 53 bits, and
 * normals by Marsaglia's polar method, of which the second of a pair waits for the next.
 */
final class NumpySource implements RandomSource {
    private static final long LARGEST = (1L << 32) - 1;

    @Override
    public String name() {
        return "numpy";
    }

    @Override
    public RandomStream stream(long seed) {
        if (seed < 0 || seed > LARGEST) {
            throw new RefusedException("numpy's legacy generator takes seeds from 0 to " + LARGEST
                    + ", and a sample of this run would have the seed " + seed + ": take another, or --rng torch");
        }
        return new Stream(new Mt19937((int) seed));
    }

    private static final class Stream implements RandomStream {
        private final Mt19937 engine;
        private boolean cached;
        private double cache;

        Stream(Mt19937 engine) {
            this.engine = engine;
        }

        @Override
        public void normal(float[] out, int from, int to) {
            for (int i = from; i < to; i++) out[i] = (float) normal();
        }

        @Override
        public void uniform(float[] out, int from, int to) {
            for (int i = from; i < to; i++) out[i] = (float) uniform();
        }

        private double uniform() {
            long a = engine.word() >>> 5, b = engine.word() >>> 6;
            return (a * 67108864.0 + b) / 9007199254740992.0;
        }

        private double normal() {
            if (cached) {
                cached = false;
                return cache;
            }
            double x1, x2, r2;
            do {
                x1 = 2 * uniform() - 1;
                x2 = 2 * uniform() - 1;
                r2 = x1 * x1 + x2 * x2;
            } while (r2 >= 1 || r2 == 0);
            double f = Math.sqrt(-2 * Math.log(r2) / r2);
            cache = f * x1;
            cached = true;
            return f * x2;
        }
    }
}
