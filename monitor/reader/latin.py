"""Names between alphabets: Cyrillic to English and Kazakh Latin spellings, and back. Pure.

Rules only, no lists: a spelling that nobody uses costs nothing, because it is not in the index.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

# Russian press names in English: BGN/PCGN simplified, with the variants papers use.
_ENGLISH: dict[str, tuple[str, ...]] = {
    "а": ("a",), "б": ("b",), "в": ("v",), "г": ("g",), "д": ("d",), "е": ("e", "ye"),
    "ё": ("e", "yo"), "ж": ("zh",), "з": ("z",), "и": ("i",), "й": ("y", "i"), "к": ("k",),
    "л": ("l",), "м": ("m",), "н": ("n",), "о": ("o",), "п": ("p",), "р": ("r",), "с": ("s",),
    "т": ("t",), "у": ("u",), "ф": ("f",), "х": ("kh",), "ц": ("ts",), "ч": ("ch",), "ш": ("sh",),
    "щ": ("shch",), "ъ": ("",), "ы": ("y",), "ь": ("",), "э": ("e",), "ю": ("yu",), "я": ("ya",),
    "ә": ("a",), "ғ": ("g",), "қ": ("k",), "ң": ("n", "ng"), "ө": ("o",), "ұ": ("u",), "ү": ("u",),
    "һ": ("h",), "і": ("i",),
}  # fmt: skip
_MAX_SPELLINGS = 8

_COMMON = dict(zip("абвгдежзйклмнопрстуфхцчшэ", "abvgdejziklmnoprstufhcçşe", strict=True))
# Two Latin alphabets of Kazakh: 2021 (ä ö ü ğ ñ ū ş, у and ю with u) and 2018 (acutes).
_LATIN_2021 = str.maketrans(
    _COMMON | {
        "ә": "ä", "ғ": "ğ", "қ": "q", "ң": "ñ", "ө": "ö", "ұ": "ū", "ү": "ü", "һ": "h", "ы": "y",
        "і": "ı", "и": "i", "й": "i", "ц": "ts", "ч": "ch", "щ": "ş", "ю": "iu", "я": "ia",
        "ь": "", "ъ": "", "ё": "io",
    }
)  # fmt: skip
_LATIN_2018 = str.maketrans(
    _COMMON | {
        "ә": "á", "ғ": "ǵ", "қ": "q", "ң": "ń", "ө": "ó", "ұ": "u", "ү": "ú", "һ": "h", "ы": "y",
        "і": "i", "и": "ı", "й": "ı", "у": "ý", "ш": "sh", "ч": "ch", "ж": "j", "ц": "ts",
        "щ": "sh", "ю": "ıý", "я": "ıa", "ь": "", "ъ": "", "ё": "ıo",
    }
)  # fmt: skip

# English and Kazakh Latin back to Cyrillic: the longest piece first.
_BACK = (
    ("shch", "щ"), ("kh", "х"), ("zh", "ж"), ("sh", "ш"), ("ch", "ч"), ("ts", "ц"), ("yu", "ю"),
    ("ya", "я"), ("ye", "е"), ("yo", "ё"), ("iy", "ий"), ("a", "а"), ("b", "б"), ("c", "к"),
    ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"), ("i", "и"), ("j", "дж"),
    ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("q", "к"), ("r", "р"),
    ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "у"), ("x", "кс"), ("y", "ы"), ("z", "з"),
)  # fmt: skip
_VOWELS = "aeiou"


def english_spellings(name: str) -> tuple[str, ...]:
    """How papers in English may write a Cyrillic name, most usual first; at most eight."""
    choices = []
    for index, letter in enumerate(name):
        options = _ENGLISH.get(letter, (letter,))
        if letter == "е" and index and name[index - 1] not in "аеиоуыэюяьъ":
            options = ("e",)
        choices.append(options)
    spelled = itertools.islice(itertools.product(*choices), _MAX_SPELLINGS)
    return tuple(dict.fromkeys("".join(letters) for letters in spelled))


def kazakh_latin(words: Iterable[str]) -> set[str]:
    """Kazakh Cyrillic words in both Latin alphabets of the press."""
    return {word.translate(table) for word in words for table in (_LATIN_2021, _LATIN_2018)}


def cyrillic_spelling(name: str) -> str:
    """A Latin-script name as a Russian paper would write it ("bektenov" -> "бектенов")."""
    found, index = "", 0
    while index < len(name):
        piece, letter = next(
            ((p, c) for p, c in _BACK if name.startswith(p, index)), (name[index], name[index])
        )
        if piece == "y" and index and name[index - 1] in _VOWELS:
            letter = "й"
        found += letter
        index += len(piece)
    return found
