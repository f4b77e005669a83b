"""The values that travel between the stages: the glossary of the project.

Frozen and slotted; no behaviour beyond trivial properties. Imports nothing of the project.
All datetimes are aware and UTC. Offsets are code points. A field that may be missing is
`X | None` and its comment says what missing means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# ---------------------------------------------------------------- configuration: who is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way into an outlet: a feed, a sitemap, a listing, a JSON list, a Telegram channel."""

    kind: str
    url: str
    interval_minutes: float | None = None  # None: the learned rhythm decides
    options: Mapping[str, object] = field(default_factory=dict)  # kind-specific, validated
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An outlet and its ordered ways in (the best first)."""

    id: str
    name: str
    ways: tuple[Way, ...]
    homepage: str | None = None
    languages: tuple[str, ...] = ()
    country: str | None = None  # ISO 3166 alpha-2, None: unknown
    owner: str | None = None  # state / private / foreign / official, None: unknown
    home: bool = False  # an outlet of Kazakhstan: "our country" means Kazakhstan
    enabled: bool = True
    note: str = ""
    extract: Mapping[str, str] = field(default_factory=dict)  # hand-written selectors by field


# ---------------------------------------------------------------- the web


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One hop."""

    status: int
    url: str  # where it pointed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask the web for. `purpose` selects size cap, Accept and robots behaviour."""

    url: str
    purpose: str = "page"  # feed / page / listing / sitemap / robots
    etag: str | None = None
    last_modified: str | None = None
    obey_robots: bool = True
    way_id: int | None = None  # these three only explain the request in the attempts table
    entry_id: int | None = None
    article_id: int | None = None
    interval_minutes: float | None = None  # the way's own; host back-off is measured by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete answer: 200 with a whole body, or 304 with `not_modified`."""

    url: str  # as asked
    final_url: str  # after redirects
    status: int
    headers: Mapping[str, str]  # names lower-case
    body: bytes
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    redirects: tuple[Redirect, ...] = ()
    conditional: bool = False  # validators were sent: a 304 was possible

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item that a way shows: a promise of an article."""

    url: str  # absolute; for a post without a link, the address of the post itself
    guid: str | None = None  # as the way gives it, None: the way has none
    title: str = ""
    summary: str = ""  # plain text
    text: str = ""  # the way's own full text as sanitised HTML or plain, "" if it gives none
    published_at: datetime | None = None  # None: no date or not parseable
    published_raw: str = ""
    date_source: str = ""  # pubDate, updated, lastmod, …
    authors: tuple[str, ...] = ()
    language: str | None = None
    is_post: bool = False  # True: there is no page behind it, the text is all (Telegram)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one answer of a way held."""

    entries: tuple[Entry, ...]
    next_url: str | None = None  # a further page worth asking, None: no more
    ttl_minutes: float | None = None  # what the publisher asks for (ttl, sy:update*), None: silent
    title: str = ""
    problems: tuple[str, ...] = ()  # what was repaired or dropped, for the polls table
    only_leads_on: bool = False  # an index: its own bytes say nothing about news
    complete: bool = True  # False: the document ends early, so more may come under the same ETag


@dataclass(frozen=True, slots=True, kw_only=True)
class WayState:
    """What is remembered about one way (table `ways`)."""

    id: int
    source_id: str
    way: Way
    current_url: str  # the configured address, or an adopted permanent redirect
    state: str = "new"  # new / ok / failing / blocked / gone
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    parser_version: str | None = None
    validators_trusted: bool = True
    last_unconditional_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    newest_item_at: datetime | None = None
    next_poll_at: datetime | None = None  # None: never asked, due at once
    interval_minutes: float | None = None  # what the policy chose last
    ttl_minutes: float | None = None
    failures: int = 0
    failure_score: float = 0.0
    last_error: str | None = None
    last_error_reason: str | None = None
    empty_streak: int = 0
    gone_days: tuple[str, ...] = ()
    redirect_url: str | None = None
    redirect_count: int = 0
    redirect_since: datetime | None = None
    guid_policy: str = "guid"  # guid / link / hash
    rhythm: tuple[float, ...] = ()  # learned by monitor/poll (layout there), empty: unknown
    rate_per_day: float | None = None
    in_use: bool = False  # the way its source lives on now
    silent_since: datetime | None = None  # alarm: silent longer than its rhythm explains


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is remembered about one registrable host (table `hosts`)."""

    host: str
    not_before: datetime | None = None
    crawl_delay_seconds: float | None = None
    robots: str | None = None  # None: never fetched
    robots_status: int | None = None
    robots_fetched_at: datetime | None = None
    blocked_streak: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request that left this machine (table `attempts`)."""

    at: datetime
    url: str
    host: str
    purpose: str
    way_id: int | None = None
    entry_id: int | None = None
    article_id: int | None = None
    http_status: int | None = None
    reason: str | None = None
    bytes: int = 0
    duration_ms: int = 0


