"""A small random NICE beside the order of the paper's code, worked out in NumPy: the fixture of NiceReferenceIT.

    python nice_reference.py -o ../../integration-tests/src/test/resources/nice

The networks are those of train_digits_nice.py, eight numbers wide. The reference is the paper's code as its settings
for MNIST lay it out (github.com/laurent-dinh/nice): the even numbers, then the odd ones; the second half moved by a
function of the first, and the whole vector reversed, four times; then each number times exp(d). Training changes the
halves' places instead, which is the same where every other function's weights are reversed, as they are here.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch

import train_digits_nice as training

NUMBERS, WIDTH = 8, 6
SHAPE = (1, 2, 4)


def small():
    """train_digits_nice's classes with other sizes, which they read from their module."""
    training.PIXELS, training.HALF, training.WIDTH = NUMBERS, NUMBERS // 2, WIDTH
    training.joined = lambda even, odd: torch.stack([even, odd], dim=2).flatten(1).unflatten(1, SHAPE)
    nice = training.Nice()
    with torch.no_grad():
        for parameter in nice.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.6)
        nice.steps_of_scale.copy_(torch.randn(NUMBERS) / training.SCALE_STEP)
    return nice.eval()


class Reference:
    def __init__(self, nice):
        self.functions = []
        for number, coupling in enumerate(nice.couplings):
            layers = [(layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy())
                      for layer in coupling.layers]
            if number % 2 == 1:
                layers[0] = (layers[0][0][:, ::-1], layers[0][1])
                layers[-1] = (layers[-1][0][::-1], layers[-1][1][::-1])
            self.functions.append(layers)
        self.scale = nice.log_scale.detach().double().numpy()

    @staticmethod
    def moved(layers, h):
        for weight, bias in layers[:-1]:
            h = np.maximum(h @ weight.T + bias, 0)
        return h @ layers[-1][0].T + layers[-1][1]

    def encode(self, x):
        h = x.reshape(len(x), NUMBERS)
        h = np.concatenate([h[:, 0::2], h[:, 1::2]], axis=1)
        for layers in self.functions:
            known, moved = h[:, :NUMBERS // 2], h[:, NUMBERS // 2:]
            h = np.concatenate([known, moved + self.moved(layers, known)], axis=1)[:, ::-1]
        return h * np.exp(self.scale)

    def decode(self, z):
        h = z * np.exp(-self.scale)
        for layers in reversed(self.functions):
            h = h[:, ::-1]
            known, moved = h[:, :NUMBERS // 2], h[:, NUMBERS // 2:]
            h = np.concatenate([known, moved - self.moved(layers, known)], axis=1)
        x = np.empty_like(h)
        x[:, 0::2], x[:, 1::2] = h[:, :NUMBERS // 2], h[:, NUMBERS // 2:]
        return x

    def log_likelihood(self, x, density):
        return density(self.encode(x)).sum(axis=1) + self.scale.sum()

    def gradient(self, x, density, step=1e-6):
        """Of the log-likelihood, by central differences."""
        columns = [(self.log_likelihood(x + one, density) - self.log_likelihood(x - one, density)) / (2 * step)
                   for one in step * np.eye(NUMBERS)]
        return np.stack(columns, axis=1)


def logistic(z):
    return -np.logaddexp(0, z) - np.logaddexp(0, -z)


def gaussian(z):
    return -(z ** 2 + np.log(2 * np.pi)) / 2


def export(model, example, file, inputs, outputs):
    torch.onnx.export(model, (example,), file, input_names=inputs, output_names=outputs, opset_version=18, dynamo=False,
                      dynamic_axes={name: {0: "batch"} for name in inputs + outputs})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", type=Path, required=True)
    folder = parser.parse_args().o
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    nice = small()
    x, z = torch.rand(2, *SHAPE), torch.randn(2, NUMBERS)
    export(training.Encode(nice), x, folder / "encode.onnx", ["x"], ["z", "logdet"])
    export(training.Decode(nice), z, folder / "decode.onnx", ["z"], ["x"])
    export(training.Gradient(nice), x, folder / "gradient.onnx", ["x"], ["logp", "gradient"])
    reference = Reference(nice)
    # Float32, as it reaches the networks.
    data = np.random.default_rng(7).uniform(-1, 1, (5, NUMBERS)).astype(np.float32)
    latents = np.random.default_rng(8).logistic(size=(5, NUMBERS)).astype(np.float32)
    exact, back = data.astype(np.float64), latents.astype(np.float64)
    found = {"x": data, "z": reference.encode(exact), "logdet": reference.scale.sum(),
             "logistic": reference.log_likelihood(exact, logistic), "gaussian": reference.log_likelihood(exact, gaussian),
             "gradient": reference.gradient(exact, logistic), "latents": latents, "decoded": reference.decode(back)}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(np.asarray(v, dtype=np.float64).tolist())}"
                       for name, v in found.items())
    (folder / "reference.json").write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
