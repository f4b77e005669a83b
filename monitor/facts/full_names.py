"""Full names: which two or three capitals are a person, and the name's base form.

Precision first: two capitals are a person only if the given name is known, the surname has a
surname's ending or a role stands before them. Pure.
"""

from __future__ import annotations

import re

from monitor.facts.names import (
    PATRONYMIC,
    female_base,
    kazakh_base,
    key_of,
    looks_male,
    male_base,
    other_base,
)
from monitor.facts.page import Page
from monitor.facts.person import (
    Person,
    Token,
    figure_of,
    given_of,
    is_no_name,
    is_place,
    is_surname,
)
from monitor.facts.roles import role_of
from monitor.inflect import lower

_NAMED_AFTER = re.compile(
    r"(?:улиц\w*|ул\.|проспект\w*|пр\.|имени|им\.|площад\w*|фонд\w*|мост\w*|school|street|avenue|university)\s$",
    re.IGNORECASE,
)
_BEFORE_ITS_NAME = re.compile(  # the place or house that bears the name stands after it
    r"^\s(?:атындағы|көшесі|даңғылы|ауданы|облысы|университет|интеллектуальн|зияткерлік|орталығы|мектебі"
    r"|street|avenue|university|center|centre|foundation|intellectual|school)",
    re.IGNORECASE,
)
_OF_THINGS = ("ия", "ии", "ие", "ию", "его", "сти", "ств", "ства", "ний", "ция", "ций")
_MORE_CAPITALS = re.compile(r"[ -][А-ЯЁӘҒҚҢӨҰҮҺІA-Z]")
_PAIR = 2
_WOMANS = ("ова", "ева", "ина")
_OF_A_BODY = re.compile(  # words that follow an office, in any case
    "сенат|парламент|мажилис|банк|университет|министерств|комитет|совет|республик|агентств|правительств|академи"
    "|институт|центр|фонд|парти|палат|союз|област|район|город|федерац|корпорац|компани|групп|холдинг"
)
_ADJECTIVE = re.compile("(?:[сц]к|н)(?:ий|ая|ого|ой|ому|им|ом|ую|ые|ых)$")
_SON = re.compile(r"(?:uly|kyzy|qyzy|ұлы|қызы|улы|кызы)$")  # may be all the surname there is


def names_a_place(page: Page, start: int, end: int) -> bool:
    """True for a street, a university, a fund that bears a person's name."""
    if _NAMED_AFTER.search(page.text, max(0, start - 14), start):
        return True
    return _BEFORE_ITS_NAME.match(page.text[end : end + 16]) is not None


def full_name(page: Page, piece: list[Token]) -> Person | None:
    """The person whom these two or three words name, in any case; None: they are no name."""
    start, end = piece[0].start, piece[-1].end
    words = [token.text for token in piece]
    figure = figure_of(tuple(words))
    if figure is None and any(_excluded(page, token) for token in piece):
        return None
    if figure is None and names_a_place(page, start, end):
        return None
    if figure is not None:
        return Person(figure.key, figure.name(page.language), start, end, None, None, True)
    base = _base(page, words, start)
    if base is None:
        return None
    figure = figure_of(base) if len(base) == _PAIR else None  # surname first, or a patronymic
    if figure is not None:
        return Person(figure.key, figure.name(page.language), start, end, None, None, True)
    return Person(key_of(base), " ".join(base), start, end, None, None, True)


def _excluded(page: Page, token: Token) -> bool:
    if page.language != "en" and token.text.isascii():
        return True  # a Latin name in a Cyrillic text is a brand
    return is_no_name(token.text) or is_place(page, token)


def _base(page: Page, words: list[str], start: int) -> tuple[str, ...] | None:
    """The full name in its base form, given name first; None: these words are not a name."""
    if any(len(word.rstrip(".")) < 2 or word.endswith(".") for word in (words[0], words[-1])):
        return None
    if len(words) == 3:
        return _three(page, words, start)
    first, last = words
    if given_of(first) and (not PATRONYMIC.search(last) or _SON.search(last)):
        return _agree(page, first, last, start)
    if given_of(last) and is_surname(first):
        return _agree(page, last, first, start)
    if (
        is_surname(last)
        and not _ADJECTIVE.search(lower(last))
        and _name_like(first)
        and _in_place(page, start)
    ):
        return _agree(page, first, last, start)
    return _after_role(page, words, start)


