"""Names of people and their roles as news texts write them: Russian, Kazakh, English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

UPPER = "A-ZА-ЯЁӘҒҚҢӨҰҮІҺ"
LOWER = "a-zа-яёәғқңөұүіһáéíóúýǵńşçğı"
WORD = rf"[{UPPER}](?:[{LOWER}’'ʼ]+|[{UPPER}]+)(?:-[{UPPER}][{UPPER}{LOWER}]+)*"
NAME = re.compile(
    rf"(?<![\w-])(?:[{UPPER}]\.\s?){{0,2}}{WORD}(?:\s+(?:{WORD}|[{UPPER}]\.)){{1,2}}(?!\w)"
)
SURNAME = re.compile(rf"(?<![\w-])(?:[{UPPER}]\.\s?){{1,2}}{WORD}|(?<![\w-]){WORD}")

# Role words by their stem and base form; what stands between such a word and a name is the role.
_ROLES = {
    "политолог": "политолог", "эксперт": "эксперт", "аналитик": "аналитик",
    "экономист": "экономист", "директор": "директор", "руководител": "руководитель",
    "заместител": "заместитель", "председател": "председатель", "профессор": "профессор",
    "доктор": "доктор", "кандидат": "кандидат", "президент": "президент", "министр": "министр",
    "посол": "посол", "посл": "посол", "депутат": "депутат", "сенатор": "сенатор",
    "востоковед": "востоковед", "историк": "историк", "социолог": "социолог",
    "журналист": "журналист", "дипломат": "дипломат", "юрист": "юрист", "адвокат": "адвокат",
    "глав": "глава", "спикер": "спикер", "обозревател": "обозреватель",
    "научн": "научный", "старш": "старший", "ведущ": "ведущий", "главн": "главный",
    "исследовател": "исследователь", "сотрудник": "сотрудник", "советник": "советник",
    "представител": "представитель", "ректор": "ректор", "учёный": "учёный", "учен": "учёный",
    "инженер": "инженер", "врач": "врач", "аким": "аким", "премьер": "премьер",
    "основател": "основатель", "партнер": "партнёр", "международник": "международник",
    "американист": "американист", "китаист": "китаист", "синолог": "синолог",
    "энергетик": "энергетик", "координатор": "координатор", "секретар": "секретарь",
    "начальник": "начальник", "агроном": "агроном", "эколог": "эколог", "финансист": "финансист",
    "саясаттанушы": "саясаттанушы", "сарапшы": "сарапшы", "экономис": "экономист",
    "басшы": "басшысы", "төраға": "төраға", "министрі": "министрі", "елші": "елшісі",
    "ғалым": "ғалым", "тарихшы": "тарихшы", "заңгер": "заңгер",
    "analyst": "analyst", "expert": "expert", "professor": "professor", "director": "director",
    "minister": "minister", "ambassador": "ambassador", "economist": "economist",
    "political": "political", "senior": "senior", "researcher": "researcher", "fellow": "fellow",
    "head": "head", "chairman": "chairman", "deputy": "deputy", "historian": "historian",
    "spokesman": "spokesman", "spokeswoman": "spokeswoman", "lecturer": "lecturer",
}  # fmt: skip
_ENDING = r"(?!и[ияюей])[а-яёәғқңөұүі]{0,5}"  # политолог, not политологии
ROLE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(sorted(map(re.escape, _ROLES), key=len, reverse=True))
    + rf"){_ENDING}(?!\w)",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A name as found, with the role that stands beside it."""

    name: str
    role: str | None
    start: int


def people(text: str) -> list[Person]:
    """People named with at least two words, in order, with the role before or after the name."""
    found = []
    for match in NAME.finditer(text):
        name = match.group()
        if ROLE.match(name) or not plausible(name):
            shorter = NAME.search(name.split(" ", 1)[1]) if " " in name else None
            if shorter is None or not plausible(shorter.group()):
                continue
            name = shorter.group()
        start = text.index(name, match.start())
        role = role_before(text[:start]) or role_after(text[start + len(name) :])
        found.append(Person(name=name, role=role, start=start))
    return found


def plausible(name: str) -> bool:
    """Two words of a person, not of an institution or a country."""
    return not _INSTITUTION.search(name) and not name.isupper()


