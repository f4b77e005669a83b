"""Open the archive with Datasette: search, read, chart, query. Read-only.

    monitor archive                            http://127.0.0.1:8001
    monitor archive --port 8010 --host 0.0.0.0
    monitor archive -- --setting default_page_size 50      anything after -- goes to Datasette

The same by hand:  datasette storage/monitor.db -m storage/datasette.yaml
A missing database is created empty first, so that the archive can start before the service.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import monitor
from monitor.commands.quick import quick_database
from monitor.errors import StoreError
from monitor.store.database import open_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s, this machine")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--metadata", type=Path, metavar="FILE", help="another datasette.yaml")
    parser.add_argument("rest", nargs="*", metavar="-- ARGUMENTS", help="for Datasette")


def run(arguments: argparse.Namespace) -> int:
    config = Path(arguments.config)
    database = quick_database(config)
    if not database.exists():
        open_database(database).close()
    metadata = arguments.metadata or find_metadata(database, config)
    command = datasette_command(database, metadata, arguments.host, arguments.port)
    sys.stdout.write(f"Archive: http://{arguments.host}:{arguments.port}/\n")
    sys.stdout.flush()
    package = str(Path(monitor.__file__).resolve().parents[1])
    paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    # A checkout need not be installed for its plugin to be found.
    environ = {**os.environ, "PYTHONPATH": paths}
    os.execve(command[0], [*command, *arguments.rest], environ)


def find_metadata(database: Path, config: Path) -> Path:
    """datasette.yaml: beside the database, beside feeds.yaml, or as this program came with it."""
    package = Path(monitor.__file__).resolve().parents[1]
    base = config.absolute().parent
    places = [
        database.parent / "datasette.yaml",
        base / "storage" / "datasette.yaml",
        base / "archive" / "datasette.yaml",  # in the image, where a volume hides storage/
        package / "storage" / "datasette.yaml",
        package / "archive" / "datasette.yaml",
    ]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise StoreError("there is no datasette.yaml; give one with --metadata")
    return found


def datasette_command(database: Path, metadata: Path, host: str, port: int) -> list[str]:
    """The command line, with the plugins that stand beside datasette.yaml."""
    command = [sys.executable, "-m", "datasette", str(database), "-m", str(metadata)]
    command += ["--host", host, "--port", str(port)]
    plugins = metadata.parent / "plugins"
    if plugins.is_dir():
        command += ["--plugins-dir", str(plugins)]
    return command