# ---------------------------------------------------------------- the article


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of an interview."""

    kind: str  # question / answer
    speaker: str | None  # None: not named on the page
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Somebody's own words."""

    text: str
    speaker: str | None  # None: the text does not say
    role: str | None = None
    start: int = 0  # of the quoted words in Article.text
    end: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page turned into an article. `text`: paragraphs separated by a newline, the lead first,
    the title excluded; original spelling, NFC."""

    url: str
    title: str
    text: str
    canonical_url: str | None = None  # None: the page names none
    lead: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None  # None: neither page nor feed has a date
    published_raw: str = ""
    date_precision: str | None = None  # second / minute / hour / day / month
    date_source: str | None = None  # jsonld / meta / time / visible / url / feed
    modified_at: datetime | None = None
    language: str | None = None  # ru / kk / en / …; None: too short to say
    script: str | None = None  # cyrl / latn / arab
    origin: str | None = None  # who first published, as named in the text
    reposted_by: str | None = None
    is_interview: bool = False
    interviewee: str | None = None
    interviewee_role: str | None = None
    turns: tuple[Turn, ...] = ()
    quotes: tuple[Quote, ...] = ()
    is_opinion: bool = False
    is_truncated: bool = False
    alternates: Mapping[str, str] = field(default_factory=dict)  # hreflang -> url
    links: tuple[str, ...] = ()
    image: str | None = None
    method: str = ""  # which extractor won (fast, default, profile, feed, …)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLine:
    """A line that an outlet repeats; boilerplate once three distinct articles held it."""

    host: str
    line_hash: str
    line: str
    articles: int
    first_seen_at: datetime
    last_seen_at: datetime
    seen: tuple[str, ...] = ()  # keys of the first articles: a re-read one counts once


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where one template of a host keeps its fields, learned and verified."""

    host: str
    template: str
    selectors: str  # JSON
    state: str  # learning / confirmed / dropped
    learned_at: datetime
    agreements: int = 0
    disagreements: int = 0
    score: float = 0.0
    uses: int = 0
    checked_at: datetime | None = None  # None: never re-verified


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChanges:
    """What a site memory learned since it was last asked: rows to insert or replace."""

    lines: tuple[HostLine, ...] = ()
    profiles: tuple[Profile, ...] = ()


# ---------------------------------------------------------------- tagging


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage that carried a verdict. Offsets are code points into the named field."""

    field: str  # title / text
    start: int
    end: int
    sentence: str
    why: str  # what matched, readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """The verdict on one partner: level 0 none, 1 secondary, 2 primary (see monitor/tag)."""

    partner: str  # us / ru / cn / whatever the lexicon adds, lower-case
    level: int
    score: float  # 0..1, calibrated: the probability that the level is at least 1
    evidence: tuple[Evidence, ...] = ()
    limit: str = ""  # what kept it from a higher level, "" if nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """What the tagger says of one text; every configured partner has a Relation."""

    language: str | None
    relations: tuple[Relation, ...]
    topics: Mapping[str, float]  # sub-topic -> score 0..1, only those that hold
    version: str  # tagger + weights + lexicon


# ---------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """One name of a country, as the tagger's rules hold it (facts and stories get it as a value).

    `name` may carry the rules' mark after a slash ("Ван И/=": no other forms)."""

    name: str
    code: str  # ISO 3166 alpha-2 (and EU, UN, …); "": a phrase that names no country
    kind: str  # name / gov / adj / people / place / person / org / …


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A person or an organisation named in a text, resolved to one name across languages."""

    kind: str  # person / organisation
    key: str  # stable joined key, e.g. "tokayev-kassym-jomart"
    name: str  # display name in the article's language, base form
    surface: str
    role: str | None
    country: str | None
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A sum of money. `usd` only where the text's own currency is USD or a rate is configured."""

    value: float
    currency: str  # ISO 4217
    surface: str
    start: int
    end: int
    sentence: str
    usd: float | None = None
    rate: float | None = None  # the stated rate used, None: none needed or none known


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An agreement, visit, call, summit or meeting that the text reports."""

    kind: str  # agreement / visit / call / summit / meeting
    partner: str | None
    date: str | None  # ISO day, None: the text does not say
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of one text."""

    mentions: tuple[Mention, ...] = ()
    amounts: tuple[Amount, ...] = ()
    events: tuple[Event, ...] = ()
    quotes: tuple[Quote, ...] = ()


# ---------------------------------------------------------------- digest and delivery


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
