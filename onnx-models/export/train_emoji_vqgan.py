"""Trains the emoji's VQGAN: 64x64 pixels to 8x8 codes out of 512, and back.

First half: reconstruction alone. Then the critic joins (hinge loss, Esser et al., equation 5) with a small fixed
weight; no perceptual network is at hand, so distances are taken on a pyramid instead. Half of the pictures are
mirrored and all are moved by a few pixels: an autoencoder has to know shapes, not places.
"""
import argparse
import json

import numpy as np
import torch
from torch.nn import functional as F

import emoji
from digits import MODELS
from onnx_files import check, export
from training import Training
from vqgan import CODES, SIDE, SIZE, Critic, Vqgan, pyramid_distance

NAME = "emoji-vqgan"
BATCH = 32
MOVED = 4
COMMITMENT, ADVERSARIAL = 0.5, 0.06
CRITIC_FROM, REPLACE_UNTIL = 0.55, 0.6  # shares of the budget


class Game(torch.nn.Module):
    """The generator and its critic, trained by one optimiser."""

    def __init__(self):
        super().__init__()
        self.vqgan, self.critic = Vqgan(), Critic()


def pictures_by_base(bases):
    """A `next_batch` that takes base pictures equally often, whatever their number of skin tones."""
    def next_batch(generator):
        draw = np.random.default_rng(int(torch.randint(2 ** 62, (), generator=generator)))
        chosen = []
        for place in draw.integers(len(bases), size=BATCH):
            pictures = bases[place][2]
            picture = pictures[draw.integers(len(pictures))]
            padded = np.pad(picture[:, :, ::-1] if draw.random() < 0.5 else picture, ((0, 0), (MOVED, MOVED), (MOVED, MOVED)),
                            constant_values=1)
            down, across = draw.integers(2 * MOVED + 1, size=2)
            chosen.append(padded[:, down:down + SIZE, across:across + SIZE])
        return (torch.from_numpy(np.stack(chosen)),)
    return next_batch


def loss_within(training):
    def loss_of(game, batch):
        pixels, = batch
        used = training.seconds / training.budget
        made, commitment = game.vqgan(pixels, replace=used < REPLACE_UNTIL)
        loss = pyramid_distance(made, pixels) + COMMITMENT * commitment
        if used < CRITIC_FROM:
            return loss
        with torch.autocast("cpu", torch.bfloat16):
            fooled = -game.critic.frozen(made).float().mean()
            wrong_of_real = F.relu(1 - game.critic(pixels).float()).mean()
            wrong_of_made = F.relu(1 + game.critic(made.detach()).float()).mean()
        weight = ADVERSARIAL * min(1.0, (used - CRITIC_FROM) / 0.05)
        return loss + weight * fooled + 0.5 * (wrong_of_real + wrong_of_made)
    return loss_of


class Encode(torch.nn.Module):
    def __init__(self, vqgan):
        super().__init__()
        self.vqgan = vqgan

    def forward(self, pixels):
        return self.vqgan.encode(pixels)


class Decode(Encode):
    def forward(self, codes):
        return self.vqgan.decode(codes)


@torch.no_grad()
def measure(vqgan, bases):
    """Mean PSNR in dB of the pictures as they are, and the share of the codebook that they use."""
    psnr, used = [], set()
    for start in range(0, len(bases), 64):
        pixels = torch.from_numpy(np.stack([pictures[0] for _, _, pictures in bases[start:start + 64]]))
        codes = vqgan.encode(pixels)
        used.update(codes.flatten().tolist())
        error = (vqgan.decode(codes) - pixels).square().mean(dim=(1, 2, 3)) / 4
        psnr += (-10 * error.log10()).tolist()
    return {"pictures": len(psnr), "psnr": float(np.mean(psnr)), "median psnr": float(np.median(psnr)),
            "codes used": len(used) / CODES}


def pixels_of(count):
    return (torch.rand(count, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(count)) * 2 - 1,)


def codes_of(count):
    return (torch.randint(CODES, (count, SIDE, SIDE), generator=torch.Generator().manual_seed(count)),)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.4)
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    arguments = parser.parse_args()
    training = Training(NAME, Game(), arguments.hours, peak_rate=1e-3, weight_decay=0.01, average=0.998)
    bases, held_out = emoji.load(SIZE)
    if not arguments.export:
        training.run(pictures_by_base(bases), loss_within(training))
    vqgan = training.averaged().vqgan.eval()
    folder = MODELS / NAME
    export(Encode(vqgan).eval(), pixels_of(2), folder / "encode.onnx", ["pixels"], ["codes"])
    export(Decode(vqgan).eval(), codes_of(2), folder / "decode.onnx", ["codes"], ["pixels"])
    report = training.summary() | {"training": measure(vqgan, bases), "held out": measure(vqgan, held_out),
                                   "decode.onnx": check(Decode(vqgan).eval(), folder / "decode.onnx", codes_of)}
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
