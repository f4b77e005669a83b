"""The only door to Ray (optional extra `ray`): shards worked on by actors of a cluster.

Without an address a cluster is started on this machine. A killed actor is started again and its
shard worked on once more; results come back in order, as from the pool.
"""

from __future__ import annotations

from importlib import import_module
from itertools import cycle
from typing import Any

from monitor.errors import ConfigError
from monitor.pipeline.shards import Kept, Kit, Shard, ShardBench
from monitor.pipeline.workers import WorkerCrashed


class RayRunner:
    """Actors of a Ray cluster, one bench each."""

    def __init__(self, kit: Kit, workers: int, address: str | None = None) -> None:
        """`address` None: a cluster of this machine alone. Raises ConfigError without Ray."""
        try:
            ray: Any = import_module("ray")
        except ImportError as error:
            raise ConfigError(
                ["--engine ray needs the extra: pip install kz-monitor[ray]"]
            ) from error
        self._ray = ray
        self.workers = workers
        if not ray.is_initialized():
            local = {} if address else {"num_cpus": workers, "include_dashboard": False}
            ray.init(address=address, log_to_driver=False, **local)
        bench = ray.remote(max_restarts=-1, max_task_retries=1)(ShardBench)
        self._kit = ray.put(kit)  # held: a restarted actor reads it again
        self.actors = [bench.remote(self._kit) for _ in range(workers)]
        self._turns = cycle(self.actors)

    def begin(self, shard: Shard) -> object:
        handle: object = next(self._turns).work.remote(shard)
        return handle

    def result(self, handle: object) -> tuple[Kept, ...]:
        try:
            kept: tuple[Kept, ...] = self._ray.get(handle)
        except self._ray.exceptions.RayActorError as error:
            raise WorkerCrashed("the shard killed its worker twice") from error
        return kept

    def close(self) -> None:
        self._ray.shutdown()
