"""The terminal: progress bars where somebody watches, plain lines elsewhere, tables for both."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

LABELS = {
    "poll": "sources asked",
    "collect": "articles",
    "reprocess": "articles again",
    "probe": "ways asked",
}


class Bars:
    """Progress bars on a terminal (standard error, so that output stays clean)."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._progress: RichProgress = Progress(
            TextColumn("{task.description:<14}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            console=Console(stderr=True),
            transient=False,
        )
        self._tasks: dict[str, TaskID] = {}

    def begin(self, line: str, total: int) -> None:
        self._progress.start()
        label = LABELS.get(line, line)
        self._tasks[line] = self._progress.add_task(label, total=total, note="")

    def step(self, line: str, note: str = "", *, more: int = 0) -> None:
        task = self._tasks[line]
        if more:
            total = self._progress.tasks[self._tasks[line]].total or 0
            self._progress.update(task, total=total + more)
        else:
            self._progress.update(task, advance=1, note=note[:30])

    def end(self, line: str) -> None:
        self._progress.update(self._tasks[line], note="")
        self._progress.stop()


class Lines:
    """A plain line now and then, for logs and pipes."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._total: dict[str, int] = {}

    def begin(self, line: str, total: int) -> None:
        self._done[line], self._total[line] = 0, total

    def step(self, line: str, note: str = "", *, more: int = 0) -> None:
        self._total[line] += more
        if more:
            return
        self._done[line] += 1
        if self._done[line] % 100 == 0:
            self._say(line)

    def end(self, line: str) -> None:
        self._say(line)

    def _say(self, line: str) -> None:
        label = LABELS.get(line, line)
        sys.stderr.write(f"{label}: {self._done[line]} of {self._total[line]}\n")


def progress_display() -> Bars | Lines:
    """Bars if standard error is a terminal, lines otherwise."""
    return Bars() if sys.stderr.isatty() else Lines()


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """A table: drawn on a terminal, aligned plain text elsewhere."""
    if sys.stdout.isatty():
        _draw_table(headers, rows, title)
        return
    cells = [[str(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headers))]
    for row in cells:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _draw_table(headers: Sequence[str], rows: Sequence[Sequence[object]], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", header_style="bold")
    for index, header in enumerate(headers):
        number = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        table.add_column(header, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console().print(table)
