"""People named in a text: full names, and surnames that a full name or the list explains.

Precision first: two capitals are a person only if the given name is known, the surname has a
surname's ending or a role stands before them. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from monitor.facts.known import Figure, given_names, people
from monitor.facts.names import (
    PATRONYMIC,
    SURNAME,
    SURNAME_EN,
    female_base,
    kazakh_base,
    key_of,
    looks_male,
    male_base,
    other_base,
    surname_of,
)
from monitor.facts.page import Page
from monitor.facts.roles import Role, is_role_word, role_of
from monitor.inflect import lower
from monitor.models import Mention
from monitor.sound import sound

_CAPITAL = "[А-ЯЁӘҒҚҢӨҰҮҺІ]"
_SMALL = "[а-яёәғқңөұүһі]"
_CYR = rf"{_CAPITAL}{_SMALL}+(?:-{_CAPITAL}?{_SMALL}+)*"
_LAT = r"[A-ZÀ-Þ][a-zß-ÿğışıčćžšłńęą]+(?:['’-]?[A-Z]?[a-zß-ÿğışı]+)*"
_INITIAL = rf"(?:{_CAPITAL}|[A-Z])\.(?:-{_CAPITAL}\.)?"
_PIECE = rf"(?:{_CYR}|{_LAT}|{_INITIAL})"
_RUN = re.compile(
    rf"(?<![\w-]){_PIECE}(?:(?: (?:von|van|der|фон|дер|ван)){{0,2}} ?(?<=[. ]){_PIECE}){{0,5}}"
)
_WORD = re.compile(rf"{_INITIAL}|(?:(?:von|van|фон|ван) (?:der |дер )?)?(?:{_CYR}|{_LAT})")
_NAMED_AFTER = re.compile(
    r"(?:улиц\w*|ул\.|проспект\w*|пр\.|имени|им\.|площад\w*|фонд\w*|мост\w*|school|street|avenue|university)\s$",
    re.IGNORECASE,
)
_NAMED_AFTER_KK = re.compile(
    r"^\s(?:атындағы|көшесі|даңғылы|ауданы|облысы|street|avenue|university)"
)
_NO_NAMES = frozenset(
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь понедельник вторник среда "
    "четверг пятница суббота воскресенье республика республики президент правительство парламент сенат мажилис "
    "международный национальный центральный евразийский государственный союз совет азия европа америка восток запад "
    "север юг министерство агентство университет институт компания банк фонд центр форум саммит город область район "
    "the a an in on at of and for by with from this that these his her its their our new january february march "
    "april may june july august september october november december monday tuesday wednesday thursday friday "
    "saturday sunday north south east west central national international ministry university bank company group "
    "white house united states kingdom republic union council agency committee commission department institute "
    "minister president foreign prime deputy great asia europe america street city region forum summit center "
    "mr mrs ms dr sir lord астана алматы astana almaty шымкент shymkent moscow москва пекин beijing вашингтон "
    "washington london лондон мәскеу бейжің бұл осы қазақ орталық ұлттық мемлекеттік халықаралық республикасы "
    "республикасының қазақстан ресей қытай also however but while when after before as if it he she they we".split()
)  # fmt: skip
_ADJECTIVE = re.compile("(?:[сц]к|н)(?:ий|ая|ого|ой|ому|им|ом|ую|ые|ых)$")
_JOINED = re.compile(r"^(?:[\s,;–—-]|(?:и|а|with|and|және|мен|бен|пен)\s)+")
_FOREIGN_BODY = re.compile(r"[A-ZА-ЯЁ]{2,}|[«“\"]")
_SON = re.compile(r"(?:uly|kyzy|qyzy|ұлы|қызы|улы|кызы)$")  # may be all the surname there is
_EACH = 5  # mentions of one person kept
_KINDS = frozenset({"name", "gov", "adj", "people", "place", "institution", "oblast", "org"})


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


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def find_people(page: Page, title: str) -> list[Person]:
    """Every mention of a person, in order."""
    found: list[Person] = []
    loose: list[tuple[_Token, str | None]] = []
    for match in _RUN.finditer(page.text):
        if not page.inside(match.start()):
            continue
        tokens = [_Token(m.group(), m.start() + match.start(), m.end() + match.start()) for m in _WORD.finditer(match.group())]  # fmt: skip
        _read_run(page, tokens, found, loose)
    surnames = _surnames(found)
    figures = _figures_of(title)
    for token, initial in loose:
        person = _bare(page, token, surnames, figures) if initial is not None else None
        if person and initial and not _begins(person, initial):
            person = None
        if person:
            found.append(person)
    return _with_roles(sorted(found, key=lambda p: p.start), page)


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
    page: Page, tokens: list[_Token], found: list[Person], loose: list[tuple[_Token, str | None]]
) -> None:
    index = 0
    while index < len(tokens):
        for length in (3, 2):
            piece = tokens[index : index + length]
            if len(piece) < length or _given_of_next(tokens[index : index + 3], length):
                continue
            if person := _full(page, piece):
                found.append(person)
                index += length
                break
        else:
            loose.append((tokens[index], _initial(page, tokens[index - 1] if index else None)))
            index += 1


def _given_of_next(tokens: list[_Token], length: int) -> bool:
    """In "X's lawyer B C" the words "X B" are no name: B belongs to the surname C."""
    if length != 2 or len(tokens) < 3 or _given(tokens[0].text) or not _given(tokens[1].text):
        return False
    return _is_surname(tokens[2].text) and not PATRONYMIC.search(tokens[2].text)


def _initial(page: Page, before: _Token | None) -> str | None:
    """What a surname's given name begins with: "" if it stands alone, None if another name that
    is not known stands before it."""
    if before is not None and before.text.endswith("."):
        return before.text[0]
    return "" if before is None or not _could_be_given(page, before) else None


def _begins(person: Person, initial: str) -> bool:
    return sound(person.name.split()[0])[:1] == sound(initial)[:1]


def _could_be_given(page: Page, token: _Token) -> bool:
    """True for a capital before a surname that makes it another person's full name."""
    low = lower(token.text)
    if low in _NO_NAMES or is_role_word(token.text) or _is_place(page, token):
        return False
    return token.start != page.sentence(token.start).start or _given(token.text) is not None


