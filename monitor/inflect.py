"""Inflection of Kazakh and Russian by rule: forms of a name, endings of a word, light stems. Pure.

Layer 1. No dictionary: names of states and people are exactly what dictionaries get wrong
(pymorphy3 reads Токаев as a form of "токай"). Expects folded text (`monitor.text.fold`).
"""

from __future__ import annotations

import re
from functools import lru_cache

_KAZAKH_LETTER = re.compile("[әғқңөұүһі]")

# ---------------------------------------------------------------- Kazakh endings

_BACK = (
    "(?:лық|дық|тық)?(?:лар|дар|тар)?"
    "(?:ымыз|ыңыз|мыз|ңыз|ым|ың|сы|ы|м|ң)?"
    "(?:ның|дың|тың|ға|қа|на|а|ды|ты|ны|нда|да|та|нан|дан|тан|мен|бен|пен|ша|дай|тай|шыл|н)?"
    "(?:дағы|тағы|ғы|қы)?(?:лар|дар|тар)?(?:ы|ға|қа|да|та|дан|тан|ның|дың|тың|ды|ты|ны|мен)?"
)
_FRONT = (
    "(?:лік|дік|тік)?(?:лер|дер|тер)?"
    "(?:іміз|іңіз|міз|ңіз|ім|ің|сі|і|м|ң)?"
    "(?:нің|дің|тің|ге|ке|не|е|ді|ті|ні|нде|де|те|нен|ден|тен|мен|бен|пен|ше|дей|тей|шіл|н)?"
    "(?:дегі|тегі|гі|кі)?(?:лер|дер|тер)?(?:і|ге|ке|де|те|ден|тен|нің|дің|тің|ді|ті|ні|мен)?"
)
_KAZAKH_TAIL = re.compile(f"(?:{_BACK})|(?:{_FRONT})")

# Case, as the tagger needs it: where something is done, comes from, goes to, is done with.
_KAZAKH_CASES = (
    ("with", re.compile("(?:мен|бен|пен)$")),
    ("from", re.compile("(?:нан|нен|дан|ден|тан|тен)$")),
    ("in", re.compile("(?:нда|нде|да|де|та|те|дағы|дегі|тағы|тегі)$")),
    ("of", re.compile("(?:ның|нің|дың|дің|тың|тің)$")),
    ("to", re.compile("(?:ға|ге|қа|ке|на|не)$")),
)


def is_kazakh_tail(tail: str) -> bool:
    """True if `tail` (lower-case, may be empty) is a chain of Kazakh endings."""
    return _KAZAKH_TAIL.fullmatch(tail) is not None


def kazakh_case(tail: str) -> str:
    """with / from / in / of / to, or "" for a tail without a case that matters."""
    for name, pattern in _KAZAKH_CASES:
        if pattern.search(tail):
            return name
    return ""


# ---------------------------------------------------------------- Russian forms

_ADJECTIVE = "ий ый ой ого его ому ему им ым ом ем ая яя ую юю ою ей ое ее ие ые их ых ими ыми"
# (what the base form ends with, letters to cut, endings); the longest that fits is used.
_PARADIGMS: tuple[tuple[str, int, str], ...] = (
    ("ский цкий ный вый", 2, _ADJECTIVE),
    ("ние тие", 1, "е я ю ем и й ям ями ях"),
    ("ия", 1, "я и ю ей ею"),
    ("ая", 2, "ая ой ую ою"),
    ("ые ие", 1, "е х м ми"),
    ("аец", 2, "ец йца йцу йцем йце йцы йцев йцам йцами йцах"),
    ("ец", 2, "ец ца цу цем цом це цы цев цов цам цами цах"),
    ("нин", 2, "ин ина ину ином ине е ам ами ах"),
    ("цы", 1, "ы ев ам ами ах"),
    ("яне", 1, "е ам ами ах"),
    ("ки", 1, "и ов ам ами ах"),
    ("ы", 1, "ы ов ам ами ах"),
    ("га ка ха жа ча ша ща", 1, "а и е у ой ою"),
    ("а", 1, "а ы и е у ой ою ей"),
    ("я", 1, "я и е ю ей ею"),
    ("ий", 2, "ий ия ию ием ии ие ого ому им ом"),
    ("й", 1, "й я ю ем е и ев"),
    ("ь", 1, "ь я ю ем е и ью ей"),
    ("ов ев ин ын", 0, "- а у ым е ой ом ы ых ыми"),
    ("б в г д ж з к л м н п р с т ф х ц ч ш щ", 0, "- а у ом ем е ы и ов"),
)
_BY_END = {
    end: (cut, frozenset(ending.strip("-") for ending in endings.split()))
    for ends, cut, endings in _PARADIGMS
    for end in ends.split()
}
_END_LENGTHS = sorted({len(end) for end in _BY_END}, reverse=True)
_UNCHANGED = (0, frozenset({""}))


