"""What facts knows by heart: given names, public figures, bodies. Reads this package's lists.

`people()` and `bodies()` are read once; the lists are data, see the first lines of each file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from monitor.facts.names import given_forms
from monitor.inflect import lower
from monitor.sound import sound

_HERE = Path(__file__).parent
_LANGUAGES = ("ru", "kk", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who held what, when. `until` None: still."""

    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A person whom the list names."""

    key: str
    country: str
    names: Mapping[str, str]  # language -> display name
    offices: tuple[Office, ...]

    def name(self, language: str | None) -> str:
        """The name as that language prints it."""
        return self.names.get(language or "ru") or self.names["ru"]

    def office(self, day: date | None, language: str | None) -> str | None:
        """What the person was on that day, as printed; None: no office in the list."""
        for office in self.offices:
            if day and office.since <= day and (office.until is None or day <= office.until):
                return people().offices[office.name].get(language or "ru")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Figures by the sound of the full name and, where that is enough, of the surname."""

    by_name: Mapping[tuple[str, ...], Figure]
    by_surname: Mapping[str, Figure]
    by_key: Mapping[str, Figure]
    offices: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation that the list names."""

    key: str
    country: str | None
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNames:
    """Given names in all their forms: gender and base form, and by sound."""

    forms: Mapping[str, tuple[str, str]]  # lower-case form -> (gender, base form)
    sounds: Mapping[str, str]  # sound -> gender


@cache
def given_names() -> GivenNames:
    """The list of given names, with Russian case forms."""
    forms: dict[str, tuple[str, str]] = {}
    sounds: dict[str, str] = {}
    for line in _lines("given.txt"):
        gender, _, names = line.partition(":")
        for name in names.split():
            for form in given_forms(name):
                forms.setdefault(form, (gender, name))
            sounds.setdefault(sound(name), gender)
    for line in _lines("given.txt"):  # a base form is never another name's oblique form
        gender, _, names = line.partition(":")
        forms.update({lower(name): (gender, name) for name in names.split()})
    return GivenNames(forms=forms, sounds=sounds)


@cache
def people() -> People:
    """The list of public figures."""
    by_name: dict[tuple[str, ...], Figure] = {}
    by_surname: dict[str, Figure] = {}
    by_key: dict[str, Figure] = {}
    offices: dict[str, Mapping[str, str]] = {}
    for line in _lines("known.txt"):
        if line.startswith("@"):
            name, _, printed = line[1:].partition("|")
            offices[name.strip()] = dict(zip(_LANGUAGES, _split(printed, ";"), strict=True))
            continue
        key, country, names, held = _split(line, "|")
        spellings = [_split(part, ",") for part in _split(names, ";")]
        figure = Figure(
            key=key.lstrip("*"),
            country=country,
            names={lang: s[0] for lang, s in zip(_LANGUAGES, spellings, strict=True)},
            offices=tuple(_office(part) for part in _split(held, ",") if part),
        )
        by_key[figure.key] = figure
        for full in {name for some in spellings for name in some}:
            words = tuple(sound(word) for word in _parts(full))
            by_name[words] = figure
            by_name[words[::-1]] = figure
            if not key.startswith("*") and len(words[-1]) > 2 and country != "CN":
                by_surname[words[-1]] = figure
    return People(by_name=by_name, by_surname=by_surname, by_key=by_key, offices=offices)


@cache
def bodies() -> Mapping[str, Body]:
    """Organisations by every spelling of the list."""
    found: dict[str, Body] = {}
    for line in _lines("organisations.txt"):
        key, country, names, spellings = _split(line, "|")
        printed = dict(zip(_LANGUAGES, _split(names, ";"), strict=True))
        body = Body(key=key, country=country or None, names=printed)
        found |= {spelling: body for spelling in _split(spellings, ",")}
    return found


def _parts(full: str) -> list[str]:
    """Words of a name; particles stay with the surname (von der Leyen)."""
    words = full.split()
    cut = next((n for n, w in enumerate(words) if w[:1].islower()), len(words) - 1)
    return [*words[:cut], " ".join(words[cut:])]


def _office(text: str) -> Office:
    name, _, dates = text.strip().partition(" ")
    since, _, until = dates.partition("..")
    return Office(
        name=name,
        since=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
    )


def _split(text: str, sign: str) -> list[str]:
    return [part.strip() for part in text.split(sign)]


def _lines(name: str) -> list[str]:
    text = (_HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
