"""Who wrote it: names of people, never the outlet, the editors' office or an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.extract.lines import fold, tidy
from monitor.extract.metadata import Metadata
from monitor.extract.page import Page, Tree

_NOBODY = re.compile(
    r"""\b(редакци\w*|admin\w*|administrator|editor(?:ial|s)?\b|editors?|staff|newsroom|newsdesk|
    корр(?:еспондент)?|пресс-?служб\w*|агентств\w*|новост\w*|news|team|desk|guest|гость|автор|
    author|unknown|аноним\w*|anonymous|user\d*|root|webmaster|redaktor|redactor|редактор|
    press|media|портал|portal|журнал|газета|жаңалық\w*|редакция\w*|by|posted|moderator|модератор)\b""",
    re.I | re.X,
)
_LABEL = re.compile(
    r"^\W*(?:авторы?|автор текста|текст|беседовал[аи]?|подготовил[аи]?|записал[аи]?|интервью|"
    r"мәтін|авторы|дайындаған|жазған|by|author|written by|reporting by|words by)\s*[:—–-]?\s*",
    re.I,
)
_ADDRESS = re.compile(r"https?:|www\.|@|\.(?:kz|ru|com|org|net|info)\b", re.I)
_CAPITAL = r"[A-ZА-ЯЁӘҒҚҢӨҰҮІҺÁÉÍÓÚÝŚŠŽ]"
_SMALL = r"[a-zа-яёәғқңөұүіһáéíóúýǵńıśšžçğ’'ʼ-]"
_WORD = rf"(?:{_CAPITAL}{_SMALL}+|{_CAPITAL}{{2,}}(?:-{_CAPITAL}{{2,}})?|{_CAPITAL}\.)"
_PERSON = re.compile(rf"^{_WORD}(?:\s+{_WORD}){{1,3}}$")
# "Ергали НУРГАЛИЕВ, Астана" / "Автор: Имя Фамилия" as the last line of a text
_SIGNED = re.compile(
    rf"^(?P<label>{_LABEL.pattern[1:]})?(?P<name>{_WORD}(?:\s+{_WORD}){{1,2}})"
    rf"(?P<place>,\s*(?:г\.\s*)?{_CAPITAL}[\w-]+(?:[\s-]{_CAPITAL}?[\w-]+)?)?\.?$"
)
_BYLINE = re.compile(r"author|byline|автор|avtor", re.I)


def page_authors(page: Page, stated: Metadata) -> tuple[str, ...]:
    """Who a page says wrote it: to machines, else beside the headline or below the text."""
    found = clean_authors(stated.authors, site_names=stated.site_names, host=page.host)
    return found or clean_authors(
        visible_authors(page.tree), site_names=stated.site_names, host=page.host
    )


def clean_authors(names: Sequence[str], *, site_names: Sequence[str], host: str) -> tuple[str, ...]:
    """Distinct personal names; labels, outlets, roles and addresses are no authors."""
    outlets = {fold(name) for name in site_names} | {
        fold(host),
        fold(host.split(".", maxsplit=1)[0]),
    }
    found: list[str] = []
    for name in (part for raw in names for part in _split(raw)):
        person = _LABEL.sub("", tidy(name)).strip(" .,;:|")
        if not _is_person(person, outlets):
            continue
        if fold(person) not in {fold(other) for other in found}:
            found.append(person)
    return tuple(found)


def visible_authors(tree: Tree) -> list[str]:
    """Short texts of elements that call themselves author or byline."""
    found = []
    for element in tree.iter("a", "span", "div", "p", "address", "li"):
        named, kind, relation = element.get("class"), element.get("itemprop"), element.get("rel")
        if not (named or kind or relation):
            continue
        marks = f"{named or ''} {kind or ''} {relation or ''}"
        if not _BYLINE.search(marks) or "comment" in marks:
            continue
        text = " ".join("".join(element.itertext()).split())
        if 4 <= len(text) <= 80:
            found.append(text)
    return found[:6]


def signed_by(lines: Sequence[str]) -> str | None:
    """The name in a signature line at the end of a text, None when there is none.

    A bare name counts as the very last line, or when its surname is in capitals, or a label or a
    place stands with it: above the end it may also be a sub-head.
    """
    for line in list(lines)[-3:]:
        match = _SIGNED.match(line) if len(line) <= 70 else None
        if match is None:
            continue
        surname = match["name"].split()[-1]
        if line == lines[-1] and len(lines) > 2 and lines[-2].endswith((".", "»", "!", "?", "…")):
            return match["name"]
        if match["label"] or match["place"] or (surname.isupper() and len(surname) > 2):
            return match["name"]
    return None


def _split(raw: str) -> Iterator[str]:
    yield from re.split(r"\s*(?:[;|/]|,|\bи\b|\band\b|\bжәне\b|&)\s*", raw)


def _is_person(name: str, outlets: set[str]) -> bool:
    if not name or len(name) > 60 or _ADDRESS.search(name) or _NOBODY.search(name):
        return False
    if fold(name) in outlets:
        return False
    return bool(_PERSON.match(name))
