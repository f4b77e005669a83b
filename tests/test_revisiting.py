"""Silent edits and removals, on the demo site's later state, with a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from monitor.commands.app import open_service, read_settings
from monitor.commands.once import one_round
from monitor.demo import DemoSite
from monitor.pipeline.comparing import readable_diff, same_words
from monitor.pipeline.revisiting import RevisitOutcome, revisit_round
from monitor.urls import url_key
from tests.conftest import FakeClock

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


def test_edits_and_removals_are_found_once_and_nothing_else_is_called_an_edit(
    tmp_path: Path,
) -> None:
    site = DemoSite(NOW)
    clock = FakeClock(NOW)
    with site.serve() as served:
        config = tmp_path / "feeds.yaml"
        text = site.config_yaml(served.port).replace("settings:", "settings:\n  revisit: all")
        config.write_text(text, encoding="utf-8")

        async def scenario() -> tuple[list[RevisitOutcome], ...]:
            async with open_service(read_settings(str(config)), clock) as service:
                await one_round(service)
                clock.advance(hours=1, minutes=1)
                quiet = await revisit_round(service)
                site.edit()
                clock.advance(hours=6)
                changed = await revisit_round(service)
                clock.advance(hours=24)
                again = await revisit_round(service)
                rows = service.db.conn.execute(
                    "SELECT a.url, r.kind, r.touches_tagged, r.diff, a.removed_at, a.text "
                    "FROM revisions r JOIN articles a ON a.id = r.article_id"
                ).fetchall()
                found = {(url_key(row["url"]), row["kind"]) for row in rows}
                truth = {
                    (url_key(c.url), {"edited": "edit"}.get(c.kind, c.kind)) for c in site.changes()
                }
                assert found == truth
                assert len(rows) == len(truth)
                for row in rows:
                    assert (row["removed_at"] is not None) == (row["kind"] == "removed")
                    assert row["kind"] == "removed" or ("- " in row["diff"] and "+ " in row["diff"])
                return quiet, changed, again

        quiet, changed, again = asyncio.run(scenario())
    assert quiet
    assert {outcome.result for outcome in quiet} == {"unchanged"}
    assert {outcome.result for outcome in changed} == {"unchanged", "edit", "removed"}
    assert {outcome.result for outcome in again} <= {"unchanged", "removed"}


def test_a_diff_shows_what_went_and_what_came_by_sentence() -> None:
    before = "Встреча прошла в Астане. Стороны обсудили газ. Подписан план."
    after = "Встреча прошла в Астане. Стороны обсудили нефть. Подписан план."
    assert readable_diff(before, after).splitlines() == [
        "  Встреча прошла в Астане.",
        "- Стороны обсудили газ.",
        "+ Стороны обсудили нефть.",
        "  Подписан план.",
    ]


def test_punctuation_and_spacing_are_not_an_edit() -> None:
    assert same_words("Газ, нефть —  уголь", "газ нефть, уголь.")
    assert not same_words("газ", "газа")
