"""Validate feeds.yaml.

monitor check                 is the file right? every problem with line and remedy
monitor check --schema        the JSON Schema of feeds.yaml, for editors
"""

from __future__ import annotations

import argparse
import json
from collections import Counter

from monitor.commands.app import read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema")


def run(arguments: argparse.Namespace) -> int:
    if arguments.schema:
        print(schema_text(), end="")
        return 0
    settings = read_settings(arguments.config)
    enabled = [source for source in settings.sources if source.enabled]
    kinds = Counter(way.kind for source in enabled for way in source.ways)
    ways = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    print(
        f"{arguments.config} is in order: {len(enabled)} of {len(settings.sources)} sources "
        f"enabled; ways: {ways}; {len(settings.subscriptions)} subscriptions"
    )
    return 0


def schema_text() -> str:
    """The JSON Schema of feeds.yaml, as shipped in monitor/config/feeds.schema.json."""
    from monitor.config.form import feeds_schema
    from monitor.sources import KINDS

    schema = feeds_schema({name: kind.options for name, kind in KINDS.items()})
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
