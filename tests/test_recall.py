"""A second way shows what the first had missed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from monitor.commands.app import open_service, read_settings
from monitor.commands.once import one_round
from monitor.demo import DemoSite
from monitor.pipeline.recalling import RecallOutcome, recall_round
from tests.conftest import FakeClock

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


def test_what_only_the_second_way_knew_is_counted_and_collected(tmp_path: Path) -> None:
    site = DemoSite(NOW)
    clock = FakeClock(NOW)
    config = tmp_path / "feeds.yaml"

    async def scenario() -> tuple[list[RecallOutcome], int, float]:
        async with open_service(read_settings(str(config)), clock) as service:
            await one_round(service)
            victims = service.db.conn.execute(
                "SELECT e.id, e.article_id FROM entries e JOIN sources s ON s.id = e.source_id "
                "JOIN ways w ON w.source_id = s.id AND w.position = 1 "
                "ORDER BY e.published_at DESC LIMIT 4"
            ).fetchall()
            source_id = service.db.conn.execute(
                "SELECT source_id FROM entries WHERE id = ?", (victims[0]["id"],)
            ).fetchone()[0]
            # As if the way in use had been watched for two days and had never shown these.
            service.db.conn.execute("UPDATE polls SET started_at = '2025-12-24T00:00:00Z'")
            service.db.conn.execute("PRAGMA foreign_keys=OFF")
            for row in victims:
                service.db.conn.execute("DELETE FROM entries WHERE id = ?", (row["id"],))
                for table in ("addresses", "article_relations", "article_topics"):
                    sql = f"DELETE FROM {table} WHERE article_id = ?"
                    service.db.conn.execute(sql, (row["article_id"],))
                service.db.conn.execute("DELETE FROM articles WHERE id = ?", (row["article_id"],))
            clock.advance(hours=4)
            outcomes = await recall_round(service)
            again = await recall_round(service)
            assert again == []
            before = service.db.conn.execute("SELECT count(*) FROM articles").fetchone()[0]
            clock.advance(hours=1)
            await one_round(service, force=True)
            after = service.db.conn.execute("SELECT count(*) FROM articles").fetchone()[0]
            share = service.db.conn.execute(
                "SELECT recall FROM sources WHERE id = ?", (source_id,)
            ).fetchone()[0]
            return outcomes, after - before, share

    with site.serve() as served:
        config.write_text(site.config_yaml(served.port), encoding="utf-8")
        outcomes, gained, share = asyncio.run(scenario())
    missed = sum(outcome.missed for outcome in outcomes)
    assert missed > 0
    assert gained >= missed
    assert 0 < share < 1
