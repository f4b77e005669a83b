"""Feeds, listings and sitemaps of the demo outlets, each in its own dialect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape

from monitor.demo.dates import rfc822
from monitor.demo.markup import paragraphs_html
from monitor.demo.outlets import Outlet
from monitor.demo.pages import front_page, maintenance_page
from monitor.demo.posts import channel_page
from monitor.demo.server import Answer
from monitor.demo.story import Scene, Story

NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
CONTENT = "http://purl.org/rss/1.0/modules/content/"


def feed_answer(outlet: Outlet, scene: Scene) -> Answer | None:
    """The outlet's feed as its first way promises it, None: it has none."""
    own, base, now = scene.own(outlet), scene.base(outlet), scene.now
    if outlet.feed == "broken":
        return _html(maintenance_page(outlet), now)
    if outlet.feed == "json":
        return _json(own, now)
    if outlet.feed == "telegram":
        return _html(channel_page(outlet, scene), now)
    if outlet.feed == "atom":
        return _xml(_atom(outlet, own, base, now), "application/atom+xml", outlet, now)
    if outlet.feed in ("rss", "encoded"):
        return _xml(_rss(outlet, own, base, now), "application/rss+xml", outlet, now)
    return None


def index_answers(outlet: Outlet, scene: Scene) -> list[tuple[str, Answer]]:
    """Front page, robots.txt, sitemaps and, where the outlet has one, its listing."""
    base, now = scene.base(outlet), scene.now
    robots = f"User-agent: *\nDisallow: /search\nDisallow: /__ctl/\nSitemap: {base}/sitemap.xml\n"
    front = _html(front_page(outlet, scene), now, outlet.encoding)
    listings = [way.path for way in outlet.ways if way.kind == "listing"]
    return [
        ("/robots.txt", Answer(status=200, body=robots.encode(), content_type="text/plain")),
        ("/sitemap.xml", _sitemap_index(base, now)),
        ("/sitemap-news.xml", _news_sitemap(outlet, scene)),
        *((path, front) for path in ("/", *listings)),
    ]


def _html(text: str, now: datetime, charset: str = "utf-8") -> Answer:
    return Answer(
        status=200,
        body=text.encode(charset, "xmlcharrefreplace"),
        content_type=f"text/html; charset={charset}",
        modified=now,
    )


def _xml(text: str, kind: str, outlet: Outlet, now: datetime) -> Answer:
    # The old CMS says nothing of its charset in the header: only the XML declaration does.
    suffix = "" if outlet.encoding != "utf-8" else "; charset=utf-8"
    return Answer(
        status=200,
        body=text.encode(outlet.encoding, "xmlcharrefreplace"),
        content_type=kind + suffix,
        modified=now,
    )


def _rss(outlet: Outlet, own: Sequence[Story], base: str, now: datetime) -> str:
    items = "".join(_rss_item(outlet, story, base) for story in own)
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        f'<rss version="2.0" xmlns:content="{CONTENT}" '
        'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{escape(outlet.name)}</title>\n<link>{base}/</link>\n"
        f"<description>{escape(outlet.name)}</description>\n"
        f"<language>{outlet.languages[0]}</language>\n"
        f"<lastBuildDate>{rfc822(now)}</lastBuildDate>\n<ttl>10</ttl>\n"
        f'<atom:link href="{base}{outlet.ways[0].path}" rel="self" type="application/rss+xml"/>\n'
        f"{items}</channel>\n</rss>\n"
    )


def _rss_item(outlet: Outlet, story: Story, base: str) -> str:
    link = f"{base}{story.path}{outlet.link_suffix}"
    full = ""
    if outlet.feed == "encoded":
        body = paragraphs_html(story.blocks)
        full = f"<content:encoded><![CDATA[{body}]]></content:encoded>\n"
    return (
        f"<item>\n<title>{escape(story.title)}</title>\n<link>{escape(link)}</link>\n"
        f'<guid isPermaLink="false">{outlet.id}-{story.number}</guid>\n'
        f"<pubDate>{rfc822(story.local)}</pubDate>\n"
        f"<category>{escape(story.piece.section)}</category>\n"
        f"<description><![CDATA[<p>{escape(story.lead)}</p>]]></description>\n{full}</item>\n"
    )


def _atom(outlet: Outlet, own: Sequence[Story], base: str, now: datetime) -> str:
    entries = "".join(
        f"<entry><title>{escape(story.title)}</title>"
        f'<link rel="alternate" href="{escape(base + story.path + outlet.link_suffix)}"/>'
        f"<id>tag:{outlet.id},{story.number}</id>"
        f"<published>{story.local.isoformat()}</published>"
        f"<updated>{story.local.isoformat()}</updated>"
        f'<summary type="html">{escape("<p>" + escape(story.lead) + "</p>")}</summary></entry>\n'
        for story in own
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru">\n'
        f"<title>{escape(outlet.name)}</title>\n<id>{base}/</id>\n"
        f'<link rel="self" href="{base}{outlet.ways[0].path}"/>\n'
        f"<updated>{now.isoformat()}</updated>\n<author><name>{escape(outlet.name)}</name></author>\n"
        f"{entries}</feed>\n"
    )


def _json(own: Sequence[Story], now: datetime) -> Answer:
    rows = [
        {
            "id": story.number,
            "lang": story.piece.language,
            "title": story.title,
            "announce": story.lead,
            "published": story.local.isoformat(),
            "url": story.path,
        }
        for story in own
    ]
    page = {"content": rows, "page": 1, "totalElements": len(rows), "last": True}
    return Answer(
        status=200,
        body=json.dumps(page, ensure_ascii=False, indent=1).encode(),
        content_type="application/json; charset=utf-8",
        modified=now,
    )


def _sitemap_index(base: str, now: datetime) -> Answer:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{base}/sitemap-news.xml</loc><lastmod>{now.isoformat()}</lastmod></sitemap>"
        "</sitemapindex>\n"
    )
    return Answer(status=200, body=text.encode(), content_type="application/xml", modified=now)


def _news_sitemap(outlet: Outlet, scene: Scene) -> Answer:
    pages = scene.own(outlet) if outlet.feed != "telegram" else []
    urls = "".join(
        f"<url><loc>{escape(scene.address(story))}</loc><news:news><news:publication>"
        f"<news:name>{escape(outlet.name)}</news:name>"
        f"<news:language>{story.piece.language[:2]}</news:language></news:publication>"
        f"<news:publication_date>{story.local.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.title)}</news:title></news:news></url>\n"
        for story in pages
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="{NEWS}">\n{urls}</urlset>\n'
    )
    return Answer(
        status=200, body=text.encode(), content_type="application/xml", modified=scene.now
    )
