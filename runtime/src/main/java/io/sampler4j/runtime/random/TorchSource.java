package io.sampler4j.runtime.random;

/**
 * PyTorch's CPU generator: {@code torch.manual_seed(s)} and then {@code torch.randn} or {@code torch.rand} of each
 * sample's size, bit for bit. PyTorch itself has two arithmetics for 16 and more normals: that of x86-64 with AVX2, the
 * default here, and a portable one, which differs from it by at most 3e-6.
 */
final class TorchSource implements RandomSource {
    private final boolean portable;

    TorchSource(boolean portable) {
        this.portable = portable;
    }

    @Override
    public String name() {
        return portable ? "torch:portable" : "torch";
    }

    @Override
    public RandomStream stream(long seed) {
        return new TorchStream(seed, portable);
    }
}
