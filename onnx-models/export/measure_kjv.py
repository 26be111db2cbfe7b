"""Measures kjv-llada: a bound on held-out text, and how its samples are made of the book.

    python measure_kjv.py                      the bound, and 100 samples that it draws itself
    python measure_kjv.py --samples FILE       the bound, and samples of `sampler4j generate` (JSON lines with "text")
    python measure_kjv.py --write-prompts FILE the prompts of the samples, one a line

The bound is LLaDA's (arXiv:2502.09992, equation 14): of a sequence's n tokens l are masked, l uniform on 1..n and
stratified over the sequences, and the mean cross-entropy of the l is, on average, an upper bound on the nats a
token. It is taken over the 30 held-out chapters, cut into sequences of at most 256 tokens that do not see one another.
"""
import argparse
import json
import lzma
import re
from pathlib import Path

import numpy as np

import kjv
from llada_loop import fill
from onnx_files import open_session

WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
PROMPT_WORDS = 5
INFILLED = 6  # tokens in the middle of a verse
BATCH = 8
DISCOUNT = 0.75


def cross_entropies(session, ids, chosen, mask):
    """Nats of each chosen position of a batch of equally long sequences, by sequence."""
    inputs = {"input_ids": np.where(chosen, mask, ids), "attention_mask": np.ones_like(ids)}
    logits = session.run(["logits"], inputs)[0].astype(np.float64)
    highest = logits.max(-1)
    nats = highest + np.log(np.exp(logits - highest[..., None]).sum(-1))
    nats -= np.take_along_axis(logits, ids[..., None], -1)[..., 0]
    return [row[which] for row, which in zip(nats, chosen)]


def bound(session, chapters, size, mask, repetitions, seed=0):
    """Bits a byte: the mean over repetitions, and its standard error, which is of the draws, not of the text."""
    pieces = [chapter[first:first + kjv.CONTEXT] for chapter in chapters
              for first in range(0, len(chapter), kjv.CONTEXT)]
    draw = np.random.default_rng(seed)
    totals = []
    for _ in range(repetitions):
        shares = (draw.random() + draw.permutation(len(pieces)) / len(pieces)) % 1
        counts = np.array([1 + int(share * len(piece)) for share, piece in zip(shares, pieces)])
        total = 0.0
        waiting = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
        while waiting:
            batch = [i for i in waiting[:BATCH] if len(pieces[i]) == len(pieces[waiting[0]])]
            del waiting[:len(batch)]
            ids = np.stack([pieces[i] for i in batch])
            chosen = draw.random(ids.shape).argsort(1).argsort(1) < counts[batch][:, None]
            total += sum(nats.mean() * ids.shape[1] for nats in cross_entropies(session, ids, chosen, mask))
        totals.append(total / np.log(2) / size)
    return np.mean(totals), np.std(totals, ddof=1) / np.sqrt(repetitions)


def bigram_bits(training, held_out, size):
    """Bits a byte of an interpolated Kneser-Ney bigram model over the same tokens."""
    pairs = np.concatenate([chapter[:-1] * kjv.ENTRIES + chapter[1:] for chapter in training])
    kinds, counts = np.unique(pairs, return_counts=True)
    table = dict(zip(kinds.tolist(), counts.tolist()))
    firsts, seconds = kinds // kjv.ENTRIES, kinds % kjv.ENTRIES
    total = np.bincount(firsts, counts, kjv.ENTRIES)
    followers = np.bincount(firsts, minlength=kjv.ENTRIES)
    continuation = (np.bincount(seconds, minlength=kjv.ENTRIES) + 0.5) / (len(kinds) + 0.5 * kjv.ENTRIES)
    bits = 0.0
    for chapter in held_out:
        bits -= np.log2(continuation[chapter[0]])
        for a, b in zip(chapter[:-1].tolist(), chapter[1:].tolist()):
            if total[a] == 0:
                bits -= np.log2(continuation[b])
                continue
            seen = max(table.get(a * kjv.ENTRIES + b, 0) - DISCOUNT, 0)
            bits -= np.log2((seen + DISCOUNT * followers[a] * continuation[b]) / total[a])
    return bits / size


