"""Trains a prior over the codes of emoji-vqgan, conditioned on the group: `ar` in raster order, or `maskgit`.

`ar` (Esser et al., arXiv:2012.09841): the group's token, then 64 codes, each from those before it. Its file takes any
number of new ids after a cache of any length, also none. `maskgit` (Chang et al., arXiv:2202.04200): the group's
token and all codes, of which a share cos(pi u / 2), u uniform, is masked; it answers about those.
Groups are balanced; one in eight labels is dropped, for guidance. Pictures are encoded as they are, mirrored where
that means the same, and moved by up to three pixels.
"""
import argparse
import json
import math

import numpy as np
import torch
from torch.nn import functional as F

import emoji
from digits import MODELS, TRAINING
from onnx_files import check, export, open_session
from prior import Prior
from train_emoji_ddpm import MIRRORED, NO_GROUP
from training import Training
from vqgan import CODES, SIDE, SIZE

BATCH = 64
DROPPED_LABELS = 0.125
LENGTH = SIDE * SIDE
GROUP_FROM, MASK = CODES, CODES + NO_GROUP + 1  # the ids of the groups, of no group, and of a masked code
MOVES = [(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0), (2, 2), (-2, -2), (3, -3), (-3, 3)]


def variants(picture, group):
    """The picture as it is, moved, and mirrored where it means the same."""
    both = [picture, picture[:, :, ::-1]] if group in MIRRORED else [picture]
    for one in both:
        padded = np.pad(one, ((0, 0), (3, 3), (3, 3)), constant_values=1)
        yield from (padded[:, 3 + down:3 + down + SIZE, 3 + across:3 + across + SIZE] for down, across in MOVES)


def encoded(bases, augmented):
    """By group, then base picture: the codes [variants, 64] of the shipped encoder, kept between runs."""
    session = open_session(MODELS / "emoji-vqgan" / "encode.onnx")
    by_group = [[] for _ in range(NO_GROUP)]
    for group, _, pictures in bases:
        chosen = [v for p in pictures for v in variants(p, group)] if augmented else list(pictures[:1])
        codes, = session.run(None, {"pixels": np.stack(chosen)})
        by_group[group].append(torch.from_numpy(codes.reshape(len(chosen), LENGTH)))
    return by_group


def balanced(by_group):
    def next_batch(generator):
        def any_of(count):
            return int(torch.randint(count, (), generator=generator))
        groups = torch.randint(NO_GROUP, (BATCH,), generator=generator)
        pictures = [by_group[group][any_of(len(by_group[group]))] for group in groups]
        return torch.stack([codes[any_of(len(codes))] for codes in pictures]), groups
    return next_batch


def with_group(groups, codes):
    return torch.cat([(GROUP_FROM + groups)[:, None], codes], dim=1)


def dropped(groups):
    return torch.where(torch.rand(len(groups)) < DROPPED_LABELS, NO_GROUP, groups)


def raster_loss(model, batch):
    codes, groups = batch
    with torch.autocast("cpu", torch.bfloat16):
        logits, _ = model(with_group(dropped(groups), codes)[:, :-1])
    return F.cross_entropy(logits[:, :, :CODES].float().flatten(0, 1), codes.flatten(), label_smoothing=0.05)


def masked_loss(model, batch):
    codes, groups = batch
    share = torch.cos(math.pi / 2 * ((torch.rand(()) + torch.arange(len(codes)) / len(codes)) % 1))
    order = torch.rand(codes.shape).argsort(1).argsort(1)
    hidden = order < (share[:, None] * LENGTH).ceil().clamp(min=1)
    with torch.autocast("cpu", torch.bfloat16):
        logits, _ = model(with_group(dropped(groups), torch.where(hidden, MASK, codes)), causal=False)
    return F.cross_entropy(logits[:, 1:, :CODES].float()[hidden], codes[hidden], label_smoothing=0.05)


class Causal(torch.nn.Module):
    def __init__(self, prior):
        super().__init__()
        self.prior = prior

    def forward(self, ids, past):
        logits, present = self.prior(ids, past)
        return logits[:, :, :CODES], present