_INSTITUTION = re.compile(
    r"(?<!\w)(?:Центральн\w+|Институт\w*|Центр\w*|Республик\w+|Казахстан\w*|Росси\w+|Ази\w+|"
    r"Соединенн\w+|Соединённ\w+|Штат\w*|Совет\w*|Агентств\w*|Министерств\w*|Парламент\w*|"
    r"Университет\w*|Бел\w+ дом\w*|Глав\w+ государств\w*|The|New|United|States|Central|Asia|"
    r"Kazakhstan|White|House|Қазақстан\w*|Орталық|Азия\w*|АҚШ|США|Фонд\w*|Банк\w*|Как|Что|Это|Если|"
    r"При|Для|После|По|На|Во?|Об?|Так|Но|Мы|Он|Она|Они|Когда|Также|Однако|Сам|Сегодня)(?!\w)"
)


def role_before(text: str) -> str | None:
    """The role that ends right before a name: from its first role word on."""
    tail = re.split(r"[.!?:;»«\n(]|,\s+(?=котор|где|что|как|а\s|но\s)", text[-220:])[-1]
    words = list(ROLE.finditer(tail))
    if not words:
        return None
    first = _first_of_chain(tail, words)
    role = tail[first.start() :].strip(" ,–—-")
    if len(role) > 140 or (re.search(rf"(?<!\w){WORD}\s+{WORD}$", role) and len(role) < 5):
        return None
    return base_form(role) if _leads_to_name(role) else None


def _first_of_chain(tail: str, words: list[re.Match[str]]) -> re.Match[str]:
    """Roles are listed with commas (`политолог, директор Центра …`): start at the first of them."""
    first = words[-1]
    for match in reversed(words[:-1]):
        between = tail[match.end() : first.start()]
        if len(between) > 90 or re.search(r"\b(?:с|и|у|от|к|по|для|что|как|на|в)\b\s*$", between):
            break
        first = match
    return first


def _leads_to_name(role: str) -> bool:
    return not re.search(
        r"(?<!\w)(?:сказал|заявил|отметил|сообщил|считает|рассказал|said)\w*", role
    )


def role_after(text: str) -> str | None:
    """`Имя Фамилия, директор института …,`: the apposition after the comma."""
    match = re.match(r"\s*(?:,|[–—-]|\()\s*([^,.!?;:»\n()–—]{4,120})", text)
    if match is None:
        return None
    found = ROLE.match(match[1].strip())
    return base_form(match[1].strip()) if found else None


def base_form(role: str) -> str:
    """Role words in their base form: `политолога, руководителя Центра` -> `политолог,
    руководитель Центра`. Only the words before the first other noun change."""
    pieces = re.split(r"(,\s*|\s+)", role)
    changing = True
    for index in range(0, len(pieces), 2):
        if index and "," in pieces[index - 1]:
            changing = True
        match = ROLE.fullmatch(pieces[index]) if changing else None
        if match is None:
            changing = False
            continue
        pieces[index] = _base(pieces[index])
    return "".join(pieces)


def _base(word: str) -> str:
    low = word.lower()
    stem = max((stem for stem in _ROLES if low.startswith(stem)), key=len)
    if low == stem or low == _ROLES[stem]:
        return low
    return _ROLES[stem]


def nominative(name: str, text: str) -> str:
    """The name as the text itself writes it in its base form, else with the case ending cut.

    The shortest variant in the text whose words share their stems wins: names grow with cases.
    """
    words = name.split()
    stems = [word[: max(3, len(word) - 3)] for word in words]
    shortest = min((name, *_variants(stems, text)), key=len)  # of equals the first
    if shortest != name:
        return shortest
    if _is_womans(words[0], words[-1]):
        return " ".join((_womans_given(words[0]), *words[1:-1], _womans_surname(words[-1])))
    if _oblique(words[-1]):
        return " ".join(_cut(word) for word in words)
    if re.search(r"[бвгджзклнпрстфхцчшщ]ом$|ием$", words[0]):  # the surname is indeclinable
        return " ".join((_cut(words[0]), *words[1:]))
    return name


