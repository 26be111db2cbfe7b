"""Runs `sampler4j generate` and diffusers' DDIMScheduler from the same noise and compares every step's state.

Both drive the same ONNX file on the CPU and have to clip alike: `--clip` says how diffusers does, `--set` how
sampler4j does where its model directory says otherwise. Prints the largest absolute difference of each step and fails
where one is over the limit.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from digits import MODELS, REPOSITORY
from measure_digits import listed
from onnx_diffusers import ddim_states
from onnx_files import open_session


def java_states(arguments, noise, folder):
    """Lets the command line sample from `noise`; returns the states it traced."""
    noise_file, states_file = folder / "noise.npy", folder / "states.npy"
    np.save(noise_file, noise)
    command = [str(arguments.sampler4j.resolve()), "generate", "--model", arguments.model, "--sampler", "ddim",
               "--scheduler", "leading", "--steps", str(arguments.steps), "--seed", str(arguments.seed),
               "--count", str(len(noise)), "--class", ",".join(map(str, arguments.classes)),
               "--init-noise", str(noise_file), "--trace-states", str(states_file),
               "-o", str(folder / "digits.npy")]
    command += ["--guidance", "cfg", "--cfg-scale", str(arguments.guidance)]
    for option in arguments.set:
        command += ["--set", option]
    subprocess.run(command, cwd=folder, check=True)
    return np.load(states_file)


def compare(expected, actual, limit):
    """Prints a line a step; returns whether all are within the limit."""
    if expected.shape != actual.shape:
        raise SystemExit(f"expected states of shape {expected.shape}, found {actual.shape}")
    differences = np.abs(expected - actual).max(axis=(1, 2, 3, 4))
    for step, difference in enumerate(differences):
        print(f"step {step:3d}  largest difference {difference:.3e}")
    print(f"largest of all {differences.max():.3e}, limit {limit:.0e}")
    return bool((differences <= limit).all())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sampler4j", type=Path, default=REPOSITORY / "sampler4j")
    parser.add_argument("--model", default="digits-ddpm")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--classes", type=listed, default=listed("0..9"))
    parser.add_argument("--guidance", "--cfg-scale", type=float, default=1.0)
    parser.add_argument("--clip", choices=("sample", "rederived", "none"), default="rederived", help="of diffusers: see onnx_diffusers.py")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="an option for sampler4j; repeatable")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=1e-4)
    arguments = parser.parse_args()
    noise = np.random.default_rng(arguments.seed).standard_normal((arguments.count, 1, 28, 28), dtype=np.float32)
    asked = np.resize(np.array(arguments.classes), arguments.count)
    session = open_session(MODELS / arguments.model / f"{arguments.model}.onnx")
    expected = ddim_states(session, noise, asked, arguments.steps, arguments.guidance, arguments.clip)
    with tempfile.TemporaryDirectory() as folder:
        actual = java_states(arguments, noise, Path(folder))
    sys.exit(0 if compare(expected, actual, arguments.limit) else 1)


if __name__ == "__main__":
    main()
