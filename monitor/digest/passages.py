"""Two sentences that say what an article tells of one partner. Pure.

Taken from the passages that carried the tagger's verdict. Never an interviewer's question, never
a sentence that leans on one before it ("Кроме того", "Он"), never boilerplate; somebody's own
words come with the name of the one who said them, or not at all.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from monitor.digest.openers import (
    CONNECTIVE,
    LEANING,
    clean_sentence,
    closed_quotes,
    is_furniture,
)
from monitor.models import DigestArticle, Quote
from monitor.text import Span, sentences

MOST = 420  # code points of a passage: two sentences of this region's press are about 320
QUESTIONS_NEEDED = 3  # paragraphs that end in a question, before a text is taken for an interview
_OWN_VERB = re.compile(
    r"\b(сказал|заяви|отмети|подчеркну|сообщи|поясни|добави|рассказа|считает|отмечает|полагает|"
    r"по словам|по мнению|говорит|said|says|told|according to|noted|added|stated|"
    r"деді|дейді|айтты|атап өтті|мәлімдеді|хабарлады|айтуынша|пікірінше)",
    re.IGNORECASE,
)
# "…", сказал он: the name stands in a sentence that the reader does not see.
_PRONOUN_SPOKE = re.compile(
    r"\b(?:сказал|заявил|отметил|подчеркнул|сообщил|пояснил|добавил|рассказал|считает|отмечает|говорит|"
    r"признал|уточнил|напомнил)а?\s+(?:он|она)\b|\b(?:деді|дейді|дейд|айтты)\s+ол\b|"
    r"\b(?:he|she)\s+(?:said|says|added|noted|told)\b|\b(?:said|added|noted)\s+(?:he|she)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    # Not the Kazakh "мен": it is "I", but far more often "and".
    r"\b(?:(?i:я|мы|хочу|считаю|думаю|уверен|уверена|мне|нам|нас|меня|мой|моя|мои|наш\w*|біз|бізд\w*|бізг\w*|маған|менің|менде)"
    r"|I|[Ww]e|[Oo]ur|[Mm]y|us)\b"
)
_SPEECH_DASH = re.compile(r"^\s*[—–-]\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """What is shown of an article under one partner."""

    text: str
    speaker: str | None = None  # whose words these are, None: the outlet's own


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with everything the choice asks about it."""

    index: int
    span: Span
    paragraph: int
    is_question: bool
    voice: str | None  # "" somebody whom nobody names, None: the outlet itself
    is_furniture: bool


def choose_passage(article: DigestArticle, partner: str, most: int = MOST) -> Passage:
    """The passage of `article` for `partner`, at most about `most` code points.

    Falls back to the lead where no sentence carries evidence. Empty only if the article has no
    usable sentence at all.
    """
    found = _read(article)
    usable = [s for s in found if not s.is_question and not s.is_furniture]
    if not usable:
        return Passage(_cut(clean_sentence(article.lead or ""), most))
    marked = _marked(article, partner, found)
    first = max(usable, key=lambda s: (_worth(s, marked, len(found)), -s.index))
    second = _companion(first, usable, found, marked)
    return _compose(article, first, second, most)


def is_conversation(article: DigestArticle) -> bool:
    """An interview, by its flag or by its looks: questions as paragraphs of their own."""
    if article.is_interview or article.turns:
        return True
    lines = [line.strip() for line in article.text.splitlines() if line.strip()]
    asked = sum(line.endswith("?") and len(line) < 400 for line in lines)
    return asked >= QUESTIONS_NEEDED and len(lines) >= 2 * asked and not article.is_opinion


def _read(article: DigestArticle) -> list[_Sentence]:
    spans = sentences(article.text)
    paragraph = _paragraph_numbers(article.text, spans)
    asking = _question_paragraphs(spans, paragraph)
    talk_from = min(asking, default=0) if is_conversation(article) else len(spans)
    questions = [_squeeze(turn.text) for turn in article.turns if turn.kind == "question"]
    return [
        _Sentence(
            index=index,
            span=span,
            paragraph=paragraph[index],
            is_question=paragraph[index] in asking or _inside(span.text, questions),
            voice=_voice(article, span, in_talk=paragraph[index] > talk_from and bool(asking)),
            is_furniture=is_furniture(span.text),
        )
        for index, span in enumerate(spans)
    ]


def _paragraph_numbers(text: str, spans: list[Span]) -> list[int]:
    numbers, current, last = [], 0, 0
    for span in spans:
        if "\n" in text[last : span.start]:
            current += 1
        last = span.end
        numbers.append(current)
    return numbers


def _question_paragraphs(spans: list[Span], paragraph: list[int]) -> set[int]:
    """Paragraphs that end in a question: an interviewer states first and asks last."""
    last = dict(zip(paragraph, spans, strict=True))
    return {number for number, span in last.items() if re.search(r"\?[»”\")]*$", span.text)} | {
        number for number, span in zip(paragraph, spans, strict=True) if span.text.endswith("?")
    }


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _inside(sentence: str, texts: list[str]) -> bool:
    wanted = _squeeze(sentence)
    return any(wanted in text for text in texts)