_TO_NEXT = re.compile(r"\w{0,4}\s+")
_TO_END = re.compile(r"\w{0,4}(?!\w)")


def _variants(stems: Sequence[str], text: str) -> Iterator[str]:
    """Words in a row that begin with these stems and end at most four letters after. No pattern is
    made of them: compiling it took longer than looking through a text."""
    start = text.find(stems[0])
    while start >= 0:
        end = _end_of_variant(stems, text, start)
        if end is not None:
            yield text[start:end]
        start = text.find(stems[0], end or start + 1)


def _end_of_variant(stems: Sequence[str], text: str, start: int) -> int | None:
    if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        return None
    place = start + len(stems[0])
    for stem in stems[1:]:
        gap = _TO_NEXT.match(text, place)
        if gap is None or not text.startswith(stem, gap.end()):
            return None
        place = gap.end() + len(stem)
    end = _TO_END.match(text, place)
    return end.end() if end else None


# Given names whose accusative looks like a man's dative (Анну Иванову, but Ивану Иванову).
_WOMEN = frozenset(
    "алина александра анара анастасия анна асия валентина валерия вера виктория галина гульмира "  # noqa: SIM905
    "гульнара дана дарига диана дина динара екатерина елена жанна зарина ирина камила карина "
    "лариса людмила мадина майра маргарита марина мария надежда наталия нина оксана ольга полина "
    "роза светлана татьяна эльмира юлия яна".split()
)
_STAY = frozenset({"сауле", "зауре", "айше"})  # never inflected


def _is_womans(given: str, surname: str) -> bool:
    """True for a woman's surname in an oblique case, as far as ending and given name tell."""
    if re.search(r"(?:ов|ев|ёв|ин|ын|ск|цк)ой$", surname):
        return not re.search(r"[бвгджзклмнпрстфхцчшщ](?:а|ом)$|ем$", given)  # Льва Толстовой: no
    if re.search(r"(?:ов|ев|ёв|ин|ын)у$|(?:ск|цк)ую$", surname):
        return given.endswith("ью") or _womans_given(given).lower() in _WOMEN
    return False


def _womans_given(given: str) -> str:
    """Елены, Елене, Елену, Еленой -> Елена; Наталье -> Наталья; Марии -> Мария; Асели -> Асель."""
    if given.lower() in _STAY:
        return given
    for ending, base in (
        (r"ь(?:ей|ею|и|е|ю)$", "ья"), (r"и(?:ей|ею|и|ю)$", "ия"), (r"(?<=[гкхжчшщ])и$", "а"),
        (r"(?<=[бвдзлмнпрстф])и$", "ь"), (r"(?:ы|е|у|ой|ою)$", "а"),
    ):  # fmt: skip
        if re.search(ending, given):
            return re.sub(ending, base, given)
    return given


def _womans_surname(surname: str) -> str:
    last = re.sub(r"([её]в|ов|ин|ын)(?:ой|у)$", r"\1а", surname)
    return re.sub(r"([сц]к)(?:ой|ую)$", r"\1ая", last)


def _oblique(surname: str) -> bool:
    return bool(re.search(r"(?:ов|ев|ёв|ин|ын)(?:ым|ой|у)$|(?:ск|цк)(?:им|ого|ому)$", surname))


def _cut(word: str) -> str:
    for ending, base in (
        (r"(ов|ев|ёв|ин|ын)ым$", r"\1"), (r"(ов|ев|ёв|ин|ын)ой$", r"\1а"),
        (r"(ов|ев|ёв|ин|ын)у$", r"\1"), (r"(ск|цк)(?:им|ого|ому)$", r"\1ий"),
        (r"([рл])ем$", r"\1ь"), (r"ию$", "ий"), (r"([ае])ю$", r"\1й"),
        (r"([бвгджзклмнпрстфхцчшщ])у$", r"\1"),
        (r"([бвгджзклмнпрстфхцчшщ])ом$", r"\1"), (r"([бвгджзклмнпрстфхцчшщ])ой$", r"\1а"),
        (r"ием$", "ий"), (r"ем$", "й"), (r"ей$", "я"),
    ):  # fmt: skip
        if re.search(ending, word):
            return re.sub(ending, base, word)
    return word
