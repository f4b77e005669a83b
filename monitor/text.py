"""Text of this region: normal form, words, sentences. Pure; knows no country.

Layer 1: imports nothing of the project. Inflection is in `monitor.inflect`, the language of a text
in `monitor.language`, the other Kazakh alphabets in `monitor.translit`. Offsets are always code
points into the text that was given.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

# What is dropped (soft hyphen, zero-width, BOM, direction marks) and what becomes a plain sign.
_DROPPED = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c"
_PLAIN = {
    "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ", "\u3000": " ",
    "\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\u2010": "-", "\u2011": "-",
    "\u2212": "-", "\u02bc": "'", "\u2019": "'",
}  # fmt: skip
_ODD = re.compile(f"[{''.join(_PLAIN)}]")
# Lengths change only where one of these occurs: dropped signs, CR LF, combining marks.
_UNEVEN = re.compile(rf"[{_DROPPED}]+|\r\n?|[^\W\d_][\u0300-\u036f]+")
_MAY_BE_UNEVEN = re.compile(rf"[{_DROPPED}\r\u0300-\u036f]")

_LATIN = "A-Za-z\u00c0-\u024f\u0259\u018f"
_CYRILLIC = "\u0400-\u052f"
_ANY_CYRILLIC = re.compile(f"[{_CYRILLIC}]")
# Begins with the rarer alphabet, so that the search runs from Latin letter to Latin letter.
_SEAM = re.compile(f"[{_LATIN}](?:(?=[{_CYRILLIC}])|(?<=[{_CYRILLIC}][{_LATIN}]))")
_ALPHABETS = re.compile(f"[{_LATIN}{_CYRILLIC}]+")
_GLUED = re.compile("[a-zà-ɏа-яёәғқңөұүһі][A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]")
_LOOKS = dict(zip("ABCEHIKMOPTXYaceiopxyə", "АВСЕНІКМОРТХУасеіорхуә", strict=True))
_TO_CYRILLIC = str.maketrans(_LOOKS)
_TO_LATIN = str.maketrans({cyrillic: latin for latin, cyrillic in _LOOKS.items()})


class Span(NamedTuple):
    """A piece of a text: code points `start` to `end` (exclusive)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text changed for matching, and the way back.

    `breaks` and `shifts` are parallel: from `breaks[i]` on, the original offset is the offset
    here plus `shifts[i]`.
    """

    text: str
    breaks: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def original(self, offset: int) -> int:
        """The offset in the original text of the character that stands here at `offset`."""
        if not self.breaks:
            return offset
        index = bisect.bisect_right(self.breaks, offset) - 1
        return offset if index < 0 else offset + self.shifts[index]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original; what was dropped or shortened in the span is covered."""
        if end <= start:
            return self.original(start), self.original(start)
        index = bisect.bisect_left(self.breaks, end)
        changed = index < len(self.breaks) and self.breaks[index] == end
        return self.original(start), self.original(end if changed else end - 1) + (not changed)


def normalise(text: str) -> str:
    """Normal form for storing and reading: NFC, no invisible signs, plain spaces and hyphens."""
    return _folded(text).text


@lru_cache(maxsize=4)  # tagging, facts and stories read the same title and text one after another
def fold(text: str) -> Mapped:
    """Normal form with offsets kept.

    NFC, invisible signs dropped, odd spaces and hyphens plain, and inside a word that mixes
    alphabets the look-alikes of the rarer one replaced (Latin K in "Kазахстан").
    """
    return _folded(text)


def _folded(text: str) -> Mapped:
    if not text.isascii():
        text = _ODD.sub(lambda match: _PLAIN[match.group()], text)
    breaks: list[int] = []
    shifts: list[int] = []
    if _MAY_BE_UNEVEN.search(text):
        text = _even(text, breaks, shifts)
    if not text.isascii() and _ANY_CYRILLIC.search(text):
        text = _unmixed(text)
    return Mapped(text, tuple(breaks), tuple(shifts))


def _even(text: str, breaks: list[int], shifts: list[int]) -> str:
    pieces: list[str] = []
    done = length = 0
    for match in _UNEVEN.finditer(text):
        found = match.group()
        if found[0] == "\r":
            new = "\n"
        else:
            new = "" if found[0] in _DROPPED else unicodedata.normalize("NFC", found)
        pieces += (text[done : match.start()], new)
        length += match.start() - done + len(new)
        done = match.end()
        if len(new) != len(found):
            breaks.append(length)
            shifts.append(done - length)
    pieces.append(text[done:])
    return "".join(pieces)


