"""Runs the reference loops of taming-transformers and MaskGIT on small random networks, and writes what they give.

    python vqgan_reference.py --taming taming-transformers --maskgit maskgit -o FOLDER

The two folders are checkouts of CompVis/taming-transformers and google-research/maskgit; none of their code is here.
FOLDER gets the networks and reference.json: one object a setting, with its options in this project's words and the
codes. The references draw from uniforms of this project's own (io.sampler4j.model.tokens.Uniforms), where the
inverse of the cumulated distribution takes the place of their generators' draws: the law is the same. MaskGIT's code
runs on NumPy, in float64.
"""
import argparse
import dataclasses
import importlib.util
import itertools
import json
import math
import sys
import types
from pathlib import Path

import numpy as np
import torch
from torch import nn

from prior import Prior

CODES, SIDE, GROUPS, WIDTH = 32, 4, 3, 16
LENGTH = SIDE * SIDE
NO_GROUP, MASK = CODES + GROUPS, CODES + GROUPS + 1
GOLDEN, ALL = 0x9E3779B97F4A7C15, 2 ** 64 - 1


def mixed(z):
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & ALL
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & ALL
    return z ^ z >> 31


def uniform(seed, step, position, lane):
    """Uniforms.of: SplitMix64's mixing (Steele, Lea and Flood 2014) of the four keys."""
    key = mixed((seed + GOLDEN) & ALL)
    for number in step, position, lane:
        key = mixed(key ^ ((number + 1) * GOLDEN) & ALL)
    return ((key >> 12) + 0.5) * 2.0 ** -52


def drawn(probabilities, u):
    """The inverse of the cumulated distribution at u."""
    cumulated = np.cumsum(np.asarray(probabilities, dtype=np.float64))
    return int(np.searchsorted(cumulated, u * cumulated[-1], side="right"))


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def filtered(logits, top_k, top_p):
    """What transformers offered under this name when taming was written, by its classes of today; p = 1 is off."""
    from transformers.generation.logits_process import TopKLogitsWarper, TopPLogitsWarper
    logits = TopKLogitsWarper(min(top_k, logits.shape[-1]))(None, logits)
    return TopPLogitsWarper(top_p)(None, logits) if top_p < 1 else logits


def load_taming(checkout):
    transformers = sys.modules.pop("transformers", None)
    sys.modules["transformers"] = types.ModuleType("transformers")
    sys.modules["transformers"].top_k_top_p_filtering = filtered
    module = load(checkout / "taming/modules/transformer/mingpt.py", "mingpt")
    del sys.modules["transformers"]
    if transformers:
        sys.modules["transformers"] = transformers
    return module


class Step(nn.Module):
    """taming's network with a past: one id at a time, since it masks nothing then. `present` is the new position's."""

    def __init__(self, gpt):
        super().__init__()
        self.gpt = gpt

    def forward(self, ids, past):
        at = past.shape[4]
        x, present = self.gpt.tok_emb(ids) + self.gpt.pos_emb[:, at:at + 1], []
        for layer, block in enumerate(self.gpt.blocks):
            x, new = block(x, layer_past=past[layer], return_present=True)
            present.append(new)
        return self.gpt.head(self.gpt.ln_f(x)), torch.stack(present)


class Prefill(Step):
    def forward(self, ids):
        logits, _, present = self.gpt.forward_with_past(ids)
        return logits, present


class Plain(Step):
    def forward(self, ids):
        return self.gpt(ids)[0]


class Causal(nn.Module):
    def __init__(self, prior):
        super().__init__()
        self.prior = prior

    def forward(self, ids, past):
        return self.prior(ids, past)


class Masked(Causal):
    def forward(self, ids):
        return self.prior(ids, causal=False)[0][:, 1:, :CODES]


