"""When feeds.yaml has changed: SIGHUP, or another file than a moment ago. Used by `run`."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.app import read_settings
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipeline.service import Service

LOOK_SECONDS = 2.0


class ConfigWatch:
    """Yields new settings that are valid; a file that is not is said once and the old one stays.

    An editor may save in two steps: a change counts when the file has been the same for one look.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._used = self._seen = _mark(settings.path)
        self.asked = asyncio.Event()  # SIGHUP

    async def next_settings(self, service: Service) -> Settings:
        """Wait for a valid change; never returns while nothing changes."""
        while True:
            if not await self._changed():
                continue
            try:
                found = await asyncio.to_thread(read_settings, str(self._settings.path))
                if found.database != self._settings.database:
                    raise ConfigError(["settings.database has changed: restart the service"])
            except ConfigError as error:
                _refuse(service, error)
                continue
            self._settings = found
            return found

    async def _changed(self) -> bool:
        try:
            await asyncio.wait_for(self.asked.wait(), LOOK_SECONDS)
        except TimeoutError:
            before, self._seen = self._seen, _mark(self._settings.path)
            if self._seen == self._used or self._seen != before:
                return False
        self.asked.clear()
        self._used = self._seen = _mark(self._settings.path)
        return True


def _mark(path: Path) -> tuple[int, int, int]:
    """What tells one state of a file from the next; a missing file has a mark of its own."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _refuse(service: Service, error: ConfigError) -> None:
    """The service goes on with what it has; the log and the digest's footer say so."""
    from monitor.logs import warn
    from monitor.store.database import write
    from monitor.store.records import record_incident

    warn("config_refused", problems=" | ".join(error.problems))
    with contextlib.suppress(sqlite3.Error), write(service.db) as connection:
        record_incident(
            connection, at=service.clock.now(), stage="config", subject="feeds.yaml",
            kind="config", detail="\n".join(error.problems),
        )  # fmt: skip