def _is_place(page: Page, token: _Token) -> bool:
    return any(p.kind in _KINDS for p in page.named_in(token.start, token.end))


def _full(page: Page, piece: list[_Token]) -> Person | None:
    start, end = piece[0].start, piece[-1].end
    words = [token.text for token in piece]
    figure = _figure(words)
    if figure is None and any(_excluded(page, token) for token in piece):
        return None
    if figure is None and (
        _NAMED_AFTER.search(page.text, max(0, start - 14), start)
        or _NAMED_AFTER_KK.match(page.text[end : end + 14])
    ):
        return None
    if figure is not None:
        return Person(figure.key, figure.name(page.language), start, end, None, None, True)
    base = _base(page, words, start)
    if base is None:
        return None
    return Person(key_of(base), " ".join(base), start, end, None, None, True)


def _excluded(page: Page, token: _Token) -> bool:
    if page.language != "en" and token.text.isascii():
        return True  # a Latin name in a Cyrillic text is a brand
    low = lower(token.text)
    return low in _NO_NAMES or is_role_word(token.text) or _is_place(page, token)


def _figure(words: list[str]) -> Figure | None:
    known = people().by_name
    last = words[-1]
    for ending in _bases(last):
        for given in (words[0], _given_base(words[0]), other_base(words[0])):
            middle = [w for w in words[1:-1] if not PATRONYMIC.search(w)]
            for inner in (middle, [other_base(w) for w in middle]):
                found = known.get(tuple(sound(w) for w in (given, *inner, ending)))
                if found:
                    return found
    return _respelled(words)


def _respelled(words: list[str]) -> Figure | None:
    """A figure whose given name is spelled in a way of its own (Kasim-Yomart Tokayev)."""
    if len(words) != 2 or len(words[0].strip(".")) < 4:
        return None
    letters = 3 if _given(words[0]) else 2
    for ending in _bases(words[-1]):
        figure = people().by_surname.get(sound(ending))
        if figure and sound(figure.names["en"])[:letters] == sound(words[0])[:letters]:
            return figure
    return None


def _bases(word: str) -> list[str]:
    """Base forms that an inflected surname may have."""
    if word.isascii():
        return [word.removesuffix("'s")]
    return list(
        dict.fromkeys(
            (word, male_base(word), female_base(word), other_base(word), kazakh_base(word))
        )
    )


def _given(word: str) -> tuple[str, str] | None:
    """Gender and base form of a known given name in any form; None: not known."""
    names = given_names()
    low = lower(word)
    if low in names.forms:
        return names.forms[low]
    for form in (word, kazakh_base(word)):
        if (heard := sound(form)) in names.sounds and len(heard) > 2:
            return names.sounds[heard], form
    return None


def _given_base(word: str) -> str:
    found = _given(word)
    return found[1] if found else word


def _base(page: Page, words: list[str], start: int) -> tuple[str, ...] | None:
    """The full name in its base form, given name first; None: these words are not a name."""
    if any(len(word.rstrip(".")) < 2 or word.endswith(".") for word in (words[0], words[-1])):
        return None
    if len(words) == 3:
        return _three(page, words, start)
    first, last = words
    if _given(first) and (not PATRONYMIC.search(last) or _SON.search(last)):
        return _agree(page, first, last)
    if _given(last) and _is_surname(first):
        return _agree(page, last, first)
    if (
        _is_surname(last)
        and not _ADJECTIVE.search(lower(last))
        and _name_like(first)
        and _in_place(page, start)
    ):
        return _agree(page, first, last)
    return None


def _three(page: Page, words: list[str], start: int) -> tuple[str, ...] | None:
    first, middle, last = words
    if PATRONYMIC.search(middle) and (_given(first) or _is_surname(last)):
        return _agree(page, first, last)
    if PATRONYMIC.search(last) and _is_surname(first):
        return _agree(page, middle, first)
    if middle.endswith(".") and words[0].isascii() and _given(first):
        return (first, last.removesuffix("'s"))
    return None


