"""The only door to content/: structured text files in, pieces out.

A file holds one or more pieces. A piece starts with `=== slug`, goes on with `key: value` lines,
an empty line, and then one block a line:

    Q: / A:   question and answer of an interview      ## sub-head     > block quote     * foot-note
    << 3      the first three blocks of the piece named by `of:` (`<< 2-4` a range, `<<` all)
    ~2 text   what block 2 says after the site's silent edit

Keys: title, ago (hours:minutes before now), rel (us2 ru1 cn1), kind, section, author, lang, of
(outlet/slug), removed (410 after the edit), link (outlet/slug that a post points to), event (a
name for what happened, where several outlets tell it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

MARKS = {"Q: ": "question", "A: ": "answer", "## ": "heading", "> ": "quote", "* ": "note"}
KEYS = {
    "title",
    "ago",
    "rel",
    "kind",
    "section",
    "author",
    "lang",
    "of",
    "removed",
    "link",
    "event",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph-sized part of a text. `kind`: paragraph, question, answer, heading, …, include"""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article as written, before it has an address and a date."""

    outlet: str
    slug: str
    title: str
    age: timedelta
    kind: str
    section: str
    author: str | None  # None: unsigned
    language: str  # ru / en / kk / kk-latn / kk-arab
    relations: tuple[tuple[str, int], ...]
    blocks: tuple[Block, ...]
    edits: tuple[tuple[int, str], ...]  # 1-based block number, new text
    reprint_of: str | None  # outlet/slug
    link: str | None
    removed: bool
    event: str | None  # None: nobody else tells it, reprints apart

    @property
    def key(self) -> str:
        return f"{self.outlet}/{self.slug}"


@cache
def read_pieces(outlet: str) -> tuple[Piece, ...]:
    """All pieces of one outlet in the order of their files; () if it has none."""
    folder = files("monitor.demo") / "content" / outlet
    if not folder.is_dir():
        return ()
    found: list[Piece] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        found += _read_file(outlet, file)
    return tuple(found)


def _read_file(outlet: str, file: Traversable) -> list[Piece]:
    chunks = re.split(r"^=== *", file.read_text("utf-8"), flags=re.MULTILINE)
    return [_read_piece(outlet, chunk) for chunk in chunks if chunk.strip()]


def _read_piece(outlet: str, chunk: str) -> Piece:
    head, _, body = chunk.partition("\n\n")
    slug, *lines = head.splitlines()
    header = dict(line.split(": ", 1) for line in lines)
    if unknown := set(header) - KEYS:
        raise ValueError(f"{outlet}/{slug}: unknown keys {sorted(unknown)}")
    hours, minutes = header["ago"].split(":")
    blocks = [line.strip() for line in body.splitlines() if line.strip()]
    return Piece(
        outlet=outlet,
        slug=slug.strip(),
        title=header["title"],
        age=timedelta(hours=int(hours), minutes=int(minutes)),
        kind=header.get("kind", "news"),
        section=header.get("section", ""),
        author=header.get("author"),
        language=header.get("lang", "ru"),
        relations=tuple((r[:2], int(r[2])) for r in header.get("rel", "").split()),
        blocks=tuple(_block(b) for b in blocks if not b.startswith("~")),
        edits=tuple(_edit(b) for b in blocks if b.startswith("~")),
        reprint_of=header.get("of"),
        link=header.get("link"),
        removed="removed" in header,
        event=header.get("event"),
    )


def _block(line: str) -> Block:
    if line.startswith("<<"):
        return Block(kind="include", text=line[2:].strip())
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return Block(kind=kind, text=line[len(mark) :])
    return Block(kind="paragraph", text=line)


def _edit(line: str) -> tuple[int, str]:
    number, _, text = line[1:].partition(" ")
    return int(number), text
