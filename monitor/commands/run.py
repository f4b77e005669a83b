"""The service: polls, collects and delivers until it is stopped.

    monitor run                          in the foreground, logs to standard output
    docker stop -t 60 / SIGTERM          finishes what is in hand, then exits 0

Only one instance works on a database at a time. With --simulate the clock may be shifted by
MONITOR_NOW (for rehearsals; never for real).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from typing import TYPE_CHECKING

from monitor.commands.app import open_service, read_settings
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipeline.service import Service
    from monitor.schedule import Wakes

TICK_SECONDS = 20.0  # how often the database is asked what is due
GRACE_SECONDS = 45.0  # compose.yaml allows 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--simulate", action="store_true", help="allow MONITOR_NOW")
    parser.add_argument(
        "--grace", type=float, default=GRACE_SECONDS, metavar="SECONDS",
        help="how long a stop may take to finish what is in hand (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--tick", type=float, default=TICK_SECONDS, metavar="SECONDS", help=argparse.SUPPRESS
    )


def run(arguments: argparse.Namespace) -> int:
    from monitor.logs import set_up_logging
    from monitor.store.database import InstanceLock

    if os.environ.get("MONITOR_NOW") and not arguments.simulate:
        raise ConfigError(["environment: MONITOR_NOW is for simulations; add --simulate"])
    settings = read_settings(arguments.config)
    set_up_logging(settings.log_format)
    lock = InstanceLock(settings.database)
    lock.acquire()
    try:
        return asyncio.run(_serve(settings, arguments))
    finally:
        lock.release()


async def _serve(settings: Settings, arguments: argparse.Namespace) -> int:
    from monitor.logs import emit
    from monitor.pipeline.lines import Lines
    from monitor.schedule import Wakes

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_service(settings) as service:
        lines = Lines(service)
        wakes = Wakes({name: (job, arguments.tick) for name, job in lines.jobs().items()})
        wakes.start()
        emit("started", sources=len(service.sources), database=str(settings.database))
        await stop.wait()
        return await _drain(service, wakes, arguments.grace)


async def _drain(service: Service, wakes: Wakes, grace: float) -> int:
    from monitor.logs import emit

    emit("stopping", grace_seconds=grace)
    service.stopping = True
    finished = await wakes.stop(grace)
    emit("stopped", drained=finished)
    return 0
