"""How a name sounds, whatever alphabet it is written in. Pure.

Токаев, Тоқаев, Tokayev and Tokaev all give "tokaev": this joins people and places of texts in
Russian, Kazakh and English. Layer 1: used by facts and stories.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.inflect import lower

_LATIN_OF_CYRILLIC = (
    "a b v g d e j z i i k l m n o p r s t u f k ts č š š . i . e iu ia a g k n o u u k i e i e u"
)
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіїєёў",
        _LATIN_OF_CYRILLIC.split(" "),
        strict=True,
    )
)
_LATIN = (
    ("shch", "š"), ("dzh", "j"), ("zh", "j"), ("sh", "š"), ("ch", "č"), ("kh", "k"), ("gh", "g"),
    ("ph", "f"), ("ck", "k"), ("ye", "e"), ("yo", "e"), ("q", "k"), ("x", "ks"), ("w", "v"),
    ("c", "k"), ("h", "k"), ("y", "i"), ("ğ", "g"), ("ş", "š"), ("ç", "č"), ("ı", "i"),
    ("ñ", "n"), ("ö", "o"), ("ü", "u"), ("ä", "a"), ("á", "a"), ("é", "e"), ("ó", "o"),
)  # fmt: skip
_AFTER = (
    (re.compile(r"(.)\1"), r"\1"), (re.compile("i(?=e)|(?<=i)i"), ""),
    (re.compile("ander$"), "andr"), (re.compile("[^a-zšč]"), ""),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a word sounds, roughly: equal for the spellings of one name in three alphabets."""
    low = lower(word)
    if low.isascii() or low[:1] < "а":
        for old, new in _LATIN:
            low = low.replace(old, new)
        low = "i" + low[1:] if low.startswith("y") else low
    else:
        low = "".join(_CYRILLIC.get(c, "") for c in low).replace(".", "")
    for pattern, new in _AFTER:
        low = pattern.sub(new, low)
    return low