def _unmixed(text: str) -> str:
    """Every word that holds a seam of two alphabets, looked at as a whole."""
    pieces: list[str] = []
    done = 0
    for seam in _SEAM.finditer(text):
        start = seam.start()
        if start < done:
            continue
        while start > done and _ALPHABETS.match(text[start - 1]):
            start -= 1
        if (word := _ALPHABETS.match(text, start)) is None:
            continue
        pieces += (text[done:start], _unmix(word.group()))
        done = word.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _unmix(word: str) -> str:
    latin = [c for c in word if c < "\u0370"]
    cyrillic = [c for c in word if c >= "\u0370"]
    if _GLUED.search(word):
        return word  # two words glued together: `words` splits them at the seam
    to_cyrillic = all(ord(c) in _TO_CYRILLIC for c in latin)
    to_latin = all(ord(c) in _TO_LATIN for c in cyrillic)
    if to_cyrillic and (len(latin) <= len(cyrillic) or not to_latin):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN) if to_latin else word


# ---------------------------------------------------------------- words, sentences, paragraphs

# A word is a run of letters of one alphabet (digits may follow), or a number. A capital after a
# small letter starts a new word: pages glue words at links ("передаетTengrinews"). What begins no
# word is passed over first: that alone is a third of the time.
_WORD = re.compile(
    r"""(?![\s!"#$%&()*+,./:;<=>?«»–—-])(?:"""
    "[а-яѐ-џәғқңөұүһіҗўҳҷӣӯ]+\\d*|[А-ЯЀ-ЏӘҒҚҢӨҰҮҺІҖЎҲҶӢӮ]+[а-яѐ-џәғқңөұүһіҗўҳҷӣӯ]*\\d*"
    "|[A-ZÀ-ÞĀ-ɏƏ]*[a-zß-öø-ÿā-ɏə']*[a-zß-öø-ÿā-ɏə]\\d*|[A-ZÀ-ÞĀ-ɏƏ]+\\d*"
    "|[\u0620-\u06d5]+|\\d+(?:[.,]\\d+)*|[^\\W\\d_]+)"
)
_WORDS_APART = re.compile(f"({_WORD.pattern})")
_SMALL, _CAPITAL = "a-zß-ɏа-яёәғқңөұүһі", "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ"
# The second form: pages glue paragraphs ("…аварии.Сегодня"); a domain goes on in small letters.
# The sign itself stands first, outside the two forms: so the search runs from sign to sign.
_STOP = re.compile(
    r"[.!?…؟](?:[.!?…؟]*[»”\")\]]*(?=\s+[«“\"(\[–—-]*\s*[^\W_a-zа-яәғқңөұүһі])"
    rf"|(?<=[{_SMALL}][{_SMALL}][.!?…])[.!?…]*[»”\"]*(?=[{_CAPITAL}][{_SMALL}]))"
)
_SHORT = re.compile(
    r"(?:(?<!\w)(?:[^\W\d_]|г|гг|им|ул|обл|др|пр|проф|акад|св|стр|см|млн|млрд|тыс|руб|долл|т\.\s?[депн]"
    r"|т\.\s?б|б|ж|Mr|Mrs|Ms|Dr|Inc|Ltd|Corp|No|St|vs|Gen|Sen|Rep|Gov|Jan|Feb|Aug|Sept|Oct|Nov|Dec"
    r"|U\.S|U\.K|U\.N))\.$"
)
_LONG = 5  # letters: no abbreviation has so many
_LINE = re.compile(r"[^\n]+")


def words(text: str) -> list[Span]:
    """The words of a text with offsets; punctuation is left out. Fold the text first."""
    return [Span(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]


def tokens(text: str) -> tuple[list[int], list[str]]:
    """Starts and texts of the words: `words` for those in a hurry."""
    pieces = _WORDS_APART.split(text)  # sign, word, sign, word, ... sign
    ends = list(accumulate(map(len, pieces)))
    return ends[:-1:2], pieces[1::2]


def paragraphs(text: str) -> list[Span]:
    """Non-empty lines, trimmed."""
    return [s for m in _LINE.finditer(text) if (s := _trim(text, m.start(), m.end())).text]


def sentences(text: str) -> list[Span]:
    """Sentences of all paragraphs, in order. Abbreviations and initials do not end one."""
    return list(_cut(text))


@lru_cache(maxsize=2)  # tagging and facts cut the same text one after the other
def _cut(text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    for line in _LINE.finditer(text):
        begin = line.start()
        for stop in _STOP.finditer(text, begin, line.end()):
            if not _is_short(text, begin, stop.start()):
                found.append(_trim(text, begin, stop.end()))
                begin = stop.end()
        found.append(_trim(text, begin, line.end()))
    return tuple(span for span in found if span.text)


def _is_short(text: str, begin: int, stop: int) -> bool:
    """True for the full stop of an abbreviation (of four letters at most) or an initial."""
    if text[stop] != "." or (stop - begin >= _LONG and text[stop - _LONG : stop].isalpha()):
        return False
    return _SHORT.search(text, max(begin, stop - 8), stop + 1) is not None


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end].lstrip()
    start = end - len(piece)
    piece = piece.rstrip()
    return Span(start, start + len(piece), piece)
