"""Text of this region: normal form, words, sentences, language. Pure; knows no country.

Layer 1: imports nothing of the project. Inflection is in `monitor.inflect`, the other Kazakh
alphabets in `monitor.translit`. Offsets are always code points into the text that was given.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# What is dropped (soft hyphen, zero-width, BOM, direction marks) and what becomes a plain sign.
_DROPPED = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c"
_PLAIN = {
    "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ", "\u3000": " ",
    "\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\u2010": "-", "\u2011": "-",
    "\u2212": "-", "\u02bc": "'", "\u2019": "'",
}  # fmt: skip
_ODD = re.compile(f"[{''.join(_PLAIN)}]")
# Lengths change only where one of these occurs: dropped signs, CR LF, combining marks.
_UNEVEN = re.compile(rf"[{_DROPPED}]+|\r\n?|[^\W\d_][\u0300-\u036f]+")
_MAY_BE_UNEVEN = re.compile(rf"[{_DROPPED}\r\u0300-\u036f]")

_LATIN = "A-Za-z\u00c0-\u024f\u0259\u018f"
_CYRILLIC = "\u0400-\u052f"
_ANY_CYRILLIC = re.compile(f"[{_CYRILLIC}]")
# Begins with the rarer alphabet, so that the search runs from Latin letter to Latin letter.
_SEAM = re.compile(f"[{_LATIN}](?:(?=[{_CYRILLIC}])|(?<=[{_CYRILLIC}][{_LATIN}]))")
_MIXED = re.compile(
    f"[{_LATIN}{_CYRILLIC}]*(?:[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}])[{_LATIN}{_CYRILLIC}]*"
)
_GLUED = re.compile("[a-zà-ɏа-яёәғқңөұүһі][A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]")
_LOOKS = dict(zip("ABCEHIKMOPTXYaceiopxyə", "АВСЕНІКМОРТХУасеіорхуә", strict=True))
_TO_CYRILLIC = str.maketrans(_LOOKS)
_TO_LATIN = str.maketrans({cyrillic: latin for latin, cyrillic in _LOOKS.items()})


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: code points `start` to `end` (exclusive)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text changed for matching, and the way back.

    `breaks` and `shifts` are parallel: from `breaks[i]` on, the original offset is the offset
    here plus `shifts[i]`.
    """

    text: str
    breaks: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def original(self, offset: int) -> int:
        """The offset in the original text of the character that stands here at `offset`."""
        if not self.breaks:
            return offset
        index = bisect.bisect_right(self.breaks, offset) - 1
        return offset if index < 0 else offset + self.shifts[index]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original; what was dropped or shortened in the span is covered."""
        if end <= start:
            return self.original(start), self.original(start)
        index = bisect.bisect_left(self.breaks, end)
        changed = index < len(self.breaks) and self.breaks[index] == end
        return self.original(start), self.original(end if changed else end - 1) + (not changed)


def normalise(text: str) -> str:
    """Normal form for storing and reading: NFC, no invisible signs, plain spaces and hyphens."""
    return fold(text).text


def fold(text: str) -> Mapped:
    """Normal form with offsets kept.

    NFC, invisible signs dropped, odd spaces and hyphens plain, and inside a word that mixes
    alphabets the look-alikes of the rarer one replaced (Latin K in "Kазахстан").
    """
    if not text.isascii():
        text = _ODD.sub(lambda match: _PLAIN[match.group()], text)
    breaks: list[int] = []
    shifts: list[int] = []
    if _MAY_BE_UNEVEN.search(text):
        text = _even(text, breaks, shifts)
    if not text.isascii() and _ANY_CYRILLIC.search(text) and _SEAM.search(text):
        text = _MIXED.sub(_unmix, text)
    return Mapped(text, tuple(breaks), tuple(shifts))


def _even(text: str, breaks: list[int], shifts: list[int]) -> str:
    pieces: list[str] = []
    done = length = 0
    for match in _UNEVEN.finditer(text):
        found = match.group()
        if found[0] == "\r":
            new = "\n"
        else:
            new = "" if found[0] in _DROPPED else unicodedata.normalize("NFC", found)
        pieces += (text[done : match.start()], new)
        length += match.start() - done + len(new)
        done = match.end()
        if len(new) != len(found):
            breaks.append(length)
            shifts.append(done - length)
    pieces.append(text[done:])
    return "".join(pieces)


def _unmix(match: re.Match[str]) -> str:
    word = match.group()
    latin = [c for c in word if c < "\u0370"]
    cyrillic = [c for c in word if c >= "\u0370"]
    if _GLUED.search(word):
        return word  # two words glued together: `words` splits them at the seam
    to_cyrillic = all(ord(c) in _TO_CYRILLIC for c in latin)
    to_latin = all(ord(c) in _TO_LATIN for c in cyrillic)
    if to_cyrillic and (len(latin) <= len(cyrillic) or not to_latin):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN) if to_latin else word


# ---------------------------------------------------------------- words, sentences, paragraphs

# A word is a run of letters of one alphabet (digits may follow), or a number. A capital after a
# small letter starts a new word: pages glue words at links ("передаетTengrinews").
_WORD = re.compile(
    "[A-ZÀ-ÞĀ-ɏƏ]*[a-zß-öø-ÿā-ɏə']*[a-zß-öø-ÿā-ɏə]\\d*|[A-ZÀ-ÞĀ-ɏƏ]+\\d*"
    "|[А-ЯЀ-ЏӘҒҚҢӨҰҮҺІҖЎҲҶӢӮ]*[а-яѐ-џәғқңөұүһіҗўҳҷӣӯ]+\\d*|[А-ЯЀ-ЏӘҒҚҢӨҰҮҺІҖЎҲҶӢӮ]+\\d*"
    "|[\u0620-\u06d5]+|\\d+(?:[.,]\\d+)*|[^\\W\\d_]+"
)
_SMALL, _CAPITAL = "a-zß-ɏа-яёәғқңөұүһі", "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ"
# The second form: pages glue paragraphs ("…аварии.Сегодня"); a domain goes on in small letters.
# The sign itself stands first, outside the two forms: so the search runs from sign to sign.
_STOP = re.compile(
    r"[.!?…؟](?:[.!?…؟]*[»”\")\]]*(?=\s+[«“\"(\[–—-]*\s*[^\W_a-zа-яәғқңөұүһі])"
    rf"|(?<=[{_SMALL}][{_SMALL}][.!?…])[.!?…]*[»”\"]*(?=[{_CAPITAL}][{_SMALL}]))"
)
_SHORT = re.compile(
    r"(?:(?<!\w)(?:[^\W\d_]|г|гг|им|ул|обл|др|пр|проф|акад|св|стр|см|млн|млрд|тыс|руб|долл|т\.\s?[депн]"
    r"|т\.\s?б|б|ж|Mr|Mrs|Ms|Dr|Inc|Ltd|Corp|No|St|vs|Gen|Sen|Rep|Gov|Jan|Feb|Aug|Sept|Oct|Nov|Dec"
    r"|U\.S|U\.K|U\.N))\.$"
)
_LINE = re.compile(r"[^\n]+")


def words(text: str) -> list[Span]:
    """The words of a text with offsets; punctuation is left out. Fold the text first."""
    return [Span(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]


def tokens(text: str) -> tuple[list[int], list[str]]:
    """Starts and texts of the words: `words` for those in a hurry."""
    found = [(match.start(), match.group()) for match in _WORD.finditer(text)]
    return [start for start, _ in found], [word for _, word in found]


def paragraphs(text: str) -> list[Span]:
    """Non-empty lines, trimmed."""
    return [s for m in _LINE.finditer(text) if (s := _trim(text, m.start(), m.end())).text]


def sentences(text: str) -> list[Span]:
    """Sentences of all paragraphs, in order. Abbreviations and initials do not end one."""
    return [s for p in paragraphs(text) for s in _split(text, p.start, p.end)]


def sentences_in(text: str, paragraph: Span) -> list[Span]:
    """Sentences of one paragraph of `text`."""
    return list(_split(text, paragraph.start, paragraph.end))


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for match in _STOP.finditer(text, start, end):
        if match.group()[0] == "." and _SHORT.search(
            text, max(begin, match.start() - 8), match.start() + 1
        ):
            continue
        if (piece := _trim(text, begin, match.end())).text:
            yield piece
        begin = match.end()
    if (piece := _trim(text, begin, end)).text:
        yield piece


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    stripped = piece.strip()
    if len(stripped) == len(piece):
        return Span(start, end, piece)
    start += len(piece) - len(piece.lstrip())
    return Span(start, start + len(stripped), stripped)


# ---------------------------------------------------------------- language

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
_KAZAKH_LATIN = re.compile("[ǵğńñŋūŭýäáúıÿşq]", re.IGNORECASE)
_KAZAKH_ONLY = re.compile("[ǵńŋūŭıÿ]|q(?!u)|[äa]n[yı]ñ|[iy]ñ\\b", re.IGNORECASE)
_OWN_WORDS = 0.02  # a text without one word of Kazakh in fifty is not Kazakh, whatever its letters
_LETTERS = re.compile(r"[^\W\d_]")
_SCRIPT_RUNS = {
    "cyrl": re.compile(f"[{_CYRILLIC}]+"),
    "latn": re.compile(f"[{_LATIN}]+"),
    "arab": re.compile("[\u0620-\u06d5]+"),
    "hani": re.compile("[\u4e00-\u9fff]+"),
}


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
    scores = {
        name: sum(token in known for token in tokens) / len(tokens)
        for name, known in _LATIN_SETS.items()
    }
    letters = max(1, len(_LETTERS.findall(sample)))
    if scores["kk"] >= _OWN_WORDS or len(_KAZAKH_ONLY.findall(sample)) / letters > _OWN_WORDS:
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
