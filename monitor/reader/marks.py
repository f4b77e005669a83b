"""Text prepared for a page: evidence marked in place, interview turns, edits. Pure.

Offsets are code points into the article's text, as the tagger gave them.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WORDS = re.compile(r"\s+|[^\s]+")
_CONTEXT_WORDS = 14  # unchanged words shown on each side of an edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A span that carried a verdict."""

    start: int
    end: int
    relation: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One turn of an interview."""

    kind: str  # question / answer
    speaker: str | None  # None: not named
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text; `relations` is empty where nothing is marked."""

    text: str
    relations: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph in pieces; `kind` is text, question or answer."""

    pieces: tuple[Piece, ...]
    start: int  # offset in the text: the anchor of the evidence links
    kind: str = "text"
    speaker: str | None = None  # set on the first paragraph of a turn that names one


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A run of an edit: same, added, removed, or gap (words left out)."""

    kind: str
    text: str


def paragraphs(
    text: str, marks: Sequence[Mark] = (), turns: Sequence[Spoken] = ()
) -> list[Paragraph]:
    """The non-empty paragraphs of an article, marked."""
    found = []
    spans = _turn_spans(text, turns)
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        if not line.strip():
            continue
        turn = next((t for t in spans if t[0] <= start < t[1]), None)
        kind, speaker = (turn[2].kind, turn[2].speaker) if turn else ("text", None)
        found.append(
            Paragraph(
                pieces=tuple(pieces(line, start, marks)),
                start=start,
                kind=kind,
                speaker=speaker if turn and turn[0] == start else None,
            )
        )
    return found


def pieces(line: str, start: int, marks: Sequence[Mark]) -> Iterator[Piece]:
    """Cut one line, which begins at offset `start` of the text, at the edges of the marks."""
    end = start + len(line)
    inside = [mark for mark in marks if mark.start < end and mark.end > start]
    edges = {start, end}
    for mark in inside:
        edges |= {max(start, mark.start), min(end, mark.end)}
    ordered = sorted(edges)
    for left, right in itertools.pairwise(ordered):
        over = [mark for mark in inside if mark.start <= left and mark.end >= right]
        yield Piece(
            text=line[left - start : right - start],
            relations=tuple(dict.fromkeys(mark.relation for mark in over)),
            why="; ".join(dict.fromkeys(mark.why for mark in over if mark.why)),
        )


def _turn_spans(text: str, turns: Sequence[Spoken]) -> list[tuple[int, int, Spoken]]:
    """Where each turn stands in the text; a turn that is not found there is left out."""
    spans, position = [], 0
    for turn in turns:
        start = text.find(turn.text, position) if turn.text else -1
        if start >= 0:
            line = text.rfind("\n", 0, start) + 1  # the dash or name before the words
            position = start + len(turn.text)
            spans.append((line, position, turn))
    return spans


def changes(before: str, after: str) -> list[Change]:
    """Word by word what an edit did; long unchanged runs become gaps."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=len(old) > 2000)
    found: list[Change] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            found += _shortened(old[i1:i2])
            continue
        if i2 > i1:
            found.append(Change(kind="removed", text="".join(old[i1:i2])))
        if j2 > j1:
            found.append(Change(kind="added", text="".join(new[j1:j2])))
    return found


def _shortened(same: list[str]) -> list[Change]:
    if len(same) <= 4 * _CONTEXT_WORDS:
        return [Change(kind="same", text="".join(same))]
    keep = 2 * _CONTEXT_WORDS  # words and the spaces between them
    return [
        Change(kind="same", text="".join(same[:keep])),
        Change(kind="gap", text=" … "),
        Change(kind="same", text="".join(same[-keep:])),
    ]
