"""What an article states: people, sums of money, events."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.models.article import Quote


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
