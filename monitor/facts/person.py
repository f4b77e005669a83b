"""A mention of a person, and what a word of a name may be: given name, surname, public figure.

Remembers the words it was asked about (bounded): the same few thousand stand in every text. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from monitor.facts.known import Figure, given_names, people
from monitor.facts.names import (
    PATRONYMIC,
    SURNAME,
    SURNAME_EN,
    female_base,
    kazakh_base,
    male_base,
    other_base,
)
from monitor.facts.page import Page
from monitor.facts.roles import Role, is_role_word
from monitor.inflect import lower
from monitor.sound import sound

_NAME_LENGTH = 40  # code points of a place's name
_REMEMBERED = 20_000  # words, about 4 MB a list
NO_NAMES = frozenset(
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь понедельник вторник среда "
    "четверг пятница суббота воскресенье республика республики президент правительство парламент сенат мажилис "
    "международный национальный центральный евразийский государственный союз совет азия европа америка восток запад "
    "север юг министерство агентство университет институт компания банк фонд центр форум саммит город область район "
    "the a an in on at of and for by with from this that these his her its their our new january february march "
    "april may june july august september october november december monday tuesday wednesday thursday friday "
    "saturday sunday north south east west central national international ministry university bank company group "
    "white house united states kingdom republic union council agency committee commission department institute "
    "minister president foreign prime deputy great asia europe america street city region forum summit center "
    "инвест invest ata mr mrs ms dr sir lord астана алматы astana almaty шымкент shymkent moscow москва пекин beijing вашингтон "
    "washington london лондон мәскеу бейжің бұл осы қазақ орталық ұлттық мемлекеттік халықаралық республикасы "
    "республикасының қазақстан ресей қытай also however but while when after before as if it he she they we".split()
)  # fmt: skip
PLACE_KINDS = frozenset({"name", "gov", "adj", "people", "place", "institution", "oblast", "org"})


@dataclass(frozen=True, slots=True)
class Person:
    """One mention of a person, offsets in the folded text."""

    key: str
    name: str
    start: int
    end: int
    role: Role | None
    country: str | None
    full: bool


class Token(NamedTuple):
    """A word of a name, offsets in the folded text."""

    text: str
    start: int
    end: int


def is_place(page: Page, token: Token) -> bool:
    """True if the word names a country, a city or a body of a state."""
    near = page.named_in(max(0, token.start - _NAME_LENGTH), token.end + _NAME_LENGTH)
    return any(p.kind in PLACE_KINDS and p.start < token.end and p.end > token.start for p in near)


@lru_cache(maxsize=_REMEMBERED)
def is_no_name(word: str) -> bool:
    """True for a word that is never part of a person's name here."""
    return lower(word) in NO_NAMES or is_role_word(word)


@lru_cache(maxsize=_REMEMBERED)
def bases_of(word: str) -> tuple[str, ...]:
    """Base forms that an inflected surname may have."""
    if word.isascii():
        return (word.removesuffix("'s"),)
    return tuple(
        dict.fromkeys(
            (word, male_base(word), female_base(word), other_base(word), kazakh_base(word))
        )
    )


@lru_cache(maxsize=_REMEMBERED)
def heard_of(word: str) -> tuple[str, ...]:
    """How the base forms of a word sound."""
    return tuple(sound(base) for base in bases_of(word))


@lru_cache(maxsize=_REMEMBERED)
def given_of(word: str) -> tuple[str, str] | None:
    """Gender and base form of a known given name in any form; None: not known."""
    names = given_names()
    low = lower(word)
    if low in names.forms:
        return names.forms[low]
    for form in (word, kazakh_base(word)):
        if (heard := sound(form)) in names.sounds and len(heard) > 2:
            return names.sounds[heard], form
    return None


def given_base(word: str) -> str:
    """The base form of a known given name, any other word as it is."""
    found = given_of(word)
    return found[1] if found else word


@lru_cache(maxsize=_REMEMBERED)
def is_surname(word: str) -> bool:
    """True for a word with the ending of a surname, in any case."""
    if word.isascii():
        return SURNAME_EN.match(word.removesuffix("'s")) is not None
    return any(SURNAME.search(lower(base)) for base in bases_of(word)) or lower(word).endswith(
        ("ова", "ева", "ина", "ская", "ской")
    )


@cache
def _last_words() -> frozenset[str]:
    """How the last words of the figures' names sound, in either order of given name and surname."""
    return frozenset(words[-1] for words in people().by_name)


@lru_cache(maxsize=_REMEMBERED)
def figure_of(words: tuple[str, ...]) -> Figure | None:
    """The public figure whom a full name means, in any case; None: nobody of the list."""
    if _last_words().isdisjoint(heard_of(words[-1])):
        return None
    known = people().by_name
    for ending in heard_of(words[-1]):
        for given in (words[0], given_base(words[0]), other_base(words[0])):
            middle = [w for w in words[1:-1] if not PATRONYMIC.search(w)]
            for inner in (middle, [other_base(w) for w in middle]):
                found = known.get((*(sound(w) for w in (given, *inner)), ending))
                if found:
                    return found
    return _respelled(words)


def _respelled(words: tuple[str, ...]) -> Figure | None:
    """A figure whose given name is spelled in a way of its own (Kasim-Yomart Tokayev)."""
    if len(words) != 2 or len(words[0].strip(".")) < 4:
        return None
    letters = 3 if given_of(words[0]) else 2
    for ending in heard_of(words[-1]):
        figure = people().by_surname.get(ending)
        if figure and sound(figure.names["en"])[:letters] == sound(words[0])[:letters]:
            return figure
    return None
