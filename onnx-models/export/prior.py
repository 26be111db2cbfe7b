"""A small transformer over the codes of a picture: causal with a cache, or looking both ways.

Pre-norm blocks as in GPT-2; what it is asked for (a group) is the first token, from the ids after the codes. The
embedding is also the last layer's weight. Attention is written out so that its export holds no constant length.
"""
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, past=None, allowed=None):
        """x [n, t, width] after `past` [2, n, heads, t0, width / heads]; also gives keys and values, past ones first.

        Where `allowed` [n, 1, t, t0 + t] is false, x does not look.
        """
        query, key, value = self.qkv(self.norm1(x)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        weights = query @ key.transpose(2, 3) * query.shape[3] ** -0.5
        if allowed is not None:
            weights = weights.masked_fill(~allowed, -1e9)
        attended = (weights.softmax(3) @ value).transpose(1, 2).flatten(2)
        x = x + F.dropout(self.out(attended), self.dropout, self.training)
        x = x + F.dropout(self.narrow(F.gelu(self.wide(self.norm2(x)))), self.dropout, self.training)
        return x, torch.stack([key, value])


def counted(rows):
    """0, 1, 2 ... along each row: a sum, since a trace would make a range of this length a constant."""
    return torch.ones_like(rows).cumsum(1) - 1


class Prior(nn.Module):
    def __init__(self, vocabulary, length, width=160, layers=4, heads=5, dropout=0.2):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.zeros(length, width))
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.layers, self.heads, self.dropout = layers, heads, dropout
        for weight in [*self.parameters()]:
            if weight.dim() > 1:
                nn.init.normal_(weight, std=0.02)

    def forward(self, ids, past=None, causal=True):
        """Logits of what follows (causal) or stands (not causal) at each place, and the cache [layers, 2, n, heads, t, d]."""
        places, allowed = counted(ids), None
        earlier = places[:, :0] if past is None else counted(past[0, 0, :, 0, :, 0]).to(places.dtype)
        places = places + earlier.shape[1]
        if causal:
            allowed = (torch.cat([earlier, places], dim=1)[:, None] <= places[:, :, None])[:, None]
        x = self.tokens(ids) + self.positions[places]
        x = F.dropout(x, self.dropout, self.training)
        present = []
        for layer, block in enumerate(self.blocks):
            x, kept = block(x, None if past is None else past[layer], allowed)
            present.append(kept)
        return F.linear(self.norm(x), self.tokens.weight), torch.stack(present)
