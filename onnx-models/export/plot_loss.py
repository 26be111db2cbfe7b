"""Thins a training's loss.csv to at most 500 lines (means of neighbours) and draws it, into the model's folder."""
import argparse
import csv

import matplotlib
import numpy as np

from digits import MODELS, TRAINING

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402 (the backend has to be chosen first)

LINES = 500


def thinned(rows):
    """Averages the losses of neighbouring lines; each group keeps its last step, time and rate."""
    groups = np.array_split(rows, min(LINES, len(rows)))
    return np.array([[*group[-1, :2], group[:, 2].mean(), group[-1, 3]] for group in groups])


def plot(rows, name, path):
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(rows[:, 0], rows[:, 2], linewidth=1)
    axes.set(title=f"{name}: training loss", xlabel="step", ylabel="loss", yscale="log" if rows[:, 2].min() > 0 else "linear")
    axes.yaxis.set_major_formatter(matplotlib.ticker.StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(matplotlib.ticker.StrMethodFormatter("{x:g}"))
    axes.grid(alpha=0.3, which="both")
    figure.savefig(path, dpi=100)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of the training, such as digits-ddpm")
    name = parser.parse_args().name
    rows = thinned(np.loadtxt(TRAINING / name / "loss.csv", delimiter=",", skiprows=1, ndmin=2))
    with (MODELS / name / "loss.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", "seconds", "loss", "rate"])
        writer.writerows([int(step), int(seconds), f"{loss:.6f}", f"{rate:.3e}"] for step, seconds, loss, rate in rows)
    plot(rows, name, MODELS / name / "loss.png")


if __name__ == "__main__":
    main()
