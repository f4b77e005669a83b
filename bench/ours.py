"""One round of monitor inside the benchmark: `monitor once --force`, with its figures printed.

    python bench/ours.py feeds.yaml [--poll-only] [--plain]

--poll-only asks the feeds and fetches no page. --plain leaves tagging, facts and the archive of
raw pages out (monitor has no such switch: the product is the tags). Prints one JSON line; `wall`
and `main_cpu` are seconds of the round itself, without the start of the program.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

# As in `python -m monitor`, nothing is imported up here: every worker reads this file once more.


def _not_tagged(bench: object, text: Any) -> Any:
    from monitor.models import Facts, Tagging
    from monitor.pipeline.jobs import Done

    nothing = Tagging(language=text.language, relations=(), topics={}, version="off")
    return Done(tagging=nothing, facts=Facts())


def plain_equipment(lines: Any, profiles: Any) -> Any:
    """Unpickled in the worker, just before it makes its bench: one that does not tag."""
    from monitor.pipeline.jobs import Equipment
    from monitor.pipeline.working import Bench

    Bench._tag_again = _not_tagged  # type: ignore[method-assign,assignment]
    return Equipment(lines=lines, profiles=profiles)


class _Plain:
    def __init__(self, db: Any) -> None:
        from monitor.store.memory import load_lines, load_profiles

        self.parts = (load_lines(db), load_profiles(db))

    def __reduce__(self) -> tuple[Any, ...]:
        return plain_equipment, self.parts


async def play(options: argparse.Namespace) -> dict[str, float]:
    from monitor.commands.app import open_service, read_settings
    from monitor.commands.once import one_round
    from monitor.pipeline import workers
    from monitor.pipeline.polling import poll_round

    settings = read_settings(str(options.config))
    if options.plain:
        settings = replace(settings, archive_pages=False)
    async with open_service(settings) as service:
        if options.plain:
            service.workers = workers.Processes(lambda: _Plain(service.db), settings.workers)  # type: ignore[arg-type,return-value]
        wall, cpu = time.perf_counter(), time.process_time()
        if options.poll_only:
            polled, collected = await poll_round(service, force=True), []
        else:
            polled, collected = await one_round(service, force=True)
        figures: dict[str, float] = {"wall": time.perf_counter() - wall}
        figures["main_cpu"] = time.process_time() - cpu
        service.workers.close()
    figures["feeds"] = len(polled)
    figures["unchanged"] = sum(outcome.reason == "unchanged" for outcome in polled)
    figures["articles"] = sum(outcome.result == "stored" for outcome in collected)
    figures["failed"] = len(collected) - figures["articles"]
    return figures


def main() -> None:
    from monitor.commands.app import run_async
    from monitor.logs import set_up_logging

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--poll-only", action="store_true")
    parser.add_argument("--plain", action="store_true")
    set_up_logging("plain", level=40)
    print("\n" + json.dumps(run_async(play(parser.parse_args()))))


if __name__ == "__main__":
    main()
