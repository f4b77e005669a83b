"""What happens to one page away from the database: extract, tag. Runs in a worker process or
in place; takes values, returns values, remembers only what extraction learned per host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import ExtractError
from monitor.extract import SiteMemory, article_from_entry, extract_article
from monitor.models import Article, Entry, Fetched, HostLine, MemoryChanges, Profile, Tagging
from monitor.tag import Tagger


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One page (or post) to turn into a tagged article."""

    entry: Entry
    now: datetime
    fetched: Fetched | None = None  # None: a post, or the feed's own text as last resort
    home: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = "Asia/Almaty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The result of a job: an article with its verdicts, or the class of a page without one."""

    article: Article | None = None
    tagging: Tagging | None = None
    changes: MemoryChanges | None = None
    page_class: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a worker starts with."""

    rules: Path | None = None
    lines: tuple[HostLine, ...] = ()
    profiles: tuple[Profile, ...] = ()


class Bench:
    """One worker's tools: a tagger and the memory of the hosts that are routed to it."""

    def __init__(self, equipment: Equipment) -> None:
        self.tagger = Tagger.load(equipment.rules)
        self.memory = SiteMemory.load(equipment.lines, equipment.profiles)

    def work(self, job: Job) -> Done:
        """Extract and tag. A page without an article is a result, not an error."""
        try:
            article = self._article(job)
        except ExtractError as error:
            changes = self.memory.changes()
            return Done(page_class=error.page_class, problem=str(error), changes=changes)
        tagging = self.tagger.tag(
            title=article.title,
            text=article.text,
            language=article.language,
            home=job.home,
            published=_local_day(article.published_at or job.now, job.time_zone),
        )
        return Done(article=article, tagging=tagging, changes=self.memory.changes())

    def _article(self, job: Job) -> Article:
        if job.fetched is None:
            return article_from_entry(job.entry, now=job.now, time_zone=job.time_zone)
        return extract_article(
            job.fetched,
            memory=self.memory,
            now=job.now,
            entry=job.entry,
            hints=job.hints,
            time_zone=job.time_zone,
        )


def _local_day(moment: datetime, time_zone: str) -> date:
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(ZoneInfo(time_zone)).date()
