"""Kazakh in Latin or Arabic letters -> Cyrillic, with the way back to the original offsets. Pure.

Layer 1. Good enough for matching names and words, not for printing: the alphabets lose
distinctions (Arabic script marks front vowels once per word), so the result is the likeliest
spelling. Handles the Latin alphabets of 2017-2021 and what people type, and tote (Arabic).
"""

from __future__ import annotations

import re

from monitor.text import Mapped

_ARABIC_LETTERS = (
    "ا а|ب б|ۆ в|گ г|ع ғ|د д|ە е|ج ж|ز з|ي й|ق қ|ك к|ل л|م м|ن н|ڭ ң|و о|پ п|ر р|س с|"
    "ت т|ۋ у|ۇ ұ|ف ф|ح х|ھ һ|چ ч|ش ш|ى ы|ه һ|ئ й|ژ ж|ڤ в|ی й|ک к|ٷ ү|ٶ ө|أ ә|ٵ ә|ة е|آ а"
)
_ARABIC = dict(pair.split() for pair in _ARABIC_LETTERS.split("|"))
_HAMZA = "ءٴ"  # "this word has front vowels"
_ARABIC_WORD = re.compile("[\u0620-\u06d5]+")
_ARABIC_SIGNS = {"،": ",", "؟": "?", "؛": ";"}
_FRONT = str.maketrans("аоұы", "әөүі")
_FRONT_LETTERS = re.compile("[екг]")
_BACK_LETTERS = re.compile("[қғ]")
# Acronyms have no capitals in Arabic script: written together or letter by letter.
_ARABIC_ACRONYMS = (
    (re.compile(r"(?<!\w)ا\s?ق\s?ش(?!\w)"), "АҚШ"),
    (re.compile(r"(?<!\w)ق\s?ح\s?ر(?!\w)"), "ҚХР"),
    (re.compile(r"(?<!\w)ق\s?ر(?!\w)"), "ҚР"),
    (re.compile(r"(?<!\w)ر\s?ف(?!\w)"), "РФ"),
    (re.compile(r"(?<!\w)ش\s?ى?\s?ۇ(?!\w)"), "ШЫҰ"),
    (re.compile(r"(?<!\w)ە\s?ا\s?ە\s?و(?!\w)"), "ЕАЭО"),
    (re.compile(r"(?<!\w)ب\s?ۇ\s?ۇ(?!\w)"), "БҰҰ"),
)

_LATIN_WORD = re.compile("[A-Za-zÀ-ɏʻʼ'əӘә]+")
_DIGRAPHS = {
    "gh": "ғ", "ng": "ң", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "ts": "ц", "ıa": "ия",
    "ia": "ия",
}  # fmt: skip
_LATIN_LETTERS = (
    "a а|b б|d д|e е|f ф|g г|ǵ ғ|ğ ғ|h х|ı и|i і|j ж|k к|l л|m м|n н|ń ң|ñ ң|ŋ ң|o о|ó ө|ö ө|"
    "p п|q қ|r р|s с|ş ш|t т|u у|ú ү|ü ү|ū ұ|v в|y ы|ý у|z з|á ә|ä ә|é е|ç ч|c к|w у|x х|ə ә"
)
_LATIN = dict(pair.split() for pair in _LATIN_LETTERS.split("|"))
_PIECE = re.compile("gh|sh|ch|ng$|zh|kh|ts|ıa|ia|.", re.DOTALL)
_CAPITALS = re.compile("[A-ZÀ-ÞŞĞǴŃÝÁ][A-ZÀ-ÞŞĞǴŃÝÁ]+h?$")  # AQSh: a digraph at the end
_LATIN_VOWELS = "aeoáäuúüūıiäöó"


def to_cyrillic(source: Mapped, script: str | None) -> Mapped:
    """The text in Cyrillic; offsets lead back to the text that `source` was folded from.

    `script` is latn or arab; any other is returned unchanged.
    """
    if script == "arab":
        return _rewritten(source, _arabic_pieces(source.text))
    if script == "latn":
        return _rewritten(source, _latin_pieces(source.text))
    return source


def _rewritten(source: Mapped, pieces: list[tuple[int, int, str]]) -> Mapped:
    """`pieces` (start, end, new) replaced; one break after each piece that changes length."""
    out: list[str] = []
    breaks: list[int] = []
    shifts: list[int] = []
    done = length = 0
    for start, end, new in pieces:
        out += (source.text[done:start], new)
        _note(source, breaks, shifts, length, done)
        length += start - done
        _note(source, breaks, shifts, length, start)
        length += len(new)
        done = end
    _note(source, breaks, shifts, length, done)
    out.append(source.text[done:])
    return Mapped("".join(out), tuple(breaks), tuple(shifts))


def _note(source: Mapped, breaks: list[int], shifts: list[int], here: int, there: int) -> None:
    shift = source.original(there) - here
    if not shifts or shifts[-1] != shift:
        if breaks and breaks[-1] == here:
            breaks.pop()
            shifts.pop()
        breaks.append(here)
        shifts.append(shift)


def _arabic_pieces(text: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for pattern, acronym in _ARABIC_ACRONYMS:
        found += [(m.start(), m.end(), acronym) for m in pattern.finditer(text)]
    taken = sorted(found)
    for match in _ARABIC_WORD.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end, _ in taken):
            found.append((match.start(), match.end(), _arabic_word(match.group())))
    found += [(i, i + 1, _ARABIC_SIGNS[c]) for i, c in enumerate(text) if c in _ARABIC_SIGNS]
    return sorted(found)


def _arabic_word(word: str) -> str:
    front = any(sign in word for sign in _HAMZA)
    new = "".join(_ARABIC.get(c, c) for c in word if c not in _HAMZA)
    if front or (_FRONT_LETTERS.search(new) and not _BACK_LETTERS.search(new)):
        new = new.translate(_FRONT) if front else new.replace("ы", "і").replace("ұ", "ү")
    return re.sub("(?<=[бвгғджзкқлмнңпрстфхшч])й(?=[бвгғджзкқлмнңпрстфхшч])", "и", new)


def _latin_pieces(text: str) -> list[tuple[int, int, str]]:
    return [(m.start(), m.end(), _latin_word(m.group())) for m in _LATIN_WORD.finditer(text)]


def _latin_word(word: str) -> str:
    new = ""
    low = word.lower()
    for match in _PIECE.finditer(low):
        piece = match.group()
        after_vowel = match.start() > 0 and low[match.start() - 1] in _LATIN_VOWELS
        if after_vowel and piece in "yıi":
            new += "" if low[match.end() : match.end() + 1] == "e" else "й"
        else:
            new += _DIGRAPHS.get(piece) or _LATIN.get(piece, piece)
    if _CAPITALS.match(word):
        return new.upper()
    return new[:1].upper() + new[1:] if word[0].isupper() else new
