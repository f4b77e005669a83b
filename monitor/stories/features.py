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
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[ ,]\d{3})+(?!\d)|(?<![\w.,])\d+(?:[.,]\d+)?(?![\w])")
# A capital inside a sentence: after a small letter, a comma, a dash, an opening quote, a capital.
_NAME = re.compile(r"(?<=[\w,;:)»”–—-] )[«“\"]?([^\W\d_a-zа-яёәғқңөұүһі][\w'’-]+)")
_BODY = 1200  # code points of the body that are read: events are told at the top
_LEAD = 320  # of which these weigh more
_MOST = 90  # features kept, in the order of the text
_NAME_LENGTH = 6  # letters of a sound that count: endings fall away
_YEARS = range(1990, 2036)
_HANDLES = re.compile(r"https?://\S+|\S+@\S+")


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one article; those of `top` stand in title or lead."""

    language: str
    all: frozenset[str]
    top: frozenset[str]


def find_features(title: str, text: str, language: str | None) -> Features:
    """Names, numbers, concepts and word stems of title and opening."""
    found, script = detect_language(text or title)
    language = language or found or "ru"
    head, body = _plain(title, language, script), _plain(text[:_BODY], language, script)
    top: dict[str, None] = dict.fromkeys(_of(head, language, named=language != "en"))
    top |= dict.fromkeys(_of(body[:_LEAD], language, named=True))
    rest = dict.fromkeys(_of(body[_LEAD - 20 :], language, named=True))
    everything = list(top) + [feature for feature in rest if feature not in top]
    return Features(language, frozenset(everything[:_MOST]), frozenset(list(top)[:_MOST]))


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
    mapped: Mapped = fold(_HANDLES.sub(" ", text))
    return (to_cyrillic(mapped, script) if language == "kk" else mapped).text


def _of(text: str, language: str, *, named: bool) -> list[str]:
    found: list[str] = []
    if named:
        found += [f"n:{name}" for m in _NAME.finditer(text) if (name := _name(m.group(1)))]
    found += [f"#:{number}" for m in _NUMBER.finditer(text) if (number := _number(m.group()))]
    words = [lower(m.group()) for m in _WORD.finditer(text)]
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        found += [f"c:{concept}" for concept in _concepts(word, following)]
        if len(word) > 3:
            found.append(f"w:{stem(word, language)[:8]}")
    return found


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


@lru_cache(maxsize=100_000)
def _concepts(word: str, following: str) -> tuple[str, ...]:
    singles, pairs = _beginnings()
    found: list[str] = []
    for length in range(2, min(len(word), 14) + 1):
        if length == len(word) or not _is_whole(word[:length]) or word[length:] in ("s", "'s"):
            found += singles.get(word[:length], ())
        for second, concept in pairs.get(word[:length], ()):
            if following.startswith(second):
                found.append(concept)
    return tuple(dict.fromkeys(found))


def _is_whole(beginning: str) -> bool:
    """Short English words begin too many others (port, portrait): they stand for themselves."""
    return len(beginning) <= 4 and beginning.isascii()


@cache
def _beginnings() -> tuple[dict[str, list[str]], dict[str, list[tuple[str, str]]]]:
    """Beginnings of words -> concepts; and of two words in a row."""
    singles: dict[str, list[str]] = {}
    pairs: dict[str, list[tuple[str, str]]] = {}
    for line in (_HERE / "concepts.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, *languages = (part.strip() for part in line.split("|"))
        for beginning in {b for language in languages for b in language.split()}:
            first, dash, second = lower(beginning).partition("_")
            if dash and second:
                pairs.setdefault(first, []).append((second, name))
            else:
                singles.setdefault(first, []).append(name)
    return singles, pairs
