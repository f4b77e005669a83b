"""What the demo site tells: enough, varied, and the same in pages, feeds and truth."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit

import feedparser
import pytest
import yaml
from lxml import html as lxml_html

from monitor.demo import DemoSite, Served, TrueArticle
from monitor.demo.outlets import OUTLETS


def body_of(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def words_of(html: bytes) -> str:
    root = lxml_html.fromstring(html)
    for noise in root.xpath("//script|//style"):
        noise.drop_tree()
    for inset in root.xpath("//br|//p|//div|//td"):
        inset.tail = " " + (inset.tail or "")
    return " ".join(root.text_content().split())


def pages(site: DemoSite) -> list[TrueArticle]:
    return [article for article in site.truth() if article.kind != "post"]


def test_every_page_holds_its_title_and_every_paragraph(
    demo_site: DemoSite, served_demo: Served
) -> None:
    for article in pages(demo_site):
        shown = words_of(body_of(article.url))
        for part in (article.title, *article.text):
            assert " ".join(part.split()) in shown, (article.url, part)


def test_pages_weigh_what_real_pages_weigh(demo_site: DemoSite, served_demo: Served) -> None:
    sizes = [len(body_of(article.url)) for article in pages(demo_site)]
    assert min(sizes) > 20_000
    assert max(sizes) < 80_000


def test_the_old_cms_really_writes_windows_1251(demo_site: DemoSite, served_demo: Served) -> None:
    article = next(a for a in demo_site.truth() if a.outlet == "priishim")
    raw = body_of(article.url)
    assert article.title in raw.decode("windows-1251")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    feed = body_of(f"http://127.0.0.4:{served_demo.port}/rss.php")
    assert b'encoding="windows-1251"' in feed
    assert article.title in feed.decode("windows-1251")


def test_feeds_list_every_article_of_their_outlet(demo_site: DemoSite, served_demo: Served) -> None:
    for outlet in OUTLETS:
        if outlet.feed not in ("rss", "encoded", "atom"):
            continue
        feed = feedparser.parse(
            BytesIO(body_of(f"http://{outlet.address}:{served_demo.port}{outlet.ways[0].path}"))
        )
        listed = {
            entry.link.split("?utm_")[0]: (
                entry.title,
                datetime(*entry.published_parsed[:6], tzinfo=UTC),
            )
            for entry in feed.entries
        }
        own = [a for a in demo_site.truth() if a.outlet == outlet.id]
        assert listed == {a.url: (a.title, a.published_at) for a in own}


def test_the_outlet_without_a_feed_has_sitemap_and_listing(
    demo_site: DemoSite, served_demo: Served
) -> None:
    base = f"http://127.0.0.6:{served_demo.port}"
    sitemap = body_of(f"{base}/sitemap-news.xml").decode()
    listing = body_of(f"{base}/news/").decode()
    own = [a for a in demo_site.truth() if a.outlet == "pravo"]
    assert own
    assert all(a.url in sitemap and urlsplit(a.url).path in listing for a in own)
    assert "application/rss+xml" not in listing


def test_the_broken_feed_is_a_page_with_status_200(served_demo: Served) -> None:
    assert b"<h1>" in body_of(f"http://127.0.0.12:{served_demo.port}/feed.xml")


def test_the_channel_shows_every_post(demo_site: DemoSite, served_demo: Served) -> None:
    page = lxml_html.fromstring(
        body_of(f"http://127.0.0.8:{served_demo.port}/s/demo-uzynqulaq").decode()
    )
    posts = {"https://t.me/" + post for post in page.xpath("//@data-post")}
    own = {a.url for a in demo_site.truth() if a.outlet == "uzyn"}
    assert own < posts  # one more post only points to an article of another outlet


def test_there_is_enough_of_everything(demo_site: DemoSite) -> None:
    truth = demo_site.truth(port=1)
    levels = Counter((p, level) for a in truth for p, level in a.relations.items() if level)
    languages = Counter(a.language for a in truth)
    scripts = Counter(a.script for a in truth if a.language == "kk")
    on_topic = sum(a.on_topic for a in truth)
    assert len(truth) >= 90
    assert on_topic >= 35
    assert on_topic < len(truth) / 2
    assert all(levels[partner, level] >= 2 for partner in ("us", "ru", "cn") for level in (1, 2))
    assert languages["kk"] >= 15
    assert languages["en"] >= 15
    assert min(scripts["latn"], scripts["arab"]) >= 1
    assert sum(a.reprint_of is not None for a in truth) >= 8


def test_long_interviews_are_long_and_never_repeat_themselves(demo_site: DemoSite) -> None:
    long = [a for a in demo_site.truth(port=1) if a.kind == "interview"]
    assert sum(sum(map(len, a.text)) >= 8_000 for a in long) >= 4
    for article in long:
        assert len(set(article.text)) == len(article.text)
        assert sum(part.endswith("?") for part in article.text) >= 10


def test_no_two_own_articles_share_a_paragraph(demo_site: DemoSite) -> None:
    own = [a for a in demo_site.truth(port=1) if a.reprint_of is None]
    seen = Counter(part for a in own for part in set(a.text))
    assert not [part for part, times in seen.items() if times > 1]


def test_reprints_share_text_with_their_source(demo_site: DemoSite) -> None:
    truth = {a.url: a for a in demo_site.truth(port=1)}
    for article in truth.values():
        if article.reprint_of is not None:
            source = truth[article.reprint_of]
            assert set(article.text) & set(source.text)
            assert article.published_at > source.published_at
            assert article.title != source.title


def test_events_are_told_by_several_outlets_in_several_languages(demo_site: DemoSite) -> None:
    told: dict[str, set[tuple[str, str]]] = {}
    for article in demo_site.truth(port=1):
        told.setdefault(article.event, set()).add((article.outlet, article.language))
    assert sum(len({language for _, language in who}) >= 2 for who in told.values()) >= 5
    assert max(len({outlet for outlet, _ in who}) for who in told.values()) >= 4


def test_everything_was_published_within_two_days_before_now(demo_site: DemoSite) -> None:
    ages = [demo_site.now - a.published_at for a in demo_site.truth(port=1)]
    assert min(ages) > timedelta(0)
    assert max(ages) < timedelta(hours=48)


def test_titles_and_addresses_are_unique(demo_site: DemoSite) -> None:
    truth = demo_site.truth(port=1)
    assert len({a.url for a in truth}) == len({a.title for a in truth}) == len(truth)


def test_the_same_moment_gives_the_same_site() -> None:
    now = datetime(2026, 3, 1, 19, 59, 31, tzinfo=UTC)
    assert DemoSite(now).truth(port=80) == DemoSite(now).truth(port=80)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_site_works_at_any_time_of_the_year(month: int) -> None:
    site = DemoSite(datetime(2027, month, 1, 0, 5, tzinfo=UTC))
    assert len(site.truth(port=80)) >= 90
    assert not [a.title for a in site.truth(port=80) if "{" in a.title + "".join(a.text)]


def test_silent_edits_change_pages_and_nothing_else(
    demo_site: DemoSite, served_demo: Served
) -> None:
    changes = {change.url: change for change in demo_site.changes()}
    edited = [url for url, change in changes.items() if change.kind == "edited"]
    before = {url: body_of(url) for url in edited}
    truth = demo_site.truth()
    assert body_of(f"http://127.0.0.2:{served_demo.port}/__ctl/edit") == b"edited\n"
    assert demo_site.truth() == truth
    for url in edited:
        after = body_of(url)
        assert after != before[url]
        shown = words_of(after)
        assert all(" ".join(part.split()) in shown for part in changes[url].text)
    assert len(edited) >= 2


def test_a_removed_article_is_410_after_the_edit(demo_site: DemoSite, served_demo: Served) -> None:
    (removed,) = [change.url for change in demo_site.changes() if change.kind == "removed"]
    assert body_of(removed)
    demo_site.edit()
    with pytest.raises(urllib.error.HTTPError) as caught:
        body_of(removed)
    assert caught.value.code == 410
    caught.value.close()


def test_the_configuration_names_every_outlet_and_only_the_two_settings(
    demo_site: DemoSite,
) -> None:
    config: Mapping[str, object] = yaml.safe_load(demo_site.config_yaml(port=8123))
    assert config["settings"] == {"host_delay_seconds": 0, "allow_addresses": ["127.0.0.0/8"]}
    sources = config["sources"]
    assert isinstance(sources, list)
    assert [source["id"] for source in sources] == [outlet.id for outlet in OUTLETS]
    assert all(":8123/" in way["url"] for source in sources for way in source["ways"])
