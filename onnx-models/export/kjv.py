"""The King James Bible as running text, its held-out chapters, and its byte-level BPE tokenizer.

The text is that of Debian's packages `bible-kjv` and `bible-kjv-text` (31,102 verses in 1,189 chapters). A
chapter is a document: its verses without their references, one a line, the end-of-text token after the last.
Every 40th chapter is held out, from the 20th on: 30 chapters spread over the books, chosen by place, not by a
random number. The tokenizer is trained on the other chapters only.
"""
import json
import re
import subprocess

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from digits import MODELS, TRAINING

NAME = "kjv-llada"
PACKAGES = ("bible-kjv", "bible-kjv-text")
VERSE = re.compile(r"(\w+?)(\d+):\d+ (.*)")
HELD_OUT_EVERY, FIRST_HELD_OUT = 40, 19
ENTRIES = 4096
END, MASK = "<|endoftext|>", "<|mask|>"
TOKENIZER = MODELS / NAME / "tokenizer.json"
CONTEXT = 256


def fetch():
    """Downloads and unpacks the packages once; returns their folder."""
    folder = TRAINING / "data" / "kjv"
    if not (folder / "usr" / "lib" / "bible.data").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, check=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, folder], check=True)
    return folder


def chapters():
    """All chapters in order, as (book and number, text)."""
    command = ["../bin/bible", "-f", "gen1:1-rev22:21"]
    printed = subprocess.run(command, cwd=fetch() / "usr" / "lib", check=True, capture_output=True, text=True).stdout
    verses = {}
    for line in printed.splitlines():
        book, chapter, verse = VERSE.fullmatch(line).groups()
        verses.setdefault(f"{book} {chapter}", []).append(verse)
    return [(name, "\n".join(lines)) for name, lines in verses.items()]


def split():
    """Two lists of (name, text): the chapters to train with, and the held-out ones."""
    parts = [], []
    for place, chapter in enumerate(chapters()):
        parts[place % HELD_OUT_EVERY == FIRST_HELD_OUT].append(chapter)
    return parts


def train_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=ENTRIES, special_tokens=[END, MASK], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator((text for _, text in split()[0]), trainer)
    TOKENIZER.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(TOKENIZER))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END, "pad_token": END, "mask_token": MASK,
              "add_prefix_space": False, "clean_up_tokenization_spaces": False, "model_max_length": CONTEXT}
    (TOKENIZER.parent / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def tokenizer():
    if not TOKENIZER.is_file():
        train_tokenizer()
    return Tokenizer.from_file(str(TOKENIZER))


def ids_of(part, coder):
    """Each chapter's ids, end of text included."""
    end = coder.token_to_id(END)
    return [np.array(coded.ids + [end]) for coded in coder.encode_batch([text for _, text in part])]


if __name__ == "__main__":
    coder = tokenizer()
    for name, part in zip(("training", "held out"), split()):
        size = sum(len(text.encode()) for _, text in part)
        count = sum(map(len, ids_of(part, coder)))
        print(f"{name}: {len(part)} chapters, {size} bytes, {count} tokens, {size / count:.2f} bytes a token")
    print("held out:", ", ".join(name for name, _ in split()[1]))
