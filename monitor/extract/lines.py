"""Which lines of an extracted text are no part of the article. Pure; rules are data files.

The rules in `lines_data/` hold for every outlet; what only one outlet repeats is learned per host
(see memory.py). Bylines, credits, disclaimers and foot-notes are never dropped by a rule: other
fields are derived from them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from functools import lru_cache

from monitor.extract.junk_rules import junk_rules

LONGEST_JUNK = 260  # characters; a longer line is prose even if it begins like a call to action
SHORTEST_TEASER = 15  # characters; a shorter linked line may be a name or a sub-head
_TITLE = 200  # characters; what is longer is no title and not remembered
_SPACE = re.compile("[ \t\u00a0\u200b\u2009\u202f\ufeff]+")
_ADDRESS = re.compile(r"^\W*(?:https?://|www\.)\S+\W*$", re.I)
_MONTH = (
    "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|қаң|ақп|нау|сәу|мам|мау|шіл|там|қыр|қаз|"
    "қар|жел|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|qań|qan|aqp|qyr|qaz|qar|jel"
)
_DATE_LINE = re.compile(
    rf"""^\W*(?:(?:сегодня|вчера|бүгін|кеше|today|yesterday|date|дата)\b\W*)?
    (?:\d{{1,2}}:\d{{2}}\W*)?
    (?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}
      |\d{{1,2}}\s+(?:{_MONTH})\w*\.?,?(?:\s+\d{{4}})?(?:\s*(?:г\.?|года|ж\.?|жыл\w*))?
      |(?:{_MONTH})\w*\.?\s+\d{{1,2}},?\s+\d{{4}})?
    (?:[,\s|в-]*\d{{1,2}}:\d{{2}}(?::\d\d)?)?\W*(?:[\d\s]+\w{{0,12}})?\W*$""",
    re.I | re.X,
)


def clean_lines(
    lines: Sequence[str], *, titles: Sequence[str], links: Container[str] = frozenset()
) -> list[str]:
    """The article's own lines, in order, whitespace collapsed; `titles` repeated on top go.

    `links` are the texts of the page's links: a line that is one link and nothing else is
    a teaser of another article, unless such lines make up the text.
    """
    kept = _kept(lines, titles)
    teasers = {line for line in kept if _is_teaser(line, links)}
    if len(teasers) == 1 and teasers & set(kept[-2:]):
        return kept  # one linked line at the end: often a source or a continuation
    if sum(map(len, teasers)) > 0.4 * sum(map(len, kept)):
        return kept
    return [line for line in kept if line not in teasers]


def _is_teaser(line: str, links: Container[str]) -> bool:
    return len(line) >= SHORTEST_TEASER and line.removeprefix("- ") in links


def _kept(lines: Sequence[str], titles: Sequence[str]) -> list[str]:
    kept: list[str] = []
    folded = {fold(title) for title in titles} - {""}
    addresses = sum(bool(_ADDRESS.match(line)) for line in lines)  # many: a list of links
    for line in lines:
        text = tidy(line)
        if not text or not (text[0].isalnum() or _WORDS.search(text)) or is_junk(text):
            continue
        if _ADDRESS.match(text) and addresses <= 3:
            continue
        if len(kept) < 3 and _repeats(fold(text[:400]), folded):
            continue
        if kept and text == kept[-1]:
            continue
        kept.append(text)
    return kept


def tidy(line: str) -> str:
    """One line: NFC, spaces collapsed, soft hyphens and stray separators gone."""
    plain = line
    if not line.isascii():
        plain = unicodedata.normalize("NFC", line.replace("\u00ad", ""))
    if "  " in plain or not plain.isprintable():  # all of _SPACE but the plain space is neither
        plain = _SPACE.sub(" ", plain)
    return plain.strip(" |\r\n")


def is_junk(line: str) -> bool:
    """True for a call to action, a caption label, a counter, a bare date."""
    if len(line) <= 60 and _DIGIT.search(line) and _DATE_LINE.match(line):
        return True
    if len(line) > LONGEST_JUNK:
        return False
    if not line or line.startswith("©"):
        return True
    low = _trimmed(line.lower())
    rules = junk_rules()
    for rule in rules.by_letter.get(low[:1], rules.anywhere):
        if rule.fullmatch(low):
            return True
    for hint, hinted in rules.hinted:
        if hint in low and any(rule.fullmatch(low) for rule in hinted):
            return True
    return False


def _trimmed(low: str) -> str:
    """Without what stands around the words, but for a closing bracket or quotation mark."""
    start, end = 0, len(low)
    while start < end and not (low[start].isalnum() or low[start] == "_"):
        start += 1
    while end > start and not (low[end - 1].isalnum() or low[end - 1] in "_)»”"):
        end -= 1
    return low[start:end]


def fold(text: str) -> str:
    """For comparing lines: compatibility form, lower case, words only."""
    return _folded(text) if len(text) <= _TITLE else _folded.__wrapped__(text)


@lru_cache(maxsize=512)  # an article's title is compared ten times, an outlet's name on each page
def _folded(text: str) -> str:
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()


def _repeats(line: str, titles: set[str]) -> bool:
    """A folded line that is a folded title, or begins with one and says little more."""
    return line in titles or any(
        len(title) > 20 and line.startswith(title) and len(line) < len(title) + 40
        for title in titles
    )


_NO_WORD = re.compile(r"\W+")
_WORDS = re.compile(r"\w")
_DIGIT = re.compile(r"\d")
