"""Kinds of ways into an outlet: one small module each, one line in the registry.

    KINDS["feed"].parse(fetched, way) -> Listing

A module is the plug-in itself (it has the fields of `ports.SourceKind`); the contract test in
tests/sources runs over every line. Nothing here opens a connection.
"""

from __future__ import annotations

from monitor.ports import SourceKind
from monitor.sources import jsonlist, listing, sitemap, syndication, telegram

KINDS: dict[str, SourceKind] = {
    kind.name: kind for kind in (syndication, sitemap, listing, jsonlist, telegram)
}
