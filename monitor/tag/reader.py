"""Reads a text into sentences with mentions: folding, alphabet, boilerplate. Judges nothing."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import or_

from monitor.language import detect_language
from monitor.tag.matcher import Matched, Matcher
from monitor.tag.values import Hit, Sentence
from monitor.text import Mapped, fold, paragraphs, sentences
from monitor.translit import to_cyrillic

# Back-links and related blocks: a paragraph that begins like this is not the article's own.
_BACK_LINK = re.compile(
    r"^\W*(?:ранее\s+(?:(?:мы\s+)?(?:сообщал|писал|рассказыв|стало известно|отмечал)\w*|[\w.]+\s+"
    r"(?:сообщал|писал|рассказыв)\w*|«?\w+\.kz)|ранее:|читайте (?:также|еще|ещё|на|другие)|"
    r"читать (?:также|ещё|еще|далее)|смотрите также|подробнее:|по теме|материалы по теме|"
    r"бұған дейін\b.{0,60}(?:жаз|хабарла)\w*|осыған дейін\b.{0,60}(?:жаз|хабарла)\w*|"
    r"тағы оқы|оқи отыр|сондай-ақ оқы|толығырақ:|"
    r"read (?:also|more)|see also|related|also read|earlier,? (?:we|it was) (?:reported|wrote)|"
    r"напомни[мть]|напоминаем|еске сала|естеріңізге сала|(?:as a )?reminder\b|recall that|"
    r"earlier it was reported|as (?:was )?reported earlier|"
    r"подписывайтесь|подпишитесь|жазылыңыз|subscribe|фото:|сурет:|photo:|latest news|"
    r"последние новости|популярное|главное за)",
    re.IGNORECASE,
)
_ENDS = (".", "!", "?", "…", ":", ";", "»", "”", '"', ")")
_TEASER = re.compile(r"(?:\.\.\.|…)\s*$")
# An agency's line before the first sentence: "АСТАНА. 3 мая. КАЗИНФОРМ –".
_DATELINE = re.compile(
    r"\W{0,3}(?:[^\W\d_a-zа-яәғқңөұүһі]{4,}|[\u0620-\u06d5]{4,}|[^\W\d_]+(?=[./]))[-\w]*[.,/ (]"
    r"[^\n–—]{0,50}?(?:[–—]|\s-)\s"
)
# A link to another article inside a paragraph, with rubric and time: "Ещё■Headline12 мая 14:10".
_INLINE_LINK = re.compile(
    r"(?:[А-ЯӘҒҚҢӨҰҮҺІ][а-яәғқңөұүһі ]{2,30})?[■▪►▶][^■▪►▶\n]{5,200}?"
    r"(?:Вчера|Сегодня|Кеше|Бүгін|\d{1,2} [а-яәғқңөұүһі]+(?: \d{4})?),?\s*\d{1,2}:\d{2}"
)
_SMALL = re.compile(r"(?<!\w)[a-zа-яәғқңөұүһі]+")
_NO_CODES: frozenset[str] = frozenset()
_TICKER = 3  # so many headline-like lines at the end are a block of links


@dataclass(slots=True)
class Document:
    """A text as the judge sees it; `title` and `text` folded and, if need be, transliterated."""

    language: str | None
    title: Mapped
    text: Mapped
    title_found: Matched
    text_found: Matched
    sentences: list[Sentence]  # the title first, if there is one
    dateline: tuple[Hit, ...] = ()  # where the agency sits: said of nobody

    def found(self, sentence: Sentence) -> Matched:
        """Tokens and mentions of the field the sentence is in."""
        return self.title_found if sentence.field == "title" else self.text_found

    def words_of(self, sentence: Sentence) -> list[str]:
        """The sentence's tokens."""
        return self.found(sentence).tokens[sentence.first : sentence.last]


def open_document(
    matcher: Matcher, title: str, text: str, language: str | None, published: date | None
) -> Document:
    """The text with its mentions, not yet cut into sentences."""
    script = None
    if not language or language == "kk":  # only Kazakh has several alphabets here
        known, script = detect_language(text if len(text) > 40 else f"{title} {text}")
        language = language or known
    folded_title, folded_text = fold(title), fold(text)
    if language == "kk" and script in ("latn", "arab"):
        folded_title = to_cyrillic(folded_title, script)
        folded_text = to_cyrillic(folded_text, script)
    folded_text = _without_links(folded_text)
    document = Document(
        language,
        folded_title,
        folded_text,
        matcher.match(folded_title.text, published),
        matcher.match(folded_text.text, published),
        [],
    )
    _drop_unmet(document, matcher)
    return document


