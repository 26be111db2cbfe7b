"""Trains the emoji network, conditioned on the group, whose exported file predicts the noise, as DDPM's does.

What train_digits_ddpm.py says of its schedule, its velocity and its dropped labels holds here too. Every
group is drawn as often as every other, then a base picture of it, then one of its skin tones; half of the
pictures are mirrored where a mirrored one still means the same.
"""
import argparse
import json

import numpy as np
import torch

import emoji
from digits import MODELS
from onnx_files import check, export
from train_digits_ddpm import LEVELS, NoisePredictor, stratified_times
from training import Training
from unet import UNet

NAME = "emoji-ddpm"
BATCH = 64
DROPPED_LABELS = 0.12
NO_GROUP = len(emoji.GROUPS)
MIRRORED = {emoji.GROUPS.index(name) for name in ("Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink",
                                                  "Travel & Places", "Activities")}


def network():
    return UNet(picture=3, classes=NO_GROUP, channels=64, deep=176, width=160)


def balanced(bases, count):
    """A `next_batch` of pictures and groups."""
    by_group = [[pictures for group, _, pictures in bases if group == wanted] for wanted in range(NO_GROUP)]

    def next_batch(generator):
        draw = np.random.default_rng(int(torch.randint(2 ** 62, (), generator=generator)))
        groups = draw.permuted(np.resize(draw.permutation(NO_GROUP), count))
        chosen = []
        for group in groups:
            pictures = by_group[group][draw.integers(len(by_group[group]))]
            picture = pictures[draw.integers(len(pictures))]
            chosen.append(picture[:, :, ::-1] if group in MIRRORED and draw.random() < 0.5 else picture)
        return torch.from_numpy(np.stack(chosen)), torch.from_numpy(groups.astype(np.int64))

    return next_batch


def loss_of(model, batch):
    x0, groups = batch
    times = stratified_times(len(x0))
    alpha, sigma = LEVELS[times][:, :, None, None, None].unbind(1)
    eps = torch.randn_like(x0)
    groups = torch.where(torch.rand(len(x0)) < DROPPED_LABELS, NO_GROUP, groups)
    with torch.autocast("cpu", torch.bfloat16):
        velocity = model(alpha * x0 + sigma * eps, times.float(), groups)
    return (velocity.float() - (alpha * eps - sigma * x0)).square().mean()


def example_of(count):
    generator = torch.Generator().manual_seed(count)
    return (torch.randn(count, 3, emoji.SIZE, emoji.SIZE, generator=generator), torch.linspace(999, 0, count),
            torch.arange(count) % (NO_GROUP + 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.4)
    parser.add_argument("--rate", type=float, default=1.2e-3, help="the highest learning rate")
    parser.add_argument("--start", metavar="NAME", help="the model to start from; else anew")
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    arguments = parser.parse_args()
    training = Training(NAME, network(), arguments.hours, peak_rate=arguments.rate, start=arguments.start)
    if not arguments.export:
        training.run(balanced(emoji.load()[0], BATCH), loss_of)
    path = MODELS / NAME / f"{NAME}.onnx"
    model = NoisePredictor(training.averaged()).eval()
    export(model, example_of(2), path, ["sample", "timestep", "class_labels"], ["out_sample"])
    report = training.summary() | check(model, path, example_of)
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
