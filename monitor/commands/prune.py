"""Apply the retention rules of feeds.yaml now (the service does it every night).

    monitor prune                  keep_attempts_days, keep_articles_days, keep_pages_days and
                                   keep_pages_megabytes; raw pages that no article needs
    monitor prune --vacuum         also give the freed space back to the disk (service stopped)

A forgotten article leaves the address of its entry, so that it is not fetched again; articles
with a verdict stay. Digests of that age lose their text, not their row.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict

from monitor.clock import clock_from
from monitor.commands.app import read_settings
from monitor.commands.display import print_table
from monitor.errors import StoreError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vacuum", action="store_true", help="shrink the files (service stopped)")


def run(arguments: argparse.Namespace) -> int:
    from monitor.pipeline.maintaining import prune_all
    from monitor.store.database import InstanceLock, open_database
    from monitor.store.retention import vacuum

    settings = read_settings(arguments.config)
    if not settings.database.exists():
        raise StoreError(f"there is no database yet: {settings.database}")
    lock = InstanceLock(settings.database)
    if arguments.vacuum:
        lock.acquire()
    try:
        db = open_database(settings.database)
        try:
            pruned, pages = prune_all(db, settings, clock_from(os.environ).now())
        finally:
            db.close()
        print_table(("what", "gone"), [*asdict(pruned).items(), ("pages", pages)])
        if arguments.vacuum:
            freed = sum(
                vacuum(settings.storage / name) for name in (settings.database.name, "pages.db")
            )
            print(f"{freed / 1e6:.1f} MB given back")
    finally:
        lock.release()
    return 0
