"""The rules of `lines_data/`, sorted by the letter that a line must begin with. Pure.

Two hundred rules tried on every short line took a tenth of the time of a page with a profile;
by its first letter a line meets a handful.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LANGUAGES = ("ru", "kk", "en")
_HINTED = re.compile(r"^\[([^\]]+)\] (.*)$")
_SIGN = re.compile(r"\[((?:\\[ds]|[^\]\\^-])+)\]|\\[^wWDSbB]|[^.^$*+?{}\[\]\\|()]")
_OPTIONAL = re.compile(r"[?*]|\{0?,\d*\}")
_Rules = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class JunkRules:
    """Rules for whole lines in lower case."""

    by_letter: dict[str, _Rules]  # what may begin with this letter, rules without one included
    anywhere: _Rules  # for a line that begins with any other character
    hinted: tuple[tuple[str, _Rules], ...]  # rules that may begin anywhere, by a word they hold


@cache
def junk_rules() -> JunkRules:
    """All languages together."""
    plain: list[tuple[frozenset[str] | None, re.Pattern[str]]] = []
    hinted: dict[str, _Rules] = {}
    for rule in (rule for language in _LANGUAGES for rule in _rules(language)):
        if match := _HINTED.match(rule):
            hinted[match[1]] = (*hinted.get(match[1], ()), re.compile(match[2]))
        else:
            plain.append((first_letters(rule), re.compile(rule)))
    letters = frozenset[str]().union(*(first for first, _ in plain if first))
    return JunkRules(
        by_letter={
            letter: tuple(rule for first, rule in plain if first is None or letter in first)
            for letter in letters
        },
        anywhere=tuple(rule for first, rule in plain if first is None),
        hinted=tuple(hinted.items()),
    )


def first_letters(rule: str) -> frozenset[str] | None:
    """The letters that a match of a regular expression can begin with; None: not told.

    Reads letters, groups and what is optional, which is what the rules begin with.
    """
    found: set[str] = set()
    for part in _alternatives(rule):
        first = _first_of(part)
        if first is None:
            return None
        found |= first
    return frozenset(found)


def _first_of(part: str) -> frozenset[str] | None:
    found: set[str] = set()
    while part:
        if part[0] == "(":
            end = _closing(part)
            first, rest = first_letters(part[1:end].removeprefix("?:")), part[end + 1 :]
        else:
            sign = _SIGN.match(part)
            if sign is None:
                return None
            first, rest = _meant(sign[1] or sign[0]), part[sign.end() :]
        if first is None:
            return None
        found |= first
        optional = _OPTIONAL.match(rest)
        if optional is None:
            return frozenset(found)
        part = rest[optional.end() :]
    return None  # the whole may be empty


def _meant(signs: str) -> frozenset[str]:
    """The characters that a sign, or the inside of brackets, stands for."""
    digits, spaces = "0123456789" * ("\\d" in signs), " " * ("\\s" in signs)
    return frozenset(signs.replace("\\d", digits).replace("\\s", spaces).replace("\\", ""))


def _alternatives(rule: str) -> Iterator[str]:
    """The parts between the bars that stand outside all brackets."""
    start = index = 0
    while index < len(rule):
        if rule[index] == "\\":
            index += 1
        elif rule[index] in "([":
            index += _closing(rule[index:])
        elif rule[index] == "|":
            yield rule[start:index]
            start = index + 1
        index += 1
    yield rule[start:]


def _closing(text: str) -> int:
    """Where the bracket ends that the text begins with."""
    if text[0] == "[":
        return text.index("]", 2)
    depth = index = 0
    while True:
        if text[index] == "\\":
            index += 1
        elif text[index] == "[":
            index += _closing(text[index:])
        else:
            depth += {"(": 1, ")": -1}.get(text[index], 0)
            if depth == 0:
                return index
        index += 1


def _rules(language: str) -> list[str]:
    text = (files("monitor.extract") / "lines_data" / f"{language}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