def xz_bits(training, held_out):
    """Bits a byte of what the held-out text adds to the training text, both packed by `xz -9e`."""
    def packed(text):
        return len(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return 8 * (packed(training + "\n" + held_out) - packed(training)) / len(held_out.encode())


def words_of(text):
    return [word.lower() for word in WORD.findall(text)]


def share_of_words(texts, prompts):
    """The share of the words after the prompts that are words of the book; a word cut off by the end does not count."""
    book = set(words_of(" ".join(text for _, text in kjv.chapters())))
    whole = (re.sub(r"[\w'-]+$", "", text[len(prompt):]) for text, prompt in zip(texts, prompts))
    found = [word for text in whole for word in words_of(text.replace(kjv.END, " "))]
    others = [word for word in found if word not in book]
    return {"words": len(found), "words of the book": 1 - len(others) / len(found), "others": sorted(set(others))}


def longest_copies(samples, training):
    """For each sample the longest run of its ids that the training text holds too."""
    stream = "".join(chr(256 + value) for chapter in training for value in chapter)
    copies = []
    for sample in samples:
        text, best = "".join(chr(256 + value) for value in sample), ""
        for first in range(len(text)):
            while first + len(best) < len(text) and text[first:first + len(best) + 1] in stream:
                best = text[first:first + len(best) + 1]
        copies.append(([ord(value) - 256 for value in best], stream.count(best)))
    return copies


def prompts_for(count, held_out):
    """The first words of the held-out chapters, as often as needed."""
    starts = [" ".join(text.split()[:PROMPT_WORDS]) for _, text in held_out]
    return [starts[i % len(starts)] for i in range(count)]


def infills(session, coder, held_out):
    """The middle of the second verse of ten held-out chapters, taken out and filled in again with the likeliest ids."""
    mask, shown = coder.token_to_id(kjv.MASK), []
    verses = [coder.encode(text.splitlines()[1]).ids for _, text in held_out[:10]]
    places = [(len(ids) - INFILLED) // 2 for ids in verses]
    canvases = [ids[:at] + [mask] * INFILLED + ids[at + INFILLED:] for ids, at in zip(verses, places)]
    filled = fill(session, canvases, mask, INFILLED, INFILLED)
    for before, after, at in zip(verses, filled, places):
        shown.append({"before": coder.decode(before[:at]), "was": coder.decode(before[at:at + INFILLED]),
                      "is": coder.decode(after[at:at + INFILLED]), "after": coder.decode(before[at + INFILLED:])})
    return shown


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, metavar="FILE")
    parser.add_argument("--write-prompts", type=Path, metavar="FILE")
    parser.add_argument("--repetitions", type=int, default=16, help="of the bound; 0 leaves it out")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--block-length", type=int, default=16)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    coder = kjv.tokenizer()
    training, held_out = kjv.split()
    prompts = prompts_for(arguments.count, held_out)
    if arguments.write_prompts:
        arguments.write_prompts.write_text("".join(prompt + "\n" for prompt in prompts))
        return
    session = open_session(kjv.MODELS / kjv.NAME / f"{kjv.NAME}.onnx")
    training_ids, held_out_ids = kjv.ids_of(training, coder), kjv.ids_of(held_out, coder)
    mask, report = coder.token_to_id(kjv.MASK), {}
    if arguments.repetitions:
        size = sum(len(text.encode()) for _, text in held_out)
        mean, error = bound(session, held_out_ids, size, mask, arguments.repetitions)
        report |= {"held-out bytes": size, "bound, bits a byte": mean, "its standard error": error,
                   "bigram, bits a byte": bigram_bits(training_ids, held_out_ids, size),
                   "xz, bits a byte": xz_bits(*("\n".join(text for _, text in part) for part in (training, held_out)))}
    if arguments.samples:
        texts = [json.loads(line)["text"] for line in arguments.samples.read_text().splitlines()]
        samples = [coder.encode(text).ids for text in texts]
    else:
        canvases = [coder.encode(prompt).ids + [mask] * arguments.length for prompt in prompts]
        samples = fill(session, canvases, mask, arguments.steps, arguments.block_length, arguments.temperature,
                       arguments.seed)
        texts = [coder.decode(ids, skip_special_tokens=False) for ids in samples]
    copies = longest_copies(samples, training_ids)
    longest, times = max(copies, key=lambda copy: len(copy[0]))
    lengths = sorted(len(ids) for ids, _ in copies)
    report |= {"samples": len(texts), **share_of_words(texts, prompts),
               "longest copy, tokens": len(longest), "longest copy": coder.decode(longest),
               "times in the training text": times,
               "median of the longest copies": lengths[len(lengths) // 2], "first ten": texts[:10],
               "infills": infills(session, coder, held_out)}
    print(json.dumps(report, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
