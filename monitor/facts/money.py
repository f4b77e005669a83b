"""Sums of money in Russian, Kazakh and English text. Pure.

An own pattern: libraries miss «$17 млрд» or misread it (measured in the notes on language).
Only sentences with a currency are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from monitor.facts.page import Page
from monitor.models import Amount
from monitor.text import Span

_NUMBER = r"\d{1,3}(?:[ ,]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_WORDS = {
    "один": 1, "одного": 1, "два": 2, "двух": 2, "три": 3, "трёх": 3, "трех": 3, "четыре": 4, "пять": 5,
    "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "полтора": 1.5, "сто": 100,
    "бір": 1, "екі": 2, "үш": 3, "төрт": 4, "бес": 5, "алты": 6, "жеті": 7, "сегіз": 8, "тоғыз": 9,
    "он": 10, "жүз": 100,
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "half a": 0.5,
}  # fmt: skip
_SPOKEN = "|".join(sorted(_WORDS, key=len, reverse=True))
_MAGNITUDES = (
    (r"трлн|триллион\w*|trillions?|trln|tn", 1e12),
    (r"млрд|миллиард\w*|billions?|bln|bn", 1e9),
    (r"млн|миллион\w*|millions?|mln|mn", 1e6),
    (r"тыс|тысяч\w*|мың|thousand", 1e3),
)
_MAGNITUDE = "|".join(pattern for pattern, _ in _MAGNITUDES)
_CURRENCIES = (
    ("USD", r"долл(?:\.|ар\w*)(?:\s+США)?|АҚШ\s+доллар\w*|U\.?S\.? dollars?|US dollars?|dollars?|USD"),
    ("KZT", r"тенге|теңге\w*|тг\b\.?|тңг\b|tenge|KZT"),
    ("RUB", r"(?:российск\w+\s+|ресей\s+)?рубл\w+|руб\b\.?|roubles?|rubles?|RUB"),
    ("CNY", r"(?:китайск\w+\s+|қытай\s+)?юан\w+|yuan|renminbi|RMB|CNY"),
    ("EUR", r"евро(?![а-я])|еуро(?!п)\w*|euros?|EUR"),
    ("GBP", r"фунт\w*\s+стерлингов|pounds sterling|GBP"),
    ("JPY", r"(?:японск\w+\s+)?иен\w?|yen|JPY"),
    ("TRY", r"турецк\w+\s+лир\w*|Turkish liras?"),
    ("KGS", r"сомов|soms|KGS"),
    ("UZS", r"сумов|узбекск\w+\s+сум\w*|UZS"),
    ("AED", r"дирхам\w*|dirhams?|AED"),
)  # fmt: skip
_OTHER_DOLLAR = re.compile(
    r"(?:австралийск|канадск|гонконгск|сингапурск|новозеландск|Australian|Canadian|Hong Kong|Singapore)"
)
_SIGNS = {"$": "USD", "₸": "KZT", "₽": "RUB", "€": "EUR", "£": "GBP", "¥": "CNY"}
_RANGE = r"(?:\s?[-–—]\s?|\s(?:до|to|дейін|и|and)\s)"
_UNIT = "|".join(f"(?P<{code}>{pattern.lower()})" for code, pattern in _CURRENCIES)
_SIGN = re.compile(f"[{''.join(_SIGNS)}]")
_DIGIT = re.compile(r"\d")  # a sum is never without one, or without one of these words
_FIGURE_WORDS = ("илли", "illion", "тысяч", "мың", "thousand")
# What a sentence with a sum is never without (small letters).
_CURRENCY_AT_ALL = (
    *"$₸₽€£¥", "долл", "dollar", "usd", "тенге", "теңге", "тг", "тңг", "tenge", "kzt", "рубл", "руб", "ruble",
    "rouble", "rub", "юан", "yuan", "renminbi", "rmb", "cny", "евро", "еуро", "euro", "eur", "стерлинг",
    "sterling", "gbp", "иен", "yen", "jpy", "лир", "lira", "сомов", "soms", "kgs", "сум", "uzs", "дирхам",
    "dirham", "aed",
)  # fmt: skip

_SIGNED = re.compile(
    rf"(?<![A-Z])(?:(?:US|U\.S\.)\s?)?(?P<sign>[$₸₽€£¥])\s?(?P<n1>{_NUMBER})"
    rf"(?:\s?(?i:(?P<m1>{_MAGNITUDE}))\b\.?)?"
    rf"(?:{_RANGE}[$₸₽€£¥]?\s?(?P<n2>{_NUMBER}))?"
    rf"(?:[ -]?(?:(?i:(?P<m2>{_MAGNITUDE}))\b\.?|(?P<short>[mbkMBK]|трл|м)(?![\w])))?"
)
# These two are for small letters: a pattern that minds case is several times faster.
_NAMED = re.compile(
    rf"(?<![\w.,$€₸₽£¥])(?:(?P<n0>{_NUMBER})\s(?P<m0>{_MAGNITUDE})\.?\s(?=\d))?(?P<n1>{_NUMBER}|\b(?:{_SPOKEN})(?=\s(?:{_MAGNITUDE})))"
    rf"(?:\s?(?P<m1>{_MAGNITUDE})\b\.?)?"
    rf"(?:{_RANGE}(?P<n2>{_NUMBER}))?"
    rf"[\s-]?(?:(?P<m2>{_MAGNITUDE})\b\.?)?\s?(?:(?P<back>[$₸₽€£](?!\s?\d))|(?:{_UNIT})\b)"
)
_BARE = re.compile(
    rf"(?<![\w-])(?P<m2>пол(?:миллиард|миллион|триллион)а|миллиард|миллион|триллион)\s(?:{_UNIT})\b"
)
_MANY = re.compile(
    r"(?:десят\w+|сот\w+|несколько|тысяч\w*|ондаған|жүздеген|бірнеше|\d)\s$", re.IGNORECASE
)


def find_amounts(page: Page, rates: Mapping[str, float]) -> Iterator[Amount]:
    """Every sum, in order; a range gives its two ends. `rates`: US dollars for one unit."""
    for span in _worth_reading(page):
        taken: list[tuple[int, int]] = []
        found: list[tuple[int, int, list[float], str]] = []
        for match in _matches(page, span):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            values, currency = _values(match), _currency(match)
            if _two_sums(page.text, match):
                values = values[1:]
            if values and currency and _plausible(page.text, match, values):
                taken.append(match.span())
                found.append((*_trimmed(match), values, currency))
        for start, end, values, currency in sorted(found):
            for value in values:
                yield _amount(page, (start, end), value, currency, rates)


def _worth_reading(page: Page) -> Iterator[Span]:
    """The sentences with a figure and something of a currency."""
    for number in sorted(page.holding(_FIGURE_WORDS) | page.matching(_DIGIT)):
        span = page.sentences[number]
        low = page.low[span.start : span.end]
        if any(map(low.__contains__, _CURRENCY_AT_ALL)):
            yield span


def _matches(page: Page, span: Span) -> Iterator[re.Match[str]]:
    if _SIGN.search(page.text, span.start, span.end):
        yield from _SIGNED.finditer(page.text, span.start, span.end)
    yield from _NAMED.finditer(page.low, span.start, span.end)
    if page.low.find("илли", span.start, span.end) >= 0:
        yield from _BARE.finditer(page.low, span.start, span.end)


def _amount(
    page: Page, at: tuple[int, int], value: float, currency: str, rates: Mapping[str, float]
) -> Amount:
    first, last, surface = page.cut(*at)
    rate = rates.get(currency) if currency != "USD" else None
    usd = value if currency == "USD" else (round(value * rate, 2) if rate else None)
    return Amount(
        value=value,
        currency=currency,
        surface=surface,
        start=first,
        end=last,
        sentence=page.quote_of(page.sentence(at[0])),
        usd=usd,
        rate=rate,
    )


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    written = match.group()
    return match.start(), match.start() + len(written.rstrip(" -."))


def _currency(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    sign = groups.get("sign") or groups.get("back")
    if sign:
        return _SIGNS[sign]
    code = next((code for code, _ in _CURRENCIES if groups.get(code)), None)
    return code


def _values(match: re.Match[str]) -> list[float]:
    groups = match.groupdict()
    last = groups.get("m2") or groups.get("short") or ""
    factor = _factor(last)
    if "n1" not in groups:
        return [factor * (0.5 if last.lower().startswith("пол") else 1)]
    first_factor = _factor(groups["m1"]) if groups.get("m1") else factor
    if groups.get("n2") is None:
        more = _number(groups["n0"]) * _factor(groups["m0"]) if groups.get("n0") else 0.0
        return [more + _number(groups["n1"]) * (first_factor if groups.get("m1") else factor)]
    ends = [_number(groups["n1"]) * first_factor, _number(groups["n2"]) * factor]
    return ends if ends[0] < ends[1] else []


def _two_sums(text: str, match: re.Match[str]) -> bool:
    """ "5 and 7 million" is a range only after "between"."""
    groups = match.groupdict()
    if groups.get("n2") is None:
        return False
    joint = text[match.end("n1") : match.start("n2")]
    between = re.search(r"(?:между|between)\s$", text[max(0, match.start() - 9) : match.start()])
    return re.search(r"\s(?:и|and)\s", joint) is not None and not between


def _factor(written: str) -> float:
    low = written.lower().removeprefix("пол")
    if low in ("m", "м", "b", "k", "трл"):
        return {"m": 1e6, "м": 1e6, "b": 1e9, "k": 1e3, "трл": 1e12}[low]
    for pattern, factor in _MAGNITUDES:
        if low and re.fullmatch(pattern, low):
            return factor
    return 1.0


def _number(written: str) -> float:
    low = written.lower()
    if low in _WORDS:
        return _WORDS[low]
    plain = written.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        return float(plain.replace(",", ""))
    return float(plain.replace(",", "."))


def _plausible(text: str, match: re.Match[str], values: list[float]) -> bool:
    """No year before a currency, no other country's dollar, no "dozens of millions"."""
    before = text[max(0, match.start() - 24) : match.start()]
    if before.endswith("/"):  # a table of exchange rates
        return False
    if _OTHER_DOLLAR.search(text, *match.span()) or _OTHER_DOLLAR.search(before[-16:]):
        return False
    if "n1" not in match.groupdict() and _MANY.search(before):
        return False
    if values == [1.0]:  # "for 1 dollar": a rate, not a sum
        return False
    return all(0 < value < 1e15 for value in values)
