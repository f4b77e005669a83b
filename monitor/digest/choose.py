"""What a subscription is told: which stories, where, in which order, and why. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.digest.cluster import Story, form_stories
from monitor.digest.counts import bars_of
from monitor.digest.panels import balance_of, facts_of, speakers_of, troubles_of
from monitor.digest.passages import choose_passage, is_conversation
from monitor.digest.signals import matters, reasons_of, score_of
from monitor.digest.slots import period_days
from monitor.models import (
    Decision,
    Digest,
    DigestArticle,
    DigestItem,
    DigestLink,
    DigestMaterial,
    DigestSection,
    Relation,
    Subscription,
)

DEFAULT_PARTNERS = ("us", "ru", "cn")
TOP_MOST = 3
TOP_OF_ONE_PARTNER = 2
TOP_NEEDS = 4  # with fewer stories the digest itself is the summary


def choose_digest(
    subscription: Subscription, material: DigestMaterial, slot_at: datetime
) -> Digest:
    """The digest of one slot. Every candidate ends as an item, inside a story, or out with why."""
    admitted, refused = _admit(subscription, material)
    order = partner_order(subscription, admitted)
    stories = form_stories(admitted, order, subscription.language)
    items = [_item(story, material, subscription.language) for story in stories]
    period = timedelta(days=period_days(subscription))
    sections = tuple(_section(partner, items, material, period) for partner in order)
    members = [article for story in stories for article in story.members]
    groups = [story.members for story in stories]
    amounts = facts_of(groups, "amount", subscription.language)
    agreements = facts_of(groups, "agreement", subscription.language)
    troubles = troubles_of(material.sources, material.window.end_at)
    return Digest(
        subscription=subscription.name,
        language=subscription.language,
        time_zone=subscription.time_zone,
        slot_at=slot_at,
        window=material.window,
        articles=len(members),
        stories=len(stories),
        watched=material.watched,
        outlets=material.outlets,
        sections=sections,
        top=choose_top(items),
        speakers=speakers_of(members),
        amounts=amounts,
        agreements=tuple(a for a in agreements if a.sentence not in {s.sentence for s in amounts}),
        balance=balance_of(members),
        edits=tuple(sorted(material.edits, key=lambda e: (not e.touches_tagged, e.seen_at))),
        troubles=troubles,
        sources=len(material.sources),
        incidents=material.incidents,
        decisions=(*_decided(stories, items), *refused),
        period_days=period_days(subscription),
    )


def partner_order(subscription: Subscription, articles: Sequence[DigestArticle]) -> tuple[str, ...]:
    """The subscription's own order, or the three partners first and others by name."""
    if subscription.relations:
        return subscription.relations
    found = {relation.partner for article in articles for relation in article.relations}
    return (*DEFAULT_PARTNERS, *sorted(found - set(DEFAULT_PARTNERS)))


def choose_top(items: Sequence[DigestItem]) -> tuple[DigestItem, ...]:
    """At most three, primary only, each with something beyond its headline. Never padding."""
    if len(items) < TOP_NEEDS:
        return ()
    chosen: list[DigestItem] = []
    for item in sorted(items, key=lambda i: (-i.score, -i.article_id)):
        of_partner = sum(other.relation == item.relation for other in chosen)
        if item.level == 2 and matters(item.reasons) and of_partner < TOP_OF_ONE_PARTNER:
            chosen.append(item)
    return tuple(chosen[:TOP_MOST])


def place_forms(digest: Digest, full: int, shown: int) -> Digest:
    """The same digest with only the `full` best stories told in full, those up to `shown` as one
    line, the rest only counted. The first story of every section stays full."""
    ranked = sorted(
        (item for section in digest.sections for item in section.items),
        key=lambda i: (-i.level, -i.score, -i.article_id),
    )
    leads = {s.items[0].article_id for s in digest.sections if s.items} if full else set()
    form: dict[int, str] = {}
    for rank, item in enumerate(ranked):
        kept = rank < full or item.article_id in leads
        form[item.article_id] = "full" if kept else "line" if rank < shown else "counted"
    sections = tuple(
        replace(s, items=tuple(replace(item, form=form[item.article_id]) for item in s.items))
        for s in digest.sections
    )
    decisions = tuple(
        replace(d, verdict=form[d.article_id]) if d.article_id in form else d
        for d in digest.decisions
    )
    return replace(digest, sections=sections, decisions=decisions)


def _admit(
    subscription: Subscription, material: DigestMaterial
) -> tuple[list[DigestArticle], list[Decision]]:
    admitted, refused = [], []
    for article in material.articles:
        relations = _wanted(subscription, article)
        why = _refusal(subscription, material, article, relations)
        if why is None:
            admitted.append(replace(article, relations=relations))
        else:
            partner = article.relations[0].partner if article.relations else ""
            refused.append(
                Decision(article_id=article.id, title=article.title, outlet=article.outlet,
                         verdict="out", relation=partner, why=why)
            )  # fmt: skip
    return admitted, refused