def read_document(
    matcher: Matcher, title: str, text: str, language: str | None, published: date | None
) -> Document:
    """Sentences with mentions, in order, with what does not count marked."""
    return cut(open_document(matcher, title, text, language, published))


def cut(document: Document) -> Document:
    """Fill in the sentences."""
    _drop_dateline(document)
    if document.title.text.strip():
        document.sentences += [_title(document)]
    document.sentences += _body(document)
    return document


def _without_links(folded: Mapped) -> Mapped:
    """Blanks of the same length, so that offsets stay; a line end, for the text goes on anew."""
    if not any(sign in folded.text for sign in "■▪►▶"):
        return folded
    text = _INLINE_LINK.sub(lambda link: "\n" + " " * (len(link.group()) - 1), folded.text)
    return replace(folded, text=text)


def _drop_unmet(document: Document, matcher: Matcher) -> None:
    """Names that need a kind of word in the article (КТК is a pipeline and a TV channel)."""
    found = (document.title_found, document.text_found)
    if not any(hit.entity.needs for one in found for hit in one.hits):
        return
    mask = _mask([*document.title_found.bits, *document.text_found.bits])
    for one in found:
        one.hits[:] = [
            hit for hit in one.hits if not hit.entity.needs or mask & matcher.bit[hit.entity.needs]
        ]


def _drop_dateline(document: Document) -> None:
    """The place an agency reports from is no mention: it says where the outlet is."""
    line = _DATELINE.match(document.text.text)
    if line is None or len(_SMALL.findall(line.group())) > 1:  # at most the month
        return
    hits = document.text_found.hits
    document.dateline = tuple(hit for hit in hits if hit.end <= line.end())
    hits[:] = hits[len(document.dateline) :]


def _title(document: Document) -> Sentence:
    found = document.title_found
    return Sentence(
        "title", 0, len(document.title.text), 0, len(found.tokens), -1, -1,
        found.hits, _codes(found.hits), _mask(found.bits),
    )  # fmt: skip


def _mask(bits: list[int]) -> int:
    return reduce(or_, bits, 0)


def _codes(hits: list[Hit]) -> frozenset[str]:
    return frozenset([hit.entity.code for hit in hits]) if hits else _NO_CODES


def _body(document: Document) -> list[Sentence]:
    text, found = document.text.text, document.text_found
    blocks = paragraphs(text)
    skipped = _skipped([block.text for block in blocks], document.title.text)
    out: list[Sentence] = []
    hit_starts = [hit.first for hit in found.hits]
    number = 0  # of the paragraph
    last = last_hit = 0
    for index, (start, end, _) in enumerate(sentences(text)):
        while start >= blocks[number].end:
            number += 1
        first = bisect_left(found.starts, start, last)
        last = bisect_left(found.starts, end, first)
        first_hit = bisect_left(hit_starts, first, last_hit)
        last_hit = bisect_left(hit_starts, last, first_hit)
        hits = found.hits[first_hit:last_hit]
        out.append(
            Sentence(
                "text", start, end, first, last, number, index,
                hits, _codes(hits), _mask(found.bits[first:last]), number in skipped,
            )
        )  # fmt: skip
    return out


def _skipped(blocks: list[str], title: str) -> set[int]:
    """Paragraphs that do not count: back-links, the repeated title, a block of headlines."""
    skipped = {n for n, block in enumerate(blocks) if len(block) < 600 and _BACK_LINK.match(block)}
    if len(blocks) > 1 and title and blocks[0].strip() == title.strip():
        skipped.add(0)
    skipped |= _teasers(blocks, title)
    tail = len(blocks)
    while tail > 2 and 15 < len(blocks[tail - 1]) < 160 and not blocks[tail - 1].endswith(_ENDS):
        tail -= 1
    if len(blocks) - tail >= _TICKER and tail >= 2:
        skipped |= set(range(tail, len(blocks)))
    return skipped


def _teasers(blocks: list[str], title: str) -> set[int]:
    """Another article's headline with the cut-off beginning of its text: two paragraphs, of which
    the first has no full stop and the second breaks off."""
    found: set[int] = set()
    for n in range(len(blocks) - 1):
        head, cut = blocks[n].strip(), blocks[n + 1].strip()
        if len(head) < 160 and len(cut) < 300 and not head.endswith(_ENDS) and _TEASER.search(cut):
            found |= {n, n + 1}
    return found if title and len(blocks) > len(found) else set()


def mentioned(hits: list[Hit]) -> set[str]:
    """Codes of the countries that are named."""
    return {hit.entity.code for hit in hits if hit.entity.code}
