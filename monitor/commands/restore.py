"""Put a backup in the place of the database. Stop the service first.

    monitor restore latest                                  the newest one
    monitor restore storage/backups/monitor-20251226T223000Z.db

Refused while the service runs, for a damaged copy and for one of a newer program. The replaced
database stays in storage/backups/replaced-…; digests that it says went out are carried over, so
that nobody gets one twice. Articles since the backup are found again in the feeds.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from monitor.clock import clock_from
from monitor.commands.app import read_settings
from monitor.errors import StoreError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", metavar="FILE", help="a backup, or `latest`")


def run(arguments: argparse.Namespace) -> int:
    from monitor.pipeline.maintaining import newest_backup
    from monitor.store.backup import restore, verify_copy
    from monitor.store.carry import carry_promises
    from monitor.store.database import InstanceLock, open_database

    settings = read_settings(arguments.config)
    now = clock_from(os.environ).now()
    if arguments.backup == "latest":
        chosen = newest_backup(settings.backups_dir)
    else:
        chosen = Path(arguments.backup)
    if chosen is None:
        raise StoreError(f"there is no backup yet in {settings.backups_dir}")
    if not chosen.is_file():
        raise StoreError(f"no such backup: {chosen}")
    lock = InstanceLock(settings.database)
    lock.acquire()
    try:
        counts = verify_copy(chosen)
        open_database(chosen, read_only=True).close()  # refuses one of a newer program
        kept = restore(
            chosen, settings.database, f"replaced-{now:%Y%m%dT%H%M%SZ}.db", carry_promises
        )
        open_database(settings.database).close()  # an older one is brought up to date
    finally:
        lock.release()
    print(f"{settings.database} is {chosen.name}: " + ", ".join(f"{n} {t}" for t, n in counts))
    if kept is not None:
        print(f"the replaced database: {kept}")
    print("start the service (and Datasette) again; what is missing is found in the feeds")
    return 0
