"""Names of people: their base form and their key. Pure.

Sound (`monitor.sound`) is what joins the spellings. Knows no people; the lists are read in `monitor.facts.known`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.inflect import lower, russian_forms
from monitor.sound import sound

_PLAIN = str.maketrans({"š": "sh", "č": "ch"})

PATRONYMIC = re.compile(
    r"(?:[ое]вич|[иы]ч|[ое]вн|[ыи]чн|(?<=.)ұл|қыз|угл|уул|кыз|uly|kyzy|qyzy|ovich|evich|ovna|evna)"
    r"(?:а|у|ем|ом|е|ы|ой|ою|ын|ыны?ң|ы|и)?$",
    re.IGNORECASE,
)
# What a surname of this region ends with, in the base form.
SURNAME = re.compile(
    r"(?:[^аеёиоуыэюяәөұүіь](?:ов|ин|ын)|[аеёиоуыьйлнрт](?:ев|ёв)|[а-я]ов|баев|беков|гали|ский|цкий"
    r"|енко|[а-я]{2}чук|[а-я]{2}юк|дзе|швили|[а-я]{2}ян|[а-я]{2}янц|бек|бай|улы|ұлы|оглы)$"
)
SURNAME_EN = re.compile(
    r"^[A-Z][a-z-]*(?:[a-z]ov|[a-z]ev|ova|eva|ayeva?|[a-z]{2}sky|skiy|skii|enko|dze|shvili|bayev|bekov"
    r"|uly|oglu|[a-z]{3}yan)$"
)
_MALE_CASES = re.compile("(?<=[ое]в|ёв|ин|ын)(?:а|у|ым|е)$")
_SOFT_ADJECTIVE = re.compile("(?<=[а-я]{3}[нчщшж])(?:его|ему|им)$")
_FEMALE_CASES = re.compile("(?<=[ое]в|ёв|ин|ын)(?:ой|у|ою)$")
_KAZAKH_TAIL = re.compile(
    "(?:ның|нің|дың|дің|тың|тің|нда|нде|нан|нен|дан|ден|тан|тен|мен|бен|пен|ға|ге|қа|ке"
    "|ны|ні|ды|ді|ты|ті|да|де|та|те)$"
)
_MALE_STEM = re.compile(
    "(?:бек|хан|жан|бай|мир|лан|рат|гали|тай|дар|кан|зат|мат|ан|ек|ер|ур|ет|ар|ай|ик|ил|им|ит|ид|ор|от|ет|ир|ен|ын|ол|ыл)$"
)


def key_of(words: tuple[str, ...]) -> str:
    """The joining key of a full name in its base form: surname first, patronymic left out."""
    kept = [w for w in words if not PATRONYMIC.search(w) and len(w.strip(".")) > 1]
    kept = kept if len(kept) > 1 else list(words)
    surnames = [w for w in kept if SURNAME.search(lower(w)) or SURNAME_EN.match(w)]
    last = surnames[-1] if surnames else kept[-1]
    rest = [w for w in kept if w is not last]
    return "-".join(sound(w) for w in (last, *rest)).translate(_PLAIN)


def surname_of(words: tuple[str, ...]) -> str:
    """The sound of the surname alone."""
    return key_of(words).partition("-")[0].replace("sh", "š").replace("ch", "č")


@lru_cache(maxsize=20_000)
def kazakh_base(word: str) -> str:
    """A Kazakh name without its case ending, where the rest still looks like a name."""
    found = _KAZAKH_TAIL.search(word)
    if not found or len(word) - len(found.group()) < 4:
        return word
    base = word[: found.start()]
    hard = re.search("[пткфсшцщ]ты$|[пткфсшцщ]ті$", word) is not None  # Трамп-ты
    strong = (
        hard
        or len(found.group()) > 2
        or SURNAME.search(lower(base))
        or base.endswith(("ова", "ева"))
    )
    return base if strong else word


def male_base(surname: str) -> str:
    """Nominative of a man's surname that may be inflected."""
    low = surname.lower()
    if low.endswith(("ского", "скому", "ским", "ском", "цкого", "цкому", "цким")):
        return surname[:-3] + "ий" if low[-3:] in ("ого", "ому") else surname[:-2] + "ий"
    if _SOFT_ADJECTIVE.search(low):
        return _SOFT_ADJECTIVE.sub("ий", surname)
    return _MALE_CASES.sub("", surname)


def female_base(surname: str) -> str:
    """Nominative of a woman's surname that may be inflected."""
    low = surname.lower()
    if low.endswith(("ской", "скую", "цкой", "цкую")):
        return surname[:-2] + "ая"
    return _FEMALE_CASES.sub("а", surname)


def other_base(surname: str) -> str:
    """Nominative of an inflected surname without a suffix of its own (Трампа, Козака)."""
    if re.search("[бвгджзклмнпрстфхцчшщ](?:а|у|ом|ем|е)$", surname) and len(surname) > 4:
        return re.sub("(?:а|у|ом|ем|е)$", "", surname)
    if re.search("[аеиоуыя](?:я|ю|ем)$", surname) and len(surname) > 4:
        return re.sub("(?:я|ю|ем)$", "й", surname)
    return surname


def looks_male(given: str) -> bool:
    """True for an unknown given name in an oblique case that men's names have."""
    found = re.search("(?:а|у|ом|е)$", given)
    return bool(found and _MALE_STEM.search(given[: found.start()].lower()))


def given_forms(name: str) -> frozenset[str]:
    """The case forms of a given name, lower-case; the second half of a double name inflects."""
    head, dash, tail = name.rpartition("-")
    if dash:
        return frozenset(f"{lower(head)}-{form}" for form in russian_forms(tail))
    return russian_forms(name)
