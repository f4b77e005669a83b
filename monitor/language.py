"""The language and script of a text, by its alphabet and commonest words. Pure; knows no country.

Layer 1: imports nothing of the project.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

_LATIN = "A-Za-z\u00c0-\u024f\u0259\u018f"
_CYRILLIC = "\u0400-\u052f"

# Letters that only some alphabets have, as shares of all Cyrillic letters. Kazakh prose has
# 14-22 % of "әғқңөұүһі", Kyrgyz 5-9 % of "ңөү"; Russian prose full of Kazakh names under 3 %.
_OWN_LETTERS = 0.045
_COUNTED = 6000  # code points looked at, from three places of a long text
_LATIN_WORDS = {
    "en": "the of and to in is that for with on was by are from has have will this its said not",
    "kk": "jáne jäne jәne zhane men pen ben bul búl bül úshin üshin üşin týraly turaly dep ol bir "
    "onyń onyñ osy boldy eldiń qazaqstan qazaq jyl jyly",
    "tr": "ve bir bu için ile da de olarak olan çok gibi daha kadar olduğu türkiye",
    "uz": "va bilan uchun bu bir ham edi boʻlgan bo'lgan oʻzbekiston o'zbekiston haqida yil qildi",
    "az": "və bir bu üçün ilə olan azərbaycan edib də olub ki",
    "de": "der die das und ist nicht mit ein eine von zu den auf für im",
    "fr": "le la les des et est une un du dans pour que qui sur pas",
    "es": "el la los las de y en que un una por con para del se",
    "it": "il la di che e per con una del della nel sono gli non alla dei ha",
    "pt": "o a os as de e em que um uma do da no na com não para dos",
    "id": "yang dan di dengan untuk pada dari ini itu dalam akan tidak oleh ke",
}
_LATIN_SETS = {name: frozenset(line.split()) for name, line in _LATIN_WORDS.items()}
# Letters of its Latin alphabets; those that other languages write too count only beside these.
# Both cases are spelt out: without case, "ı" is every i to Python.
_KAZAKH_LATIN = re.compile("[ǵğńñŋūŭýäáúıÿşqǴĞŃÑŊŪŬÝÄÁÚŸŞQ]")
_KAZAKH_ONLY = re.compile(r"[ǵńŋūŭıÿǴŃŊŪŬŸ]|[qQ](?![uU])|[äaÄA]n[yı]ñ|[iy]ñ\b")
_OWN_WORDS = 0.02  # a text without one word of Kazakh in fifty is not Kazakh, whatever its letters
_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPT_RUNS = {
    "cyrl": re.compile(f"[{_CYRILLIC}]+"),
    "latn": re.compile(f"[{_LATIN}]+"),
    "arab": re.compile("[\u0620-\u06d5]+"),
    "hani": re.compile("[\u4e00-\u9fff]+"),
}


@lru_cache(maxsize=4)  # extraction, tagger, facts and features ask for the same article in turn
def detect_language(text: str) -> tuple[str | None, str | None]:
    """Language (ISO 639-1) and script (cyrl / latn / arab / hani) of a text.

    An alphabet rule, with common words for Latin script. (None, None): no letters; language None:
    too short or not one of those known.
    """
    sample = _sample(text)
    counts = _script_letters(sample)
    script = max(counts, key=lambda name: counts[name])
    if not counts[script]:
        return None, None
    if script == "cyrl":
        return _cyrillic_language(sample.lower(), counts["cyrl"]), script
    if script == "latn":
        return _latin_language(sample), script
    return (_arabic_language(sample) if script == "arab" else "zh"), script


def _script_letters(sample: str) -> dict[str, int]:
    """Letters by script; the rest is not counted when one of them is more than half of all."""
    counts: dict[str, int] = {}
    for script, runs in _SCRIPT_RUNS.items():
        counts[script] = sum(map(len, runs.findall(sample)))
        if counts[script] * 2 > len(sample):
            break
    return counts


def _sample(text: str) -> str:
    if len(text) <= _COUNTED:
        return text
    third = _COUNTED // 3
    middle = len(text) // 2
    return text[:third] + " " + text[middle : middle + third] + " " + text[-third:]


_NOT_RUSSIAN = re.compile("[їєґўҳҷӣӯҙҡҫҥәғқңөұүһіҗ]")


def _cyrillic_language(low: str, letters: int) -> str | None:
    def share(which: str) -> float:
        return sum(map(low.count, which)) / letters

    if not _NOT_RUSSIAN.search(low):
        return "ru" if letters >= 4 else None
    if share("їєґ") > 0.006 and share("ыэъё") < 0.01:
        return "uk"
    if share("ў") > 0.006:
        return "be" if share("і") > 0.02 else "uz"
    if share("ҳҷӣӯ") > 0.01:
        return "uz" if share("ҷӣӯ") < 0.005 else "tg"
    if share("ҙҡҫҥ") > 0.01:
        return "ba"
    return _turkic(share) or _short_or_russian(low, letters)


def _turkic(share: Callable[[str], float]) -> str | None:
    if share("әғқңөұүһі") < _OWN_LETTERS:
        return None
    if share("қғұі") > 0.02:
        return "kk"
    if share("җ") > 0.001 or share("ә") > 0.02:
        return "tt"
    return "mn" if share("ң") == 0 and share("өү") > 0.08 else "ky"


_KAZAKH_PLAIN_LINE = "мен бен пен бар жоқ бойынша туралы болды болып дейді деді және жаңа астана"
_KAZAKH_PLAIN = frozenset(_KAZAKH_PLAIN_LINE.split())


def _short_or_russian(low: str, letters: int) -> str | None:
    if any(c in low for c in "әғқңөұүһі"):
        tokens = re.findall(r"\w+", low)
        kazakh = sum(token in _KAZAKH_PLAIN for token in tokens)
        if kazakh and len(tokens) <= 12 and kazakh >= len(tokens) / 4:
            return "kk"
    return "ru" if letters >= 4 else None


def _latin_language(sample: str) -> str | None:
    tokens = re.findall(r"[^\W\d_]+(?:['ʻ][^\W\d_]+)?", sample.lower())
    if not tokens:
        return None
    held = Counter(tokens)
    scores = {
        name: sum(held[word] for word in held.keys() & known) / len(tokens)
        for name, known in _LATIN_SETS.items()
    }
    letters = max(1, sum(map(len, _LETTERS.findall(sample))))
    own = len(_KAZAKH_ONLY.findall(sample))
    if scores["kk"] >= _OWN_WORDS or (own > 1 and own / letters > _OWN_WORDS):  # one: Qatar
        scores["kk"] += len(_KAZAKH_LATIN.findall(sample)) / letters
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= 0.04:
        return best
    return "en" if sample.isascii() and len(tokens) >= 2 else None


def _arabic_language(sample: str) -> str | None:
    if any(c in sample for c in "ېۈ"):
        return "ug"
    if sum(map(sample.count, "ەۇۋڭۆ")) / len(sample) > 0.02:
        return "kk"
    return "fa" if any(c in sample for c in "پچگژیک") else "ar"
