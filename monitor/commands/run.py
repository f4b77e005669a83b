"""The service: polls, collects and delivers until it is stopped.

    monitor run                          in the foreground, logs to standard output
    docker stop -t 60 / SIGTERM          finishes what is in hand (at most --grace), then exits 0
    SIGTERM or Ctrl-C a second time      stops within seconds; a third time: at once
    kill -HUP, or save feeds.yaml        finishes what is in hand, goes on with the new settings

A feeds.yaml with mistakes is refused (log, table incidents) and the old settings stay. A damaged
database stops the service with exit code 1. Only one instance works on a database at a time. With
--simulate the clock may be shifted by MONITOR_NOW (for rehearsals; never for real).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from monitor.commands.app import open_service, read_settings, run_async
from monitor.commands.reload import ConfigWatch
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipeline.service import Service
    from monitor.schedule import Wakes

TICK_SECONDS = 20.0  # how often the database is asked what is due
GRACE_SECONDS = 45.0  # compose.yaml allows 60
_ENDING = (signal.SIGTERM, signal.SIGINT)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--simulate", action="store_true", help="allow MONITOR_NOW")
    parser.add_argument(
        "--grace", type=float, default=GRACE_SECONDS, metavar="SECONDS",
        help="how long a stop may take to finish what is in hand (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--tick", type=float, default=TICK_SECONDS, metavar="SECONDS", help=argparse.SUPPRESS
    )


class Orders:
    """What the service has been told from outside, or has found out."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.hurry = asyncio.Event()  # asked a second time
        self.damaged = False

    def stop_asked(self) -> None:
        """Once: what is in hand is finished. Twice: seconds are left for it. From then on nobody
        listens, and the next signal ends the process at once; what was stored stays whole."""
        if not self.stop.is_set():
            self.stop.set()
            return
        self.hurry.set()
        for number in _ENDING:
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    def stop_damaged(self) -> None:
        """The database is broken: nothing that is collected now could be kept."""
        self.damaged = True
        self.stop.set()


def run(arguments: argparse.Namespace) -> int:
    from monitor.commands.allocator import use_one_arena
    from monitor.logs import set_up_logging
    from monitor.store.database import InstanceLock

    use_one_arena()
    if os.environ.get("MONITOR_NOW") and not arguments.simulate:
        raise ConfigError(["environment: MONITOR_NOW is for simulations; add --simulate"])
    settings = read_settings(arguments.config)
    set_up_logging(settings.log_format)
    lock = InstanceLock(settings.database)
    lock.acquire()
    try:
        return run_async(_serve(settings, arguments))
    finally:
        lock.release()


async def _serve(settings: Settings, arguments: argparse.Namespace) -> int:
    """Serve until told to stop; with other settings from the next round on when they change."""
    watch, orders = ConfigWatch(settings), Orders()
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, orders.stop_asked)
    loop.add_signal_handler(signal.SIGHUP, watch.asked.set)
    current: Settings | None = settings
    while current is not None:
        current = await _serve_with(current, arguments, watch, orders)
    return int(orders.damaged)


async def _serve_with(
    settings: Settings, arguments: argparse.Namespace, watch: ConfigWatch, orders: Orders
) -> Settings | None:
    """One life of the service; the settings of the next one, None when it is to end."""
    from monitor.logs import emit
    from monitor.pipeline.lines import Lines
    from monitor.schedule import Wakes

    async with open_service(settings) as service, _figures(settings, service):
        lines = Lines(service, on_damage=orders.stop_damaged)
        wakes = Wakes({name: (job, arguments.tick) for name, job in lines.jobs().items()})
        wakes.start()
        emit("started", sources=len(service.sources), database=str(settings.database))
        changed = await _stop_or_change(service, watch, orders)
        await _drain(service, wakes, arguments.grace, orders.hurry)
    if changed is not None:
        emit("reloaded", sources=len(changed.sources), subscriptions=len(changed.subscriptions))
    return changed


async def _stop_or_change(service: Service, watch: ConfigWatch, orders: Orders) -> Settings | None:
    change = asyncio.create_task(watch.next_settings(service))
    stop = asyncio.create_task(orders.stop.wait())
    await asyncio.wait({change, stop}, return_when=asyncio.FIRST_COMPLETED)
    both = [change, stop]
    stopped = orders.stop.is_set()
    for task in both:
        task.cancel()
    await asyncio.gather(*both, return_exceptions=True)
    return None if stopped else change.result()


@asynccontextmanager
async def _figures(settings: Settings, service: Service) -> AsyncIterator[None]:
    """The figures for Prometheus on loopback, if a port is set. A port that is taken is said and
    costs the figures, not the service."""
    from monitor.commands.listener import Listener
    from monitor.logs import warn

    listener: Listener | None = None
    if settings.metrics_port is not None:
        listener = Listener(settings.database, service.clock)
        try:
            await listener.start(settings.metrics_port)
        except OSError as error:
            warn("metrics_off", port=settings.metrics_port, error=str(error))
    try:
        yield
    finally:
        if listener is not None:
            await listener.stop()


async def _drain(service: Service, wakes: Wakes, grace: float, hurry: asyncio.Event) -> None:
    from monitor.logs import emit

    emit("stopping", grace_seconds=grace)
    service.stopping = True
    finished = await wakes.stop(grace, hurry)
    emit("stopped", drained=finished)