def _voice(article: DigestArticle, span: Span, *, in_talk: bool) -> str | None:
    """Who speaks in this sentence; None for the outlet, "" for somebody unnamed."""
    for turn in article.turns:
        if turn.kind == "answer" and _inside(span.text, [_squeeze(turn.text)]):
            return _answering(article, turn.speaker)
    if in_talk:
        return _answering(article, None)
    quote = _quote_over(article, span)
    if _PRONOUN_SPOKE.search(span.text):
        return _with_role(quote) if quote is not None and quote.speaker else None
    if _OWN_VERB.search(span.text):
        return None  # the sentence names its speaker itself
    if quote is not None:
        return _with_role(quote) if quote.speaker else ""
    if _SPEECH_DASH.match(article.text[_line_start(article.text, span.start) : span.start + 3]):
        return _answering(article, None) if article.is_interview else ""
    if span.text.startswith(("«", "“", '"')) and span.text.rstrip(" .,!").endswith(("»", "”", '"')):
        return ""
    if _FIRST_PERSON.search(span.text) and not article.is_opinion:
        return _answering(article, None) if article.is_interview else ""
    return None


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _answering(article: DigestArticle, speaker: str | None) -> str:
    """The one who answers, with the role if the page gives it; "" if nobody is named."""
    name = speaker or article.interviewee or ""
    if name and name == article.interviewee and article.interviewee_role:
        return f"{name}, {article.interviewee_role}"
    return name


def _quote_over(article: DigestArticle, span: Span) -> Quote | None:
    for quote in article.quotes:
        shared = min(quote.end, span.end) - max(quote.start, span.start)
        if shared > 0.5 * (span.end - span.start):
            return quote
    return None


def _with_role(quote: Quote) -> str:
    return f"{quote.speaker}, {quote.role}" if quote.role else str(quote.speaker)


def _marked(article: DigestArticle, partner: str, found: list[_Sentence]) -> dict[int, float]:
    """Sentences that carried the verdict, with a weight: the tagger's first evidence is its
    strongest."""
    starts = [s.span.start for s in found]
    marked: dict[int, float] = {}
    for relation in article.relations:
        if relation.partner != partner:
            continue
        for rank, evidence in enumerate(relation.evidence):
            if evidence.field != "text":
                continue
            at = evidence.start
            if article.text[at : at + 20] != evidence.sentence[:20] and evidence.sentence:
                placed = article.text.find(evidence.sentence)
                at = placed if placed >= 0 else at
            marked.setdefault(
                max(0, bisect.bisect_right(starts, at) - 1), 4.0 - 0.05 * min(rank, 4)
            )
    return marked


def _worth(sentence: _Sentence, marked: dict[int, float], total: int) -> float:
    """How well a sentence opens a passage. Evidence decides, then standing on its own feet."""
    text = sentence.span.text
    worth = marked.get(sentence.index, 0.0)
    worth -= 3.0 if CONNECTIVE.match(text) else 0.0
    worth -= 2.0 if LEANING.match(text) else 0.0
    worth -= 2.0 if sentence.voice == "" else 0.0
    worth -= 0.8 if sentence.voice else 0.0
    worth -= 1.5 if _PRONOUN_SPOKE.search(text) and not sentence.voice else 0.0
    worth -= 1.0 if len(text) < 50 else 0.4 if len(text) < 90 else 0.0
    worth -= 1.0 if len(text) > 330 else 0.0
    return worth + 1.5 * (1 - sentence.index / max(1, total))


def _companion(
    first: _Sentence, usable: list[_Sentence], found: list[_Sentence], marked: dict[int, float]
) -> _Sentence | None:
    """The second sentence: the next one if it is in the same voice, else more evidence."""
    later = [s for s in usable if s.index > first.index and s.voice == first.voice]
    following = next((s for s in later if s.index == first.index + 1), None)
    if following and (following.index in marked or following.paragraph == first.paragraph):
        return following
    evidence = [s for s in later if s.index in marked and _stands_alone(s)]
    if evidence:
        return evidence[0]
    if following and following.paragraph <= first.paragraph + 1 and _stands_alone(following):
        return following
    return None


def _stands_alone(sentence: _Sentence) -> bool:
    text = sentence.span.text
    return not CONNECTIVE.match(text) and not LEANING.match(text)


def _compose(
    article: DigestArticle, first: _Sentence, second: _Sentence | None, most: int
) -> Passage:
    text = clean_sentence(first.span.text, opening=True)
    if second is not None:
        adjacent = second.index == first.index + 1
        more = clean_sentence(second.span.text, opening=not adjacent)
        if len(text) + len(more) < most:
            text = f"{text} {'' if adjacent else '… '}{more}"
    text = closed_quotes(_cut(text, most))
    if first.voice is None:
        return Passage(text)
    return Passage(text, first.voice)


def _cut(text: str, most: int) -> str:
    """At most `most` code points, cut at a comma or a word and marked as cut."""
    if len(text) <= most:
        return text
    head = text[:most]
    stop = max(head.rfind(mark) for mark in (", ", "; ", " — ", ": "))
    if stop < most * 0.6:
        stop = head.rfind(" ")
    return head[: max(stop, 1)].rstrip(" ,;:—–-") + "…"
