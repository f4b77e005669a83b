"""What the lines of the pipeline work with: one value that the composition root puts together."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.config import Settings
from monitor.models import Attempt, HostState, Source
from monitor.pipeline.workers import Workers
from monitor.pipeline.writing import Writer
from monitor.ports import Clock, Fetcher, Progress, SourceKind
from monitor.store.database import Database, write
from monitor.store.pages import PageArchive
from monitor.store.ways import record_attempts, save_hosts


class Journal:
    """Requests and host states since the last transaction; written with the next one."""

    def __init__(self) -> None:
        self._attempts: list[Attempt] = []
        self._hosts: dict[str, HostState] = {}

    def attempt(self, attempt: Attempt) -> None:
        self._attempts.append(attempt)

    def host(self, state: HostState) -> None:
        self._hosts[state.host] = state

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write what has gathered, inside the caller's transaction."""
        attempts, self._attempts = self._attempts, []
        hosts, self._hosts = self._hosts, {}
        record_attempts(connection, attempts)
        save_hosts(connection, hosts.values())


@dataclass(slots=True, kw_only=True)
class Service:
    """Everything a line needs. Made once by the composition root, closed by it."""

    settings: Settings
    db: Database
    clock: Clock
    fetcher: Fetcher
    kinds: Mapping[str, SourceKind]
    workers: Workers
    journal: Journal
    progress: Progress
    archive: PageArchive | None = None  # None: raw pages are not kept
    chance: random.Random = field(default_factory=random.Random)
    stopping: bool = False  # set on SIGTERM: finish what is in hand, begin nothing
    writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        self.writer = Writer(self.db, self.journal, self.archive)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The enabled outlets."""
        return tuple(source for source in self.settings.sources if source.enabled)

    def flush_journal(self) -> None:
        """Write the journal in a transaction of its own."""
        with write(self.db) as connection:
            self.journal.flush(connection)
