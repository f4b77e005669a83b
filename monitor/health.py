"""Is everything fresh and out? Facts in, findings out. Pure: no database, no clock, no disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HEARTBEAT_LIMIT = timedelta(minutes=3)  # the service beats every 20 s
DIGEST_LIMIT = timedelta(hours=1)  # after its slot
BACKLOG_LIMIT = timedelta(hours=6)  # an entry that is due longer than this is stuck
BACKLOG_ENTRIES = 500
DISK_LIMIT_MB = 500.0
FRESH_LIMIT = timedelta(hours=24)
FRESH_SHARE = 0.5  # of the sources; below it the fault is likely ours


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """One enabled source, as the database knows it."""

    id: str
    name: str
    last_ok_at: datetime | None  # None: it never answered
    last_new_at: datetime | None
    states: tuple[str, ...]  # of its ways, best first
    last_error: str | None
    silent: bool = False  # silent for far longer than its rhythm explains


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """What is known when the question is asked."""

    heartbeat_at: datetime | None  # None: the service has never run on this database
    sources: tuple[SourceFacts, ...]
    overdue_digests: tuple[str, ...]  # subscription and slot, due longer than DIGEST_LIMIT
    failed_deliveries: int  # given up in the last seven days
    stuck_entries: int  # due longer than BACKLOG_LIMIT
    incidents: int  # in the last 24 hours
    free_megabytes: float
    integrity: str = "ok"  # the last integrity check
    backup_problem: str = ""  # what the last nightly backup came to, "" for a good one
    mail_problem: str = ""  # why no mail can leave, "" when it can or nobody is to get any
    delivered_at: datetime | None = None  # the last whole round of delivering; None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing worth saying. `fail` turns the exit code, `warn` does not."""

    severity: str  # fail / warn
    # heartbeat / digest / disk / backlog / sources / source / delivery / mail / backup / bug
    check: str
    text: str


def findings(facts: HealthFacts, now: datetime) -> tuple[Finding, ...]:
    """Everything that is not as it should be, the worst first."""
    found = [
        *_heartbeat(facts, now),
        *_digests(facts, now),
        *_disk(facts),
        *_backlog(facts),
        *_sources(facts.sources, now),
        *_bugs(facts),
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity != "fail"))


def _heartbeat(facts: HealthFacts, now: datetime) -> list[Finding]:
    if facts.heartbeat_at is None:
        return [_fail("heartbeat", "the service has never run on this database")]
    age = now - facts.heartbeat_at
    if age > HEARTBEAT_LIMIT:
        return [_fail("heartbeat", f"no sign of life from the service for {_span(age)}")]
    return []


def _beats(facts: HealthFacts, now: datetime) -> bool:
    return facts.heartbeat_at is not None and now - facts.heartbeat_at <= HEARTBEAT_LIMIT


def _digests(facts: HealthFacts, now: datetime) -> list[Finding]:
    late = [_fail("digest", f"not out: {name}") for name in facts.overdue_digests]
    if _beats(facts, now) and facts.delivered_at and now - facts.delivered_at > DIGEST_LIMIT:
        age = _span(now - facts.delivered_at)
        late.append(_fail("digest", f"none could be made for {age} (table incidents says why)"))
    if facts.failed_deliveries:
        late.append(
            _warn("delivery", f"{facts.failed_deliveries} deliveries given up in the last 7 days")
        )
    if facts.mail_problem:
        late.append(_warn("mail", facts.mail_problem[:200]))
    return late


def _disk(facts: HealthFacts) -> list[Finding]:
    problems = []
    if facts.free_megabytes < DISK_LIMIT_MB:
        problems.append(_fail("disk", f"only {facts.free_megabytes:.0f} MB free"))
    if facts.integrity != "ok":
        problems.append(_fail("database", f"integrity check: {facts.integrity[:200]}"))
    if facts.backup_problem:
        problems.append(_warn("backup", facts.backup_problem[:200]))
    return problems


def _backlog(facts: HealthFacts) -> list[Finding]:
    if facts.stuck_entries > BACKLOG_ENTRIES:
        return [_fail("backlog", f"{facts.stuck_entries} pages wait longer than 6 hours")]
    return []


def _sources(sources: Sequence[SourceFacts], now: datetime) -> list[Finding]:
    asked = [s for s in sources if s.last_ok_at is not None or s.last_error]
    fresh = [s for s in asked if s.last_ok_at and now - s.last_ok_at <= FRESH_LIMIT]
    problems = []
    if len(asked) >= 4 and len(fresh) < FRESH_SHARE * len(asked):
        text = f"only {len(fresh)} of {len(asked)} sources answered in the last 24 hours"
        problems.append(_fail("sources", text))
    for source in asked:
        trouble = source_trouble(source, now)
        if trouble:
            problems.append(_warn("source", f"{source.name}: {trouble}"))
    return problems


def source_trouble(source: SourceFacts, now: datetime) -> str:
    """What is wrong with one source, in a few words; "" if nothing."""
    if source.states and all(state == "gone" for state in source.states):
        return "gone (410)"
    if source.last_ok_at is None:
        return f"has never answered ({source.last_error})" if source.last_error else ""
    age = now - source.last_ok_at
    if age > FRESH_LIMIT:
        return f"no answer for {_span(age)} ({source.last_error or 'unknown'})"
    if source.silent:
        since = f" for {_span(now - source.last_new_at)}" if source.last_new_at else ""
        return f"answers, but nothing new{since}"
    return ""


def _bugs(facts: HealthFacts) -> list[Finding]:
    if facts.incidents:
        text = f"{facts.incidents} unexpected failures in the last 24 hours (table incidents)"
        return [_warn("bug", text)]
    return []


def _fail(check: str, text: str) -> Finding:
    return Finding(severity="fail", check=check, text=text)


def _warn(check: str, text: str) -> Finding:
    return Finding(severity="warn", check=check, text=text)


def _span(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{age.total_seconds() / 60:.0f} min"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
