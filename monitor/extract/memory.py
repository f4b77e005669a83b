"""What was learned about hosts: lines that an outlet repeats, and (profiles.py) where things live.

A plain in-process object; the caller loads it from and writes it to the database. A line seen in
three or more distinct articles of a host is boilerplate: leaked junk fell from 7.8 % to 0.5 %
with this alone, no F1 lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from monitor.extract.lines import fold
from monitor.extract.profile_rows import from_rows, to_row
from monitor.extract.profiles import HostProfiles
from monitor.models import HostLine, MemoryChanges, Profile

ENOUGH = 3  # distinct articles
LONGEST_LINE = 3000  # characters
LONG = 200  # from here on a repeated line may be an article's background: it must be common, too
COMMON = 0.2
KEPT_PER_HOST = 4000  # lines seen once, oldest forgotten first
SLACK = 400  # lines above that: forgetting looks at all of them, so not for every article


@dataclass(slots=True)
class _Line:
    line: str
    seen: list[str]  # keys of the first articles, at most ENOUGH
    articles: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(slots=True)
class _Host:
    lines: dict[str, _Line] = field(default_factory=dict)
    most: int = 0  # articles of the most frequent line
    changed: set[str] = field(default_factory=set)


class SiteMemory:
    """Boilerplate lines and profiles per host."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._profiles: dict[str, HostProfiles] = {}
        self._touched: dict[str, None] = {}  # hosts that may have changed

    @classmethod
    def load(cls, lines: Iterable[HostLine] = (), profiles: Iterable[Profile] = ()) -> SiteMemory:
        """A memory as persisted earlier."""
        memory = cls()
        for line in lines:
            host = memory._hosts.setdefault(line.host, _Host())
            host.lines[line.line_hash] = _Line(
                line=line.line, seen=list(line.seen), articles=line.articles,
                first_seen_at=line.first_seen_at, last_seen_at=line.last_seen_at,
            )  # fmt: skip
            host.most = max(host.most, line.articles)
        memory._profiles = from_rows(profiles)
        return memory

    def profiles(self, host: str) -> HostProfiles:
        """The templates of a host, to be used and taught."""
        self._touched[host] = None
        return self._profiles.setdefault(host, HostProfiles())

    def learn_lines(
        self, host: str, article: tuple[str, str], lines: Sequence[str], now: datetime
    ) -> None:
        """Count the lines of one article; `article` is its address and title.

        An article under two addresses (AMP, print, utm) or edited under one is counted once: both
        address and title must be new to a line.
        """
        known = self._hosts.setdefault(host, _Host())
        self._touched[host] = None
        key = f"{_digest(article[0])[:8]}{_digest(fold(article[1]))[:8]}"
        for line in dict.fromkeys(lines):
            if len(line) <= LONGEST_LINE:
                self._count(known, line, key, now)
        _forget_oldest(known)

    def _count(self, known: _Host, line: str, key: str, now: datetime) -> None:
        digest = line_hash(line)
        entry = known.lines.get(digest)
        if entry is None:
            known.lines[digest] = _Line(
                line=line, seen=[key], articles=1, first_seen_at=now, last_seen_at=now
            )
            return
        if any(key[:8] == old[:8] or key[8:] == old[8:] for old in entry.seen):
            return
        if len(entry.seen) < ENOUGH:
            entry.seen.append(key)
        entry.articles += 1
        known.most = max(known.most, entry.articles)
        entry.last_seen_at = now
        known.changed.add(digest)

    def boilerplate(self, host: str, lines: Sequence[str]) -> frozenset[str]:
        """Which of these lines the host repeats."""
        known = self._hosts.get(host)
        if known is None:
            return frozenset()
        return frozenset(
            line
            for line in lines
            if (entry := known.lines.get(line_hash(line)))
            and entry.articles >= (ENOUGH if len(line) < LONG else max(ENOUGH, COMMON * known.most))
        )

    def changes(self) -> MemoryChanges:
        """What to persist since the last call; lines seen in one article only are not worth it."""
        lines: list[HostLine] = []
        profiles: list[Profile] = []
        for host in self._touched:
            lines += self._changed_lines(host)
            profiles += self._changed_profiles(host)
        self._touched.clear()
        return MemoryChanges(lines=tuple(lines), profiles=tuple(profiles))

    def _changed_lines(self, host: str) -> Iterator[HostLine]:
        known = self._hosts.get(host)
        if known is None or not known.changed:
            return
        for digest in sorted(known.changed):
            entry = known.lines.get(digest)
            if entry is not None:
                yield _host_line(host, digest, entry)
        known.changed.clear()

    def _changed_profiles(self, host: str) -> Iterator[Profile]:
        for learned in self._profiles[host].learned if host in self._profiles else ():
            if learned.changed:
                learned.changed = False
                yield to_row(host, learned)

    def forget(self, host: str) -> None:
        """Everything about a host, learned again from the next page."""
        self._hosts.pop(host, None)
        self._profiles.pop(host, None)


@lru_cache(maxsize=4096)
def line_hash(line: str) -> str:
    """The identity of a line, whatever its case."""
    return _digest(line.lower())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _host_line(host: str, digest: str, entry: _Line) -> HostLine:
    return HostLine(
        host=host, line_hash=digest, line=entry.line, articles=entry.articles,
        first_seen_at=entry.first_seen_at, last_seen_at=entry.last_seen_at, seen=tuple(entry.seen),
    )  # fmt: skip


def _forget_oldest(known: _Host) -> None:
    if len(known.lines) <= KEPT_PER_HOST + SLACK:
        return
    once = [digest for digest, entry in known.lines.items() if entry.articles < 2]
    for digest in once[: len(known.lines) - KEPT_PER_HOST]:
        del known.lines[digest]
