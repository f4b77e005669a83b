"""What binds articles about one event, in a form that three languages share. Pure.

A feature is a short string with its kind in front: `n:` a name by its sound (Балхаш, Балқаш and
Balkhash are "n:balkas"), `#:` a number, `c:` a concept of concepts.txt, `w:` a stem of one
language. Only `w:` stays within a language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from monitor.inflect import lower, stem
from monitor.language import detect_language
from monitor.sound import sound
from monitor.text import Mapped, fold
from monitor.translit import to_cyrillic

_HERE = Path(__file__).parent
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
# Both begin with the sign itself, so that the search runs from digit to digit, space to space.
_NUMBER = re.compile(r"\d(?<![\w.,]\d)(?:\d{0,2}(?:[ ,]\d{3})+(?!\d)|\d*(?:[.,]\d+)?(?!\w))")
# A capital inside a sentence: after a small letter, a comma, a dash, an opening quote, a capital.
_NAME = re.compile(r" (?<=[\w,;:)»”–—-] )[«“\"]?([^\W\d_a-zа-яёәғқңөұүһі][\w'’-]+)")
_BODY = 1200  # code points of the body that are read: events are told at the top
_LEAD = 320  # of which these weigh more
_MOST = 90  # features kept, in the order of the text
_SHORT = 3  # letters of a word whose stem tells nothing
_NAME_LENGTH = 6  # letters of a sound that count: endings fall away
_YEARS = range(1990, 2036)
_Begun = tuple[int, str, str]  # letters of a beginning, the next word's ("": any), concept
_HANDLES = re.compile(r"https?://\S+|\S+@\S+")


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one article; those of `top` stand in title or lead."""

    language: str
    all: frozenset[str]
    top: frozenset[str]


def find_features(title: str, text: str, language: str | None) -> Features:
    """Names, numbers, concepts and word stems of title and opening."""
    script = None
    if language is None or language == "kk":  # only Kazakh has several alphabets here
        found, script = detect_language(text or title)
        language = language or found or "ru"
    head, body = _plain(title, language, script), _plain(text[:_BODY], language, script)
    kept: dict[str, None] = {}
    _read(head, language, kept, named=language != "en")
    _read(body[:_LEAD], language, kept, named=True)
    top = frozenset(list(kept)[:_MOST])
    _read(body[_LEAD - 20 :], language, kept, named=True)
    return Features(language, frozenset(list(kept)[:_MOST]), top)


def features_text(features: Features) -> str:
    """For the column `sketches.features`: language, title and lead, the rest; tabs between."""
    rest = sorted(features.all - features.top)
    return "\t".join((features.language, " ".join(sorted(features.top)), " ".join(rest)))


def features_from(stored: str) -> Features:
    """The way back. Raises ValueError for a text that is none."""
    language, top, rest = stored.split("\t")
    first = frozenset(top.split())
    return Features(language, first | frozenset(rest.split()), first)


def _plain(text: str, language: str, script: str | None) -> str:
    if "@" in text or "://" in text:
        text = _HANDLES.sub(" ", text)
    mapped: Mapped = fold(text)
    return (to_cyrillic(mapped, script) if language == "kk" else mapped).text


def _read(text: str, language: str, kept: dict[str, None], *, named: bool) -> None:
    """Add the features of a text in their order: names, numbers, words; no more than are kept."""
    if named:
        kept |= {f"n:{name}": None for word in _NAME.findall(text) if (name := _name(word))}
    kept |= {f"#:{value}": None for n in _NUMBER.findall(text) if (value := _number(n))}
    # Small letters for all words at once: a space between them keeps them apart.
    words = lower(" ".join(_WORD.findall(text))).split(" ")
    for number, word in enumerate(words):
        told = _of_word(word, language)
        if told is None:
            told = _of_pair(word, "".join(words[number + 1 : number + 2]), language)
        for feature in told:
            kept[feature] = None
        if len(kept) >= _MOST:
            return


@lru_cache(maxsize=50_000)
def _name(word: str) -> str:
    heard = sound(word.removesuffix("'s"))[:_NAME_LENGTH]
    short = heard.rstrip("aeiou")
    return short if len(short) > 2 else ""


def _number(written: str) -> str:
    """The number as all three languages would write it; "" for years and single digits."""
    plain = re.sub(r"[ ,](?=\d{3}(?!\d))", "", written).replace(",", ".")
    value = float(plain)
    if value < 10 and "." not in plain:
        return ""
    return "" if value in _YEARS else f"{value:g}"


@lru_cache(maxsize=50_000)
def _of_word(word: str, language: str) -> tuple[str, ...] | None:
    """What a word tells whatever follows it; None: the next word has to be looked at."""
    begun = _begun(word)
    if any(second for _, second, _ in begun):
        return None
    return _told(word, begun, language)


def _of_pair(word: str, following: str, language: str) -> tuple[str, ...]:
    """What a word tells that may be the first of two."""
    begun = [b for b in _begun(word) if not b[1] or following.startswith(b[1])]
    return _told(word, begun, language)


def _told(word: str, begun: list[_Begun], language: str) -> tuple[str, ...]:
    """The concepts that a word begins, and its stem."""
    told = [
        f"c:{concept}"
        for length, second, concept in begun
        if second
        or length == len(word)
        or not _is_whole(word[:length])
        or word[length:] in ("s", "'s")
    ]
    if len(word) > _SHORT:
        told.append(f"w:{stem(word, language)[:8]}")
    return tuple(told)


def _begun(word: str) -> list[_Begun]:
    """The entries of the list that a word begins with, the shortest first."""
    known = _beginnings()
    if word[:2] not in known and word[:3] not in _openings():  # as with most words
        return []
    return [
        (length, second, concept)
        for length in range(2, min(len(word), 14) + 1)
        for second, concept in known.get(word[:length], ())
    ]


def _is_whole(beginning: str) -> bool:
    """Short English words begin too many others (port, portrait): they stand for themselves."""
    return len(beginning) <= 4 and beginning.isascii()


@cache
def _beginnings() -> dict[str, list[tuple[str, str]]]:
    """Beginnings of words -> the next word's ("": whatever it is) and the concept."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (_HERE / "concepts.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, *languages = (part.strip() for part in line.split("|"))
        for beginning in {b for language in languages for b in language.split()}:
            first, _, second = lower(beginning).partition("_")
            found.setdefault(first, []).append((second, name))
    return {first: sorted(rest, key=lambda one: one[0] != "") for first, rest in found.items()}


@cache
def _openings() -> frozenset[str]:
    """The first three letters of all beginnings."""
    return frozenset(beginning[:3] for beginning in _beginnings())
