"""What happens to one page away from the database: extract, tag, find facts.

Runs in a worker process or in place; takes values, returns values, remembers only what extraction
learned per host.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import ExtractError
from monitor.extract import EXTRACTOR_VERSION, SiteMemory, article_from_entry, extract_article
from monitor.facts import FactFinder
from monitor.models import Article, Facts, HostLine, PlaceName, Profile
from monitor.pipeline.jobs import Done, Equipment, Job, Text
from monitor.store.packing import pack_page
from monitor.stories import find_features, make_sketch
from monitor.tag import Tagger
from monitor.urls import site_of


@cache
def readers_for(rules: Path | None) -> tuple[Tagger, FactFinder]:
    """What reads texts by these rules; their work never changes them."""
    tagger = Tagger.load(rules)
    facts = FactFinder(
        PlaceName(name=name, code=entity.code, kind=entity.kind)
        for name, entity in tagger.lexicon.names
    )
    return tagger, facts


class Bench:
    """One worker's tools: a tagger and the memory of the hosts that are routed to it."""

    def __init__(self, equipment: Equipment) -> None:
        self.tagger, self.facts = readers_for(equipment.rules)
        self.memory = SiteMemory.load(equipment.lines, equipment.profiles)
        self._lines: dict[str, list[HostLine]] = defaultdict(list)
        for line in equipment.lines:
            self._lines[site_of(f"http://{line.host}/")].append(line)
        self._profiles: dict[str, list[Profile]] = defaultdict(list)
        for profile in equipment.profiles:
            self._profiles[site_of(f"http://{profile.host}/")].append(profile)

    def work(self, job: Job | Text) -> Done:
        """Extract and tag, or only tag. A page without an article is a result, not an error."""
        if isinstance(job, Text):
            return self._tag_again(job)
        try:
            article = self._article(job)
        except ExtractError as error:
            changes = self.memory.changes()
            return Done(page_class=error.page_class, problem=str(error), changes=changes)
        text = Text(
            title=article.title,
            text=article.text,
            language=article.language,
            home=job.home,
            published=article.published_at,
            now=job.now,
            time_zone=job.time_zone,
            turns=article.turns,
        )
        return replace(
            self._tag_again(text),
            extractor_version=EXTRACTOR_VERSION,
            article=article,
            sketch=make_sketch(article.text),
            features=find_features(article.title, article.text, article.language),
            changes=self.memory.changes(),
            page=pack_page(job.fetched) if job.pack and job.fetched else None,
        )

    def _article(self, job: Job) -> Article:
        if job.fetched is None:
            return article_from_entry(job.entry, now=job.now, time_zone=job.time_zone)
        return extract_article(
            job.fetched,
            memory=self.memory if job.learn else self._memory_at_start(job.fetched.final_url),
            now=job.now,
            entry=job.entry,
            hints=job.hints,
            time_zone=job.time_zone,
        )

    def _memory_at_start(self, url: str) -> SiteMemory:
        site = site_of(url)
        return SiteMemory.load(self._lines.get(site, ()), self._profiles.get(site, ()))

    def _tag_again(self, text: Text) -> Done:
        """Verdicts, and the facts of a text that is about a relation (they cost three times what
        the verdicts cost, and nobody reads those of the rest)."""
        published = _local_day(text.published or text.now, text.time_zone)
        tagging = self.tagger.tag(
            title=text.title,
            text=text.text,
            language=text.language,
            home=text.home,
            published=published,
        )
        if not any(relation.level for relation in tagging.relations):
            return Done(tagging=tagging, facts=Facts())
        facts = self.facts.find(
            title=text.title,
            text=text.text,
            language=tagging.language,
            published=published,
            turns=text.turns,
            home=self.tagger.lexicon.home if text.home else None,
        )
        return Done(tagging=tagging, facts=facts)


def _local_day(moment: datetime, time_zone: str) -> date:
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(ZoneInfo(time_zone)).date()
