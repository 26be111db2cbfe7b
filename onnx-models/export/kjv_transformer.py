"""A small bidirectional transformer over tokens, as masked diffusion needs it: no causal mask, no time.

Pre-normalised blocks (RMSNorm, Zhang and Sennrich, arXiv:1910.07467) with rotary positions (Su et al.,
arXiv:2104.09864): attention sees differences of positions only, so a length or a left padding changes nothing.
The output projection is the embedding table (Press and Wolf, arXiv:1608.05859). Queries and keys are
normalised (arXiv:2010.04245), and the feed-forward part squares its ReLU (So et al., arXiv:2109.08668).
"""
import torch
from torch import nn
from torch.nn import functional as F

ROTARY_BASE = 10000.0
HEAD = 64
MASKED_OUT = -1e9
EPSILON = 1e-6


def norm(x):
    if torch.onnx.is_in_onnx_export():  # opset 18 has no RMSNorm
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON)
    return F.rms_norm(x, x.shape[-1:], eps=EPSILON)


def turned(x, cosine, sine):
    one, other = x.chunk(2, dim=-1)
    return torch.cat([one * cosine - other * sine, other * cosine + one * sine], dim=-1)


class Block(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x, rotary, bias):
        qkv = self.qkv(norm(x)).unflatten(2, (3, -1, HEAD)).transpose(1, 3)
        query, key, value = qkv.unbind(2)
        query, key = turned(norm(query), *rotary), turned(norm(key), *rotary)
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        x = x + self.out(attended.transpose(1, 2).flatten(2))
        return x + self.down(F.relu(self.up(norm(x))).square())


class Transformer(nn.Module):
    """Logits of every position from (ids, attention mask): 1 where a token is, 0 where padding is."""

    def __init__(self, entries, width=256, layers=4, hidden=768):
        super().__init__()
        self.embedding = nn.Embedding(entries, width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.blocks = nn.ModuleList([Block(width, hidden) for _ in range(layers)])
        frequencies = ROTARY_BASE ** -(torch.arange(HEAD // 2) / (HEAD // 2))
        self.register_buffer("frequencies", frequencies, persistent=False)

    def hidden(self, ids, attention_mask=None):
        angles = torch.arange(ids.shape[1])[:, None] * self.frequencies
        rotary = angles.cos(), angles.sin()
        bias = None if attention_mask is None else ((1 - attention_mask.float()) * MASKED_OUT)[:, None, None]
        x = norm(self.embedding(ids))
        for block in self.blocks:
            x = block(x, rotary, bias)
        return norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.embedding.weight)

    def forward(self, ids, attention_mask):
        return self.logits(self.hidden(ids, attention_mask))
