"""Who is said to be what: roles joined to the people they stand beside. Pure.

A role said once in a text holds for every mention of the person in it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from monitor.facts.known import people
from monitor.facts.page import Page
from monitor.facts.person import PLACE_KINDS, Person, is_no_name, is_surname
from monitor.facts.roles import Role, head_of, is_role_word, role_of
from monitor.inflect import lower
from monitor.sound import sound

_WORD = re.compile(r"[\w-]+")
_HEAD_WITHIN = 4  # words of a role among which, or as the last in Kazakh, its office stands
_TWO_CAPITALS = re.compile(
    r"(?<![\w-])[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі-]+ [А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі-]+$"
)
_JOINED = re.compile(r"^(?:[\s,;–—-]|(?:и|а|with|and|the|және|мен|бен|пен)\s)+")
_FOREIGN_BODY = re.compile(r"[A-ZА-ЯЁ]{2,}|[«“\"]")


def with_roles(found: list[Person], page: Page) -> list[Person]:
    """Each person with the role said here, said elsewhere in the text, or held on that day."""
    ends = [0, *(p.end for p in found)]
    starts = [*(p.start for p in found[1:]), len(page.text) + 9]
    said: dict[str, tuple[Role, str | None]] = {}
    for person, end, start in zip(found, ends, starts, strict=False):
        if person.key in said:
            continue  # the first role counts
        role = role_of(page.text, person.start, person.end, page.language)
        role = _own(page, role, person, (end, start))
        if role:
            said[person.key] = (role, _country(page, role, person))
    return [_filled(page, person, said.get(person.key)) for person in found]


def _own(page: Page, role: Role | None, person: Person, around: tuple[int, int]) -> Role | None:
    """The role without the person named before it (X and the minister Y); None if it leads to the
    person named after it (X, minister Y)."""
    end, start = around
    if role is None or (role.start > person.start and role.end + 1 >= start):
        return None
    if role.start > person.start and _ends_in_a_name(page, role):
        return None
    if role.nominative and not _in_base_form(page, person):
        return None  # адвокат Бишимбаева: the lawyer is somebody else
    if role.start >= end or role.end <= end:
        return role
    rest = role.text[max(0, len(role.text) - (role.end - end)) :]
    rest = _JOINED.sub("", rest)
    words = rest.split()
    if not any(is_role_word(word) for word in (*words[:_HEAD_WITHIN], *words[-1:])):
        return None
    head = head_of(lower(words[0]))  # the second of two offices stands in its own case
    text = head + rest[len(words[0]) :] if head else rest
    return Role(text, role.end - len(rest), role.end, role.state)


def _ends_in_a_name(page: Page, role: Role) -> bool:
    """True if a role after a name leads to another, unknown name (X, директор «Ромашки» Сунь Ли)."""
    found = _TWO_CAPITALS.search(role.text)
    if not found or any(is_no_name(word) for word in found.group().split()):
        return False
    end = role.end - (len(role.text) - found.end())
    return not page.named_in(end - len(found.group()), end)


def _in_base_form(page: Page, person: Person) -> bool:
    surname = sound(person.name.split()[-1])
    return any(sound(w) == surname for w in page.text[person.start : person.end].split())


def _filled(page: Page, person: Person, said: tuple[Role, str | None] | None) -> Person:
    figure = people().by_key.get(person.key)
    role = said[0] if said else None
    country = said[1] if said else None
    if figure:
        country = figure.country.lower() or None
        office = figure.office(page.published, page.language)
        if role is None and office:
            role = Role(office, 0, 0, True)
        elif role and office:
            role = _own_office(role, office)
    return Person(person.key, person.name, person.start, person.end, role, country, person.full)


def _own_office(role: Role, office: str) -> Role:
    """The part of a role that is the figure's own: of «пресс-секретарь президента России» before
    the president's name, the president."""
    own = office.split(maxsplit=1)[0]
    for word in list(_WORD.finditer(role.text))[1:]:
        if head_of(lower(word.group())) == own:
            return replace(
                role, text=own + role.text[word.end() :], start=role.start + word.start()
            )
    return role


def _country(page: Page, role: Role, person: Person) -> str | None:
    begin = max(page.sentence(role.start).start, role.start - 16)
    named = [
        p for p in page.named_in(begin, role.end + 1) if p.kind in PLACE_KINDS and p.kind != "org"
    ]
    if named:
        inside = [p for p in named if p.start >= role.start] or named[-1:]
        return inside[0].code
    own = role.state and not _FOREIGN_BODY.search(role.text) and is_surname(person.name.split()[-1])
    return page.home if own else None