def _wanted(subscription: Subscription, article: DigestArticle) -> tuple[Relation, ...]:
    return tuple(
        relation
        for relation in article.relations
        if relation.level >= subscription.minimum_level
        and (not subscription.relations or relation.partner in subscription.relations)
    )


def _refusal(
    subscription: Subscription,
    material: DigestMaterial,
    article: DigestArticle,
    relations: Sequence[Relation],
) -> str | None:
    """Why an article is not for this subscription now; None: it is."""
    if not relations:
        return f"no wanted partner at level {subscription.minimum_level} or above"
    if subscription.topics and not set(subscription.topics) & set(article.topics):
        return "none of the subscription's topics"
    if subscription.outlets_in and article.source_id not in subscription.outlets_in:
        return "outlet not in outlets_in"
    if article.source_id in subscription.outlets_out:
        return "outlet in outlets_out"
    if article.id in material.sent_articles:
        return f"already in the digest of {material.sent_articles[article.id]:%Y-%m-%d}"
    if article.dup_of is not None and article.dup_of in material.sent_articles:
        day = material.sent_articles[article.dup_of]
        return f"same text as article {article.dup_of} in the digest of {day:%Y-%m-%d}"
    return None


def _item(story: Story, material: DigestMaterial, language: str) -> DigestItem:
    head, home = story.head, story.home
    shown = next((r for r in head.relations if r.partner == home.partner), home)
    passage = choose_passage(head, home.partner)
    reasons = reasons_of(story.members, home.partner, material.sent_stories)
    return DigestItem(
        article_id=head.id,
        story_id=story.story_id,
        relation=home.partner,
        level=home.level,
        title=head.title.strip() or head.url,
        url=head.url,
        outlet=head.outlet,
        at=head.published_at or head.first_seen_at,
        dated=head.published_at is not None,
        passage=passage.text,
        speaker=passage.speaker,
        why=_readable_why(shown),
        also=tuple(r.partner for r in story.relations[1:]),
        others=_links(story),
        marks=_marks(head, language),
        reasons=reasons,
        score=score_of(reasons, home, head, language),
    )


def _readable_why(relation: Relation, most: int = 3) -> tuple[str, ...]:
    found: list[str] = []
    for evidence in relation.evidence:
        why = " ".join(evidence.why.split())
        if why and why not in found:
            found.append(why)
    return tuple(found[:most])


def _links(story: Story) -> tuple[DigestLink, ...]:
    return tuple(
        DigestLink(
            article_id=article.id,
            title=article.title,
            url=article.url,
            outlet=article.outlet,
            same_text=article.dup_of is not None,
        )
        for article in story.members[1:]
    )


def _marks(head: DigestArticle, language: str) -> tuple[str, ...]:
    marks = [name for name, holds in (("interview", is_conversation(head)),
                                      ("opinion", head.is_opinion),
                                      ("reprint", head.dup_of is not None),
                                      ("removed", head.removed)) if holds]  # fmt: skip
    if head.language in ("ru", "kk", "en") and head.language != language:
        marks.append(head.language)
    return tuple(marks)


def _section(
    partner: str, items: Sequence[DigestItem], material: DigestMaterial, period: timedelta
) -> DigestSection:
    here = sorted(
        (item for item in items if item.relation == partner),
        key=lambda i: (-i.level, -i.score, -i.article_id),
    )
    mentions = sorted(
        (item for item in items if partner in item.also), key=lambda i: (-i.score, -i.article_id)
    )
    bars, usual = bars_of(material, partner, len(here) + len(mentions), period)
    return DigestSection(
        relation=partner,
        count=len(here) + len(mentions),
        items=tuple(here),
        mentions=tuple(mentions),
        bars=bars,
        usual=usual,
    )


def _decided(stories: Sequence[Story], items: Sequence[DigestItem]) -> list[Decision]:
    decisions = []
    for story, item in zip(stories, items, strict=True):
        for article in story.members:
            is_head = article is story.head
            kinds = ", ".join(
                f"{r.number} outlets" if r.kind == "outlets" else r.kind for r in item.reasons
            )
            why = f"level {item.level}, score {item.score:.1f}{': ' if kinds else ''}{kinds}"
            decisions.append(
                Decision(article_id=article.id, title=article.title, outlet=article.outlet,
                         verdict="full" if is_head else "folded", relation=item.relation,
                         why=why if is_head else f"one story with article {story.head.id}")
            )  # fmt: skip
    return decisions
