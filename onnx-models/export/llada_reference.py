"""Runs the reference loops of LLaDA, Fast-dLLM and Dream on a small random network, and writes what they give.

    python llada_reference.py --llada LLaDA/generate.py --fast Fast-dLLM/llada/generate.py \\
        --dream Fast-dLLM/dream/model/generation_utils.py -o FOLDER

The three files come from checkouts of ML-GSAI/LLaDA and NVlabs/Fast-dLLM (whose Dream is DreamLM's with one rule more);
none of their code is here. FOLDER gets random.onnx, the network, and reference.json: one object a setting, with the
prompt, the options in this project's words, and the ids. All at temperature 0, where a loop has one answer.
"""
import argparse
import importlib.util
import itertools
import json
import sys
import types
from pathlib import Path

import torch
from torch import nn

VOCABULARY, MASK, END, WIDTH, LENGTH = 48, 47, 46, 24, 64


class Random(nn.Module):
    """One layer of attention over random embeddings; logits spread enough that no two answers are near."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.position = nn.Embedding(LENGTH, WIDTH)
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.head = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, input_ids):
        h = self.embedding(input_ids) + self.position(torch.arange(input_ids.shape[1]))
        scores = self.query(h) @ self.key(h).transpose(1, 2) * 0.3
        h = torch.tanh(h + 2 * torch.softmax(scores, -1) @ self.value(h))
        forbidden = torch.zeros(VOCABULARY)
        forbidden[MASK] = 100
        return 1.7 * self.head(h) - forbidden


class Answer:
    def __init__(self, logits):
        self.logits = logits


class Model:
    """What the references call."""
    device = torch.device("cpu")

    def __init__(self, network):
        self.network = network

    def __call__(self, ids, attention_mask=None, tok_idx=None):
        with torch.no_grad():
            return Answer(self.network(ids))


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stub_models():
    """The references' files import their own models and helpers of other versions; their loops use none of them."""
    for name in ("model", "model.modeling_llada", "transformers.utils"):
        if name not in sys.modules or name.startswith("model"):
            sys.modules[name] = types.ModuleType(name)
    sys.modules["model.modeling_llada"].LLaDAModelLM = object

    class Logging:
        def __getattr__(self, name):
            return lambda *_: self

    transformers = types.ModuleType("transformers")
    transformers.__version__ = "0"
    for word in ("AutoTokenizer", "AutoModel", "GenerationConfig"):
        setattr(transformers, word, object)
    utils = types.ModuleType("transformers.utils")
    utils.ModelOutput, utils.is_torchdynamo_compiling, utils.logging = object, lambda: False, Logging()
    generation = types.ModuleType("transformers.generation")
    configuration = types.ModuleType("transformers.generation.configuration_utils")
    configuration.GenerationConfig = object
    sys.modules.update({"transformers": transformers, "transformers.utils": utils, "transformers.generation": generation,
                        "transformers.generation.configuration_utils": configuration})


def stable_topk(values, k, dim=-1):
    """Ties to the lower position: torch.topk's order among equals is its own, and a nucleus of one id is sure to 1."""
    order = torch.sort(values, dim=dim, descending=True, stable=True)
    return order.values.narrow(dim, 0, int(k)), order.indices.narrow(dim, 0, int(k))


def prompts():
    generator = torch.Generator().manual_seed(5)
    return [torch.randint(0, END, (1, n), generator=generator) for n in (3, 8, 13)]


def setting(loop, prompt, ids, **options):
    return {"loop": loop, "prompt": prompt[0].tolist(), "ids": ids[0].tolist(), **options}


def llada(module, model):
    for prompt, (length, block, steps), w, no_end in itertools.product(
            prompts(), [(16, 16, 16), (16, 16, 5), (24, 8, 12), (24, 12, 6), (16, 4, 8)], [0, 0.5, 1.5], [False, True]):
        if no_end and w == 0.5:
            continue
        module_ids = {126081: END, 126348: END}  # written into the reference as numbers
        source = Path(module).read_text()
        for theirs, ours in module_ids.items():
            source = source.replace(str(theirs), str(ours))
        space = {"__name__": "reference"}
        exec(compile(source, str(module), "exec"), space)
        ids = space["generate"](model, prompt, attention_mask=torch.ones_like(prompt), steps=steps, gen_length=length,
                                block_length=block, cfg_scale=w, mask_id=MASK, logits_eos_inf=no_end)
        yield setting("llada", prompt, ids, length=length, block=block, steps=steps, scale=w + 1, noEnd=no_end)


def fast(module, model):
    for prompt, (length, block), threshold in itertools.product(
            prompts(), [(16, 16), (24, 8), (24, 4)], [0.2, 0.4, 0.6, 0.9]):
        ids, nfe = module.generate(model, prompt, steps=length // block, gen_length=length, block_length=block,
                                   mask_id=MASK, threshold=threshold)
        yield setting("fast", prompt, ids, length=length, block=block, threshold=threshold, nfe=nfe)


def dream(module, model):
    for prompt, (length, steps), (choice, algorithm), (top_p, top_k) in itertools.product(
            prompts(), [(16, 16), (16, 5), (24, 9)],
            [("confidence", "maskgit_plus"), ("margin", "topk_margin"), ("entropy", "entropy")],
            [(1, None), (0.7, None), (1, 4), (0.9, 3)]):
        config = types.SimpleNamespace(output_history=False, return_dict_in_generate=False, max_length=prompt.shape[1] + length,
                                       mask_token_id=MASK, steps=steps, eps=1e-3, alg=algorithm, alg_temp=None,
                                       temperature=0.0, top_p=top_p, top_k=top_k)
        model_class = type("Dream", (Model, module.DreamGenerationMixin), {})
        ids = model_class(model.network)._sample(prompt, None, config, lambda step, x, logits: x, lambda step, x, logits: logits)
        yield setting("dream", prompt, ids, length=length, steps=steps, choice=choice, topP=top_p, topK=top_k or 0)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--llada", "--fast", "--dream", "-o"):
        arguments.add_argument(name, type=Path, required=True)
    options = arguments.parse_args()
    torch.manual_seed(11)
    network = Random().eval()
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.7)
    options.o.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(network, (torch.randint(0, VOCABULARY, (2, 9)),), str(options.o / "random.onnx"), dynamo=False, opset_version=18,
                      input_names=["input_ids"], output_names=["logits"],
                      dynamic_axes={"input_ids": {0: "batch", 1: "length"}, "logits": {0: "batch", 1: "length"}})
    stub_models()
    torch.topk = stable_topk
    model = Model(network)
    settings = [*llada(options.llada, model), *fast(load(options.fast, "fast"), model), *dream(load(options.dream, "dream"), model)]
    lines = ",\n".join(json.dumps(s) for s in settings)
    (options.o / "reference.json").write_text(f'{{"vocabulary": {VOCABULARY}, "mask": {MASK}, "end": {END}, "settings": [\n{lines}\n]}}\n')
    print(len(settings), "settings")


if __name__ == "__main__":
    main()
