"""A text as the finders of facts see it: folded, cut into sentences, with the way back. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.facts.places import Named, Places
from monitor.language import detect_language
from monitor.models import Turn
from monitor.text import Mapped, Span, fold, sentences
from monitor.translit import to_cyrillic

# A paragraph that only points elsewhere: its facts are not the article's.
_BACK_LINK = re.compile(
    r"^\W*(?:ранее\s+(?:мы\s+)?(?:сообщал|писал|рассказыв)|читайте (?:также|ещё|еще)|смотрите также"
    r"|бұған дейін|осыған дейін|тағы оқы|read (?:also|more)|see also|related:|фото:|photo:)",
    re.IGNORECASE,
)


_HOME = ("kz", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`text` is folded (and in Cyrillic if it is Kazakh); offsets of facts are the original's."""

    original: str
    mapped: Mapped
    low: str  # the folded text in small letters, as long as it
    language: str  # ru / kk / en
    published: date | None
    sentences: tuple[Span, ...]
    starts: tuple[int, ...]
    places: tuple[Named, ...]  # countries named, in order
    place_starts: tuple[int, ...]
    about_home: bool  # the title names the home country
    home: str | None  # the outlet's country, None: foreign or unknown
    questions: tuple[tuple[int, int], ...]  # what an interviewer said

    @property
    def text(self) -> str:
        return self.mapped.text

    def sentence(self, offset: int) -> Span:
        """The sentence that holds this offset of the folded text."""
        return self.sentences[max(0, bisect_right(self.starts, offset) - 1)]

    def inside(self, offset: int) -> bool:
        """False in a back-link and between sentences: what stands there is not the article's."""
        span = (
            self.sentences[max(0, bisect_right(self.starts, offset) - 1)]
            if self.sentences
            else None
        )
        return span is not None and span.start <= offset < span.end

    def holding(self, words: Iterable[str]) -> set[int]:
        """Numbers of the sentences that hold one of these words (small letters).

        The finders' patterns are slow and seldom match: they run only where a word says they may.
        """
        found: set[int] = set()
        for word in words:
            at = self.low.find(word)
            while at >= 0:
                at = self.low.find(word, self._note(at, found))
        return found

    def matching(self, pattern: re.Pattern[str]) -> set[int]:
        """Numbers of the sentences in which a short pattern for small letters matches."""
        found: set[int] = set()
        match = pattern.search(self.low)
        while match:
            match = pattern.search(self.low, self._note(match.start(), found))
        return found

    def _note(self, offset: int, found: set[int]) -> int:
        """Add the number of the sentence at this offset; where the next sentence starts."""
        number = bisect_right(self.starts, offset)
        if number:
            found.add(number - 1)
        return self.starts[number] if number < len(self.starts) else len(self.low) + 1

    def cut(self, start: int, end: int) -> tuple[int, int, str]:
        """Offsets in the original text, and what stands there."""
        first, last = self.mapped.original_span(start, end)
        return first, last, self.original[first:last]

    def quote_of(self, span: Span) -> str:
        """A sentence in the original spelling."""
        return self.cut(span.start, span.end)[2]

    def named_in(self, start: int, end: int) -> list[Named]:
        """Countries named between two offsets."""
        first = bisect_left(self.place_starts, start)
        found = []
        for place in self.places[first:]:
            if place.end > end:
                break
            found.append(place)
        return found

    def near_home(self, span: Span) -> bool:
        """True if the home country is named in the sentence, the one before or the title."""
        if self.about_home:
            return True
        start = self.sentence(max(0, span.start - 2)).start
        return any(p.code in _HOME for p in self.named_in(start, span.end))

    def asked(self, offset: int) -> bool:
        """True inside an interviewer's question."""
        return any(start <= offset < end for start, end in self.questions)


def read_page(
    text: str,
    *,
    title: str,
    language: str | None,
    published: date | None,
    places: Places,
    turns: Sequence[Turn] = (),
    home: str | None = None,
) -> Page:
    """Fold, bring Kazakh into Cyrillic, cut into sentences, find countries."""
    script = None
    if language is None or language == "kk":  # only Kazakh has several alphabets here
        found, script = detect_language(text)
        language = language or found or "ru"
    mapped = fold(text)
    if language == "kk":
        mapped = to_cyrillic(mapped, script)
    named = tuple(places.find(mapped.text))
    spans = tuple(s for s in sentences(mapped.text) if not _BACK_LINK.match(s.text))
    return Page(
        original=text,
        mapped=mapped,
        low=_small(mapped.text),
        language=language if language in ("ru", "kk", "en") else "ru",
        published=published,
        sentences=spans,
        starts=tuple(span.start for span in spans),
        places=named,
        place_starts=tuple(place.start for place in named),
        home=home,
        about_home=any(p.code in _HOME for p in places.find(fold(title).text)),
        questions=tuple(_questions(mapped.text, turns)),
    )


def _small(text: str) -> str:
    """Small letters, one for one (a Turkish capital would become two)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower()[:1] for c in text)


def _questions(text: str, turns: Sequence[Turn]) -> list[tuple[int, int]]:
    found = []
    for turn in turns:
        if turn.kind == "question" and (words := fold(turn.text).text.strip()):
            at = text.find(words)
            if at >= 0:
                found.append((at, at + len(words)))
    return found
