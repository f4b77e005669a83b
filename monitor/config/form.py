"""The form of feeds.yaml: which keys there are, what they may hold, and how a mistake is named.

Pydantic models; the JSON Schema that editors use is generated from them (`feeds_schema`).
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from monitor.yaml_lines import LinedYaml

# kind of way -> option -> what it is for (one line, shown in messages and in the schema)
KnownOptions = Mapping[str, Mapping[str, str]]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TOPICS = (
    "diplomacy", "trade_investment", "energy", "transport_transit", "critical_minerals",
    "security_defence", "sanctions", "tech_ai_space", "education_culture", "migration_people",
    "law_crime", "environment_water",
)  # fmt: skip


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a web address; write http://host/path or https://host/path")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            "is not a time zone of this machine; write a name such as Asia/Almaty "
            "(and install the package tzdata)"
        ) from error
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise ValueError("is not a network; write a CIDR such as 127.0.0.0/8") from error
    return value


def _clock_time(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('is not a time of day; write "07:00" (in quotes)')
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", value):
        raise ValueError("is not a mail address; write name@host")
    return value


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", value):
        raise ValueError("is not an id; use a-z, 0-9, - and _ (it names rows in the database)")
    return value


def _plain_line(value: str) -> str:
    if not value.strip() or any(ord(char) < 32 for char in value):
        raise ValueError("must be one line of text and not empty")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Line = Annotated[str, AfterValidator(_plain_line)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WayForm(_Form):
    """One way into an outlet."""

    model_config = ConfigDict(extra="allow", strict=True)

    kind: Line = Field(description="feed, sitemap, listing, json or telegram")
    url: WebAddress = Field(description="the address that is asked")
    interval_minutes: float | None = Field(
        default=None, ge=1, le=44640, description="fixed interval; leave out to learn the rhythm"
    )
    note: str = Field(default="", description="why this way is believed to work")


class SourceForm(_Form):
    """An outlet."""

    id: Identifier = Field(description="short and stable; never change it")
    name: Line = Field(description="as readers know it")
    ways: list[WayForm] = Field(min_length=1, description="the best first; the next is a fall-back")
    homepage: WebAddress | None = None
    languages: list[str] = Field(default_factory=list, description="ru, kk, en, …")
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="ISO 3166 code")
    owner: Literal["state", "private", "foreign", "official"] | None = None
    home: bool = Field(default=False, description="an outlet of Kazakhstan")
    enabled: bool = True
    note: str = ""
    extract: dict[str, str] = Field(
        default_factory=dict, description="hand-written CSS selectors: title, date, lead, body"
    )


class SubscriptionForm(_Form):
    """A digest: who gets what, when, in which language."""

    name: Line = Field(description="short; shown as the list name")
    recipients: list[Annotated[str, AfterValidator(_mail_address)]] = Field(default_factory=list)
    language: Literal["ru", "kk", "en"] = "ru"
    relations: list[str] = Field(default_factory=list, description="us, ru, cn, …; empty: all")
    topics: list[Literal[TOPICS]] = Field(default_factory=list)  # type: ignore[valid-type]
    minimum_level: Literal[1, 2] = 1
    outlets_in: list[str] = Field(default_factory=list, description="only these source ids")
    outlets_out: list[str] = Field(default_factory=list, description="never these source ids")
    schedule: Literal["daily", "weekdays", "weekly"] = "daily"
    at: Annotated[str, AfterValidator(_clock_time)] = "07:00"
    weekday: Literal[WEEKDAYS] = "monday"  # type: ignore[valid-type]
    time_zone: ZoneName | None = None
    channels: list[Literal["mail", "folder", "atom", "webhook"]] = Field(default=["mail", "folder"])
    webhook_url: WebAddress | None = None
    alert_outlets: int | None = Field(
        default=None, ge=2, le=50, description="mail at once when so many outlets carry a story"
    )

    @property
    def weekday_number(self) -> int:
        """Monday is 0."""
        return WEEKDAYS.index(self.weekday)


class SettingsForm(_Form):
    """Settings of the whole program; every one has a default."""

    database: Line = Field(
        default="storage/monitor.db", description="relative to the folder of feeds.yaml"
    )
    # Checked although it is the default: a machine without zone data must be told at the start.
    time_zone: ZoneName = Field(default="Asia/Almaty", validate_default=True)
    contact: str = Field(default="", description="a URL or mail address, sent as User-Agent")
    allow_addresses: list[Annotated[str, AfterValidator(_network)]] = Field(default_factory=list)
    host_delay_seconds: float = Field(default=5.0, ge=0, le=3600)
    max_connections: int = Field(default=32, ge=1, le=1000)
    workers: int = Field(default=0, ge=0, le=64, description="0: as many as there are cores")
    rules: Line | None = Field(default=None, description="your own partners, actors and topics")
    datasette_url: WebAddress | None = None
    archive_pages: bool = True
    keep_pages_days: int = Field(default=365, ge=1)
    keep_pages_megabytes: int = Field(default=20_000, ge=10)
    keep_attempts_days: int = Field(default=90, ge=1)
    keep_articles_days: int | None = Field(default=None, ge=1, description="empty: for ever")
    keep_backups: int = Field(default=7, ge=0, description="one a night; 0: none are made")
    backup_pages: bool = Field(default=False, description="back up pages.db as well (large)")
    revisit: Literal["tagged", "all", "none"] = "tagged"
    poll_floor_minutes: float = Field(default=5.0, ge=0.5)
    poll_cap_minutes: float = Field(default=60.0, ge=1)
    log_format: Literal["plain", "json"] = "plain"
    metrics_port: int | None = Field(default=None, ge=1, le=65535)


class FeedsForm(_Form):
    """The whole file."""

    settings: SettingsForm = Field(default_factory=SettingsForm)
    sources: list[SourceForm] = Field(min_length=1)
    subscriptions: list[SubscriptionForm] = Field(default_factory=list)


def problems_of(document: LinedYaml, options: KnownOptions) -> tuple[FeedsForm | None, list[str]]:
    """Everything that is wrong with the document, and the form if nothing is."""
    problems = list(document.problems)
    value = document.value
    if not isinstance(value, dict):
        return None, [*problems, document.problem((), "must be a mapping with `sources:`")]
    form: FeedsForm | None = None
    try:
        form = FeedsForm.model_validate(value)
    except ValidationError as error:
        problems += [_sentence(document, item) for item in error.errors(include_url=False)]
    problems += _across(document, value, options)
    return (None if problems else form), problems


def feeds_schema(options: KnownOptions) -> dict[str, Any]:
    """JSON Schema of feeds.yaml, for editors."""
    schema = FeedsForm.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "feeds.yaml of monitor"
    way = schema["$defs"]["WayForm"]
    way["properties"]["kind"]["enum"] = sorted(options)
    way["additionalProperties"] = False
    for kind in sorted(options):
        for name, help_text in options[kind].items():
            known = way["properties"].setdefault(name, {"description": ""})
            known["description"] += f"{'; ' if known['description'] else ''}{kind}: {help_text}"
    return schema


def _sentence(document: LinedYaml, error: Any) -> str:
    place = tuple(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return document.problem(place, f"unknown key{_did_you_mean(place)}")
    if kind == "missing":
        return document.problem(place, "is missing; it must be given")
    if kind == "literal_error":
        return document.problem(
            place, f"{error['input']!r} is not allowed; write {context['expected']}"
        )
    if kind == "value_error":
        return document.problem(place, f"{error['input']!r} {context['error']}")
    expected = error["msg"][0].lower() + error["msg"][1:]
    return document.problem(place, f"{_short(error['input'])}: {expected}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"


def _did_you_mean(place: tuple[str | int, ...]) -> str:
    forms: dict[str, type[BaseModel]] = {
        "settings": SettingsForm,
        "sources": SourceForm,
        "subscriptions": SubscriptionForm,
    }
    form = forms.get(str(place[0]), FeedsForm) if len(place) > 1 else FeedsForm
    return _guess(str(place[-1]), list(form.model_fields))


def _guess(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; known keys: {', '.join(sorted(known))}"


def _across(document: LinedYaml, value: Mapping[str, Any], options: KnownOptions) -> list[str]:
    """Rules that look at more than one key."""
    problems: list[str] = []
    sources = [
        (i, s) for i, s in enumerate(_list_in(value, "sources")) if isinstance(s, dict)
    ]  # fmt: skip
    _unique(document, problems, "sources", [(i, s.get("id")) for i, s in sources], "id")
    for index, source in sources:
        for number, way in enumerate(_list_in(source, "ways")):
            if isinstance(way, dict):
                place = ("sources", index, "ways", number)
                problems += _way_problems(document, place, way, options)
    ids = {source.get("id") for _, source in sources}
    subscriptions = [
        (i, s) for i, s in enumerate(_list_in(value, "subscriptions")) if isinstance(s, dict)
    ]
    names = [(i, s.get("name")) for i, s in subscriptions]
    _unique(document, problems, "subscriptions", names, "name")
    for index, item in subscriptions:
        problems += _outlet_problems(document, index, item, ids)
    return problems


def _list_in(value: Mapping[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def _unique(
    document: LinedYaml,
    problems: list[str],
    group: str,
    values: list[tuple[int, object]],
    key: str,
) -> None:
    seen: dict[object, int] = {}
    for index, name in values:
        if name is not None and name in seen:
            line = document.line((group, seen[name], key))
            problems.append(
                document.problem((group, index, key), f"{name!r} is already used in line {line}")
            )
        elif isinstance(name, str):
            seen[name] = index


def _way_problems(
    document: LinedYaml,
    place: tuple[str | int, ...],
    way: Mapping[str, Any],
    options: KnownOptions,
) -> list[str]:
    kind = way.get("kind")
    if not isinstance(kind, str):
        return []
    if kind not in options:
        return [
            document.problem(
                (*place, "kind"), f"{kind!r} is unknown; write {', '.join(sorted(options))}"
            )
        ]
    known = [*WayForm.model_fields, *options[kind]]
    return [
        document.problem((*place, str(key)), f"unknown key{_guess(str(key), known)}")
        for key in way
        if key not in known
    ]


def _outlet_problems(
    document: LinedYaml, index: int, item: Mapping[str, Any], ids: set[object]
) -> list[str]:
    problems = []
    for key in ("outlets_in", "outlets_out"):
        for number, name in enumerate(_list_in(item, key)):
            if name not in ids:
                place = ("subscriptions", index, key, number)
                problems.append(document.problem(place, f"there is no source with id {name!r}"))
    if "webhook" in _list_in(item, "channels") and not item.get("webhook_url"):
        problems.append(
            document.problem(
                ("subscriptions", index, "channels"),
                "the webhook channel needs `webhook_url`",
            )
        )
    return problems
