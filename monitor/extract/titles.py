"""The headline: where h1, JSON-LD, OpenGraph and <title> agree, without the outlet's name. Pure.

Agreement took exact titles from .59-.69 to .76-.79 on foreign sets and from 0 to 1.0 on one
Russian outlet (measured in the preparation of this project).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.extract.lines import fold, tidy
from monitor.extract.metadata import Metadata
from monitor.extract.page import Tree

_SEPARATOR = re.compile(r"\s+(?:\||[–—-]|::|»|«|/|•|·)\s+|\s*\|\s*")
_MAY_SEPARATE = re.compile("[|–—:»«/•·-]").search  # a cheap look before the pattern
_SHORTEST = 12  # characters of a headline that may lose a tail


def find_title(heads: Sequence[str], stated: Metadata, *, host: str, fallback: str = "") -> str:
    """The best headline of the page's `headings` and statements; `fallback` (the feed's) only
    when the page names none."""
    names = [fold(name) for name in (*stated.site_names, host, host.split(".", maxsplit=1)[0])]
    raw = [stated.headline, stated.og_title, stated.page_title]
    stripped = {text: strip_outlet(tidy(text), names, raw) for text in {*raw} if text}
    candidates = [stripped[text] for text in raw if text]
    for head in heads:
        if any(_agree(head, text) for text in [*candidates, fallback] if text):
            return head
    if candidates:
        return _most_agreed(candidates)
    return heads[0] if heads else tidy(fallback)


def headings(tree: Tree) -> list[str]:
    """The texts of all h1, in page order."""
    texts = (tidy(" ".join("".join(h.itertext()).split())) for h in tree.iter("h1"))
    return [text for text in texts if len(text) > 2]


def strip_outlet(text: str, names: Sequence[str], others: Sequence[str] = ()) -> str:
    """The headline without a tail or head that names the outlet or a section.

    A part is dropped when it is a known name of the outlet, or when the rest equals another
    statement of the title.
    """
    folded_others = {fold(other) for other in others if other and other != text}
    separators = list(_SEPARATOR.finditer(text)) if _MAY_SEPARATE(text) else []
    for match in reversed(separators):
        head, tail = text[: match.start()].strip(), text[match.end() :].strip()
        if fold(head) in folded_others:
            return head
        if len(head) >= _SHORTEST and _is_name(tail, names):
            return strip_outlet(head, names, others)
    head, colon, tail = text.rpartition(": ")
    if colon and len(head) >= _SHORTEST and _is_name(tail, names):
        return head.strip()
    if separators and _is_name(text[: separators[0].start()], names):
        return text[separators[0].end() :].strip()
    return text


def _is_name(part: str, names: Sequence[str]) -> bool:
    folded = fold(part)
    if not folded or len(folded) > 60:
        return False
    squashed = folded.replace(" ", "")
    return any(
        name
        and (folded == name or squashed == name.replace(" ", "") or folded.startswith(name + " "))
        for name in names
    ) or bool(
        re.fullmatch(r"[\w-]+\.(?:kz|ru|com|org|net|info|uz|kg|media|asia)", part.strip(), re.I)
    )


def _agree(head: str, text: str) -> bool:
    one, two = fold(head), fold(text)
    if not one or not two:
        return False
    if one == two or (len(one) > 20 and (two.startswith(one) or one.startswith(two))):
        return True
    if len(one) > 12 and f" {one} " in f" {two} ":
        return True  # between a section and the outlet's name
    words_one, words_two = set(one.split()), set(two.split())
    if len(words_two) >= 2 and words_two <= words_one:
        return True  # the short form for tabs and cards
    return len(words_one & words_two) >= 0.7 * max(len(words_one), len(words_two))


def _most_agreed(candidates: Sequence[str]) -> str:
    folded = [fold(text) for text in candidates]
    return max(candidates, key=lambda text: folded.count(fold(text)))
