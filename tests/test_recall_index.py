"""A sitemap index as the second way: its members are what is compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.recording_web import RecordingWeb, Reply, Seen

from monitor.commands.app import open_service, read_settings
from monitor.pipeline.polling import poll_round
from monitor.pipeline.recalling import recall_round

START = datetime(2025, 12, 22, 6, 0, tzinfo=UTC)


class Clock:
    time = START

    def now(self) -> datetime:
        return self.time


def published(now: datetime) -> list[tuple[int, datetime]]:
    """One item every three hours, the first twelve hours before the start."""
    dated = [(number, START + timedelta(hours=3 * number - 12)) for number in range(60)]
    return [(number, at) for number, at in dated if at <= now]


async def test_what_only_the_members_of_an_index_show_is_counted_and_collected(
    tmp_path: Path,
) -> None:
    clock = Clock()

    def feed(_: Seen) -> Reply:  # never shows every fourth item
        lines = "".join(
            f"<item><title>t</title><link>/n/{n}</link>"
            f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for n, at in published(clock.now())
            if n % 4
        )
        return Reply(body=f'<rss version="2.0"><channel>{lines}</channel></rss>'.encode())

    def sitemap(_: Seen) -> Reply:
        lines = "".join(
            f"<url><loc>/n/{n}</loc><lastmod>{at.isoformat()}</lastmod></url>"
            for n, at in published(clock.now())
        )
        return Reply(body=f"<urlset>{lines}</urlset>".encode())

    index = b"<sitemapindex><sitemap><loc>/map.xml</loc></sitemap></sitemapindex>"
    pages = {"/rss": feed, "/map.xml": sitemap, "/index.xml": Reply(body=index)}
    with RecordingWeb(pages=dict(pages)) as web:
        config = tmp_path / "feeds.yaml"
        config.write_text(
            "settings: {allow_addresses: [127.0.0.0/8], host_delay_seconds: 0, archive_pages: false}\n"
            "sources:\n  - id: one\n    name: One\n    ways:\n"
            f"      - {{kind: feed, url: '{web.url('/rss')}'}}\n"
            f"      - {{kind: sitemap, url: '{web.url('/index.xml')}'}}\n"
        )
        async with open_service(read_settings(str(config), {}), clock) as service:
            await poll_round(service)
            clock.time = START + timedelta(hours=26)
            await poll_round(service)
            (outcome,) = [o for o in await recall_round(service) if o.compared]
            assert (outcome.compared, outcome.missed) == (8, 2)
            rows = service.db.conn.execute("SELECT url FROM entries WHERE way_id = 2").fetchall()
    assert sorted(row["url"].rpartition("/")[2] for row in rows) == ["4", "8"]
