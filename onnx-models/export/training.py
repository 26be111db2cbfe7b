"""A resumable training on one thread with a budget of wall-clock time.

The learning rate is a function of the share of the budget that is used up, not of a number of steps: a
training ends well decayed however busy the machine is. Each run keeps in `.training/NAME`: `state.pt`
(saved every three minutes), `loss.csv` (appended) and, at its end, `finished`.
"""
import csv
import math
import time

import torch

from digits import MODELS, TRAINING
from onnx_files import load_weights

SAVE_SECONDS = 180
LOG_STEPS = 50
WARM_UP_STEPS = 300


class Training:
    """Model, optimiser, average of the weights, and their clock."""

    def __init__(self, name, model, hours, peak_rate, weight_decay=0.01, average=0.999, start=None,
                 optimiser=None):
        """Starts from the averaged weights of the training `start`, or anew; or goes on from its own saved state.

        Of a training whose state is gone, the file that it exported has them, large ones rounded to float16.
        `optimiser` is AdamW unless one is given; its rate is set before each step.
        """
        torch.set_num_threads(1)
        self.folder = TRAINING / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.model = model
        if start:
            self._start_from(start)
        self.budget = hours * 3600
        self.peak_rate = peak_rate
        self.average_decay = average
        self.optimiser = optimiser or torch.optim.AdamW(model.parameters(), lr=peak_rate, weight_decay=weight_decay, foreach=True)
        self.average = {key: value.detach().clone() for key, value in model.state_dict().items()}
        self.step, self.seen, self.seconds = 0, 0, 0.0
        if (self.folder / "state.pt").exists():
            self._restore()

    def run(self, next_batch, loss_of):
        """Trains until the budget is used up; `next_batch(generator)` gives what `loss_of(model, batch)` takes."""
        generator = torch.Generator().manual_seed(self.step + 1)
        torch.manual_seed(self.step + 2)
        losses, last, saved = [], time.monotonic(), time.monotonic()
        while self.seconds < self.budget:
            batch = next_batch(generator)
            losses.append(self._train_step(loss_of(self.model, batch)))
            self.seen += len(batch[0])
            now = time.monotonic()
            self.seconds, last = self.seconds + now - last, now
            if self.step % LOG_STEPS == 0:
                self._log(sum(losses) / len(losses))
                losses.clear()
            if now - saved > SAVE_SECONDS:
                self.save()
                saved = now
        self.save()
        (self.folder / "finished").touch()

    def averaged(self):
        """The model with the average of its weights, ready to be exported."""
        self.model.load_state_dict(self.average)
        return self.model.eval()

    def summary(self):
        parameters = sum(parameter.numel() for parameter in self.model.parameters())
        return {"parameters": parameters, "steps": self.step, "pictures seen": self.seen, "hours": round(self.seconds / 3600, 3)}

    def save(self):
        state = {"model": self.model.state_dict(), "average": self.average, "optimiser": self.optimiser.state_dict(),
                 "step": self.step, "seen": self.seen, "seconds": self.seconds}
        partial = self.folder / "state.pt.part"
        torch.save(state, partial)
        partial.replace(self.folder / "state.pt")

    def _start_from(self, name):
        saved = TRAINING / name / "state.pt"
        if saved.exists():
            self.model.load_state_dict(torch.load(saved, weights_only=True)["average"])
        else:
            load_weights(self.model, MODELS / name / f"{name}.onnx")

    def _restore(self):
        state = torch.load(self.folder / "state.pt", weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = state["average"]
        self.step, self.seen, self.seconds = state["step"], state["seen"], state["seconds"]

    def _train_step(self, loss):
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        return loss.item()

    def _rate(self):
        """Linear warm-up, then a cosine over the budget."""
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, self.seconds / self.budget)))
        return self.peak_rate * min(1.0, (self.step + 1) / WARM_UP_STEPS) * cosine

    def _update_average(self):
        """Exponential moving average whose memory grows with the steps until it reaches the asked decay."""
        decay = min(self.average_decay, (1 + self.step) / (10 + self.step))
        current = self.model.state_dict()
        torch._foreach_lerp_(list(self.average.values()), [current[key] for key in self.average], 1 - decay)

    def _log(self, loss):
        path = self.folder / "loss.csv"
        new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", "seconds", "loss", "rate"])
            writer.writerow([self.step, f"{self.seconds:.0f}", f"{loss:.6f}", f"{self._rate():.3e}"])


def shuffled(pictures, labels, batch):
    """A `next_batch` that goes through the data in a new order each time."""
    waiting = []

    def next_batch(generator):
        if len(waiting) < batch:
            waiting[:] = torch.randperm(len(pictures), generator=generator).tolist()
        chosen = [waiting.pop() for _ in range(batch)]
        return pictures[chosen], labels[chosen]

    return next_batch
