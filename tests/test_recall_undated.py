"""A list of links without dates as the second way: the known links around date the unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.recording_web import RecordingWeb, Reply, Seen

from monitor.commands.app import open_service, read_settings
from monitor.pipeline.polling import poll_round
from monitor.pipeline.recalling import RecallOutcome, recall_round
from tests.conftest import FakeClock

START = datetime(2025, 12, 22, 6, 0, tzinfo=UTC)


async def recalled(folder: Path, *, dated_feed: bool, pinned: str = "") -> list[RecallOutcome]:
    """A feed that never shows every fourth item, a listing that shows all of them, newest first,
    and a day and a half of watching."""
    clock = FakeClock(START)

    def numbers() -> list[int]:
        hours = int((clock.now() - START) / timedelta(hours=1))
        return list(range(hours // 2 + 4, -1, -1))[:24]

    def feed(_: Seen) -> Reply:
        def date(number: int) -> str:
            at = START + timedelta(hours=2 * number - 8)
            return f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if dated_feed else ""

        lines = "".join(
            f"<item><title>Новость {n}</title><link>/news/2025-{n:04}</link>{date(n)}</item>"
            for n in numbers()
            if n % 4
        )
        return Reply(body=f'<rss version="2.0"><channel>{lines}</channel></rss>'.encode())

    def front(_: Seen) -> Reply:
        lines = "".join(
            f'<li><a href="/news/2025-{n:04}">Новость дня под номером {n}, вся как есть</a></li>'
            for n in numbers()
        )
        body = f"<html><body><ul>{pinned}{lines}</ul></body></html>"
        return Reply(body=body.encode(), headers=(("Content-Type", "text/html"),))

    with RecordingWeb(pages={"/rss": feed, "/": front}) as web:
        config = folder / "feeds.yaml"
        config.write_text(
            "settings: {allow_addresses: [127.0.0.0/8], host_delay_seconds: 0}\n"
            "sources:\n  - id: one\n    name: One\n    ways:\n"
            f"      - {{kind: feed, url: '{web.url('/rss')}'}}\n"
            f"      - {{kind: listing, url: '{web.url('/')}', item: li}}\n"
        )
        async with open_service(read_settings(str(config), {}), clock) as service:
            for _ in range(18):
                await poll_round(service, force=True)
                clock.advance(hours=2)
            return await recall_round(service)


@pytest.mark.parametrize("dated_feed", [True, False])
async def test_unknown_links_between_known_ones_are_counted(
    dated_feed: bool, tmp_path: Path
) -> None:
    (found,) = await recalled(tmp_path, dated_feed=dated_feed)
    assert 3 <= found.missed <= 5
    assert 0.6 < 1 - found.missed / found.compared < 0.85


async def test_a_pinned_link_says_nothing(tmp_path: Path) -> None:
    pinned = '<li><a href="/news/2019-0001">Старая, но прикреплённая навсегда новость</a></li>'
    (plain,) = await recalled(tmp_path, dated_feed=True)
    (tmp_path / "other").mkdir()
    (found,) = await recalled(tmp_path / "other", dated_feed=True, pinned=pinned)
    assert (found.compared, found.missed) == (plain.compared, plain.missed)
