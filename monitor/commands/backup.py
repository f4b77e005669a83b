"""A verified copy of the database while the service runs, in storage/backups/.

    monitor backup                 monitor.db; the newest `keep_backups` stay (feeds.yaml)
    monitor backup --pages         pages.db as well (every raw page: large)
    monitor backup --list          what is there, newest first

The copy is one snapshot, opened, checked page by page and counted before it gets its name. The
service makes one every night. `monitor restore` puts one back.
"""

from __future__ import annotations

import argparse
import os

from monitor.clock import clock_from
from monitor.commands.app import read_settings
from monitor.commands.display import print_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", action="store_true", help="pages.db as well")
    parser.add_argument("--list", action="store_true", help="show the copies, make none")


def run(arguments: argparse.Namespace) -> int:
    from monitor.errors import StoreError
    from monitor.pipeline.maintaining import back_up
    from monitor.store.backup import list_backups

    settings = read_settings(arguments.config)
    if arguments.list:
        found = [*list_backups(settings.backups_dir), *list_backups(settings.backups_dir, "pages")]
        rows = [(path.name, f"{path.stat().st_size / 1e6:.1f}") for path in found]
        print_table(("backup", "MB"), rows)
        return 0
    if not settings.database.exists():
        raise StoreError(f"there is no database yet: {settings.database}")
    pages = arguments.pages or settings.backup_pages
    for made in back_up(settings, clock_from(os.environ).now(), pages=pages):
        counts = ", ".join(f"{number} {table}" for table, number in made.counts)
        print(f"{made.path}  {made.bytes / 1e6:.1f} MB, checked: {counts or 'pages'}")
    return 0
