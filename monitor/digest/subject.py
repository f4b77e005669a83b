"""The subject line says the news; a date alone says nothing. Pure."""

from __future__ import annotations

from monitor.digest.alerts import Alert
from monitor.digest.frame import Frame
from monitor.models import Digest, DigestItem

HEADLINE_MOST = 88  # code points; about what a desktop list shows, a phone shows half


def digest_subject(digest: Digest, frame: Frame) -> str:
    """The first story's headline, how much more there is, and the day."""
    day = frame.date(digest.slot_at)
    lead = leading_item(digest)
    if lead is None:
        if not digest.watched:
            return frame.word("subject_blind", date=day)
        partners = frame.partners([section.relation for section in digest.sections])
        return frame.word("subject_empty", date=day, partners=partners)
    rest = [day]
    if digest.stories > 1:
        more = frame.count("more_stories", digest.stories - 1)
        rest.insert(0, frame.word("subject_more", stories=more))
    return one_line(
        frame.word("subject", lead=shorten(lead.title, HEADLINE_MOST), rest=" · ".join(rest))
    )


def leading_item(digest: Digest) -> DigestItem | None:
    """The story that the digest opens with."""
    if digest.top:
        return digest.top[0]
    items = [item for section in digest.sections for item in section.items]
    return max(items, key=lambda i: (i.level, i.score, -i.article_id), default=None)


def alert_subject(alert: Alert, frame: Frame) -> str:
    """What broke."""
    if alert.kind == "story":
        return one_line(
            frame.word("alert_story", title=shorten(alert.items[0].title, HEADLINE_MOST))
        )
    articles = frame.count("articles", alert.number)
    return one_line(frame.word("alert_topic", topic=frame.topic(alert.topic), articles=articles))


def shorten(text: str, most: int) -> str:
    """Cut at a word and mark it."""
    text = one_line(text)
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:—–-.") + "…"


def one_line(text: str) -> str:
    """No line break or control character survives: a headline must not become a mail header."""
    return " ".join(
        "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text).split(" ")
    ).strip()