def russian_endings(word: str) -> tuple[str, frozenset[str]]:
    """The unchanging part of a word (lower-case, ё as е) and all that may follow it: together its
    case forms, as `russian_forms` spells them out. The sets are shared by all words."""
    base = lower(word)
    ends = (base[-length:] for length in _END_LENGTHS)
    cut, endings = next((_BY_END[end] for end in ends if end in _BY_END), _UNCHANGED)
    return base[: len(base) - cut], endings


def russian_forms(word: str) -> frozenset[str]:
    """Every case form (lower-case, ё as е) that the ending of `word` suggests, and itself."""
    stem, endings = russian_endings(word)
    return frozenset(stem + ending for ending in endings)


def lower(word: str) -> str:
    """Lower-case with ё as е: how words are compared here."""
    return word.lower().replace("ё", "е")


def looks_kazakh(word: str) -> bool:
    """True if the word has a letter that Russian does not."""
    return _KAZAKH_LETTER.search(word.lower()) is not None


# ---------------------------------------------------------------- light stems

_RUSSIAN_ENDINGS = re.compile(
    "(?<=[а-я]{3})(?:иями|ями|ами|иях|ях|ах|ией|иям|ием|ого|его|ому|ему|ыми|ими|ов|ев|ей|ой|ый|ий"
    "|ая|яя|ое|ее|ые|ие|ую|юю|ых|их|ым|им|ом|ем|ам|ям|ию|ия|ии|ью|ья|ет|ют|ит|ят|ал|ил|ла|ло|ли"
    "|ть|ся|сь|а|я|о|е|ы|и|у|ю|ь|й)$"
)
_KAZAKH_STEM_TAILS = (
    "дың|дің|тың|тің|ның|нің|нда|нде|нан|нен|дан|ден|тан|тен|мен|бен|пен|дағы|дегі|тағы|тегі"
    "|ға|ге|қа|ке|ды|ді|ты|ті|ны|ні|да|де|та|те|на|не"
)
_KAZAKH_CASE_END = re.compile(f"(?<=\\w{{3}})(?:{_KAZAKH_STEM_TAILS})$")
_KAZAKH_OWN_END = re.compile("(?<=\\w{4})(?:ымыз|іміз|ыңыз|іңіз|сы|сі|ы|і)$")
_KAZAKH_MANY_END = re.compile("(?<=\\w{3})(?:лар|лер|дар|дер|тар|тер)$")
_ENGLISH_ENDINGS = re.compile("(?<=[a-z]{3})(?:ing|edly|ed|ies|es|s|ly)$")


@lru_cache(maxsize=100_000)
def stem(word: str, language: str | None = None) -> str:
    """A light stem for comparing words of one language (ru / kk / en; others: lower-case).

    Not a linguistic stem: it only has to be the same for forms of one word.
    """
    low = lower(word).removesuffix("'s")
    if language == "kk" or (language is None and looks_kazakh(low)):
        return _kazakh_stem(low)
    if language == "en" or (language is None and low.isascii()):
        return _ENGLISH_ENDINGS.sub("", low)
    return _RUSSIAN_ENDINGS.sub("", low) if language in ("ru", None) else low


def _kazakh_stem(low: str) -> str:
    shorter = _KAZAKH_CASE_END.sub("", low)
    shorter = _KAZAKH_OWN_END.sub("", shorter)
    shorter = _KAZAKH_MANY_END.sub("", shorter)
    return shorter.translate(_VOICED) if shorter != low else low


_VOICED = str.maketrans({"ғ": "қ", "г": "к", "б": "п"})  # қ, к, п soften before a vowel
