"""LLaDA's generation (Nie et al., arXiv:2502.09992, algorithm 5) around an exported network, written plainly.

The reference for what the exported files can do, and the way kjv-llada was looked at before a sampler existed.
"""
import numpy as np


def softmax(logits):
    p = np.exp(logits - logits.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True)


def drawn(logits, temperature, uniforms):
    """The likeliest ids, or ids drawn from softmax(logits / temperature), each by one uniform."""
    if temperature == 0:
        return logits.argmax(-1)
    cumulated = softmax(logits / temperature).cumsum(-1)
    return (cumulated <= uniforms[..., None] * cumulated[..., -1:]).sum(-1)


def fill(session, canvases, mask, steps, block_length, temperature=0.0, seed=0):
    """Fills the masks of each canvas, a list of ids; all have the same number of masks. Returns lists of ids.

    Masks are filled in blocks of `block_length` from left to right; of a block's, those first whose id has the
    highest probability. Canvas i draws from a generator of its own, seeded with seed + i; shorter ones are padded
    on the left.
    """
    width = max(map(len, canvases))
    ids = np.array([[0] * (width - len(canvas)) + list(canvas) for canvas in canvases])
    attention = np.array([[0] * (width - len(canvas)) + [1] * len(canvas) for canvas in canvases])
    opened = np.array([np.flatnonzero((row == mask) & (seen == 1)) for row, seen in zip(ids, attention)])
    generators = [np.random.default_rng(seed + i) for i in range(len(canvases))]
    rows, count = np.arange(len(canvases))[:, None], opened.shape[1]
    blocks = [opened[:, first:first + block_length] for first in range(0, count, block_length)]
    for block in blocks:
        for left in range(steps // len(blocks), 0, -1):
            inputs = {"input_ids": ids, "attention_mask": attention}
            logits = session.run(["logits"], inputs)[0][rows, block].astype(np.float64)
            logits[..., mask] = -np.inf
            tokens = drawn(logits, temperature, np.array([draw.random(block.shape[1]) for draw in generators]))
            confidence = np.take_along_axis(softmax(logits), tokens[..., None], -1)[..., 0]
            is_masked = ids[rows, block] == mask
            settled = -(-int(is_masked[0].sum()) // left)
            order = np.where(is_masked, -confidence, 2).argsort(1, kind="stable")[:, :settled]
            ids[rows, np.take_along_axis(block, order, 1)] = np.take_along_axis(tokens, order, 1)
    return [row[seen == 1].tolist() for row, seen in zip(ids, attention)]
