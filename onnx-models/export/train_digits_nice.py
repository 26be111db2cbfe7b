"""Trains NICE on the digits (Dinh et al., arXiv:1410.8516): additive couplings, a scaling, a logistic prior.

As in the paper's MNIST model, narrower: pixels are dequantised to x = (255 p + u) / 256 with u uniform in [0, 1),
parted into even and odd ones, and go through four additive couplings whose functions are ReLU networks of five
layers, the halves changing places after each; then each dimension is scaled by exp(s). The loss is the negative
log-likelihood in nats, per digit: its prior term (equation 4 with the logistic density) and the sum of s.

Digits are moved by up to one pixel now and then, against overfitting: 8,000 are few. Three files are written, which
share one file of weights: `encode.onnx` (x to z and ln |det|), `decode.onnx` (z to x) and `gradient.onnx` (x to
ln p(x) and its gradient, written out by hand from the same layers, since a trace holds no backward pass).
"""
import argparse
import json

import torch
from torch import nn
from torch.nn import functional as F

import digits
from onnx_files import check, export_sharing_weights
from training import Training, shuffled

NAME = "digits-nice"
BATCH = 200
PIXELS = 28 * 28
HALF = PIXELS // 2
COUPLINGS, LAYERS, WIDTH = 4, 5, 256
FIRST_LOG_SCALE, SCALE_STEP = 2.0, 20.0
MOVED = 0.5
VALIDATION = 500


class Coupling(nn.Module):
    """m of y = x + m(other): `LAYERS` hidden layers and a linear one."""

    def __init__(self):
        super().__init__()
        sizes = [HALF] + [WIDTH] * LAYERS + [HALF]
        self.layers = nn.ModuleList(nn.Linear(inputs, outputs) for inputs, outputs in zip(sizes, sizes[1:]))
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)

    def with_pullback(self, x):
        """m(x), and the function that multiplies a gradient by m's Jacobian, transposed, at x."""
        signs = []
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
            signs.append((x > 0).to(x.dtype))

        def pullback(gradient):
            gradient = gradient @ self.layers[-1].weight
            for layer, sign in zip(reversed(self.layers[:-1]), reversed(signs)):
                gradient = (gradient * sign) @ layer.weight
            return gradient

        return self.layers[-1](x), pullback


class Nice(nn.Module):
    """z = exp(s) h(x), where h has the determinant 1."""

    def __init__(self):
        super().__init__()
        self.couplings = nn.ModuleList(Coupling() for _ in range(COUPLINGS))
        self.steps_of_scale = nn.Parameter(torch.full((PIXELS,), FIRST_LOG_SCALE / SCALE_STEP))

    @property
    def log_scale(self):
        """Its way is long, some units, so it goes it in larger steps than the weights."""
        return SCALE_STEP * self.steps_of_scale

    def encode(self, x):
        first, second = parted(x)
        for coupling in self.couplings:
            first, second = second + coupling(first), first
        return torch.cat([first, second], dim=1) * self.log_scale.exp()

    def decode(self, z):
        first, second = (z * (-self.log_scale).exp()).split(HALF, dim=1)
        for coupling in reversed(self.couplings):
            first, second = second, first - coupling(second)
        return joined(first, second)

    def log_determinant(self, x):
        return self.log_scale.sum().expand(x.shape[0])

    def gradient(self, x):
        """ln p(x) under the logistic prior, and its gradient with respect to x."""
        first, second = parted(x)
        pullbacks = []
        for coupling in self.couplings:
            moved, pullback = coupling.with_pullback(first)
            first, second = second + moved, first
            pullbacks.append(pullback)
        scale = self.log_scale.exp()
        z = torch.cat([first, second], dim=1) * scale
        by_first, by_second = (-torch.tanh(z / 2) * scale).split(HALF, dim=1)
        for pullback in reversed(pullbacks):
            by_first, by_second = by_second + pullback(by_first), by_first
        return log_logistic(z) + self.log_determinant(x), joined(by_first, by_second)


