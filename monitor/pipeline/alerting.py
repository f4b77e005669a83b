"""Alerts: a primary story that many outlets carry within an hour, a topic far above its usual.

Never twice for one story: the slot holds the story's key, and a story any of whose articles was
told before is the same story, whatever its id has become.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.digest import choose_alerts, choose_digest, render_alert
from monitor.digest.alerts import Alert, far_above, topic_alert
from monitor.models import DigestMaterial, DigestWindow, Subscription
from monitor.pipeline.digesting import Look, message_of
from monitor.pipeline.recipients import deliveries_of
from monitor.store.database import Database
from monitor.store.digest_counts import topic_counts
from monitor.store.digests import (
    gather_material,
    last_id_before,
    newest_article_id,
)
from monitor.store.ledger import Plan, PlannedItem, alerted_articles, is_planned, record_plan

LOOK_BACK = timedelta(hours=3)
TOPIC_DAYS = 28
TOPIC_REST = timedelta(days=7)  # one alert about a topic in so long
DAY = timedelta(days=1)


def plan_alerts(
    db: Database,
    subscription: Subscription,
    now: datetime,
    look: Look,
    *,
    has_server: bool,
) -> list[str]:
    """Promise what cannot wait; the names of the slots. Nothing if the subscription wants none."""
    if subscription.alert_outlets is None:
        return []
    deliveries = deliveries_of(subscription, has_server=has_server, alert=True)
    if not deliveries:
        return []
    planned = []
    for alert, window in _due_alerts(db, subscription, now):
        slot = f"alert:{alert.key}"
        if is_planned(db, subscription.name, slot):
            continue
        rendered = render_alert(alert, subscription, archive_url=look.archive_url, names=look.names)
        message = message_of(
            subscription, rendered, slot=slot, at=now, sender=look.sender, kind="alert"
        )
        plan = Plan(message=message, window=window, items=_items(alert), deliveries=deliveries,
                    made_at=now)  # fmt: skip
        if record_plan(db, plan) is not None:
            planned.append(f"{subscription.name} {slot}")
    return planned


def _items(alert: Alert) -> tuple[PlannedItem, ...]:
    relation = alert.items[0].relation if alert.items else ""
    story_id = alert.items[0].story_id if alert.kind == "story" and alert.items else None
    return tuple(
        PlannedItem(article_id=number, story_id=story_id, relation=relation, form="alert")
        for number in alert.article_ids
    )


def _due_alerts(
    db: Database, subscription: Subscription, now: datetime
) -> list[tuple[Alert, DigestWindow]]:
    recent = _material(db, subscription, now, LOOK_BACK)
    told = alerted_articles(db, subscription.name, now - DAY * 60)
    stories = choose_alerts(subscription, recent, subscription.alert_outlets or 0)
    due = [(a, recent.window) for a in stories if not told & set(a.article_ids)]
    if subscription.topics:
        due += _due_topics(db, subscription, now)
    return due


def _due_topics(
    db: Database, subscription: Subscription, now: datetime
) -> list[tuple[Alert, DigestWindow]]:
    """Only topics that the subscription names: somebody asked for them."""
    if not last_id_before(db, now - 14 * DAY):
        return []  # the archive is too young to know what is usual
    due = []
    counts = topic_counts(db, subscription.topics, now, TOPIC_DAYS + 1)
    for topic, days in counts.items():
        if not far_above(days[-1], days[:-1]) or _told_lately(db, subscription, topic, now):
            continue
        material = _material(db, subscription, now, DAY)
        digest = choose_digest(replace(subscription, topics=(topic,)), material, now)
        usual = sum(days[:-1]) / len(days[:-1])
        alert = topic_alert(digest, topic, f"{now:%Y-%m-%d}", days[-1], usual)
        due.append((alert, material.window))
    return due


def _told_lately(db: Database, subscription: Subscription, topic: str, now: datetime) -> bool:
    days = [now - DAY * back for back in range(TOPIC_REST.days)]
    return any(
        is_planned(db, subscription.name, f"alert:topic:{topic}:{day:%Y-%m-%d}") for day in days
    )


def _material(
    db: Database, subscription: Subscription, now: datetime, back: timedelta
) -> DigestMaterial:
    window = DigestWindow(
        start_id=last_id_before(db, now - back),
        end_id=newest_article_id(db),
        start_at=now - back,
        end_at=now,
    )
    material = gather_material(db, subscription, window, period=DAY)
    return DigestMaterial(window=window, articles=material.articles)
