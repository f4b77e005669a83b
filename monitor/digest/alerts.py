"""What cannot wait for the next slot: a primary story that breaks, a topic far above its usual.

Pure: judges what it is given; that nothing is sent twice is the ledger's job.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.digest.choose import choose_digest
from monitor.models import Digest, DigestArticle, DigestItem, DigestMaterial, Subscription

WITHIN = timedelta(hours=1)
TOPIC_LEAST = 6  # articles in a day; below, any rise is chance
TOPIC_SIGMAS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One reason to write at once. `key` is what must not be told twice."""

    key: str
    kind: str  # story / topic
    items: tuple[DigestItem, ...]
    article_ids: tuple[int, ...]
    number: int  # outlets within the hour, or articles of the day
    usual: float = 0.0
    topic: str = ""


def choose_alerts(
    subscription: Subscription, material: DigestMaterial, outlets_needed: int
) -> tuple[Alert, ...]:
    """Primary stories carried by `outlets_needed` outlets within any one hour of the material."""
    digest = choose_digest(subscription, material, material.window.end_at)
    by_id = {article.id: article for article in material.articles}
    alerts = []
    for section in digest.sections:
        for item in section.items:
            ids = (item.article_id, *(link.article_id for link in item.others))
            most = _most_within([by_id[i] for i in ids])
            if item.level == 2 and most >= outlets_needed:
                alerts.append(_story_alert(item, ids, most))
    return tuple(alerts)


def _story_alert(item: DigestItem, ids: tuple[int, ...], outlets: int) -> Alert:
    key = f"story:{item.story_id}" if item.story_id is not None else f"article:{min(ids)}"
    return Alert(key=key, kind="story", items=(item,), article_ids=ids, number=outlets)


def _most_within(articles: Sequence[DigestArticle]) -> int:
    """The largest number of distinct outlets in any hour, by when they were first seen."""
    moments = sorted(articles, key=lambda article: article.first_seen_at)
    return max(
        len({
            other.source_id
            for other in moments
            if timedelta(0) <= other.first_seen_at - start.first_seen_at <= WITHIN
        })
        for start in moments
    )  # fmt: skip


def far_above(today: int, earlier: Sequence[int]) -> bool:
    """Whether a day's count of a topic is far above its baseline.

    Four standard deviations over the mean, with Poisson noise as the least spread, and at least
    twice the mean; needs a week of earlier days.
    """
    if len(earlier) < 7 or today < TOPIC_LEAST:
        return False
    mean = sum(earlier) / len(earlier)
    variance = sum((count - mean) ** 2 for count in earlier) / len(earlier)
    spread = math.sqrt(max(variance, mean, 1.0))
    return today > max(2 * mean, mean + TOPIC_SIGMAS * spread)


def topic_alert(digest: Digest, topic: str, day: str, today: int, usual: float) -> Alert:
    """The alert about one topic, with the best stories of the day under it."""
    items = sorted((i for s in digest.sections for i in s.items), key=lambda i: -i.score)[:5]
    return Alert(
        key=f"topic:{topic}:{day}", kind="topic", items=tuple(items), number=today, usual=usual,
        article_ids=tuple(item.article_id for item in items), topic=topic,
    )  # fmt: skip