def export(model, example, path, outputs):
    inputs = ["ids", "past"][:len(example)]
    axes = {"ids": {0: "batch", 1: "new"}, "logits": {0: "batch", 1: "new"}, "past": {2: "batch", 4: "before"},
            "present": {2: "batch", 4: "after"}}
    if isinstance(model, Masked):
        axes = {"ids": {0: "batch"}, "logits": {0: "batch"}}
    if isinstance(model, Step) and len(example) == 2:
        axes = {"ids": {0: "batch"}, "logits": {0: "batch"}, "past": axes["past"], "present": {2: "batch"}}
    torch.onnx.export(model.eval(), example, str(path), dynamo=False, opset_version=18, input_names=inputs,
                      output_names=outputs, dynamic_axes=axes)


def random(network):
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.5)
    return network.eval()


def raster_by_taming(mingpt, gpt):
    settings = itertools.product((1, 2), ((1.0, 0, 1.0), (0.7, 0, 1.0), (1.0, 5, 1.0), (1.3, CODES, 0.6), (1.0, 8, 0.7), (0, 0, 1.0)))
    for seed, (temperature, top_k, top_p) in settings:
        position = itertools.count()

        def multinomial(probabilities, num_samples):
            step = next(position)
            return torch.tensor([[drawn(row, uniform(seed, step, step, 0))] for row in probabilities])
        torch.multinomial = multinomial
        group = 7 + seed  # a raw label: it shares a row with a code
        codes = mingpt.sample_with_past(torch.tensor([[group]]), gpt, LENGTH, temperature or 1.0, temperature > 0,
                                        top_k or None, top_p)
        yield {"loop": "taming", "seed": seed, "class": group, "temperature": temperature, "topK": top_k, "topP": top_p,
               "codes": codes[0].tolist()}


@torch.no_grad()
def raster_guided(prior):
    for group, scale in itertools.product(range(GROUPS), (1, 1.5, 4)):
        codes = []
        for _ in range(LENGTH):
            asked, nothing = (prior(torch.tensor([[first, *codes]]))[0][0, -1, :CODES] for first in (CODES + group, NO_GROUP))
            codes.append(int((nothing + scale * (asked - nothing)).argmax()))
        yield {"loop": "guided", "class": group, "scale": scale, "codes": codes}


@torch.no_grad()
def raster_by_windows(prior):
    """taming's rule for pictures larger than the prior's (its sample_conditional.py), the likeliest codes."""
    half = SIDE // 2

    def local(i, size):
        return i if i <= half else SIDE - (size - i) if size - i < half else half
    for group, (rows, columns) in itertools.product(range(GROUPS), ((4, 4), (4, 7), (9, 6))):
        codes = np.zeros((rows, columns), dtype=int)
        for i, j in itertools.product(range(rows), range(columns)):
            down, across = local(i, rows), local(j, columns)
            window = codes[i - down:i - down + SIDE, j - across:j - across + SIDE].flatten()
            place = SIDE * down + across
            logits = prior(torch.tensor([[CODES + group, *window[:place]]]))[0]
            codes[i, j] = int(logits[0, -1, :CODES].argmax())
        yield {"loop": "window", "class": group, "rows": rows, "columns": columns, "codes": codes.flatten().tolist()}


class Draws:
    """Stands for JAX's keys: draws in the order in which the loop asks for them, by step."""

    def __init__(self, seed):
        self.seed, self.step = seed, 0

    def categorical(self, _, logits):
        p = softmax(logits)
        return np.array([[drawn(row, uniform(self.seed, self.step, i, 0)) for i, row in enumerate(p[0])]])

    def gumbel(self, _, shape):
        noise = np.array([[-math.log(-math.log(uniform(self.seed, self.step, i, 1))) for i in range(shape[1])]])
        self.step += 1
        return noise


