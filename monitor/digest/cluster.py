"""Candidates become stories: one place each, whatever outlets and languages carried them. Pure.

Uses `story_id` and `dup_of` where they are known; where they are not, an equal headline, or a long
sentence word for word the same (the first one, or one that carried the verdict).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.models import DigestArticle, Relation
from monitor.text import sentences

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one thing. `members[0]` is the head: the one that is shown in full."""

    members: tuple[DigestArticle, ...]
    relations: tuple[Relation, ...]  # the strongest verdict on each partner, strongest first

    @property
    def head(self) -> DigestArticle:
        return self.members[0]

    @property
    def home(self) -> Relation:
        """The partner under which the story stands."""
        return self.relations[0]

    @property
    def story_id(self) -> int | None:
        return next((a.story_id for a in self.members if a.story_id is not None), None)


def form_stories(
    articles: Sequence[DigestArticle], order: Sequence[str], language: str
) -> tuple[Story, ...]:
    """Every article is in exactly one story. `order` breaks ties between partners."""
    groups: dict[str, list[DigestArticle]] = {}
    by_words: dict[str, str] = {}
    known = {article.id for article in articles}
    for article in sorted(articles, key=lambda a: a.id):
        key = _key(article, known)
        marks = [mark for mark in _marks(article) if mark]
        if key.startswith("a"):
            key = next((by_words[mark] for mark in marks if mark in by_words), key)
        for mark in marks:
            by_words.setdefault(mark, key)
        groups.setdefault(key, []).append(article)
    return tuple(_story(group, order, language) for group in groups.values())


def _key(article: DigestArticle, known: set[int]) -> str:
    if article.story_id is not None:
        return f"s{article.story_id}"
    if article.dup_of is not None and article.dup_of in known:
        return f"a{article.dup_of}"
    return f"a{article.id}"


def _title_key(title: str) -> str:
    """Short headlines ("Курс валют") say too little to join two articles."""
    words = _WORD.findall(title.lower().replace("ё", "е"))
    return " ".join(words) if len(words) >= 4 else ""


def _marks(article: DigestArticle) -> list[str]:
    """What two articles about one thing may share word for word."""
    first = next((s.text for s in sentences(article.text[:600]) if len(s.text) > 60), "")
    carrying = [e.sentence for r in article.relations for e in r.evidence if e.field == "text"]
    return [_title_key(article.title), *map(_sentence_key, (first, *carrying))]


def _sentence_key(sentence: str) -> str:
    """Long enough to be nobody else's: reprints keep it under new headlines."""
    words = _WORD.findall(sentence.lower().replace("ё", "е"))
    return " ".join(words) if len(words) >= 10 else ""


def _story(group: list[DigestArticle], order: Sequence[str], language: str) -> Story:
    relations = _strongest(group, order)
    home = relations[0].partner
    members = sorted(group, key=lambda article: _headship(article, home, language))
    return Story(tuple(members), relations)


def _strongest(group: Sequence[DigestArticle], order: Sequence[str]) -> tuple[Relation, ...]:
    best: dict[str, Relation] = {}
    for article in group:
        for relation in article.relations:
            held = best.get(relation.partner)
            if held is None or (relation.level, relation.score) > (held.level, held.score):
                best[relation.partner] = relation
    place = {partner: index for index, partner in enumerate(order)}
    return tuple(
        sorted(
            best.values(),
            key=lambda r: (-r.level, -_title(r), -round(r.score, 2), _first(r), place[r.partner]),
        )
    )


def _first(relation: Relation) -> int:
    """Where the text first speaks of the partner."""
    return min((e.start for e in relation.evidence if e.field == "text"), default=10**9)


def _title(relation: Relation) -> int:
    return int(any(evidence.field == "title" for evidence in relation.evidence))


def _headship(article: DigestArticle, home: str, language: str) -> tuple[float, ...]:
    """The reader's language first, then originals, the clearest verdict, the earliest."""
    verdict = next((r for r in article.relations if r.partner == home), None)
    return (
        float(article.language != language),
        float(article.dup_of is not None),
        float(article.is_opinion),
        -float(verdict.level if verdict else 0),
        -round(verdict.score, 1) if verdict else 0.0,
        float(article.id),
    )
