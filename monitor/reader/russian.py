"""The only door to pymorphy3: a Russian word in any form, all its forms out.

The dictionary misreads some of the names that matter most here (Токаев as a plural of a wine,
Ресей as a verb), so surnames in -ов, -ев, -ин are declined by rule as well.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import pymorphy3

_SURNAME = re.compile(r"^(.{2,}(?:ов|ев|ёв|ин|ын))(а|у|ым|е|ы|ых|ыми|ой|ую)?$")
_SURNAME_ENDINGS = ("", "а", "у", "ым", "е", "ы", "ых", "ыми", "ой", "ую")
_NAME_TAGS = frozenset(("Name", "Surn", "Geox", "Orgn", "Patr"))
# A reading below this share of the best one is a freak of the dictionary.
_MINIMUM_SHARE = 0.1


@lru_cache(maxsize=1)
def _analyser() -> Any:
    return pymorphy3.MorphAnalyzer()


def is_known(word: str) -> bool:
    """True if the dictionary has this form."""
    return bool(_analyser().word_is_known(word))


@lru_cache(maxsize=4096)
def lemmas(word: str) -> tuple[str, ...]:
    """Base forms of the believable readings, the most likely first, ё written as in the book."""
    return tuple(dict.fromkeys(reading.normal_form for reading in _readings(word)))


@lru_cache(maxsize=4096)
def forms(word: str) -> frozenset[str]:
    """All forms of a word given in lower case: dictionary readings and the surname rule."""
    found = {word}
    for reading in _readings(word):
        found |= {form.word for form in reading.lexeme}
    if not is_known(word):
        found |= surname_forms(word)
    return frozenset(found)


def surname_base(word: str) -> str | None:
    """The masculine nominative of a surname in -ов, -ев, -ин; None for other words."""
    match = _SURNAME.match(word)
    return match[1] if match else None


def surname_forms(word: str) -> frozenset[str]:
    """Both genders and the plural of a surname, from any of its forms; empty for other words."""
    base = surname_base(word)
    return frozenset(base + ending for ending in _SURNAME_ENDINGS) if base else frozenset()


def may_be_name(word: str) -> bool:
    """True for names that the dictionary knows and for unknown words."""
    readings = _readings(word)
    return not is_known(word) or any(_NAME_TAGS & set(r.tag.grammemes) for r in readings[:1])


def is_base_noun(word: str) -> bool:
    """True if the word can be a noun in the nominative singular."""
    return any({"NOUN", "nomn"} <= set(r.tag.grammemes) for r in _readings(word))


def _readings(word: str) -> list[Any]:
    readings = _analyser().parse(word)
    if not readings:
        return []
    best = readings[0].score
    return [reading for reading in readings[:4] if reading.score >= best * _MINIMUM_SHARE]


@lru_cache(maxsize=256)
def declined_together(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """An adjective and its noun ("соединенные штаты") in all cases of that number."""
    readings = [_analyser().parse(word)[0] for word in words]
    found = [words]
    for case in ("nomn", "gent", "datv", "accs", "ablt", "loct"):
        declined = [r.inflect({case, r.tag.number} if r.tag.number else {case}) for r in readings]
        if all(declined):
            found.append(tuple(d.word for d in declined))
    return tuple(dict.fromkeys(found))
