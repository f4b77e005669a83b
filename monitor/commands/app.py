"""The composition root: from feeds.yaml and the environment to a Service that the lines use."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from monitor import __version__
from monitor.clock import clock_from
from monitor.config import Settings, load_settings
from monitor.errors import ConfigError, StoreError
from monitor.logs import warn
from monitor.ports import Clock, Progress
from monitor.store.database import open_database, write

if TYPE_CHECKING:
    from monitor.fetch import WebFetcher
    from monitor.pipeline.service import Journal, Service
    from monitor.pipeline.workers import Processes
    from monitor.store.database import Database
    from monitor.store.pages import PageArchive


T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` on uvloop where it is installed. The command ends soon after."""
    import asyncio  # late: most commands wait for nothing

    try:
        from uvloop import new_event_loop
    except ImportError:
        new_event_loop = asyncio.new_event_loop  # type: ignore[assignment]
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(work)
    finally:
        gc.freeze()  # the interpreter's end would look through all of it once more: 0.15 s


class Quiet:
    """A Progress that shows nothing."""

    def begin(self, line: str, total: int) -> None: ...

    def step(self, line: str, note: str = "", *, more: int = 0) -> None: ...

    def end(self, line: str) -> None: ...


def read_settings(config: str, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from feeds.yaml and the environment, checked against what this program knows:
    kinds of way, partners and topics. Raises ConfigError with every problem."""
    from monitor.sources import KINDS

    options = {name: kind.options for name, kind in KINDS.items()}
    settings = load_settings(Path(config), os.environ if environ is None else environ, options)
    _check_relations(settings)
    return settings


def _check_relations(settings: Settings) -> None:
    wanted = {r for subscription in settings.subscriptions for r in subscription.relations}
    if not wanted:
        return
    from monitor.tag.lexicon import partners_of

    partners = partners_of(settings.rules)
    unknown = sorted(wanted - set(partners))
    if unknown:
        known = ", ".join(partners)
        raise ConfigError(
            [
                f"{settings.path}: subscriptions: unknown relation {r!r}; known: {known}"
                for r in unknown
            ]
        )


def user_agent(settings: Settings) -> str:
    """One honest name: `kz-monitor/version (+contact)`."""
    contact = f" (+{settings.contact})" if settings.contact else ""
    return f"kz-monitor/{__version__}{contact}"


def open_store(settings: Settings, clock: Clock) -> Database:
    """The database, migrated and in line with feeds.yaml."""
    from monitor.store.clockwork import heal_clock
    from monitor.store.ways import sync_sources

    db = open_database(settings.database)
    back = heal_clock(db, clock.now())
    if back is not None:
        warn("clock_went_back", by=str(back))
    sync_sources(db, settings.sources, clock.now())
    return db


@asynccontextmanager
async def open_service(
    settings: Settings,
    clock: Clock | None = None,
    progress: Progress | None = None,
    *,
    ignore_back_off: bool = False,
) -> AsyncIterator[Service]:
    """Everything a line needs, opened in order and closed in the reverse order.

    `ignore_back_off`: hosts that asked to wait (429) are asked nevertheless (`once --force`).
    """
    from monitor.pipeline.service import Journal, Service
    from monitor.sources import KINDS

    clock = clock or clock_from(os.environ)
    with ExitStack() as stack:
        db = open_store(settings, clock)
        stack.callback(db.close)
        archive = open_archive(settings, db)
        if archive is not None:
            stack.callback(archive.close)
        workers = _workers(settings, db)
        stack.callback(workers.close)
        journal = Journal()
        async with _fetcher(settings, clock, db, journal, ignore_back_off) as fetcher:
            service = Service(
                settings=settings,
                db=db,
                clock=clock,
                fetcher=fetcher,
                kinds=KINDS,
                workers=workers,
                journal=journal,
                progress=progress or Quiet(),
                archive=archive,
            )
            yield service
            service.flush_journal()


def _workers(settings: Settings, db: Database) -> Processes:
    from monitor.pipeline.jobs import Equipment
    from monitor.pipeline.workers import Processes
    from monitor.store.memory import load_lines, load_profiles

    if settings.rules is not None:
        from monitor.tag.lexicon import load_lexicon

        load_lexicon(settings.rules)  # an invalid rule stops the start, not the first article

    def equip() -> Equipment:
        return Equipment(rules=settings.rules, lines=load_lines(db), profiles=load_profiles(db))

    return Processes(equip, settings.workers)


def _fetcher(
    settings: Settings, clock: Clock, db: Database, journal: Journal, ignore_back_off: bool
) -> WebFetcher:
    from monitor.fetch import FetchSettings, WebFetcher
    from monitor.store.ways import load_hosts

    return WebFetcher(
        FetchSettings(
            user_agent=user_agent(settings),
            allow_addresses=settings.allow_addresses,
            host_delay_seconds=settings.host_delay_seconds,
            max_connections=settings.max_connections,
            ignore_back_off=ignore_back_off,
        ),
        clock,
        hosts=load_hosts(db),
        on_attempt=journal.attempt,
        on_host=journal.host,
    )


def open_archive(settings: Settings, db: Database) -> PageArchive | None:
    """pages.db; None when switched off or unusable (said aloud: articles matter more). A damaged
    one is set aside and a new one begun."""
    from monitor.store.pages import PageArchive
    from monitor.store.retention import newest_page_id

    if not settings.archive_pages:
        return None
    try:
        return PageArchive(
            settings.storage / "pages.db",
            ids_above=newest_page_id(db),
            on_damage=lambda aside: _note_damage(db, aside),
        )
    except StoreError as error:
        warn("archive_unusable", error=str(error))
        return None


def _note_damage(db: Database, aside: Path) -> None:
    from monitor.store.records import record_incident

    warn("archive_damaged", set_aside=str(aside))
    with write(db) as connection:
        record_incident(
            connection, at=clock_from(os.environ).now(), stage="archive", subject="pages.db",
            kind="damage", detail=f"the archive of raw pages is damaged; set aside as {aside}",
        )  # fmt: skip
