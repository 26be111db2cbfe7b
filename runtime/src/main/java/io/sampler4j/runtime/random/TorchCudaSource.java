package io.sampler4j.runtime.random;

/**
 * PyTorch's CUDA generator, Philox4x32-10 (Salmon et al. 2011) in PyTorch's layout of elements over threads. Up to
 * multiprocessors times threads elements a draw does not depend on the GPU, beyond that it does, so the GPU's two sizes
 * are options. The device's own logarithm and sine are approximate: values agree to about 1e-6, not to the bit.
 */
final class TorchCudaSource implements RandomSource {
    static final int H100_MULTIPROCESSORS = 132;
    static final int THREADS_PER_MULTIPROCESSOR = 2048;
    private static final int THREADS_PER_BLOCK = 256;

    private final int multiprocessors;
    private final int threads;

    TorchCudaSource(int multiprocessors, int threads) {
        this.multiprocessors = multiprocessors;
        this.threads = threads;
    }

    @Override
    public String name() {
        boolean plain = multiprocessors == H100_MULTIPROCESSORS && threads == THREADS_PER_MULTIPROCESSOR;
        return plain ? "torch-cuda" : "torch-cuda:multiprocessors=" + multiprocessors + ",threads=" + threads;
    }

    @Override
    public RandomStream stream(long seed) {
        return new Stream(seed, multiprocessors * (threads / THREADS_PER_BLOCK));
    }

    private static final class Stream implements RandomStream {
        private static final float SCALE = 2.3283064e-10f;
        private static final float SCALE_TURN = SCALE * 6.2831855f;

        private final int key0;
        private final int key1;
        private final int mostBlocks;
        private final int[] word = new int[4];
        private final float[] lane = new float[4];
        private long counter;

        Stream(long seed, int mostBlocks) {
            key0 = (int) seed;
            key1 = (int) (seed >>> 32);
            this.mostBlocks = mostBlocks;
        }

        @Override
        public void normal(float[] out, int from, int to) {
            fill(out, from, to, true);
        }

        @Override
        public void uniform(float[] out, int from, int to) {
            fill(out, from, to, false);
        }

        private void fill(float[] out, int from, int to, boolean normal) {
            int n = to - from;
            int blocks = Math.min((n + THREADS_PER_BLOCK - 1) / THREADS_PER_BLOCK, mostBlocks);
            int all = blocks * THREADS_PER_BLOCK;
            int loops = (int) ((n - 1) / (4L * all) + 1);
            for (int loop = 0; loop < loops; loop++) {
                for (int thread = 0; thread < all; thread++) {
                    long first = loop * 4L * all + thread;
                    if (first >= n) break;
                    philox(counter + loop, thread);
                    if (normal) normals();
                    else uniforms();
                    for (int l = 0; l < 4; l++) {
                        long element = first + (long) l * all;
                        if (element < n) out[from + (int) element] = lane[l];
                    }
                }
            }
            counter += loops;
        }

        private void philox(long count, int thread) {
            int c0 = (int) count, c1 = (int) (count >>> 32), c2 = thread, c3 = 0;
            int k0 = key0, k1 = key1;
            for (int round = 0; round < 10; round++) {
                long p0 = 0xD2511F53L * (c0 & 0xffffffffL), p1 = 0xCD9E8D57L * (c2 & 0xffffffffL);
                int n0 = (int) (p1 >>> 32) ^ c1 ^ k0, n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
                c1 = (int) p1;
                c3 = (int) p0;
                c0 = n0;
                c2 = n2;
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            word[0] = c0;
            word[1] = c1;
            word[2] = c2;
            word[3] = c3;
        }

        private void normals() {
            for (int pair = 0; pair < 4; pair += 2) {
                float u = Math.fma(unsigned(word[pair]), SCALE, SCALE / 2);
                float v = Math.fma(unsigned(word[pair + 1]), SCALE_TURN, SCALE_TURN / 2);
                float s = (float) Math.sqrt(-2f * (float) Math.log(u));
                lane[pair] = s * (float) Math.sin(v);
                lane[pair + 1] = s * (float) Math.cos(v);
            }
        }

        private void uniforms() {
            for (int l = 0; l < 4; l++) {
                float u = Math.fma(unsigned(word[l]), SCALE, SCALE / 2);
                lane[l] = u == 1 ? 0 : u;
            }
        }

        private static float unsigned(int word) {
            return word & 0xffffffffL;
        }
    }
}
