"""Trains the class-conditional digits network that predicts a flow's velocity.

Liu et al., arXiv:2209.03003: x_t = (1 - t) x0 + t eps with uniform t, and the velocity eps - x0. The network
starts as that of digits-ddpm: with s^2 = (1 - t)^2 + t^2, z = x_t / s is a VP picture of alpha = (1 - t) / s and
sigma = t / s, and the velocity is (alpha + sigma) v + (sigma - alpha) z.

With `--pairs FOLDER` of `sampler4j pairs` it straightens digits-flow instead (reflow, section 2.2): eps and x0
are then the two ends of one trajectory, and the network, digits-flow-2, starts as that of digits-flow.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

import digits
from clock import index_of
from onnx_files import check, export
from training import Training, shuffled
from unet import NO_CLASS, UNet

BATCH = 64
DROPPED_LABELS = 0.12


class Velocity(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, sample, timestep, class_labels):
        scale = ((1 - timestep).square() + timestep.square()).sqrt()
        alpha, sigma = (1 - timestep) / scale, timestep / scale
        z = sample / _spread(scale)
        v = self.network(z, index_of(alpha * alpha), class_labels)
        return _spread(alpha + sigma) * v + _spread(sigma - alpha) * z


def _spread(coefficients):
    return coefficients[:, None, None, None]


def independent_noise(batch):
    """Rectified flow: any picture with any noise, the label dropped now and then."""
    x0, labels = batch
    return x0, torch.randn_like(x0), torch.where(torch.rand(len(x0)) < DROPPED_LABELS, NO_CLASS, labels)


def pair(batch):
    """Reflow: both ends of a trajectory lie in one array, data first."""
    ends, labels = batch
    return ends[:, 0], ends[:, 1], labels


def loss_with(coupling):
    def loss_of(model, batch):
        x0, eps, labels = coupling(batch)
        t = (torch.rand(()) + torch.arange(len(x0)) / len(x0)) % 1
        with torch.autocast("cpu", torch.bfloat16):
            velocity = Velocity(model)(torch.lerp(x0, eps, _spread(t)), t, labels)
        return (velocity.float() - (eps - x0)).square().mean()
    return loss_of


def load_pairs(folder):
    """Reads what `sampler4j pairs` writes: data.npy, noise.npy and classes.npy."""
    ends = np.stack([np.load(folder / "data.npy"), np.load(folder / "noise.npy")], axis=1)
    return torch.from_numpy(ends), torch.from_numpy(np.load(folder / "classes.npy").astype(np.int64))


def example_of(count):
    generator = torch.Generator().manual_seed(count)
    return (torch.randn(count, 1, 28, 28, generator=generator), torch.linspace(1, 0, count),
            torch.arange(count) % (NO_CLASS + 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=0.4)
    parser.add_argument("--pairs", type=Path, metavar="FOLDER")
    parser.add_argument("--rate", type=float, default=6e-4, help="the highest learning rate")
    parser.add_argument("--start", metavar="NAME", help="the model to start from: else digits-ddpm, with --pairs digits-flow")
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    arguments = parser.parse_args()
    name, start = ("digits-flow-2", "digits-flow") if arguments.pairs else ("digits-flow", "digits-ddpm")
    training = Training(name, UNet(), arguments.hours, peak_rate=arguments.rate, start=arguments.start or start)
    if not arguments.export:
        data, labels = load_pairs(arguments.pairs) if arguments.pairs else map(torch.from_numpy, digits.load()[:2])
        training.run(shuffled(data, labels, BATCH), loss_with(pair if arguments.pairs else independent_noise))
    path = digits.MODELS / name / f"{name}.onnx"
    model = Velocity(training.averaged()).eval()
    export(model, example_of(2), path, ["sample", "timestep", "class_labels"], ["out_sample"])
    report = training.summary() | check(model, path, example_of)
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
