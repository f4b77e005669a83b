"""Import or export sources as OPML, the exchange form of feed readers.

monitor opml export > feeds.opml          all ways of kind feed
monitor opml import feeds.opml            print stanzas of the feeds that are not there yet
monitor opml import feeds.opml --write    and append them to feeds.yaml
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from monitor.commands.app import read_settings
from monitor.errors import ConfigError, ParseError
from monitor.models import Source, Way


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("import", "export"))
    parser.add_argument("file", nargs="?", help="import: the OPML file; export: default stdout")
    parser.add_argument("--write", action="store_true", help="import: append to feeds.yaml")


def run(arguments: argparse.Namespace) -> int:
    return _export(arguments) if arguments.action == "export" else _import(arguments)


def _export(arguments: argparse.Namespace) -> int:
    from monitor.sources.opml import write_opml

    body = write_opml(read_settings(arguments.config).sources)
    if arguments.file:
        Path(arguments.file).write_bytes(body)
    else:
        sys.stdout.write(body.decode("utf-8"))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from monitor.commands.stanza import add_to_file, stanza_of

    if not arguments.file:
        sys.stderr.write("monitor opml import: name the OPML file\n")
        return 2
    settings = read_settings(arguments.config)
    new = _new_sources(Path(arguments.file), list(settings.sources))
    if not new:
        print("every feed of the file is there already")
        return 0
    for source in new:
        print(stanza_of(source))
    if arguments.write:
        add_to_file(arguments.config, new)
        print(f"{len(new)} sources added to {arguments.config}")
    return 0


def _new_sources(path: Path, known: list[Source]) -> list[Source]:
    from monitor.commands.stanza import free_id
    from monitor.sources.discovery import identifier_of
    from monitor.sources.opml import read_opml
    from monitor.urls import url_key

    try:
        feeds = read_opml(path.read_bytes())
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror}"]) from error
    except ParseError as error:
        raise ConfigError([f"{path}: {error}"]) from error
    seen = {url_key(way.url) for source in known for way in source.ways}
    taken = {source.id for source in known}
    new = []
    for feed in feeds:
        if url_key(feed.feed_url) in seen:
            continue
        seen.add(url_key(feed.feed_url))
        new.append(
            Source(
                id=free_id(identifier_of(feed.homepage or feed.feed_url), taken),
                name=" ".join(feed.title.split()) or feed.feed_url,
                homepage=feed.homepage,
                ways=(Way(kind="feed", url=feed.feed_url),),
            )
        )
    return new
