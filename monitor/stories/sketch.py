"""Same text: what of one text is contained in another, from small sketches. Pure.

A sketch is the bottom K hashes of the text's four-word shingles. Containment, not similarity: a
reprint of the lead alone has a similarity of .27 and a containment of 1.0 (measured in the notes
on language; simhash cannot tell such a pair from two different texts).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from zlib import crc32

from monitor.text import fold

SHINGLE = 4  # words
KEPT = 400  # hashes of a sketch, 1.6 KB
ALL = 1 << 32
_EVERY = ALL // 16  # hashes below this find candidates: one in sixteen
_LEAD_WORDS, _LEAD_KEYS = 50, 8  # the opening finds the copy of a lead alone
_SHORT = 12  # shingles: below it a text is too short to be called a copy
_TRUSTED = 5  # hashes compared: below it a containment is chance

CONTAINED = 0.8
_COPY = 0.7  # of each in the other
_LEAD_SHARE = 0.4  # of the source's length
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sketch:
    """The smallest hashes of a text's shingles, in order. `size`: how many it has in all."""

    hashes: array[int]
    size: int
    lead: tuple[int, ...]  # the smallest hashes of the opening

    @property
    def threshold(self) -> int:
        """All hashes of the text up to here are in the sketch."""
        return ALL if self.size <= len(self.hashes) else self.hashes[-1]

    def lookups(self) -> list[int]:
        """What the sketch is looked up by."""
        few = self.hashes[: self.few]
        return [*few, *(h for h in self.lead if h >= _EVERY)]

    @property
    def few(self) -> int:
        """How many of its hashes it is looked up by."""
        return bisect_left(self.hashes, _EVERY)

    def worth_comparing(self, other: Sketch, shared: float) -> bool:
        """Whether sharing so many look-ups leaves it possible that one holds the other: of a
        contained text four in five are shared, so fewer than one in four is chance."""
        return shared >= 2 and shared >= min(self.few, other.few) / 4


@dataclass(frozen=True, slots=True)
class Match:
    """How a text relates to an earlier one. kind: copy / cut / lead (it is a part of the earlier
    one) / full (the earlier one is a part of it)."""

    kind: str
    containment: float  # share of the smaller one that the other holds


def make_sketch(text: str) -> Sketch:
    """The sketch of a text (title excluded: reposters change it)."""
    # As bytes, so that a shingle is put together and hashed without a loop: .16 ms, not .25.
    words = " ".join(_WORD.findall(fold(text).text.lower())).encode().split(b" ")
    shingles = map(b" ".join, zip(*(words[n:] for n in range(SHINGLE)), strict=False))
    hashes = list(map(crc32, shingles))
    found, lead = set(hashes), set(hashes[: _LEAD_WORDS - SHINGLE + 1])
    return Sketch(array("I", sorted(found)[:KEPT]), len(found), tuple(sorted(lead)[:_LEAD_KEYS]))


def containment(part: Sketch, whole: Sketch) -> float:
    """Share of `part`'s shingles that `whole` has, 0 where too few can be compared."""
    return _shares(part, whole)[0]


def _shares(one: Sketch, other: Sketch, held: frozenset[int] | None = None) -> tuple[float, float]:
    """The containment of each in the other. In C, because every new text is compared with up to
    thirty others: 0.01 ms a pair, against 0.5 in a loop."""
    limit = min(one.threshold, other.threshold)
    ours = bisect_right(one.hashes, limit)
    theirs = other.hashes[: bisect_right(other.hashes, limit)]
    common = len((held or frozenset(one.hashes)).intersection(theirs))
    return (
        common / ours if ours >= _TRUSTED else 0.0,
        common / len(theirs) if len(theirs) >= _TRUSTED else 0.0,
    )


def same_text(new: Sketch, old: Sketch, held: frozenset[int] | None = None) -> Match | None:
    """How `new` relates to the earlier `old`; None: they are different texts. `held`: the hashes
    of `new` as a set, from who compares it with many."""
    if min(new.size, old.size) < _SHORT:
        return None
    inside, around = _shares(new, old, held)
    if min(inside, around) >= _COPY and max(inside, around) >= CONTAINED:
        return Match("copy", max(inside, around))
    if inside >= CONTAINED:
        return Match("lead" if _is_lead(new, old) else "cut", inside)
    return Match("full", around) if around >= CONTAINED else None


def _is_lead(new: Sketch, old: Sketch) -> bool:
    opening = len(set(new.lead) & set(old.lead)) >= 3
    return opening and new.size <= _LEAD_SHARE * old.size


def to_bytes(sketch: Sketch) -> bytes:
    """For the column `sketches.sketch`: size, length of the lead, the lead, the hashes; each four
    bytes, little-endian."""
    values = array("I", (sketch.size, len(sketch.lead), *sketch.lead, *sketch.hashes))
    return _little(values).tobytes()


def from_bytes(stored: bytes) -> Sketch:
    """The way back. Raises ValueError for bytes that are no sketch."""
    values = array("I")
    values.frombytes(stored)
    values = _little(values)
    if len(values) < 2 or len(values) < 2 + values[1]:
        raise ValueError("not a sketch")
    lead = values[1]
    return Sketch(values[2 + lead :], values[0], tuple(values[2 : 2 + lead]))


def _little(values: array[int]) -> array[int]:
    import sys

    if sys.byteorder == "big":
        values.byteswap()
    return values
