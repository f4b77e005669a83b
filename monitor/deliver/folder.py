"""A folder of files: one HTML and one text for each digest. Needs no server and never forgets."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from monitor.errors import DeliveryError
from monitor.models import Message, Receipt


class FolderChannel:
    """A Channel: the recipient is the folder itself."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
        """Write both files, whole or not at all. The same slot overwrites itself.

        Raises DeliveryError (transient) when the disk does not take them.
        """
        stem = file_stem(message)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for suffix, body in ((".html", message.html), (".txt", message.text)):
                write_whole(self._folder / f"{stem}{suffix}", body)
        except OSError as error:
            raise DeliveryError(f"{self._folder.name}: {error.strerror}", transient=True) from error
        return [
            Receipt(channel="folder", recipient=to, status="sent", detail=f"{stem}.html")
            for to in recipients
        ]


def file_stem(message: Message) -> str:
    """A name that sorts by day and is safe on every file system: `2025-12-26-0700-daily`."""
    parts = f"{message.slot.replace('T', '-').replace(':', '')}-{message.subscription}"
    stem = re.sub(r"[^\w.-]+", "-", parts, flags=re.UNICODE).strip("-.")
    return stem.encode()[:180].decode("utf-8", "ignore")


def write_whole(path: Path, body: str) -> None:
    """Beside, flushed, then renamed: a reader never meets half a file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
