"""Train the tagger's weights from its own passages and the sentences that were read.

  monitor train                      weights from the files of the project, in half a minute
  monitor train --texts texts.jsonl  work out the features of what was read anew, first
  monitor train --out my.json        write elsewhere

The same files give the same weights on every machine; the version printed names them. --texts is
needed after a change of features or lexicon: lines {"id", "lang", "title", "text"} of the texts
that were read (they are third parties' and not part of the project).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from monitor.tag.lexicon import load_lexicon
from monitor.tag.model import WEIGHTS
from monitor.tag.readings import Text
from monitor.tag.train import save, train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `monitor train`."""
    parser.add_argument("--texts", type=Path, metavar="FILE", help="the texts that were read")
    parser.add_argument("--out", type=Path, default=WEIGHTS, metavar="FILE")


def run(arguments: argparse.Namespace) -> int:
    """Train and write the weights file."""
    texts = _texts(arguments.texts) if arguments.texts else None
    weights, counts = train(load_lexicon(), texts)
    save(weights, arguments.out)
    sys.stdout.write(
        f"version={weights.version} passages={counts.passages} rows={counts.rows} "
        f"read={counts.read} documents={counts.documents} weights={len(weights.sentence)}\n"
    )
    return 0


def _texts(path: Path) -> dict[str, Text]:
    found = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        raw = json.loads(line)
        found[raw["id"]] = Text(
            id=raw["id"],
            language=raw.get("lang") or "ru",
            title=raw.get("title") or "",
            text=raw["text"],
        )
    return found
