"""What was learned by reading real press: labels of sentences and texts with their masked features.

The texts are third parties' and are not here. A row keeps the id of the text, a checksum of the
sentence, the label and the numbers the judge sees (no words of the text). With the texts at hand
`refresh` works the numbers out again, which is needed after a change of features or lexicon.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.tag.context import make_context
from monitor.tag.corpus import HERE
from monitor.tag.features import Extractor, Features
from monitor.tag.judge import score_sentences, text_features
from monitor.tag.lexicon import Lexicon
from monitor.tag.matcher import Matcher
from monitor.tag.model import Weights, is_word
from monitor.tag.reader import read_document

SENTENCES = HERE / "read_sentences.jsonl"
DOCUMENTS = HERE / "read_documents.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One label: a sentence (checksum) or a whole text (level), for one country."""

    id: str
    source: str
    country: str
    home: bool
    label: int  # sentence: 0 / 1; text: level 0 / 1 / 2
    checksum: int = 0  # of the folded sentence; 0: the label is of the whole text
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that was read, at hand on this machine."""

    id: str
    language: str
    title: str
    text: str


def load(path: Path) -> list[Reading]:
    """The rows of one file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_reading(json.loads(line)) for line in lines if line]


def _reading(raw: dict[str, object]) -> Reading:
    packed = str(raw["features"]).split(" ")
    pairs = (item.rpartition("=") for item in packed if item)
    return Reading(
        id=str(raw["id"]),
        source=str(raw["source"]),
        country=str(raw["country"]),
        home=bool(raw["home"]),
        label=int(str(raw["label"])),
        checksum=int(str(raw.get("checksum", 0))),
        features={name: float(value) for name, _, value in pairs},
    )


def save(path: Path, readings: list[Reading]) -> None:
    """Write the rows, one a line, in a stable order."""
    lines = []
    for row in sorted(readings, key=lambda r: (r.source, r.id, r.country, r.checksum)):
        packed = " ".join(f"{k}={v:.4g}" for k, v in sorted(row.features.items()))
        raw = {"id": row.id, "source": row.source, "country": row.country, "home": row.home}
        raw |= {"label": row.label, "checksum": row.checksum, "features": packed}
        lines.append(json.dumps(raw, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def checksum(sentence: str) -> int:
    """Names a sentence without keeping it."""
    return zlib.crc32(sentence.encode())


class Refresher:
    """Works the features of readings out again from the texts."""

    def __init__(self, lexicon: Lexicon, texts: Mapping[str, Text]) -> None:
        self._lexicon = lexicon
        self._matcher = Matcher(lexicon)
        self._texts = texts

    def sentences(self, readings: list[Reading]) -> Iterator[Reading]:
        """Rows whose sentence is found and still names the country; others are left out."""
        for row in readings:
            extractor = self._extractor(row)
            if extractor is None:
                continue
            document = extractor.context.document
            for position, sentence in enumerate(document.sentences):
                mapped = document.title if sentence.field == "title" else document.text
                if checksum(mapped.text[sentence.start : sentence.end]) != row.checksum:
                    continue
                if extractor.is_candidate(sentence):
                    found = extractor.features(position)
                    kept = {name: value for name, value in found.items() if not is_word(name)}
                    yield replace(row, features=kept)
                break

    def documents(self, readings: list[Reading], weights: Weights) -> Iterator[Reading]:
        """Rows with the text's features under these sentence weights."""
        for row in readings:
            extractor = self._extractor(row)
            if extractor is None:
                continue
            scored = score_sentences(extractor, weights)
            if scored:
                found: Features = text_features(extractor.context, extractor, scored)
                yield replace(row, features=found)

    def _extractor(self, row: Reading) -> Extractor | None:
        text = self._texts.get(row.id)
        if text is None:
            return None
        document = read_document(self._matcher, text.title, text.text, text.language, None)
        bit, home = self._matcher.bit, self._lexicon.home
        return Extractor(make_context(document, home, row.home, bit, {}), row.country)
