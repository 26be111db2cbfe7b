"""Sets generated emoji beside the training pictures nearest to them: how much is copied, and is the group right?

Takes a file of emoji `[n, 3, side, side]` in [-1, 1], as `sampler4j generate` writes it; sample i was asked to be entry
i modulo their number of `--classes`. The distance is the root mean square over pixels and colours; the neighbours
are all training pictures, skin tones and mirrored ones included. A sample is called a copy where its neighbour is
three times closer than any other base picture (Yoon et al., "Diffusion probabilistic models generalize when they
fail to memorize", 2023). The held-out pictures, measured in the same way, say what new emoji are like.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

import emoji
from measure_digits import listed

COPY = 1 / 3
COLUMNS, ROWS = 12, 6
SHOWN = 64  # pixels of a picture in the grid


class Neighbours:
    """The nearest picture of each base picture."""

    def __init__(self, bases):
        self.groups = np.array([group for group, _, _ in bases])
        owner = np.repeat(np.arange(len(bases)), [len(pictures) for _, _, pictures in bases])
        pictures = np.concatenate([pictures for _, _, pictures in bases])
        self.pictures = np.concatenate([pictures, pictures[..., ::-1]])
        self.owner = np.tile(owner, 2)

    def nearest(self, picture):
        """Returns the nearest picture, its base, its distance, and that of the second nearest base."""
        distances = np.sqrt(np.square(self.pictures - picture).mean(axis=(1, 2, 3)))
        of_base = np.full(len(self.groups), np.inf)
        np.minimum.at(of_base, self.owner, distances)
        first, second = np.argsort(of_base)[:2]
        return self.pictures[distances.argmin()], first, of_base[first], of_base[second]


def measure(pictures, asked, neighbours):
    """Returns the figures, and the neighbours' pictures."""
    found, bases, first, second = map(np.array, zip(*map(neighbours.nearest, pictures)))
    right = neighbours.groups[bases] == asked
    return {"emoji": len(pictures), "distance": summary(first), "copies": share(first < COPY * second),
            "neighbour in the group asked for": share(right),
            "of these by group": {emoji.GROUPS[group]: share(right[asked == group]) for group in np.unique(asked)}}, found


def summary(values):
    return dict(zip(("5 %", "median", "95 %"), np.quantile(values, (0.05, 0.5, 0.95)).round(3).tolist()))


def share(flags):
    return round(float(np.mean(flags)), 4)


def write_grid(pictures, neighbours, path):
    """Each sample with its neighbour below it, a gap below both."""
    count = min(len(pictures) // COLUMNS, ROWS) * COLUMNS
    side = pictures.shape[-1]
    gap = np.ones((count, 3, side // 4, side), dtype=np.float32)
    cells = np.concatenate([pictures[:count].clip(-1, 1), neighbours[:count], gap], axis=2)
    rows = cells.reshape(-1, COLUMNS, *cells.shape[1:]).transpose(0, 3, 1, 4, 2).reshape(-1, COLUMNS * side, 3)
    image = Image.fromarray(((rows + 1) * 127.5).round().astype(np.uint8))
    image.resize((image.width * SHOWN // side, image.height * SHOWN // side), Image.Resampling.NEAREST).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("emoji", type=Path, help=".npy file of emoji")
    parser.add_argument("--classes", type=listed, default=listed("0..8"))
    parser.add_argument("--grid", type=Path, help="also write a picture of the first samples above their neighbours")
    arguments = parser.parse_args()
    pictures = np.load(arguments.emoji)
    training, held_out = emoji.load(pictures.shape[-1])
    neighbours = Neighbours(training)
    figures, found = measure(pictures, np.resize(np.array(arguments.classes), len(pictures)), neighbours)
    first_tones = np.stack([pictures[0] for _, _, pictures in held_out])
    reference, _ = measure(first_tones, np.array([group for group, _, _ in held_out]), neighbours)
    if arguments.grid:
        write_grid(pictures, found, arguments.grid)
    print(json.dumps({"generated": figures, "held out": reference}, indent=2))


if __name__ == "__main__":
    main()