def _after_role(page: Page, words: list[str], start: int) -> tuple[str, ...] | None:
    """A foreign name that nothing else explains, right after a role in the base form: then the
    name is in the base form too (сообщил сопредседатель палаты Михаэль Роэ)."""
    if page.language != "ru" or not all(_may_be_foreign(word) for word in words):
        return None
    end = start + len(" ".join(words))
    if _MORE_CAPITALS.match(page.text, end) or given_of(words[1]) or is_surname(words[0]):
        return None
    if any(p.end > start for p in page.named_in(max(0, start - 30), end + 30) if p.start < end):
        return None
    role = role_of(page.text, start, start, page.language)
    if role is None or not role.base_form or role.end + 1 != start:
        return None
    last = role.text.split()[-1]
    if (
        last[-1].isalpha()
        and last.istitle()
        and not (is_no_name(last) or page.named_in(role.end - len(last), role.end))
    ):
        return None
    return tuple(words)


def _may_be_foreign(word: str) -> bool:
    low = lower(word)
    return _name_like(word) and not low.endswith(_OF_THINGS) and not _OF_A_BODY.match(low)


def _three(page: Page, words: list[str], start: int) -> tuple[str, ...] | None:
    first, middle, last = words
    if PATRONYMIC.search(middle) and (given_of(first) or is_surname(last)):
        return _agree(page, first, last, start)
    if PATRONYMIC.search(last) and is_surname(first):
        return _agree(page, middle, first, start)
    if middle.endswith(".") and words[0].isascii() and given_of(first):
        return (first, last.removesuffix("'s"))
    return None


def _in_place(page: Page, start: int) -> bool:
    """An unknown given name is believed inside a sentence or right after a role."""
    inside = re.search(r"[\w,] $", page.text[max(0, start - 2) : start]) is not None
    return inside or role_of(page.text, start, start, page.language) is not None


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


def _agree(page: Page, given: str, surname: str, start: int) -> tuple[str, ...] | None:
    """Given name and surname in the base form; in Russian the two must agree."""
    if given.isascii():
        return (given.removesuffix("'s"), surname.removesuffix("'s"))
    if page.language == "kk":
        return (given, kazakh_base(surname))
    known = given_of(given)
    if known and known[0] == "f" and _is_mans(page, given, surname, start):
        return (given[:-1], other_base(surname))
    inflected = known is not None and lower(known[1]) != lower(given)
    if known and known[0] == "f":
        return (known[1], female_base(surname))
    if known and not inflected and given[-1] not in "аеиоуыюя" and surname.endswith(_WOMANS):
        return (given, surname)  # a woman with a name that men have too: nothing is inflected
    if known:
        base = male_base(surname)
        return (known[1], other_base(surname) if inflected and base == surname else base)
    base = male_base(surname)
    if base != surname and (
        looks_male(given) or _stands_alone(page, base) or _after_oblique(page, given, start)
    ):
        return (other_base(given), base)
    if surname.endswith(("овой", "евой", "иной")):
        return (re.sub("(?:ой|ы|и|е)$", "а", given), female_base(surname))
    return (given, surname)


def _is_mans(page: Page, given: str, surname: str, start: int) -> bool:
    """Александра Худилайнена after an office in the genitive: Александр Худилайнен."""
    if not given.endswith("а") or surname.endswith((*_WOMANS, "ская", "цкая")):
        return False
    man = given_of(given[:-1])
    if man is None or man[0] != "m" or not _after_oblique(page, given, start):
        return False
    return other_base(surname) != surname


def _after_oblique(page: Page, given: str, start: int) -> bool:
    """True after an office in another case than the base form: the name is in that case too."""
    role = role_of(page.text, start, start, page.language)
    oblique = role is not None and not role.base_form and role.end + 1 == start
    return oblique and given[-1] in "ауеи"


def _stands_alone(page: Page, surname: str) -> bool:
    """True if the text also has the surname in a form that only a man's takes."""
    return re.search(rf"\b{re.escape(surname)}(?:ым|у)?\b", page.text) is not None
