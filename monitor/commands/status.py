"""What the service is doing, on one page that renews itself.

    monitor status                 live on a terminal (Ctrl-C ends), plain text in a pipe
    monitor status --once          once, as plain text

Sign of life, findings of `monitor health`, every source with its rhythm, next poll, last new link
and trouble, the work list, the last digests, the last backup and the disk. Reads only.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.clock import clock_from
from monitor.commands.display import print_table
from monitor.commands.health import database_of, examine
from monitor.errors import StoreError
from monitor.health import BACKLOG_LIMIT, DIGEST_LIMIT, Finding
from monitor.store.condition import Condition, read_condition
from monitor.store.database import open_database
from monitor.store.overview import Overview, read_overview

if TYPE_CHECKING:
    from rich.console import RenderableType

REFRESH_SECONDS = 2.0
Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="print once and end")


def run(arguments: argparse.Namespace) -> int:
    database = database_of(Path(arguments.config))
    if not database.exists():
        raise StoreError(f"there is no database yet: {database}")
    clock = clock_from(os.environ)
    if arguments.once or not sys.stdout.isatty():
        _print(Page(database, clock.now()))
        return 0
    return _live(database)


class Page:
    """Everything the page shows, read in one go."""

    def __init__(self, database: Path, now: datetime) -> None:
        self.now = now
        self.findings: tuple[Finding, ...] = examine(database, now)
        db = open_database(database, read_only=True)
        try:
            self._condition: Condition = read_condition(
                db, now, stuck_after=BACKLOG_LIMIT, overdue_after=DIGEST_LIMIT
            )
            self._overview: Overview = read_overview(db, now)
        finally:
            db.close()

    @property
    def healthy(self) -> bool:
        return not any(finding.severity == "fail" for finding in self.findings)

    def lines(self) -> list[str]:
        """The figures above the tables."""
        c, o = self._condition, self._overview
        return [
            f"sign of life {ago(c.heartbeat_at, self.now)}, last backup "
            f"{ago(c.backup_at, self.now)}, {c.free_megabytes / 1000:.1f} GB free, "
            f"database {c.database_megabytes:.1f} MB",
            f"{c.articles} articles; in 24 hours {c.articles_day}, on a relation {c.tagged_day}",
            f"to collect {c.waiting_entries} (next {until(o.next_entry_at, self.now)}), "
            f"stuck {c.stuck_entries}; incidents in 24 hours {c.incidents}",
        ]

    def notes(self) -> list[str]:
        return [f"{_MARK[f.severity]} {f.check}: {f.text}" for f in self.findings]

    def sources(self) -> Table:
        head = ("source", "way", "every", "next poll", "last new", "in 24 h", "trouble")
        rows: list[tuple[str, ...]] = [
            (
                row.name, row.kind, _every(row.interval_minutes), until(row.next_poll_at, self.now),
                ago(row.last_new_at, self.now), str(row.new_day), row.trouble,
            )
            for row in self._overview.sources
        ]  # fmt: skip
        return head, rows

    def digests(self) -> Table:
        head = ("digest", "slot", "state", "items", "sent", "open", "lost")
        rows: list[tuple[str, ...]] = [
            (d.subscription, d.slot, d.state, str(d.items), str(d.sent), str(d.open), str(d.lost))
            for d in self._overview.digests
        ]
        return head, rows


_MARK = {"fail": "✗", "warn": "!"}


def _print(page: Page) -> None:
    print("healthy" if page.healthy else "not healthy")
    print("\n".join([*page.lines(), *page.notes()]) + "\n")
    print_table(*page.sources())
    print()
    print_table(*page.digests())


def _live(database: Path) -> int:
    from rich.live import Live

    clock = clock_from(os.environ)
    with Live(_drawn(Page(database, clock.now())), screen=True, auto_refresh=False) as live:
        while True:
            time.sleep(REFRESH_SECONDS)
            try:
                live.update(_drawn(Page(database, clock.now())), refresh=True)
            except StoreError:
                continue  # the file is being replaced: the next look sees the new one


def _drawn(page: Page) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    state = ("healthy", "bold green") if page.healthy else ("not healthy", "bold red")
    head = Text.assemble(("monitor ", "bold"), state, f"   {page.now:%Y-%m-%d %H:%M:%S} UTC")
    notes = [Text(note, style="red" if note[0] == "✗" else "yellow") for note in page.notes()[:8]]
    return Group(
        head, *(Text(line) for line in page.lines()), *notes, Text(""),
        _drawn_table(*page.sources()), Text(""), _drawn_table(*page.digests()),
    )  # fmt: skip


def _drawn_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> RenderableType:
    from rich import box
    from rich.table import Table as Drawn
    from rich.text import Text

    table = Drawn(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for header in headers:
        table.add_column(header, overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def ago(moment: datetime | None, now: datetime) -> str:
    """`4 min ago`; a dash for never."""
    return f"{_span((now - moment).total_seconds())} ago" if moment else "–"


def until(moment: datetime | None, now: datetime) -> str:
    """`in 4 min`, `now` for what is due, a dash for never."""
    if moment is None:
        return "–"
    seconds = (moment - now).total_seconds()
    return "now" if seconds <= 0 else f"in {_span(seconds)}"


def _every(minutes: float | None) -> str:
    return _span(minutes * 60) if minutes else "–"


def _span(seconds: float) -> str:
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size or (unit == "min" and seconds >= 60):
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
