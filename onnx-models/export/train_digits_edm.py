"""Trains the class-conditional digits network behind EDM's preconditioning (Karras et al., arXiv:2206.00364).

D(x; sigma) = c_skip x + c_out F(c_in x, c_noise), table 1, with sigma_data = 1: the root mean square of the
pictures is 0.96. The loss is that of equation 8, an unweighted square of the error of F; ln sigma is normal
(-0.5, 1.2), the paper's -1.2 moved by ln 2 because its sigma_data is 0.5. The network starts as that of
digits-ddpm: at sigma_data = 1 what F has to say is exactly -v. The file returns F.
"""
import argparse
import json

import torch
from torch import nn

import digits
from clock import index_of
from onnx_files import check, export
from training import Training, shuffled
from unet import NO_CLASS, UNet

NAME = "digits-edm"
BATCH = 64
DROPPED_LABELS = 0.12
LOG_SIGMA_MEAN, LOG_SIGMA_DEVIATION = -0.5, 1.2


class Residual(nn.Module):
    """F: the picture scaled by c_in, and c_noise = ln(sigma) / 4."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, sample, timestep, class_labels):
        sigma = torch.exp(4 * timestep.double())
        return -self.network(sample, index_of(1 / (1 + sigma * sigma)), class_labels)


def loss_of(model, batch):
    x0, labels = batch
    count = len(x0)
    positions = (torch.rand(()) + (torch.arange(count) + 0.5) / count) % 1
    sigma = torch.exp(LOG_SIGMA_MEAN + LOG_SIGMA_DEVIATION * torch.special.ndtri(positions.clamp(1e-4, 1 - 1e-4)))
    labels = torch.where(torch.rand(count) < DROPPED_LABELS, NO_CLASS, labels)
    s = sigma[:, None, None, None]
    x = x0 + s * torch.randn_like(x0)
    c_in, c_out, c_skip = (1 + s * s).rsqrt(), s * (1 + s * s).rsqrt(), 1 / (1 + s * s)
    with torch.autocast("cpu", torch.bfloat16):
        residual = Residual(model)(c_in * x, sigma.log() / 4, labels)
    return (residual.float() - (x0 - c_skip * x) / c_out).square().mean()


def example_of(count):
    generator = torch.Generator().manual_seed(count)
    return (torch.randn(count, 1, 28, 28, generator=generator), torch.linspace(1.09, -1.55, count),
            torch.arange(count) % (NO_CLASS + 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=0.35)
    parser.add_argument("--rate", type=float, default=6e-4, help="the highest learning rate")
    parser.add_argument("--start", metavar="NAME", default="digits-ddpm", help="the model to start from")
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    arguments = parser.parse_args()
    training = Training(NAME, UNet(), arguments.hours, peak_rate=arguments.rate, start=arguments.start)
    if not arguments.export:
        pictures, labels, _, _ = digits.load()
        training.run(shuffled(torch.from_numpy(pictures), torch.from_numpy(labels), BATCH), loss_of)
    path = digits.MODELS / NAME / f"{NAME}.onnx"
    model = Residual(training.averaged()).eval()
    export(model, example_of(2), path, ["sample", "timestep", "class_labels"], ["out_sample"])
    report = training.summary() | check(model, path, example_of)
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