def _in_place(page: Page, start: int) -> bool:
    """An unknown given name is believed inside a sentence or right after a role."""
    inside = re.search(r"[\w,] $", page.text[max(0, start - 2) : start]) is not None
    return inside or role_of(page.text, start, start, page.language) is not None


def _is_surname(word: str) -> bool:
    if word.isascii():
        return SURNAME_EN.match(word.removesuffix("'s")) is not None
    return any(SURNAME.search(lower(base)) for base in _bases(word)) or lower(word).endswith(
        ("ова", "ева", "ина", "ская", "ской")
    )


def _name_like(word: str) -> bool:
    low = lower(word)
    return len(low) > 2 and not low.endswith(
        (
            "ий",
            "ый",
            "ая",
            "ое",
            "ые",
            "ого",
            "ому",
            "ой",
            "ых",
            "ом",
            "ым",
            "им",
            "ская",
            "ние",
            "ость",
            "дың",
            "ның",
        )
    )


def _agree(page: Page, given: str, surname: str) -> tuple[str, ...] | None:
    """Given name and surname in the base form; in Russian the two must agree."""
    if given.isascii():
        return (given.removesuffix("'s"), surname.removesuffix("'s"))
    if page.language == "kk":
        return (given, kazakh_base(surname))
    known = _given(given)
    inflected = known is not None and lower(known[1]) != lower(given)
    if known and known[0] == "f":
        return (known[1], female_base(surname))
    if known:
        base = male_base(surname)
        return (known[1], other_base(surname) if inflected and base == surname else base)
    base = male_base(surname)
    if base != surname and (looks_male(given) or _stands_alone(page, base)):
        return (other_base(given), base)
    if surname.endswith(("овой", "евой", "иной")):
        return (re.sub("(?:ой|ы|и|е)$", "а", given), female_base(surname))
    return (given, surname)


def _stands_alone(page: Page, surname: str) -> bool:
    """True if the text also has the surname in a form that only a man's takes."""
    return re.search(rf"\b{re.escape(surname)}(?:ым|у)?\b", page.text) is not None


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
    found = (_figure(list(pair)) for pair in pairwise(words))
    return {sound(f.name("ru").split()[-1]): f for f in found if f}


def _bare(
    page: Page, token: _Token, surnames: dict[str, Person | None], figures: dict[str, Figure]
) -> Person | None:
    if token.text.endswith(".") or len(token.text) < 3 or lower(token.text) in _NO_NAMES:
        return None
    if _NAMED_AFTER.search(page.text, max(0, token.start - 14), token.start):
        return None
    for base in _bases(token.text):
        heard = sound(base)
        if heard in surnames:
            person = surnames[heard]
            if person is None:
                return None
            return Person(person.key, person.name, token.start, token.end, None, None, False)
        figure = figures.get(heard) or people().by_surname.get(heard)
        if figure:
            name = figure.name(page.language)
            return Person(figure.key, name, token.start, token.end, None, None, False)
    return None


# ---------------------------------------------------------------- roles


def _with_roles(found: list[Person], page: Page) -> list[Person]:
    """Each person with the role said here, said elsewhere in the text, or held on that day."""
    ends = [0, *(p.end for p in found)]
    starts = [*(p.start for p in found[1:]), len(page.text) + 9]
    own = [
        _own(page, role_of(page.text, p.start, p.end, page.language), p, around)
        for p, around in zip(found, zip(ends, starts, strict=False), strict=False)
    ]
    said: dict[str, tuple[Role, str | None]] = {}
    for person, role in zip(found, own, strict=True):
        if role and person.key not in said:
            said[person.key] = (role, _country(page, role, person))
    return [_filled(page, person, said.get(person.key)) for person in found]


def _own(page: Page, role: Role | None, person: Person, around: tuple[int, int]) -> Role | None:
    """The role without the person named before it (X and the minister Y); None if it leads to the
    person named after it (X, minister Y)."""
    end, start = around
    if role is None or (role.start > person.start and role.end + 1 >= start):
        return None
    if role.nominative and not _in_base_form(page, person):
        return None  # адвокат Бишимбаева: the lawyer is somebody else
    if role.start >= end or role.end <= end:
        return role
    rest = role.text[max(0, len(role.text) - (role.end - end)) :]
    rest = _JOINED.sub("", rest)
    return Role(rest, role.end - len(rest), role.end, role.state) if len(rest) > 3 else None


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
    return Person(person.key, person.name, person.start, person.end, role, country, person.full)


def _country(page: Page, role: Role, person: Person) -> str | None:
    begin = max(page.sentence(role.start).start, role.start - 16)
    named = [p for p in page.named_in(begin, role.end + 1) if p.kind in _KINDS and p.kind != "org"]
    if named:
        inside = [p for p in named if p.start >= role.start] or named[-1:]
        return inside[0].code
    own = (
        role.state and not _FOREIGN_BODY.search(role.text) and _is_surname(person.name.split()[-1])
    )
    return page.home if own else None
