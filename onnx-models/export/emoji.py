"""The emoji: Google's Noto pictures from the npm package `emoji-datasource-google`, on white, in nine groups.

The package has 64x64 pictures with transparency. One in ten base pictures is held out with all its skin
tones; which one follows from its place in the sorted list, not from a random number.
"""
import json
import subprocess
import tarfile

import numpy as np
from PIL import Image

from digits import TRAINING

PACKAGE = "emoji-datasource-google@16.0.0"
SIZE = 32
GROUPS = ["Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink", "Travel & Places", "Activities",
          "Objects", "Symbols", "Flags"]
HELD_OUT_EVERY = 10


def fetch():
    """Downloads and unpacks the package once; returns its folder."""
    folder = TRAINING / "data" / "emoji"
    package = folder / "package"
    if not (package / "emoji.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True)
        with tarfile.open(folder / packed.stdout.strip()) as archive:
            members = [member for member in archive if "/img/google/64/" in member.name or member.name.count("/") == 1]
            archive.extractall(folder, members, filter="data")
    return package


def picture(path, size=SIZE):
    """One picture on white as float32 [3, size, size] in [-1, 1]."""
    image = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    small = np.asarray(ground.convert("RGB").resize((size, size), Image.Resampling.BOX), dtype=np.float32)
    return small.transpose(2, 0, 1) / 127.5 - 1


def load(size=SIZE):
    """Returns two lists, training and held out, of (group, name, [pictures]): a base picture and its skin tones."""
    package = fetch()
    entries = json.loads((package / "emoji.json").read_text())
    bases = sorted((e for e in entries if e["category"] in GROUPS), key=lambda e: (GROUPS.index(e["category"]), e["sort_order"]))
    parts = [], []
    for place, entry in enumerate(bases):
        files = [entry["image"], *(tone["image"] for tone in entry.get("skin_variations", {}).values())]
        paths = [package / "img" / "google" / "64" / file for file in files]
        pictures = [picture(path, size) for path in paths if path.is_file()]
        if pictures:
            held_out = place % HELD_OUT_EVERY == HELD_OUT_EVERY - 1
            parts[held_out].append((GROUPS.index(entry["category"]), entry["short_name"], np.stack(pictures)))
    return parts


if __name__ == "__main__":
    for name, part in zip(("training", "held out"), load()):
        print(name, len(part), "base pictures,", sum(len(p) for _, _, p in part), "pictures,", np.bincount([g for g, _, _ in part]))
