"""Trains the digits classifier: what measures every generated digit.

Writes models/digits-classifier: the network as ONNX (`logits`, and `features` for a Frechet distance as
in Heusel et al., arXiv:1706.08500), and the features of the 2,000 held-out digits.
"""
import argparse
import json

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import digits
from onnx_files import check, export, open_session
from training import Training, shuffled

NAME = "digits-classifier"
FEATURES = 64


class Classifier(nn.Module):
    """Four convolutions and two linear layers; group normalisation, so that a picture never sees its batch."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            *self._block(1, 24), nn.MaxPool2d(2),
            *self._block(24, 48), nn.MaxPool2d(2),
            *self._block(48, 64), *self._block(64, 64), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(64 * 9, FEATURES), nn.SiLU())
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(FEATURES, 10)

    @staticmethod
    def _block(inputs, outputs):
        return nn.Conv2d(inputs, outputs, 3, padding=1), nn.GroupNorm(8, outputs), nn.SiLU()

    def forward(self, sample):
        features = self.body(sample)
        return self.head(self.dropout(features)), features


def moved(pictures):
    """Light augmentation: each picture shifted by up to two pixels, turned and scaled a little."""
    count = len(pictures)
    angle = (torch.rand(count) * 2 - 1) * 0.17
    scale = 1 + (torch.rand(count) * 2 - 1) * 0.1
    shift = (torch.rand(count, 2) * 2 - 1) * 2 * 2 / 28
    cosine, sine = scale * angle.cos(), scale * angle.sin()
    matrix = torch.stack([cosine, -sine, shift[:, 0], sine, cosine, shift[:, 1]], dim=1).view(count, 2, 3)
    grid = F.affine_grid(matrix, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures + 1, grid, align_corners=False) - 1


def loss_of(model, batch):
    pictures, labels = batch
    logits, _ = model(moved(pictures))
    return F.cross_entropy(logits, labels, label_smoothing=0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=0.06)
    arguments = parser.parse_args()
    pictures, labels, held_out, held_out_labels = digits.load()
    training = Training(NAME, Classifier(), arguments.hours, peak_rate=2e-3, average=0.995)
    training.run(shuffled(torch.from_numpy(pictures), torch.from_numpy(labels), 64), loss_of)
    report = training.summary()

    folder = digits.MODELS / NAME
    example = (torch.zeros(2, 1, 28, 28),)
    model = training.averaged()
    export(model, example, folder / f"{NAME}.onnx", ["sample"], ["logits", "features"])
    report |= check(model, folder / f"{NAME}.onnx", lambda count: (torch.from_numpy(held_out[:count]),))
    logits, features = open_session(folder / f"{NAME}.onnx").run(None, {"sample": held_out})
    np.save(folder / "held-out-features.npy", features.astype(np.float16))
    report["held-out accuracy"] = float((logits.argmax(1) == held_out_labels).mean())
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
