"""An Atom feed of the digests, one file a subscription, for those who would rather subscribe.

RFC 4287. The file is its own memory: it is read, the new entry is put in front, and it is written
back whole.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from monitor.deliver.envelope import header_text, list_label
from monitor.deliver.folder import write_whole
from monitor.errors import DeliveryError
from monitor.models import Message, Receipt

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES_MOST = 30


class AtomChannel:
    """A Channel: the recipient is the feed itself."""

    name = "atom"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
        """Put the message in front; a message that is already there is replaced.

        Raises DeliveryError (transient) when the file cannot be written.
        """
        path = self._folder / f"{list_label(message.subscription)}.atom"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, feed_with(message, _entries_in(path)))
        except OSError as error:
            raise DeliveryError(f"{path.name}: {error.strerror}", transient=True) from error
        return [
            Receipt(channel="atom", recipient=to, status="sent", detail=path.name)
            for to in recipients
        ]


def feed_with(message: Message, earlier: Sequence[ET.Element]) -> str:
    """The whole feed as text."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _child(feed, "id", f"urn:kz-monitor:digests:{list_label(message.subscription)}")
    _child(feed, "title", _xml_text(f"monitor: {message.subscription}"))
    _child(feed, "updated", _stamp(message.sent_for))
    author = ET.SubElement(feed, f"{{{ATOM}}}author")
    _child(author, "name", "monitor")
    entry = _entry(message)
    identity = entry.findtext(f"{{{ATOM}}}id")
    feed.append(entry)
    others = [e for e in earlier if e.findtext(f"{{{ATOM}}}id") != identity]
    feed.extend(others[: ENTRIES_MOST - 1])
    return ET.tostring(feed, encoding="unicode", xml_declaration=True)


def _entry(message: Message) -> ET.Element:
    entry = ET.Element(f"{{{ATOM}}}entry")
    _child(entry, "id", f"urn:kz-monitor:{_xml_text(message.message_id.strip('<>'))}")
    _child(entry, "title", header_text(message.subject))
    _child(entry, "updated", _stamp(message.sent_for))
    content = _child(entry, "content", _xml_text(message.html))
    content.set("type", "html")
    return entry


def _entries_in(path: Path) -> list[ET.Element]:
    """What the feed holds already; a damaged file starts anew, the archive has the digests."""
    try:
        root = ET.parse(path).getroot()
    except (FileNotFoundError, ET.ParseError):
        return []
    return root.findall(f"{{{ATOM}}}entry")


def _child(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = text
    return child


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml_text(text: str) -> str:
    """Without the control characters that XML 1.0 has no way to write."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
