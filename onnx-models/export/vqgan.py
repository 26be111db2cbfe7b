"""A small VQGAN for pictures of 64 pixels (Esser et al., arXiv:2012.09841): encoder, codebook, decoder, critic.

The layout is that of taming-transformers, smaller; pictures are folded to half their size first (pixel-unshuffle).
The codebook follows the averages of what it is given (van den Oord et al., arXiv:1711.00937, appendix A.1), and a
code that nothing is nearest to is put where something is.
"""
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

SIZE, SIDE = 64, 8
CODES, DEPTH = 512, 16
AVERAGE = 0.99
UNUSED = 0.03  # of a mean code's share of vectors: below it a code is put elsewhere


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.layers = nn.Sequential(nn.GroupNorm(8, inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1),
                                    nn.GroupNorm(8, outputs), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1))
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x):
        return self.shortcut(x) + self.layers(x)


class Encoder(nn.Sequential):
    def __init__(self, wide=40, deep=104):
        super().__init__(
            nn.PixelUnshuffle(2), nn.Conv2d(12, wide, 3, padding=1), Block(wide, wide),
            nn.Conv2d(wide, deep, 3, stride=2, padding=1), Block(deep, deep),
            nn.Conv2d(deep, deep, 3, stride=2, padding=1), Block(deep, deep), Block(deep, deep),
            nn.GroupNorm(8, deep), nn.SiLU(), nn.Conv2d(deep, DEPTH, 1))


class Decoder(nn.Sequential):
    def __init__(self, wide=48, deep=104):
        super().__init__(
            nn.Conv2d(DEPTH, deep, 3, padding=1), Block(deep, deep), Block(deep, deep),
            nn.Upsample(scale_factor=2), nn.Conv2d(deep, deep, 3, padding=1), Block(deep, deep),
            nn.Upsample(scale_factor=2), nn.Conv2d(deep, wide, 3, padding=1), Block(wide, wide),
            nn.GroupNorm(8, wide), nn.SiLU(), nn.Conv2d(wide, 12, 3, padding=1), nn.PixelShuffle(2))


class Codebook(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("codes", torch.randn(CODES, DEPTH) * 0.1)
        self.register_buffer("sums", torch.zeros(CODES, DEPTH))
        self.register_buffer("counts", torch.zeros(CODES))

    def nearest(self, z):
        """The index of the nearest code at each place of [n, depth, h, w]."""
        flat = z.permute(0, 2, 3, 1)
        distances = self.codes.square().sum(1) - 2 * flat @ self.codes.T  # |z|^2 is the same for all
        return distances.argmin(-1)

    def at(self, indices):
        return F.embedding(indices, self.codes).permute(0, 3, 1, 2)

    @torch.no_grad()
    def follow(self, z, indices, replace):
        flat, chosen = z.movedim(1, -1).flatten(0, -2).float(), F.one_hot(indices.flatten(), CODES).float()
        self.counts.lerp_(chosen.sum(0), 1 - AVERAGE)
        self.sums.lerp_(chosen.T @ flat, 1 - AVERAGE)
        if replace:
            unused = self.counts < UNUSED * self.counts.mean()
            others = flat[torch.randint(len(flat), (int(unused.sum()),))]
            self.counts[unused] = self.counts.mean() * 0.2
            self.sums[unused] = others * self.counts[unused, None]
        self.codes.copy_(self.sums / self.counts.clamp(min=1e-6)[:, None])


class Vqgan(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.codebook, self.decoder = Encoder(), Codebook(), Decoder()

    def forward(self, pixels, replace=False):
        """The reconstruction, and the codebook's commitment loss; trains the codebook by the way."""
        with torch.autocast("cpu", torch.bfloat16):
            z = self.encoder(pixels)
        z = z.float()
        with torch.no_grad():
            indices = self.codebook.nearest(z)
        quantised = self.codebook.at(indices)
        if self.training:
            self.codebook.follow(z.detach(), indices, replace)
        commitment = (z - quantised.detach()).square().mean()
        passed = z + (quantised - z).detach()  # the gradient passes straight through
        with torch.autocast("cpu", torch.bfloat16):
            return self.decoder(passed).float(), commitment

    def encode(self, pixels):
        return self.codebook.nearest(self.encoder(pixels))

    def decode(self, indices):
        return self.decoder(self.codebook.at(indices)).clamp(-1, 1)


class Critic(nn.Sequential):
    """Patches of 16 pixels, real or not (Isola et al., arXiv:1611.07004), after pixel-unshuffle."""

    def __init__(self, width=40):
        super().__init__(
            nn.PixelUnshuffle(2), nn.Conv2d(12, width, 3, padding=1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), nn.GroupNorm(8, 2 * width), nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 2 * width, 3, padding=1), nn.GroupNorm(8, 2 * width), nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 3, padding=1))

    def frozen(self, x):
        """What it says of x, without a gradient for its own weights."""
        return functional_call(self, {name: value.detach() for name, value in self.named_parameters()}, x)


def pyramid_distance(one, other):
    """Mean absolute difference at three sizes, and of neighbouring pixels: edges count as much as areas."""
    total = 0.0
    for level in range(3):
        difference = one - other
        total = total + difference.abs().mean()
        if level == 0:
            total = total + difference.diff(dim=2).abs().mean() + difference.diff(dim=3).abs().mean()
        one, other = F.avg_pool2d(one, 2), F.avg_pool2d(other, 2)
    return total