def parted(x):
    """The even and the odd pixels of [n, 1, 28, 28], in row-major order."""
    pairs = x.flatten(1).unflatten(1, (HALF, 2))
    return pairs[:, :, 0], pairs[:, :, 1]


def joined(even, odd):
    return torch.stack([even, odd], dim=2).flatten(1).unflatten(1, (1, 28, 28))


def log_logistic(z):
    """ln of the standard logistic density, summed over the dimensions."""
    return -(F.softplus(z) + F.softplus(-z)).sum(dim=1)


def log_likelihood(model, x):
    return log_logistic(model.encode(x)) + model.log_determinant(x)


def dequantised(pictures):
    """[0, 1] with one of 256 uniform steps each; `pictures` are in [-1, 1]."""
    return ((pictures + 1) * 127.5 + torch.rand_like(pictures)) / 256


def moved(pictures):
    """Each picture moved by up to one pixel, with the share MOVED."""
    across, down = torch.randint(-1, 2, (2,)).tolist()
    shifted = F.pad(pictures, (1, 1, 1, 1), value=-1)[:, :, 1 + down:29 + down, 1 + across:29 + across]
    return torch.where(torch.rand(len(pictures), 1, 1, 1) < MOVED, shifted, pictures)


def loss_of(model, batch):
    return -log_likelihood(model, dequantised(moved(batch[0]))).mean() / PIXELS


class Encode(nn.Module):
    def __init__(self, nice):
        super().__init__()
        self.nice = nice

    def forward(self, x):
        return self.nice.encode(x), self.nice.log_determinant(x)


class Decode(Encode):
    def forward(self, z):
        return self.nice.decode(z)


class Gradient(Encode):
    def forward(self, x):
        return self.nice.gradient(x)


def pictures_of(count):
    torch.manual_seed(count)
    return (dequantised(torch.from_numpy(digits.load()[2][:count])),)


def latents_of(count):
    uniform = torch.rand(count, PIXELS, generator=torch.Generator().manual_seed(count)).clamp(1e-6, 1 - 1e-6)
    return (torch.logit(uniform),)


def export_all(nice):
    folder = digits.MODELS / NAME
    graphs = [("encode", Encode(nice), pictures_of, ["x"], ["z", "logdet"]),
              ("decode", Decode(nice), latents_of, ["z"], ["x"]),
              ("gradient", Gradient(nice), pictures_of, ["x"], ["logp", "gradient"])]
    export_sharing_weights(folder, f"{NAME}.weights", [(name, model.eval(), example(2), inputs, outputs)
                                                       for name, model, example, inputs, outputs in graphs])
    return {name: check(model, folder / f"{name}.onnx", example, tolerance=1e-2 if name == "gradient" else 1e-3)
            for name, model, example, _, _ in graphs}


@torch.no_grad()
def nats(nice, pictures, draws=5):
    """Mean log-likelihood and its standard error over the pictures, each dequantised `draws` times."""
    generator_state = torch.manual_seed(0)
    each = torch.stack([log_likelihood(nice, dequantised(pictures)) for _ in range(draws)]).mean(0)
    del generator_state
    return each.mean().item(), (each.std() / len(each) ** 0.5).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=0.4)
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    parser.add_argument("--validate", action="store_true", help=f"train without {VALIDATION} digits and report on them")
    arguments = parser.parse_args()
    training = Training(NAME, Nice(), arguments.hours, peak_rate=1e-3, weight_decay=0.1, average=0.9995)
    pictures, labels, held_out, _ = map(torch.from_numpy, digits.load())
    chosen = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(0))
    kept = chosen[VALIDATION:] if arguments.validate else chosen
    if not arguments.export:
        training.run(shuffled(pictures[kept], labels[kept], BATCH), loss_of)
    nice = training.averaged()
    report = training.summary()
    if arguments.validate:
        report["validation nats"] = nats(nice, pictures[chosen[:VALIDATION]])
    else:
        report |= {"held-out nats": nats(nice, held_out), "training nats": nats(nice, pictures[:2000])} | export_all(nice)
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