class Parallel(Causal):
    def forward(self, ids):
        return self.prior(ids, causal=False)[0][:, 1:, :CODES]


def sequences_of(count):
    generator = torch.Generator().manual_seed(count)
    groups = torch.arange(count) % (NO_GROUP + 1)
    return with_group(groups, torch.randint(CODES, (count, LENGTH), generator=generator))


def after_half(prior):
    """Half of a sequence, and the cache of the half before it."""
    def example_of(count):
        ids = sequences_of(count)[:, :-1]
        with torch.no_grad():
            _, past = prior(ids[:, :LENGTH // 2])
        return ids[:, LENGTH // 2:], past.contiguous()
    return example_of


def export_raster(prior, path):
    axes = {"ids": {0: "batch", 1: "new"}, "past": {2: "batch", 4: "before"}, "logits": {0: "batch", 1: "new"},
            "present": {2: "batch", 4: "after"}}
    export(Causal(prior).eval(), after_half(prior)(2), path, ["ids", "past"], ["logits", "present"], axes)
    session, ids = open_session(path), sequences_of(3)[:, :-1]
    nothing = np.zeros((prior.layers, 2, 3, prior.heads, 0, prior.positions.shape[1] // prior.heads), dtype=np.float32)
    whole, _ = session.run(None, {"ids": ids.numpy(), "past": nothing})
    _, kept = session.run(None, {"ids": ids[:, :20].numpy(), "past": nothing})
    parts = [session.run(None, {"ids": ids[:, 20:].numpy(), "past": kept})[0]]
    return {"largest difference of cached and uncached logits": float(np.abs(whole[:, 20:] - parts[0]).max())}


def export_parallel(prior, path):
    export(Parallel(prior).eval(), (sequences_of(2),), path, ["ids"], ["logits"])
    return check(Parallel(prior).eval(), path, lambda count: (sequences_of(count),), tolerance=1e-3)


@torch.no_grad()
def bits_per_code(prior, by_group, kind):
    """Of the raster prior, exactly; of the masked one, the bound: the mean over masked shares of its cross-entropy."""
    codes = torch.cat([torch.cat(group) for group in by_group])
    groups = torch.cat([torch.full((sum(len(c) for c in group),), number) for number, group in enumerate(by_group)])
    if kind == "ar":
        logits = prior(with_group(groups, codes)[:, :-1])[0][:, :, :CODES]
        return F.cross_entropy(logits.flatten(0, 1), codes.flatten()).item() / math.log(2)
    generator, total = torch.Generator().manual_seed(0), []
    for count in range(1, LENGTH + 1, 3):  # a uniform number of masked codes: an any-order autoregressive bound
        order = torch.rand(codes.shape, generator=generator).argsort(1).argsort(1)
        hidden = order < count
        logits = prior(with_group(groups, torch.where(hidden, MASK, codes)), causal=False)[0][:, 1:, :CODES]
        total.append(F.cross_entropy(logits[hidden], codes[hidden]).item() / math.log(2))
    return float(np.mean(total))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("ar", "maskgit"))
    parser.add_argument("--hours", type=float, default=0.25)
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    arguments = parser.parse_args()
    name = f"emoji-prior-{arguments.kind}"
    causal = arguments.kind == "ar"
    prior = Prior(MASK + (0 if causal else 1), LENGTH + (0 if causal else 1))
    training = Training(name, prior, arguments.hours, peak_rate=1.5e-3, weight_decay=0.1, average=0.999)
    bases, held_out = emoji.load(SIZE)
    if not arguments.export:
        training.run(balanced(encoded(bases, True)), raster_loss if causal else masked_loss)
    prior = training.averaged()
    path = MODELS / name / f"{name}.onnx"
    report = training.summary() | (export_raster if causal else export_parallel)(prior, path)
    for part, some in ("training", bases), ("held out", held_out):
        report[f"bits per code, {part}"] = bits_per_code(prior, encoded(some, False), arguments.kind)
    (TRAINING / name / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
