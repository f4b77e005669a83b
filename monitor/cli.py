"""The command line: names, one-line helps, exit codes. Each command lives in monitor/commands/.

A command module is imported only when its command is chosen, so `monitor --help` stays fast.
Exit codes: 0 ok, 1 configuration, database or the command's own job failed, 2 usage.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import sys
from collections.abc import Sequence

from monitor import __version__
from monitor.errors import ConfigError, MonitorError

# name -> (module in monitor.commands, one line for the overview)
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "the service: poll, collect and deliver until stopped"),
    "once": ("once", "one round of everything that is due, then a summary"),
    "demo": ("demo", "the whole pipeline on a bundled news site on loopback"),
    "digest": ("digest", "preview, send or explain the digest"),
    "archive": ("archive", "open the archive with Datasette"),
    "check": ("check", "validate feeds.yaml; --live probes every source"),
    "add": ("add", "find the ways into a site and write its stanza"),
    "opml": ("opml", "import or export sources as OPML"),
    "health": ("health", "is everything fresh and out? exit code and reasons"),
    "status": ("status", "what the service is doing, readable"),
    "extract": ("extract", "a page in, an article out (JSON)"),
    "tag": ("tag", "texts in, relations and topics out (JSON lines)"),
    "eval": ("eval", "score the tagger on labelled texts"),
    "train": ("train", "train the tagger's weights from its passages"),
    "verdict": ("verdict", "correct the tagger's verdict on an article"),
    "reprocess": ("reprocess", "extract or tag again from the archive"),
    "export": ("export", "articles as JSON lines or CSV, pages as WARC"),
    "backup": ("backup", "a verified online copy of the database"),
    "restore": ("restore", "put a backup back"),
    "prune": ("prune", "apply the retention rules"),
    "backfill": ("backfill", "years of an outlet's archive, resumable"),
    "bench": ("bench", "measure this installation"),
    "split": ("split", "take an article out of its story by hand"),
    "metrics": ("metrics", "figures in Prometheus text"),
}

_CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the console command."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = next((word for word in arguments if not word.startswith("-")), None)
    if name not in COMMANDS or arguments[0].startswith("-"):
        _overview().parse_args(arguments)  # prints help, version or a usage error and exits
        return 2
    arguments.remove(name)
    return _run(name, arguments)


def _overview() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="monitor",
        description="How Kazakhstan's relations with the United States, Russia and China develop, "
        "day by day, as its press tells it.",
        epilog="`monitor COMMAND --help` explains each command with examples.",
    )
    parser.add_argument("--version", action="version", version=f"monitor {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (_, line) in COMMANDS.items():
        if _available(name):
            commands.add_parser(name, help=line)
    return parser


def _available(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(f"monitor.commands.{COMMANDS[name][0]}") is not None


def _run(name: str, arguments: list[str]) -> int:
    if not _available(name):
        sys.stderr.write(f"monitor: {name} is not part of this version\n")
        return 2
    try:
        return _obeyed(name, arguments)
    except ConfigError as error:
        sys.stderr.write("\n".join(error.problems) + "\n")
        return 1
    except MonitorError as error:
        sys.stderr.write(f"monitor: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:
        said = _operators_case(error)
        if not said:
            raise
        sys.stderr.write(f"monitor: {said}\n")
        return 1


def _obeyed(name: str, arguments: list[str]) -> int:
    """The command's own exit code; importing it belongs to it, Ctrl-C may come that early."""
    module = importlib.import_module(f"monitor.commands.{COMMANDS[name][0]}")
    parser = argparse.ArgumentParser(
        prog=f"monitor {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--config", default="feeds.yaml", metavar="FILE", help="default: %(default)s"
    )
    module.add_arguments(parser)
    code = int(module.run(parser.parse_args(arguments)))
    sys.stdout.flush()  # what a pipe or a full disk does not take shows here, not after the end
    return code


def _operators_case(error: Exception) -> str:
    """What to say of a database that is locked, full, read-only or damaged, and of output that
    cannot be written; "" for a bug, which deserves its traceback. The database's errors are told
    by name, because importing sqlite3 would cost every command 3 ms."""
    names = ("OperationalError", "DatabaseError", "InternalError")
    if type(error).__module__ == "sqlite3" and type(error).__name__ in names:
        older = "no such column" in str(error) or "no such table" in str(error)
        hint = "; it is of an older version: start the service, which upgrades it" if older else ""
        return f"the database cannot be used: {error}{hint}"
    if isinstance(error, OSError) and error.errno in _CANNOT_WRITE:
        return f"cannot write{f' {error.filename}' if error.filename else ''}: {error.strerror}"
    return ""
