"""Trains the class-conditional digits network, whose exported file predicts the noise, as DDPM's does.

Ho et al., arXiv:2006.11239: 1,000 steps, linear betas from 1e-4 to 0.02 (the defaults of diffusers'
DDPMScheduler). What is trained is the velocity v = alpha eps - sigma x0 (Salimans and Ho,
arXiv:2202.00512): its error reaches x0 times sigma, that of eps times sigma / alpha. The file returns
eps = alpha v + sigma x.

Labels are dropped now and then for classifier-free guidance (Ho and Salimans, arXiv:2207.12598). The times
of a batch are stratified, which lowers the variance of the loss (Kingma et al., arXiv:2107.00630, appendix
I.1). `--export` writes the ONNX file from the last saved state, trained to its end or not.
"""
import argparse
import json

import torch
from torch import nn

import digits
from onnx_files import check, export
from training import Training, shuffled
from unet import NO_CLASS, UNet

NAME = "digits-ddpm"
STEPS = 1000
BATCH = 64
DROPPED_LABELS = 0.12
ALPHAS_CUMPROD = torch.cumprod(1 - torch.linspace(1e-4, 0.02, STEPS, dtype=torch.float64), dim=0)
LEVELS = torch.stack([ALPHAS_CUMPROD.sqrt(), (1 - ALPHAS_CUMPROD).sqrt()], dim=1).float()


class NoisePredictor(nn.Module):
    """Turns the network's velocity into noise; between two training times it takes alpha and sigma linearly."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.register_buffer("levels", LEVELS)

    def forward(self, sample, timestep, class_labels):
        lower = timestep.floor().clamp(0, STEPS - 2)
        below, above = self.levels[lower.long()], self.levels[lower.long() + 1]
        alpha, sigma = torch.lerp(below, above, (timestep - lower)[:, None])[:, :, None, None, None].unbind(1)
        return alpha * self.network(sample, timestep, class_labels) + sigma * sample


def stratified_times(count):
    positions = (torch.rand(()) + torch.arange(count) / count) % 1
    return (positions * STEPS).long().clamp(max=STEPS - 1)


def loss_of(model, batch):
    x0, labels = batch
    count = len(x0)
    times = stratified_times(count)
    alpha, sigma = LEVELS[times][:, :, None, None, None].unbind(1)
    eps = torch.randn_like(x0)
    labels = torch.where(torch.rand(count) < DROPPED_LABELS, NO_CLASS, labels)
    with torch.autocast("cpu", torch.bfloat16):
        velocity = model(alpha * x0 + sigma * eps, times.float(), labels)
    return (velocity.float() - (alpha * eps - sigma * x0)).square().mean()


def example_of(count):
    generator = torch.Generator().manual_seed(count)
    return (torch.randn(count, 1, 28, 28, generator=generator), torch.linspace(999, 0, count),
            torch.arange(count) % (NO_CLASS + 1))


def export_and_check(training):
    path = digits.MODELS / NAME / f"{NAME}.onnx"
    model = NoisePredictor(training.averaged()).eval()
    export(model, example_of(2), path, ["sample", "timestep", "class_labels"], ["out_sample"])
    report = training.summary() | check(model, path, example_of)
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=0.58)
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    arguments = parser.parse_args()
    training = Training(NAME, UNet(), arguments.hours, peak_rate=1.5e-3)
    if not arguments.export:
        pictures, labels, _, _ = digits.load()
        training.run(shuffled(torch.from_numpy(pictures), torch.from_numpy(labels), BATCH), loss_of)
    export_and_check(training)


if __name__ == "__main__":
    main()
