"""What stands beside the stories: who spoke, sums, balance of owners, troubled sources. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.digest.openers import clean_sentence
from monitor.digest.signals import worth_of
from monitor.models import (
    DigestArticle,
    DigestFact,
    SourceHealth,
    SourceTrouble,
    Speaker,
)

SPEAKERS_MOST = 10
FACTS_MOST = 5
FAILURES_SHOWN = 3  # in a row; one or two are weather
FAILING_AFTER = timedelta(hours=6)
SILENT_AT_LEAST = timedelta(days=3)
SILENT_PERIODS = 6.0  # times the source's own mean gap between items


def speakers_of(articles: Sequence[DigestArticle]) -> tuple[Speaker, ...]:
    """People with words of their own in these articles, the most heard first."""
    roles: dict[str, str | None] = {}
    heard: dict[str, list[DigestArticle]] = {}
    for article in articles:
        for name, role in _voices(article):
            roles[name] = roles.get(name) or role
            if article not in heard.setdefault(name, []):
                heard[name].append(article)
    ranked = sorted(heard, key=lambda name: (-len(heard[name]), not roles[name], name))
    return tuple(_speaker(name, roles[name], heard[name]) for name in ranked[:SPEAKERS_MOST])


def _voices(article: DigestArticle) -> list[tuple[str, str | None]]:
    found = [(quote.speaker, quote.role) for quote in article.quotes if quote.speaker]
    if article.interviewee:
        found.append((article.interviewee, article.interviewee_role))
    return found


def _speaker(name: str, role: str | None, articles: Sequence[DigestArticle]) -> Speaker:
    outlets = tuple(dict.fromkeys(article.outlet for article in articles))
    first = articles[0]
    return Speaker(
        name=name, role=role, outlets=outlets, articles=len(articles),
        article_id=first.id, url=first.url,
    )  # fmt: skip


def facts_of(
    stories: Sequence[Sequence[DigestArticle]], kind: str, language: str
) -> tuple[DigestFact, ...]:
    """Sums (the largest first) or agreements (one a story), each once, in its sentence; told in
    the reader's language where an article in it is there."""
    rows: list[tuple[float, int, str, DigestFact]] = []
    for number, members in enumerate(stories):
        for article in members:
            foreign = int(article.language != language)
            if kind == "amount":
                rows += [
                    (-worth_of(a), foreign, f"{a.value:g} {a.currency}",
                     _fact(kind, a.surface, a.sentence, article))
                    for a in article.amounts
                ]  # fmt: skip
            else:
                rows += [
                    (0.0, foreign, f"story {number}", _fact(kind, "", event.sentence, article))
                    for event in article.events
                    if event.kind == kind
                ]
    rows.sort(key=lambda row: row[:2])
    return _distinct([(key, fact) for _, _, key, fact in rows])[:FACTS_MOST]


def _distinct(rows: Sequence[tuple[str, DigestFact]]) -> tuple[DigestFact, ...]:
    """One for each key, and none that says in other words what one before it says."""
    kept: list[DigestFact] = []
    keys: set[str] = set()
    for key, fact in rows:
        if key not in keys and not any(_alike(fact.sentence, other.sentence) for other in kept):
            kept.append(fact)
        keys.add(key)
    return tuple(kept)


def _alike(one: str, other: str) -> bool:
    """Half of the words (their beginnings, because of inflection) in common."""
    first, second = _beginnings(one), _beginnings(other)
    shared = len(first & second)
    return shared >= 0.5 * min(len(first), len(second)) if shared else False


def _beginnings(sentence: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{4,}", sentence.lower())}


def _fact(kind: str, surface: str, sentence: str, article: DigestArticle) -> DigestFact:
    text = clean_sentence(sentence, opening=True)
    if len(text) > 240:
        text = text[:239].rsplit(" ", 1)[0] + "…"
    return DigestFact(
        kind=kind, surface=surface, sentence=text,
        outlet=article.outlet, url=article.url, article_id=article.id,
    )  # fmt: skip


def balance_of(articles: Sequence[DigestArticle]) -> tuple[tuple[str, int], ...]:
    """Articles by kind of owner, in a fixed order so that days compare."""
    counted = Counter(article.owner or "unknown" for article in articles)
    order = ("official", "state", "private", "foreign", "unknown")
    return tuple((owner, counted[owner]) for owner in order if counted[owner])


def troubles_of(sources: Sequence[SourceHealth], now: datetime) -> tuple[SourceTrouble, ...]:
    """Sources that are gone, failing or silent for longer than their own rhythm explains."""
    found = [trouble for source in sources if (trouble := _trouble(source, now))]
    order = ("failing", "never", "silent", "gone")
    return tuple(sorted(found, key=lambda t: (order.index(t.kind), t.name)))


def _trouble(source: SourceHealth, now: datetime) -> SourceTrouble | None:
    if source.ways and source.gone >= source.ways:
        return SourceTrouble(name=source.name, kind="gone", since=source.last_ok_at)
    if source.last_ok_at is None:
        kind = "never" if source.failures else ""
        return (
            SourceTrouble(name=source.name, kind=kind, since=None, reason=source.reason)
            if kind
            else None
        )
    if source.failures >= FAILURES_SHOWN and now - source.last_ok_at > FAILING_AFTER:
        return SourceTrouble(
            name=source.name, kind="failing", since=source.last_ok_at, reason=source.reason
        )
    if source.last_new_at and now - source.last_new_at > _patience(source):
        return SourceTrouble(name=source.name, kind="silent", since=source.last_new_at)
    return None


def _patience(source: SourceHealth) -> timedelta:
    if not source.rate_per_day or source.rate_per_day <= 0:
        return timedelta(days=14)
    return max(SILENT_AT_LEAST, timedelta(days=min(60.0, SILENT_PERIODS / source.rate_per_day)))
