"""People named in a text: full names, and surnames that a full name or the list explains. Pure.

Runs of capitals are cut into full names (`monitor.facts.full_names`); a word alone counts only
as the surname of somebody whom the text or the list names in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from monitor.facts.full_names import full_name, names_a_place
from monitor.facts.held import with_roles
from monitor.facts.known import Figure, people
from monitor.facts.names import PATRONYMIC, surname_of
from monitor.facts.page import Page
from monitor.facts.person import (
    NO_NAMES,
    Person,
    Token,
    figure_of,
    given_of,
    heard_of,
    is_no_name,
    is_place,
    is_surname,
)
from monitor.inflect import lower
from monitor.models import Mention
from monitor.sound import sound

_CAPITAL = "[А-ЯЁӘҒҚҢӨҰҮҺІ]"
_SMALL = "[а-яёәғқңөұүһі]"
_CYR_REST = rf"{_SMALL}+(?:-{_CAPITAL}?{_SMALL}+)*"
_LAT_REST = r"[a-zß-ÿğışıčćžšłńęą]+(?:['’-]?[A-Z]?[a-zß-ÿğışı]+)*"
_CYR, _LAT = f"{_CAPITAL}{_CYR_REST}", f"[A-ZÀ-Þ]{_LAT_REST}"
_INITIAL_REST = rf"\.(?:-{_CAPITAL}\.)?"
_INITIAL = f"(?:{_CAPITAL}|[A-Z]){_INITIAL_REST}"
_PIECE = rf"(?:{_CYR}|{_LAT}|{_INITIAL})"
# The first capital stands alone in front, so that the search runs from capital to capital.
_RUN = re.compile(
    rf"[А-ЯЁӘҒҚҢӨҰҮҺІA-ZÀ-Þ](?<![\w-][\s\S])(?:(?<={_CAPITAL}){_CYR_REST}"
    rf"|(?<=[A-ZÀ-Þ]){_LAT_REST}|(?<=[А-ЯЁӘҒҚҢӨҰҮҺІA-Z]){_INITIAL_REST})(?:(?: (?:von|van|der|фон|дер|ван)){{0,2}} ?(?<=[. ]){_PIECE}){{0,9}}"
)
_WORD = re.compile(rf"{_INITIAL}|(?:(?:von|van|фон|ван) (?:der |дер )?)?(?:{_CYR}|{_LAT})")
_EACH = 5  # mentions of one person kept


def find_people(page: Page, title: str) -> list[Person]:
    """Every mention of a person, in order."""
    found: list[Person] = []
    loose: list[tuple[Token, str | None]] = []
    alone: list[re.Match[str]] = []  # capitals without a neighbour
    for match in _RUN.finditer(page.text):
        if " " not in match.group() and "." not in match.group():
            alone.append(match)
            continue
        if not page.inside(match.start()):
            continue
        tokens = [Token(m.group(), m.start() + match.start(), m.end() + match.start()) for m in _WORD.finditer(match.group())]  # fmt: skip
        _read_run(page, tokens, found, loose)
    surnames, figures = _surnames(found), _figures_of(title)
    may_be = {*surnames, *figures, *people().by_surname}
    loose += [
        (Token(match.group(), *match.span()), "")
        for match in alone
        if not may_be.isdisjoint(heard_of(match.group())) and page.inside(match.start())
    ]
    for token, initial in loose:
        if initial is None or may_be.isdisjoint(heard_of(token.text)):
            continue
        person = _bare(page, token, surnames, figures)
        if person and initial and not _begins(person, initial):
            person = None
        if person:
            found.append(person)
    return with_roles(sorted(found, key=lambda p: p.start), page)


def person_mentions(page: Page, found: list[Person]) -> Iterator[Mention]:
    """Rows for the first mentions of each person."""
    seen: dict[str, int] = {}
    for person in found:
        seen[person.key] = seen.get(person.key, 0) + 1
        if seen[person.key] > _EACH:
            continue
        start, end, surface = page.cut(person.start, person.end)
        yield Mention(
            kind="person",
            key=person.key,
            name=person.name,
            surface=surface,
            role=person.role.text if person.role else None,
            country=person.country,
            start=start,
            end=end,
            sentence=page.quote_of(page.sentence(person.start)),
        )


# ---------------------------------------------------------------- full names


def _read_run(
    page: Page, tokens: list[Token], found: list[Person], loose: list[tuple[Token, str | None]]
) -> None:
    index = 0
    while index < len(tokens):
        for length in (3, 2):
            piece = tokens[index : index + length]
            if len(piece) < length or _given_of_next(tokens[index : index + 3], length):
                continue
            if person := full_name(page, piece):
                found.append(person)
                index += length
                break
        else:
            loose.append((tokens[index], _initial(page, tokens[index - 1] if index else None)))
            index += 1


def _given_of_next(tokens: list[Token], length: int) -> bool:
    """In "X's lawyer B C" the words "X B" are no name: B belongs to the surname C."""
    if length != 2 or len(tokens) < 3 or given_of(tokens[0].text) or not given_of(tokens[1].text):
        return False
    return is_surname(tokens[2].text) and not PATRONYMIC.search(tokens[2].text)


def _initial(page: Page, before: Token | None) -> str | None:
    """What a surname's given name begins with: "" if it stands alone, None if another name that
    is not known stands before it."""
    if before is not None and before.text.endswith("."):
        return before.text[0]
    return "" if before is None or not _could_be_given(page, before) else None


def _begins(person: Person, initial: str) -> bool:
    return sound(person.name.split()[0])[:1] == sound(initial)[:1]


def _could_be_given(page: Page, token: Token) -> bool:
    """True for a capital before a surname that makes it another person's full name."""
    if is_no_name(token.text) or is_place(page, token):
        return False
    return token.start != page.sentence(token.start).start or given_of(token.text) is not None


# ---------------------------------------------------------------- surnames alone


def _surnames(found: list[Person]) -> dict[str, Person | None]:
    """Sound of the surname -> the one person of the text who bears it; None: several do."""
    known: dict[str, Person | None] = {}
    for person in found:
        figure = people().by_key.get(person.key)
        name = figure.name("ru") if figure else person.name
        surname = sound(name.split()[-1]) if figure else surname_of(tuple(person.name.split()))
        if surname in known and (known[surname] is None or known[surname].key != person.key):  # type: ignore[union-attr]
            known[surname] = None
        else:
            known[surname] = person
    return known


def _figures_of(title: str) -> dict[str, Figure]:
    words = _WORD.findall(title)
    found = (figure_of(pair) for pair in pairwise(words))
    return {sound(f.name("ru").split()[-1]): f for f in found if f}


def _bare(
    page: Page, token: Token, surnames: dict[str, Person | None], figures: dict[str, Figure]
) -> Person | None:
    if token.text.endswith(".") or len(token.text) < 3 or lower(token.text) in NO_NAMES:
        return None
    known = people().by_surname
    for heard in heard_of(token.text):
        if heard not in surnames and heard not in figures and heard not in known:
            continue
        if names_a_place(page, token.start, token.end):
            return None
        if heard in surnames:
            person = surnames[heard]
            if person is None:
                return None
            return Person(person.key, person.name, token.start, token.end, None, None, False)
        figure = figures.get(heard) or known[heard]
        name = figure.name(page.language)
        return Person(figure.key, name, token.start, token.end, None, None, False)
    return None
