"""Sixteen, four and one digit: this project against diffusers around Python's onnxruntime, in one run.

    python integration-tests/benchmarks/against_diffusers.py

needs a built tree (`mvn verify`) and the packages of onnx-models/export/requirements.txt. The two take turns, so
that other load on the machine falls on both; medians and their ratio are printed. Warm figures leave out both
programs' start; the cold one is a whole process, from start to a written file. Fails where a goal is missed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEPS = 50
GOALS = {"16 digits": 1.0, "4 digits": 0.8, "1 digit, cold": 0.25}


def draw(count: int, out: str | None = None) -> float:
    """diffusers' DDIMScheduler and an onnxruntime session, both with their defaults; seconds of the loop."""
    import numpy as np
    import onnxruntime
    import torch
    from diffusers import DDIMScheduler

    network = ROOT / "onnx-models/models/digits-ddpm/digits-ddpm.onnx"
    if not hasattr(draw, "session"):
        draw.session = onnxruntime.InferenceSession(str(network), providers=["CPUExecutionProvider"])
    started = time.perf_counter()
    scheduler = DDIMScheduler()
    scheduler.set_timesteps(STEPS)
    sample = torch.randn((count, 1, 28, 28), generator=torch.Generator().manual_seed(1))
    labels = np.arange(count, dtype=np.int64) % 10
    for t in scheduler.timesteps:
        times = np.full(count, float(t), dtype=np.float32)
        inputs = {"sample": sample.numpy(), "timestep": times, "class_labels": labels}
        noise = torch.from_numpy(draw.session.run(["out_sample"], inputs)[0])
        sample = scheduler.step(noise, t, sample).prev_sample
    seconds = time.perf_counter() - started
    if out:
        np.save(out, sample.numpy())
    return seconds


def distribution() -> Path:
    found = sorted((ROOT / "integration-tests/target").glob("sampler4j-*/lib"))
    if not found:
        raise SystemExit("there is no built distribution: run `mvn verify` first")
    return found[-1].parent


def classpath(home: Path) -> str:
    tests = [ROOT / "integration-tests/target/test-classes", ROOT / "onnx-models/target/test-classes"]
    return os.pathsep.join(map(str, tests + [home / "lib/*"]))


def warm(home: Path, rounds: int) -> dict[str, tuple[float, float]]:
    native = next((home / "lib/native").iterdir())
    loop = subprocess.Popen(
        ["java", f"-Dsampler4j.home={home}", f"-Donnxruntime.native.path={native}", "-cp", classpath(home),
         "io.sampler4j.bench.DigitsLoop"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def java(count: int) -> float:
        loop.stdin.write(f"{count}\n")
        loop.stdin.flush()
        return float(loop.stdout.readline())

    figures = {}
    for count in (16, 4):
        for _ in range(3):
            java(count), draw(count)
        pairs = [(java(count), draw(count)) for _ in range(rounds)]
        figures[f"{count} digits"] = tuple(statistics.median(side) for side in zip(*pairs))
    loop.stdin.close()
    loop.wait()
    return figures


def cold(home: Path, rounds: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        ours = [str(home / "bin/sampler4j"), "generate", "--model", "digits-ddpm", "--class", "3", "--guidance", "none",
                "--seed", "1", "-o", f"{folder}/ours.npy"]
        theirs = [sys.executable, __file__, "--draw-one", f"{folder}/theirs.npy"]

        def seconds(command: list[str]) -> float:
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return time.perf_counter() - started

        pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return tuple(statistics.median(side) for side in zip(*pairs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--draw-one", metavar="OUT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.draw_one:
        draw(1, arguments.draw_one)
        return
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    home = distribution()
    figures = warm(home, arguments.rounds)
    figures["1 digit, cold"] = cold(home, max(3, arguments.rounds // 2))
    missed = False
    print(f"{'':16}{'ours, s':>10}{'diffusers, s':>14}{'ratio':>8}{'goal':>7}")
    for what, (ours, theirs) in figures.items():
        ratio = ours / theirs
        missed |= ratio > GOALS[what]
        print(f"{what:16}{ours:10.3f}{theirs:14.3f}{ratio:8.2f}{GOALS[what]:7.2f}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
