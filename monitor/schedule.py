"""Wakes the pipeline up; decides nothing. The only door to APScheduler.

What is due is read from the database, so a missed wake-up, a restart or a night of downtime loses
nothing: jobs live in memory, run late rather than never, and never twice at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.logs import warn

HURRY_SECONDS = 2.0  # for what is in hand when a stop is asked for a second time
Job = Callable[[], Awaitable[object]]


class Wakes:
    """Periodic jobs with a drain: `stop` lets running ones finish within a grace period."""

    def __init__(self, jobs: Mapping[str, tuple[Job, float]]) -> None:
        """`jobs`: name -> (coroutine function, seconds between wake-ups)."""
        self._running: set[asyncio.Task[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # The default grace time of 1 s silently drops a job queued behind a busy loop.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._seconds = {name: seconds for name, (_, seconds) in jobs.items()}
        self._watch: asyncio.Task[None] | None = None
        for name, (job, seconds) in jobs.items():
            self._scheduler.add_job(self._tracked(job), "interval", seconds=seconds, id=name)

    def _tracked(self, job: Job) -> Job:
        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            try:
                await job()
            finally:
                self._running.discard(task)

        return run

    def start(self) -> None:
        """Begin; every job also runs at once (catch-up after downtime)."""
        self._scheduler.start()
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=_now())
        self._watch = asyncio.create_task(self._watch_clock())

    async def _watch_clock(self) -> None:
        """Wake-ups are planned by the wall clock. When it goes back by a day, they would all lie
        a day ahead: such a job is woken now."""
        while True:
            await asyncio.sleep(min(self._seconds.values(), default=1.0))
            now = _now()
            for job in self._scheduler.get_jobs():
                late = timedelta(seconds=2 * self._seconds[job.id] + 1)
                if job.next_run_time is not None and job.next_run_time > now + late:
                    warn("clock_went_back", job=job.id)
                    job.modify(next_run_time=now)

    async def stop(self, grace_seconds: float, hurry: asyncio.Event | None = None) -> bool:
        """No new wake-ups; wait for running jobs. False: some had to be cancelled. Once `hurry`
        is set, they have HURRY_SECONDS left.

        `shutdown(wait=True)` of an asyncio scheduler would cancel them at once.
        """
        self._scheduler.pause()
        if self._watch is not None:
            self._watch.cancel()
        late = await self._late(grace_seconds, hurry or asyncio.Event())
        for task in late:
            warn("drain_cancelled", task=task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)  # before what they use is closed
        self._scheduler.shutdown(wait=False)
        return not late

    async def _late(self, grace_seconds: float, hurry: asyncio.Event) -> set[asyncio.Task[object]]:
        """The jobs that are not done in time."""
        running = set(self._running)
        if not running:
            return running
        done = asyncio.ensure_future(asyncio.wait(running))
        hurried = asyncio.ensure_future(hurry.wait())
        both = {done, hurried}
        await asyncio.wait(both, timeout=grace_seconds, return_when=asyncio.FIRST_COMPLETED)
        if hurry.is_set():
            await asyncio.wait({done}, timeout=HURRY_SECONDS)
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        return {task for task in running if not task.done()}


def _now() -> datetime:
    return datetime.now(UTC)
