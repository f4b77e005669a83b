"""What the reader gets: subscriptions, messages, and a digest before it is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.models.article import Quote, Turn
from monitor.models.facts import Amount, Event
from monitor.models.tagging import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who gets which digest, when and in what language."""

    name: str
    recipients: tuple[str, ...] = ()
    language: str = "ru"
    relations: tuple[str, ...] = ()  # empty: all
    topics: tuple[str, ...] = ()  # empty: all
    minimum_level: int = 1
    outlets_in: tuple[str, ...] = ()
    outlets_out: tuple[str, ...] = ()
    schedule: str = "daily"  # daily / weekdays / weekly
    at: str = "07:00"  # local time of the slot
    weekday: int = 0  # weekly only; Monday is 0
    time_zone: str = "Asia/Almaty"
    channels: tuple[str, ...] = ("mail", "folder")
    webhook_url: str | None = None  # None: no webhook
    alert_outlets: int | None = None  # a primary story in so many outlets within an hour is
    # mailed at once; None: no alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered digest or alert, ready for any channel."""

    subject: str
    html: str
    text: str
    slot: str  # unique per subscription: what a restart must not repeat
    subscription: str
    message_id: str
    sent_for: datetime  # the slot's time
    kind: str = "digest"  # digest / alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What one channel said about one recipient."""

    channel: str
    recipient: str
    status: str  # sent / refused / failed
    code: int | None = None
    detail: str = ""
    transient: bool = False
    uncertain: bool = False  # True: the line broke when the message may have been taken already


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestArticle:
    """A stored article as the digest sees it: a candidate."""

    id: int
    url: str
    title: str
    source_id: str
    outlet: str  # the source's display name
    first_seen_at: datetime
    text: str
    owner: str | None = None  # state / private / foreign / official, None: unknown
    home: bool = False
    published_at: datetime | None = None  # None: the page has no date
    language: str | None = None
    lead: str = ""
    origin: str | None = None
    is_interview: bool = False
    interviewee: str | None = None
    interviewee_role: str | None = None
    is_opinion: bool = False
    turns: tuple[Turn, ...] = ()
    relations: tuple[Relation, ...] = ()  # only those at level 1 or 2
    topics: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    amounts: tuple[Amount, ...] = ()
    events: tuple[Event, ...] = ()
    dup_of: int | None = None  # None: an original, or not compared yet
    story_id: int | None = None  # None: no story formed
    removed: bool = False  # its outlet has taken it back since


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWindow:
    """Which articles a digest covers: ids above `start_id` up to and with `end_id`.

    Ids grow in first-seen order, so the watermark loses nothing that was stored late.
    """

    start_id: int
    end_id: int
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationHistory:
    """Distinct stories a period for one partner, oldest first; the last one is the current."""

    partner: str
    counts: tuple[int, ...]
    known: int  # how many of the counts, from the end, the archive was already running for


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change that an outlet made to an article after publishing it."""

    article_id: int
    url: str
    title: str
    outlet: str
    seen_at: datetime
    kind: str  # edit / removed / restored
    diff: str = ""  # lines that begin with "- " and "+ "
    old_title: str = ""
    touches_tagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """The facts about one source that the digest's health section judges."""

    id: str
    name: str
    ways: int
    gone: int  # ways that said 410 or were given up
    failures: int  # in a row, of the healthiest way
    reason: str = ""  # of the last failure, "" if the healthiest way works
    last_ok_at: datetime | None = None  # None: never
    last_new_at: datetime | None = None  # None: never
    rate_per_day: float | None = None  # None: not learned yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something the program had to note while working."""

    at: datetime
    stage: str
    subject: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMaterial:
    """Everything the choice needs, as gathered from the store."""

    window: DigestWindow
    articles: tuple[DigestArticle, ...]
    watched: int = 0  # articles first seen in the window, tagged or not
    outlets: int = 0  # outlets that published any of them
    history: tuple[RelationHistory, ...] = ()
    edits: tuple[Edit, ...] = ()
    sources: tuple[SourceHealth, ...] = ()
    incidents: tuple[Incident, ...] = ()
    sent_articles: Mapping[int, datetime] = field(default_factory=dict)  # in earlier digests
    sent_stories: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a story stands where it stands; the frame's language turns it into words."""

    kind: str  # outlets / owners / amount / agreement / visit / official / title / continues
    number: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLink:
    """Another outlet's article about the same thing."""

    article_id: int
    title: str
    url: str
    outlet: str
    same_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One story at its place."""

    article_id: int
    relation: str
    level: int
    title: str
    url: str
    outlet: str
    at: datetime  # published, or first seen where the page has no date
    dated: bool  # False: `at` is when it was first seen
    story_id: int | None = None
    passage: str = ""
    speaker: str | None = None  # whose words the passage is, None: the outlet's own
    why: tuple[str, ...] = ()  # what matched, readable
    also: tuple[str, ...] = ()  # other partners it is about
    others: tuple[DigestLink, ...] = ()
    marks: tuple[str, ...] = ()  # interview, opinion, kk, en, …
    reasons: tuple[Reason, ...] = ()
    score: float = 0.0
    form: str = "full"  # full / line / counted


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    """One partner."""

    relation: str
    count: int  # distinct stories, here or mentioned
    items: tuple[DigestItem, ...]  # primary first
    mentions: tuple[DigestItem, ...] = ()  # stories placed under another partner
    bars: tuple[int, ...] = ()
    usual: float | None = None  # None: too little history to say


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Somebody who spoke."""

    name: str
    role: str | None
    outlets: tuple[str, ...]
    articles: int
    article_id: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFact:
    """An amount or an agreement of the day, in its sentence."""

    kind: str  # amount / agreement / visit / …
    surface: str
    sentence: str
    outlet: str
    url: str
    article_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrouble:
    """A source that a reader should not trust to be complete today."""

    name: str
    kind: str  # failing / silent / gone / never
    since: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why one candidate is in or out."""

    article_id: int
    title: str
    outlet: str
    verdict: str  # full / line / counted / folded / out
    relation: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one subscription is told in one slot."""

    subscription: str
    language: str
    time_zone: str
    slot_at: datetime
    window: DigestWindow
    articles: int
    stories: int
    watched: int
    outlets: int
    sections: tuple[DigestSection, ...]
    top: tuple[DigestItem, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    amounts: tuple[DigestFact, ...] = ()
    agreements: tuple[DigestFact, ...] = ()
    balance: tuple[tuple[str, int], ...] = ()  # owner -> articles
    edits: tuple[Edit, ...] = ()
    troubles: tuple[SourceTrouble, ...] = ()
    sources: int = 0
    incidents: tuple[Incident, ...] = ()
    decisions: tuple[Decision, ...] = ()
    period_days: int = 1
