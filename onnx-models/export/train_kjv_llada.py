"""Trains the King James Bible network as LLaDA does (Nie et al., arXiv:2502.09992): masked diffusion over tokens.

Of a sequence of n tokens, l are masked, l uniform, and the loss is the mean cross-entropy of those l (equation
14 of the paper: the expectation of equation 3 with less variance). The shares l / n of a batch are stratified
(Kingma et al., arXiv:2107.00630, appendix I.1); shares below 0.04 are left out, where a loss is that of a handful of
tokens. Sequences have 64, 128 or 256 tokens, half of them begin at a verse. Chapters follow one another with an
end of text between them; nothing is padded, so that the network never learns to fill a text with its end.

Matrices are trained by Muon (Jordan et al., 2024, with the scale of Liu et al., arXiv:2502.16982), the
embedding by AdamW at the same rate. `--export` writes the ONNX files from the last saved state.
"""
import argparse
import json

import numpy as np
import torch
from torch.nn import functional as F

import kjv
import reduce_head
from kjv_transformer import Transformer
from onnx_files import check, export_sharing_weights
from training import Training

TOKENS = 4096  # of a batch
LENGTHS, SHARES = (64, 128, 256), (0.15, 0.35, 0.5)
LOWEST_SHARE = 0.04
PEAK_RATE = 4e-3


class MuonAndAdamW:
    """Two optimisers behind the methods that Training calls."""

    def __init__(self, model, weight_decay=0.01):
        matrices = list(model.blocks.parameters())
        self.parts = [torch.optim.Muon(matrices, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
                      torch.optim.AdamW(model.embedding.parameters(), weight_decay=weight_decay, betas=(0.9, 0.98))]

    @property
    def param_groups(self):
        return [group for part in self.parts for group in part.param_groups]

    def zero_grad(self):
        for part in self.parts:
            part.zero_grad()

    def step(self):
        for part in self.parts:
            part.step()

    def state_dict(self):
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states):
        for part, state in zip(self.parts, states):
            part.load_state_dict(state)


def windows(chapters, newline):
    """A `next_batch` of sequences of one length, cut from all chapters in order."""
    stream = torch.from_numpy(np.concatenate(chapters))
    ends = np.cumsum([len(chapter) for chapter in chapters])
    begins = torch.cat([torch.from_numpy(np.concatenate([[0], ends[:-1]])), (stream == newline).nonzero()[:, 0] + 1])

    def next_batch(generator):
        length = LENGTHS[torch.multinomial(torch.tensor(SHARES), 1, generator=generator)]
        count = TOKENS // length
        anywhere = torch.randint(len(stream) - length, (count,), generator=generator)
        at_verse = begins[torch.randint(len(begins), (count,), generator=generator)].clamp(max=len(stream) - length)
        begin = torch.where(torch.arange(count) % 2 == 0, anywhere, at_verse)
        return (stream[begin[:, None] + torch.arange(length)],)

    return next_batch


def masked_positions(ids):
    """Which positions are masked, and the share of each row's tokens that is."""
    count, length = ids.shape
    shares = (torch.rand(()) + torch.randperm(count) / count) % 1
    masked = ((LOWEST_SHARE + (1 - LOWEST_SHARE) * shares) * length).ceil()
    return torch.rand(count, length).argsort(1) < masked[:, None], masked


def loss_with(mask):
    def loss_of(model, batch):
        ids, = batch
        chosen, masked = masked_positions(ids)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model.logits(model.hidden(torch.where(chosen, mask, ids))[chosen])
        losses = F.cross_entropy(logits.float(), ids[chosen], reduction="none")
        return (losses / masked.repeat_interleave(masked.long())).sum() / len(ids)

    return loss_of


def example_of(count, length=None):
    """Ids, a third of them masked, each row with another padding on its left."""
    generator = torch.Generator().manual_seed(count)
    length = length or 16 + (24 * count) % 240
    ids = torch.randint(2, kjv.ENTRIES, (count, length), generator=generator)
    ids[torch.rand(count, length, generator=generator) < 0.3] = kjv.tokenizer().token_to_id(kjv.MASK)
    return ids, (torch.arange(length) >= torch.arange(count)[:, None] % length).long()


def export_and_check(training):
    """Writes the plain file, the weights, and the file with the reduced head over the same weights."""
    path = kjv.MODELS / kjv.NAME / f"{kjv.NAME}.onnx"
    rows = path.with_name(f"{kjv.NAME}-rows.onnx")
    model = training.averaged()
    inputs, outputs = ["input_ids", "attention_mask"], ["logits"]
    axes = {name: {0: "batch", 1: "length"} for name in inputs + outputs}
    graph = kjv.NAME, model, example_of(2, 24), inputs, outputs
    export_sharing_weights(path.parent, f"{kjv.NAME}.weights", [graph], axes, fold=False)
    reduce_head.save(path, rows, bias=True)
    report = training.summary() | check(model, path, example_of)
    for count, length in ((1, 1), (1, 256), (3, 17), (16, 64)):
        report[f"reduced head, {count}x{length}"] = reduce_head.compare(path, rows, count, length)
    (training.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.7)
    parser.add_argument("--export", action="store_true", help="only export the last saved state")
    arguments = parser.parse_args()
    coder = kjv.tokenizer()
    model = Transformer(coder.get_vocab_size())
    training = Training(kjv.NAME, model, arguments.hours, PEAK_RATE, optimiser=MuonAndAdamW(model))
    if not arguments.export:
        chapters = kjv.ids_of(kjv.split()[0], coder)
        training.run(windows(chapters, coder.token_to_id("Ċ")), loss_with(coder.token_to_id(kjv.MASK)))
    export_and_check(training)


if __name__ == "__main__":
    main()