def softmax(logits, axis=-1):
    e = np.exp(logits - logits.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def load_maskgit(checkout):
    """MaskGIT's decoding on NumPy under JAX's names."""
    def updated(whole, part, start):
        whole = whole.copy()
        whole[tuple(slice(s, s + n) for s, n in zip(start, part.shape))] = part
        return whole

    def while_loop(condition, body, state):
        while condition(state):
            state = body(state)
        return state
    jax, numpy, lax, flax, libml = (types.ModuleType(name) for name in ("jax", "jax.numpy", "jax.lax", "flax", "maskgit.libml"))
    numpy.__dict__.update({name: getattr(np, name) for name in dir(np) if not name.startswith("__")}, DeviceArray=object)
    lax.while_loop, lax.dynamic_update_slice, lax.cos = while_loop, updated, np.cos
    jax.numpy, jax.lax, jax.nn = numpy, lax, types.SimpleNamespace(softmax=softmax)
    flax.struct = types.SimpleNamespace(dataclass=dataclasses.dataclass)
    sys.modules.update({"jax": jax, "jax.numpy": numpy, "jax.lax": lax, "flax": flax,
                        "maskgit": types.ModuleType("maskgit"), "maskgit.libml": libml})
    libml.mask_schedule = load(checkout / "maskgit/libml/mask_schedule.py", "maskgit.libml.mask_schedule")
    return jax, load(checkout / "maskgit/libml/parallel_decode.py", "maskgit.libml.parallel_decode")


def parallel_by_maskgit(modules, prior):
    jax, decoding = modules
    network = Masked(prior)
    methods = {"cosine": "cosine", "uniform": "uniform", "square": "pow2", "log": "log", "exp": "exp", "pow": "pow0.5"}
    for (name, theirs), seed, (steps, choice) in itertools.product(methods.items(), (3, 4), ((4, 4.5), (7, 1.0), (6, 0))):
        draws, group, inputs = Draws(seed), seed % GROUPS, np.full((1, LENGTH), MASK)
        jax.random = types.SimpleNamespace(split=lambda key, n=2: [key] * n, categorical=draws.categorical, gumbel=draws.gumbel)
        calls = []

        def logits_of(codes):
            calls.append(int((codes == MASK).sum()))
            with torch.no_grad():
                ids = torch.from_numpy(np.concatenate([[[CODES + group]], codes], axis=1))
                return network(ids).double().numpy()
        codes = decoding.decode(inputs, None, logits_of, MASK, steps, 0, choice, theirs)[0, -1]
        if calls.count(1) > 1:
            continue  # the last code is drawn more than once, and but the last draw counts: here it is drawn once
        yield {"loop": "maskgit", "seed": seed, "class": group, "schedule": name, "steps": steps, "choice": choice,
               "masked": calls, "codes": codes.tolist()}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--taming", "--maskgit", "-o"):
        arguments.add_argument(name, type=Path, required=True)
    options = arguments.parse_args()
    options.o.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(5)
    mingpt = load_taming(options.taming)
    gpt = random(mingpt.GPT(CODES, LENGTH, n_layer=2, n_head=2, n_embd=WIDTH))
    causal = random(Prior(MASK, LENGTH, width=WIDTH, layers=2, heads=2, dropout=0))
    masked = random(Prior(MASK + 1, LENGTH + 1, width=WIDTH, layers=2, heads=2, dropout=0))
    ids = torch.randint(CODES, (2, 5))
    past = torch.randn(2, 2, 2, 2, 3, WIDTH // 2)
    export(Plain(gpt), (ids,), options.o / "taming.onnx", ["logits"])
    export(Prefill(gpt), (ids,), options.o / "taming-prefill.onnx", ["logits", "present"])
    export(Step(gpt), (ids[:, :1], past), options.o / "taming-step.onnx", ["logits", "present"])
    export(Causal(causal), (ids, past), options.o / "causal.onnx", ["logits", "present"])
    export(Masked(masked), (torch.randint(CODES, (2, LENGTH + 1)),), options.o / "masked.onnx", ["logits"])
    settings = [*raster_by_taming(mingpt, gpt), *raster_guided(causal), *raster_by_windows(causal),
                *parallel_by_maskgit(load_maskgit(options.maskgit), masked)]
    lines = ",\n".join(json.dumps(s) for s in settings)
    (options.o / "reference.json").write_text(
        f'{{"codes": {CODES}, "side": {SIDE}, "groups": {GROUPS}, "mask": {MASK}, "settings": [\n{lines}\n]}}\n')
    print(len(settings), "settings")


if __name__ == "__main__":
    main()
