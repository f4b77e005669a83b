"""Feeds as the region writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import ParseError
from monitor.models import Fetched, Listing, Way
from monitor.sources import KINDS

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="{declared}"?>
<rss version="2.0" xmlns:yandex="http://news.yandex.ru"><channel><title>Жаңалықтар</title>
<ttl>30</ttl><item><title>Переговоры в Астане &amp; Алматы</title><link>/news/1?a=1&b=2</link>
<pubDate>{date}</pubDate><description>Кратко&nbsp;&mdash; о главном</description>
<yandex:full-text>&lt;p&gt;Полный текст сообщения о встрече&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;</yandex:full-text></item></channel></rss>"""


def parse(body: bytes, content_type: str = "application/rss+xml", **options: object) -> Listing:
    url = "https://example.kz/rss/"
    fetched = Fetched(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": content_type},
        body=body,
        fetched_at=NOW,
    )
    return KINDS["feed"].parse(fetched, Way(kind="feed", url=url, options=options))


def rss(encoding: str = "utf-8", declared: str = "utf-8", date: str = "") -> bytes:
    return RSS.format(declared=declared, date=date).encode(encoding, errors="xmlcharrefreplace")


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "text/xml"),
        ("windows-1251", "windows-1251", "text/xml"),
        ("windows-1251", "cp-1251", "text/xml"),
        ("windows-1251", "utf-8", "text/xml; charset=utf-8"),
        ("utf-8", "windows-1251", "text/xml; charset=windows-1251"),
        ("utf-8", "utf-8", "application/rss+xml; charset=windows-1251"),
        ("koi8-r", "windows-1251", "text/xml"),
        ("utf-8-sig", "windows-1251", "text/xml"),
        ("utf-16", "utf-16", "text/xml"),
    ],
)
def test_a_charset_that_lies_makes_no_mojibake(
    encoding: str, declared: str, content_type: str
) -> None:
    (entry,) = parse(rss(encoding, declared), content_type).entries
    assert entry.title == "Переговоры в Астане & Алматы"


def test_links_are_absolute_and_a_bare_ampersand_survives() -> None:
    (entry,) = parse(rss()).entries
    assert entry.url == "https://example.kz/news/1?a=1&b=2"
    assert entry.summary == "Кратко — о главном"


def test_the_feeds_own_full_text_is_sanitised() -> None:
    (entry,) = parse(rss()).entries
    assert "Полный текст сообщения" in entry.text
    assert "script" not in entry.text
    assert "alert" not in entry.text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("13:51, 15 Август 2025", datetime(2025, 8, 15, 8, 51, tzinfo=UTC)),
        ("2025/11/17", datetime(2025, 11, 16, 19, 0, tzinfo=UTC)),
        ("Fri, 26 Dec 2025 10:00:00 ALMT", datetime(2025, 12, 26, 5, 0, tzinfo=UTC)),
        ("Fri, 16 Feb 2024 10:00:00 ALMT", datetime(2024, 2, 16, 4, 0, tzinfo=UTC)),
        ("2025-12-26T10:00:00", datetime(2025, 12, 26, 5, 0, tzinfo=UTC)),
        ("24.08.2025, 15:10 28971", datetime(2025, 8, 24, 10, 10, tzinfo=UTC)),
        ("Сегодня, 12:26", datetime(2025, 12, 26, 7, 26, tzinfo=UTC)),
        ("26 желтоқсан 2025, 09:00", datetime(2025, 12, 26, 4, 0, tzinfo=UTC)),
        ("скоро", None),
    ],
)
def test_dates_are_read_right_or_not_at_all(raw: str, expected: datetime | None) -> None:
    (entry,) = parse(rss(date=raw)).entries
    assert entry.published_at == expected
    assert entry.published_raw == raw


def test_the_zone_of_zoneless_dates_is_an_option() -> None:
    (entry,) = parse(rss(date="2025-12-26T10:00:00"), time_zone="Europe/Moscow").entries
    assert entry.published_at == datetime(2025, 12, 26, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "html"),
        (b"<html><head></head><body></body></html>", "html"),
        (b'{"error": "not found"}', "not_a_feed"),
        (b"plain words", "not_a_feed"),
        (
            b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss version="2.0"></rss>',
            "bomb",
        ),
    ],
)
def test_what_is_no_feed_is_an_error_of_its_own(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(body)
    assert caught.value.reason == reason


def test_only_two_thousand_entries_are_taken() -> None:
    items = b"".join(b"<item><link>http://a.kz/%d</link></item>" % n for n in range(2500))
    listing = parse(b'<rss version="2.0"><channel>' + items + b"</channel></rss>")
    assert len(listing.entries) == 2000
    assert "2000" in listing.problems[0]


def test_json_feed_is_read() -> None:
    listing = parse(
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "7", '
        b'"url": "/7", "title": "A", "content_html": "<p>B</p><script>x</script>", '
        b'"date_published": "2025-12-26T10:00:00+05:00", "authors": [{"name": "N"}]}]}',
        "application/feed+json",
    )
    (entry,) = listing.entries
    assert (entry.url, entry.guid, entry.authors) == ("https://example.kz/7", "7", ("N",))
    assert entry.published_at == datetime(2025, 12, 26, 5, 0, tzinfo=UTC)
    assert "script" not in entry.text


def test_an_external_entity_is_never_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    body = (
        f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{secret.as_uri()}">]><rss version="2.0"><channel>'
        "<item><title>&a; B</title><link>http://a.kz/1</link></item></channel></rss>"
    )
    (entry,) = parse(body.encode()).entries
    assert "secret" not in entry.title


def test_a_body_that_is_a_path_opens_no_file(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss())
    with pytest.raises(ParseError):
        parse(str(feed).encode())


def test_a_feed_that_ends_early_is_read_but_not_called_complete() -> None:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in range(9))
    whole = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    assert parse(whole).complete
    half = parse(whole[: len(whole) // 2])
    assert half.entries
    assert not half.complete
    assert "the document ends early" in half.problems
    sloppy = parse(whole.replace(b"<title>3", b"<title>A & B&nbsp;"))
    assert sloppy.complete
