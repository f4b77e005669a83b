"""Figures in the text format of Prometheus (exposition format 0.0.4). Pure: facts in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One metric with its samples: label values (in the order of `labels`) and a number."""

    name: str  # without the prefix monitor_
    help: str
    samples: tuple[tuple[tuple[str, ...], float], ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """One source as the figures show it."""

    id: str
    last_ok_at: datetime | None
    last_new_at: datetime | None
    failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsFacts:
    """What the figures are made of."""

    version: str
    healthy: bool
    findings: tuple[tuple[str, str], ...]  # severity, check
    heartbeat_at: datetime | None  # None: the service has never run
    backup_at: datetime | None  # None: no backup yet
    integrity_ok: bool
    articles: int
    articles_day: int
    tagged_day: int
    waiting_entries: int
    stuck_entries: int
    overdue_digests: int
    failed_deliveries: int
    incidents_day: int
    free_megabytes: float
    database_megabytes: float
    pages_megabytes: float
    sources: tuple[SourceFigures, ...]


def metrics_text(facts: MetricsFacts, now: datetime) -> str:
    """Everything, one metric after the other. Times are ages in seconds; a moment that is not
    known has no sample (an alert on absence is better than one on zero)."""
    return "".join(_lines(figure) for figure in (*_service(facts, now), *_archive(facts),
                                                 *_sources(facts.sources, now)))  # fmt: skip


def _service(facts: MetricsFacts, now: datetime) -> list[Figure]:
    checks = [((severity, check), 1.0) for severity, check in facts.findings]
    counted: dict[tuple[str, ...], float] = {}
    for labels, one in checks:
        counted[labels] = counted.get(labels, 0.0) + one
    return [
        Figure(name="build_info", help="The running version.", labels=("version",),
               samples=(((facts.version,), 1.0),)),
        _one("healthy", "1 while `monitor health` would exit with 0.", facts.healthy),
        Figure(name="findings", help="Findings of `monitor health`.",
               labels=("severity", "check"), samples=tuple(sorted(counted.items()))),
        _age("heartbeat_age_seconds", "Since the service's last sign of life.",
             facts.heartbeat_at, now),
        _age("backup_age_seconds", "Since the last verified backup.", facts.backup_at, now),
        _one("integrity_ok", "1 while the last check of every page found nothing.",
             facts.integrity_ok),
        _one("incidents_last_day", "Unexpected failures in 24 hours.", facts.incidents_day),
        _one("disk_free_bytes", "Free space beside the database.", facts.free_megabytes * 1e6),
        _one("database_bytes", "Size of monitor.db.", facts.database_megabytes * 1e6),
        _one("pages_bytes", "Size of pages.db.", facts.pages_megabytes * 1e6),
    ]  # fmt: skip


def _archive(facts: MetricsFacts) -> list[Figure]:
    return [
        _one("articles", "Articles ever stored.", facts.articles),
        _one("articles_last_day", "Articles stored in 24 hours.", facts.articles_day),
        _one("tagged_last_day", "Of these, on a relation.", facts.tagged_day),
        _one("entries_waiting", "Links whose page is still to be collected.",
             facts.waiting_entries),
        _one("entries_stuck", "Of these, due for more than six hours.", facts.stuck_entries),
        _one("digests_overdue", "Digests that are an hour late.", facts.overdue_digests),
        _one("deliveries_failed", "Deliveries given up in seven days.", facts.failed_deliveries),
    ]  # fmt: skip


def _sources(sources: Sequence[SourceFigures], now: datetime) -> list[Figure]:
    def ages(
        moments: Iterable[tuple[str, datetime | None]],
    ) -> tuple[tuple[tuple[str, ...], float], ...]:
        return tuple(((name,), _seconds(at, now)) for name, at in moments if at is not None)

    return [
        Figure(name="source_answer_age_seconds", help="Since the source's last good answer.",
               labels=("source",), samples=ages((s.id, s.last_ok_at) for s in sources)),
        Figure(name="source_news_age_seconds", help="Since its last new link.",
               labels=("source",), samples=ages((s.id, s.last_new_at) for s in sources)),
        Figure(name="source_failing", help="1 while no way into the source works.",
               labels=("source",),
               samples=tuple(((s.id,), float(s.failing)) for s in sources)),
    ]  # fmt: skip


def _one(name: str, text: str, value: float) -> Figure:
    return Figure(name=name, help=text, samples=(((), float(value)),))


def _age(name: str, text: str, at: datetime | None, now: datetime) -> Figure:
    return Figure(name=name, help=text, samples=(((), _seconds(at, now)),) if at else ())


def _seconds(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())


def _lines(figure: Figure) -> str:
    name = f"monitor_{figure.name}"
    head = f"# HELP {name} {figure.help}\n# TYPE {name} gauge\n"
    return head + "".join(
        f"{name}{_labels(figure.labels, values)} {number:.15g}\n"
        for values, number in figure.samples
    )


def _labels(names: Sequence[str], values: Sequence[str]) -> str:
    if not names:
        return ""
    pairs = (f'{name}="{_quoted(value)}"' for name, value in zip(names, values, strict=True))
    return "{" + ",".join(pairs) + "}"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
