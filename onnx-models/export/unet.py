"""A small class-conditional U-Net for pictures of 28 or 32 pixels.

The layout is that of Ho et al., "Denoising Diffusion Probabilistic Models" (arXiv:2006.11239), with the
scale-and-shift conditioning of Dhariwal and Nichol (arXiv:2105.05233, AdaGN). Pictures are folded to
half their size with four times their channels first (pixel-unshuffle): most of a U-Net's time is its highest resolution.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

NO_CLASS = 10
TIME_FREQUENCIES = 64


class TimeEmbedding(nn.Module):
    """Sines and cosines of a float time (Vaswani et al., arXiv:1706.03762), so that fractional times work."""

    def __init__(self, width):
        super().__init__()
        frequencies = torch.exp(-math.log(10000.0) * torch.arange(TIME_FREQUENCIES) / TIME_FREQUENCIES)
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.layers = nn.Sequential(nn.Linear(2 * TIME_FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, time):
        angles = time[:, None].float() * self.frequencies[None]
        return self.layers(torch.cat([angles.sin(), angles.cos()], dim=1))


class ResidualBlock(nn.Module):
    """Two convolutions; time and class scale and shift the second normalisation."""

    def __init__(self, inputs, outputs, width):
        super().__init__()
        self.norm1 = nn.GroupNorm(8, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.condition = nn.Linear(width, 2 * outputs)
        self.norm2 = nn.GroupNorm(8, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x, condition):
        scale, shift = self.condition(condition)[:, :, None, None].chunk(2, dim=1)
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift))
        return self.shortcut(x) + h


class Attention(nn.Module):
    """Self-attention over all positions, written out so that its export holds no constant sizes but the channels."""

    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(8, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        qkv = self.qkv(self.norm(x)).flatten(2).unflatten(1, (3, self.heads, x.shape[1] // self.heads))
        query, key, value = qkv.unbind(1)
        weights = (query.transpose(2, 3) @ key * query.shape[2] ** -0.5).softmax(dim=3)
        h = (value @ weights.transpose(2, 3)).flatten(1, 2).unflatten(2, x.shape[2:])
        return x + self.out(h)


class UNet(nn.Module):
    """Predicts from (sample, time, class); what it predicts is decided by how it is trained.

    The class `classes`, one after the last, stands for none.
    """

    def __init__(self, picture=1, classes=NO_CLASS, channels=48, deep=96, width=128):
        super().__init__()
        self.time = TimeEmbedding(width)
        self.classes = nn.Embedding(classes + 1, width)
        self.first = nn.Conv2d(4 * picture, channels, 3, padding=1)
        self.down = nn.ModuleList([ResidualBlock(channels, channels, width) for _ in range(2)])
        self.reduce = nn.Conv2d(channels, deep, 3, stride=2, padding=1)
        self.deep_down = ResidualBlock(deep, deep, width)
        self.middle = ResidualBlock(deep, deep, width)
        self.attention = Attention(deep, 4)
        self.deep_up = ResidualBlock(2 * deep, deep, width)
        self.enlarge = nn.Conv2d(deep, channels, 3, padding=1)
        self.up = nn.ModuleList([ResidualBlock(2 * channels, channels, width) for _ in range(2)])
        self.last_norm = nn.GroupNorm(8, channels)
        self.last = nn.Conv2d(channels, 4 * picture, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, sample, time, class_labels):
        condition = F.silu(self.time(time) + self.classes(class_labels))
        x = self.first(F.pixel_unshuffle(sample, 2))
        skips = []
        for block in self.down:
            x = block(x, condition)
            skips.append(x)
        deep = self.deep_down(self.reduce(x), condition)
        x = self.attention(self.middle(deep, condition))
        x = self.deep_up(torch.cat([x, deep], dim=1), condition)
        x = self.enlarge(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        for block in self.up:
            x = block(torch.cat([x, skips.pop()], dim=1), condition)
        return F.pixel_shuffle(self.last(F.silu(self.last_norm(x))), 2)
