"""The Tagger: title and text in, a Tagging out. The stage's front door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path

from monitor.models import Evidence, Relation, Tagging
from monitor.tag.context import Context, make_context
from monitor.tag.explain import NOT_NAMED, limit_of, why
from monitor.tag.judge import Verdict, judge
from monitor.tag.lexicon import Lexicon, load_lexicon
from monitor.tag.matcher import Matcher
from monitor.tag.model import Weights, load_weights
from monitor.tag.reader import Document, cut, open_document, read_document
from monitor.tag.topics import score_topics
from monitor.tag.values import Scored, Sentence

_SHOWN = 5  # pieces of evidence per partner
_CODE = attrgetter("entity.code")
_SHOWS = 0.25  # a sentence below this is no evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything found out about one text; `Tagger.tag` condenses it, `--explain` shows it."""

    document: Document
    context: Context
    verdicts: tuple[Verdict, ...]


class Tagger:
    """Judges texts by one lexicon and one set of weights. Safe to share within a thread."""

    def __init__(self, lexicon: Lexicon, weights: Weights) -> None:
        self.lexicon = lexicon
        self.weights = weights
        self.matcher = Matcher(lexicon)
        self._version = f"{weights.version}-{lexicon.checksum:08x}"
        self._members = {
            code: frozenset((code, *members)) for code, members in lexicon.members.items()
        }
        self._judged = frozenset(lexicon.partners).union(
            *(self._members.get(code, ()) for code in lexicon.partners)
        )

    @classmethod
    def load(cls, rules: Path | None = None) -> Tagger:
        """The tagger with the package's lexicon and weights, and the user's rules.

        Raises ConfigError with every problem of the rules.
        """
        return cls(load_lexicon(rules), load_weights())

    @property
    def partners(self) -> tuple[str, ...]:
        """Codes of the judged countries, lower-case, in the order of the rules."""
        return tuple(code.lower() for code in self.lexicon.partners)

    @property
    def version(self) -> str:
        """Names weights, lexicon and the user's rules; stored with every verdict. A change of any
        of them changes it, so that `reprocess` knows what to tag again."""
        return self._version

    def read(
        self,
        *,
        title: str,
        text: str,
        language: str | None = None,
        home: bool = False,
        published: date | None = None,
    ) -> Reading:
        """Sentences, mentions and verdicts, in full."""
        document = read_document(self.matcher, title, text, language, published)
        return self._judge(document, home)

    def topics_of(self, reading: Reading) -> Mapping[str, float]:
        """Sub-topic -> score 0..1 of the relations found; none without a relation."""
        return score_topics(reading.context, reading.verdicts, tuple(self.lexicon.topics))

    def _judge(self, document: Document, home: bool) -> Reading:
        context = make_context(document, self.lexicon.home, home, self.matcher.bit, self._members)
        verdicts = tuple(judge(context, code, self.weights) for code in self.lexicon.partners)
        return Reading(document, context, verdicts)

    def _names_a_partner(self, document: Document) -> bool:
        found = (document.title_found, document.text_found)
        return any(not self._judged.isdisjoint(map(_CODE, one.hits)) for one in found)

    def _nothing(self, language: str | None) -> Tagging:
        """Most of a day's news names no partner: it is not even cut into sentences."""
        relations = tuple(
            Relation(partner=code.lower(), level=0, score=0.0, evidence=(), limit=NOT_NAMED)
            for code in self.lexicon.partners
        )
        return Tagging(language=language, relations=relations, topics={}, version=self.version)

    def tag(
        self,
        *,
        title: str,
        text: str,
        language: str | None = None,
        home: bool = False,
        published: date | None = None,
    ) -> Tagging:
        """The verdict on every partner, with evidence and sub-topics.

        `home`: the outlet is of the home country, so "our country" means it. `published` decides
        who holds which office. Evidence offsets are code points into `title` and `text` as given.
        """
        document = open_document(self.matcher, title, text, language, published)
        if not self._names_a_partner(document):
            return self._nothing(document.language)
        reading = self._judge(cut(document), home)
        relations = tuple(
            _relation(reading, verdict, {"title": title, "text": text}, self)
            for verdict in reading.verdicts
        )
        return Tagging(
            language=reading.document.language,
            relations=relations,
            topics=self.topics_of(reading),
            version=self.version,
        )


def _relation(
    reading: Reading, verdict: Verdict, originals: dict[str, str], tagger: Tagger
) -> Relation:
    evidence: list[Evidence] = []
    if verdict.level:
        ranked = sorted(verdict.scored, key=_rank, reverse=True)
        for item in ranked[:_SHOWN]:
            if item.score >= _SHOWS or not evidence:
                evidence.append(_evidence(reading, item, originals, tagger, verdict.partner))
    return Relation(
        partner=verdict.partner.lower(),
        level=verdict.level,
        score=round(verdict.score, 4),
        evidence=tuple(evidence),
        limit=limit_of(verdict, tagger.weights),
    )


_BOTH = {"home:named": 0.35, "home:place": 0.25, "home:joint": 0.2, "home:near": 0.1}


def _rank(item: Scored) -> tuple[float, int]:
    """The best first; a sentence that names both sides before one that takes one of them from
    around it; a reminder late; one that goes on last; earlier before later."""
    bonus = sum(part for name, part in _BOTH.items() if name in item.features)
    bonus -= 0.5 if "cue:recall" in item.features else 0.0
    return (item.score + bonus - (0.5 if item.follows else 0.0), -item.sentence.start)


def _evidence(
    reading: Reading, item: Scored, originals: dict[str, str], tagger: Tagger, partner: str
) -> Evidence:
    sentence = item.sentence
    mapped = reading.document.title if sentence.field == "title" else reading.document.text
    first = _before(reading, item).start if "home:near" in item.features else sentence.start
    start, end = mapped.original_span(first, sentence.end)
    return Evidence(
        field=sentence.field,
        start=start,
        end=end,
        sentence=originals[sentence.field][start:end],
        why=why(reading.context, item, tagger.lexicon, partner),
    )


def _before(reading: Reading, item: Scored) -> Sentence:
    """The sentence before, which names the home country for this one."""
    sentences = reading.document.sentences
    return sentences[sentences.index(item.sentence) - 1]
