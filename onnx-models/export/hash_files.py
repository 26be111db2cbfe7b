"""Writes the present sha256 of every file that a model.json lists into it: the last step of each export.

    python hash_files.py ../models/digits-ddpm
"""

import hashlib
import json
import sys
from pathlib import Path


def main() -> None:
    for directory in map(Path, sys.argv[1:]):
        path = directory / "model.json"
        manifest = json.loads(path.read_text())
        for name in manifest["files"]:
            manifest["files"][name] = hashlib.sha256((directory / name).read_bytes()).hexdigest()
        path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        print(path)


if __name__ == "__main__":
    main()
