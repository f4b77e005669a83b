"""The main process is light: what only a worker needs is never loaded by the one that waits."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("trafilatura", "lxml", "pymorphy3", "monitor.extract", "monitor.tag", "monitor.facts")


def loaded_by(modules: str) -> set[str]:
    code = f"import {modules}, sys, json; print(json.dumps(list(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return set(json.loads(found.stdout))


def test_the_lines_do_not_load_what_only_workers_need() -> None:
    loaded = loaded_by("monitor.pipeline.lines, monitor.fetch, monitor.commands.run")
    assert not loaded & set(HEAVY)


def test_a_round_in_which_no_digest_is_due_loads_no_templates_and_no_terminal_library() -> None:
    loaded = loaded_by("monitor.commands.once, monitor.pipeline.lines, monitor.fetch")
    assert not loaded & {"jinja2", "css_inline", "rich"}


def test_a_worker_loads_no_database_library() -> None:
    assert not loaded_by("monitor.pipeline.warm") & {"sqlite_utils", "sqlite3", "click"}


def test_who_asks_for_the_partners_does_not_load_the_tagger() -> None:
    loaded = loaded_by("monitor.tag.lexicon")
    assert "monitor.tag.lexicon" in loaded
    assert not loaded & {"monitor.tag.tagger", "monitor.tag.matcher", "monitor.text"}
