"""Measures generated digits with the classifier: the share that is classified as asked, and a Frechet distance.

Takes a file of digits `[n, 1, 28, 28]` in [-1, 1], as `sampler4j generate` writes it, or draws them
itself (`--draw MODEL.onnx`) with diffusers' DDIM through ONNX Runtime. Sample i was asked to be entry
i modulo their number of `--classes`. The Frechet distance (Heusel et al., arXiv:1706.08500) is between
the classifier's features of these digits and of the 2,000 held-out ones: it only compares with itself.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from digits import MODELS
from onnx_files import open_session

CLASSIFIER = MODELS / "digits-classifier"


def classify(pictures):
    """Returns the classes that the classifier sees, and its features."""
    session = open_session(CLASSIFIER / "digits-classifier.onnx")
    logits, features = session.run(["logits", "features"], {"sample": pictures.astype(np.float32)})
    return logits.argmax(1), features


def frechet_distance(one, other):
    """Distance between the normal distributions fitted to two sets of features."""
    one, other = one.astype(np.float64), other.astype(np.float64)
    covariances = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    roots = np.sqrt(np.linalg.eigvals(covariances[0] @ covariances[1]).astype(np.complex128)).real
    means = np.square(one.mean(0) - other.mean(0)).sum()
    return float(means + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * roots.sum())


def measure(pictures, asked):
    seen, features = classify(pictures)
    right = seen == asked
    return {"digits": len(pictures), "classified as asked": float(right.mean()),
            "by class": {int(digit): round(float(right[asked == digit].mean()), 4) for digit in np.unique(asked)},
            "frechet distance": frechet_distance(features, np.load(CLASSIFIER / "held-out-features.npy"))}


def draw(path, classes, arguments):
    """Draws one digit for each class in batches of a hundred; the noise is NumPy's, seeded."""
    from onnx_diffusers import ddim_states
    session = open_session(path)
    noise = np.random.default_rng(arguments.seed).standard_normal((len(classes), 1, 28, 28), dtype=np.float32)
    parts = range(0, len(classes), 100)
    return np.concatenate([ddim_states(session, noise[i:i + 100], classes[i:i + 100], arguments.steps,
                                       arguments.guidance, arguments.clip)[-1] for i in parts])


def write_grid(pictures, path, columns=20):
    """Writes the first pictures as a grid, three pixels each."""
    rows = min(len(pictures) // columns, 10)
    grid = pictures[:rows * columns, 0].reshape(rows, columns, 28, 28).transpose(0, 2, 1, 3).reshape(rows * 28, columns * 28)
    image = Image.fromarray(((grid.clip(-1, 1) + 1) * 127.5).round().astype(np.uint8))
    image.resize((image.width * 2, image.height * 2), Image.Resampling.NEAREST).save(path)


def listed(text):
    """Reads `0..9`, `3` or `3,5,7`, as the command line does."""
    if ".." in text:
        first, last = text.split("..")
        return list(range(int(first), int(last) + 1))
    return [int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("digits", nargs="?", type=Path, help=".npy file of digits")
    parser.add_argument("--classes", type=listed, default=listed("0..9"))
    parser.add_argument("--draw", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--guidance", type=float, default=2.0)
    parser.add_argument("--clip", choices=("sample", "rederived", "none"), default="sample", help="see onnx_diffusers.py")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--grid", type=Path, help="also write a picture of the first digits")
    arguments = parser.parse_args()
    if (arguments.digits is None) == (arguments.draw is None):
        parser.error("give either a file of digits or --draw MODEL.onnx")
    count = arguments.count if arguments.draw else len(np.load(arguments.digits, mmap_mode="r"))
    asked = np.resize(np.array(arguments.classes), count)
    pictures = draw(arguments.draw, asked, arguments) if arguments.draw else np.load(arguments.digits)
    if arguments.grid:
        write_grid(pictures, arguments.grid)
    print(json.dumps(measure(pictures, asked), indent=2))


if __name__ == "__main__":
    main()
