"""What a site says about the ways into it: page links, robots.txt, usual places. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import html as lxml_html

from monitor.models import Fetched, Way
from monitor.sources.markup import one_line
from monitor.sources.page import absolute, tree_of
from monitor.urls import host_of, site_of, url_key

# Where feeds and sitemaps usually lie, the most frequent among Kazakh outlets first.
COMMON_FEEDS = ("/rss", "/feed/", "/rss.xml", "/feed", "/rss/", "/ru/rss", "/news.rss", "/feed.xml")
COMMON_SITEMAPS = ("/sitemap.xml", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml")

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_FEED_LINK = re.compile(r"(?:^|[/.?=_-])(?:rss|feed|atom)(?:[/._-]|\.xml|$)", re.I)
_TELEGRAM = re.compile(r"^https?://(?:t|telegram)\.me/(?:s/)?([A-Za-z]\w{3,63})/?$")
_NOT_CHANNELS = frozenset({"share", "joinchat", "addstickers", "iv", "proxy", "socks"})
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)
_MAX_EACH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What a page says about its site, for a stanza of feeds.yaml."""

    id: str
    name: str
    homepage: str
    language: str | None  # None: the page does not say
    country: str | None  # None: the address does not say


def feeds_named_by(page: Fetched) -> list[Way]:
    """Feeds that the page announces (`link rel=alternate`), then those it links to."""
    root = tree_of(page)
    announced = (
        link.get("href") or ""
        for link in root.iter("link")
        if (link.get("type") or "").lower() in _FEED_TYPES
    )
    linked = (a.get("href") or "" for a in root.iter("a") if _FEED_LINK.search(a.get("href") or ""))
    home = site_of(page.final_url)
    urls = [*_absolute_all(announced, page)]
    urls += [url for url in _absolute_all(linked, page) if site_of(url) == home]
    return [Way(kind="feed", url=url) for url in _distinct(urls) if "comments" not in url]


def feeds_in_usual_places(page: Fetched) -> list[Way]:
    """Addresses worth trying when the page announces none."""
    return [Way(kind="feed", url=urljoin(page.final_url, path)) for path in COMMON_FEEDS]


def sitemaps_named_by(robots_txt: str, base_url: str) -> list[Way]:
    """`Sitemap:` lines, those that speak of news first; the usual places when there are none."""
    named = [urljoin(base_url, match[1]) for match in _SITEMAP_LINE.finditer(robots_txt)]
    named.sort(key=lambda url: "news" not in url.lower())
    if not named:
        named = [urljoin(base_url, path) for path in COMMON_SITEMAPS]
    return [Way(kind="sitemap", url=url) for url in _distinct(named)]


def channels_named_by(page: Fetched) -> list[Way]:
    """Public Telegram channels that the page links to."""
    ways = []
    for link in tree_of(page).iter("a"):
        match = _TELEGRAM.match((link.get("href") or "").strip())
        if match and match[1].lower() not in _NOT_CHANNELS:
            options = {"site": site_of(page.final_url)}
            ways.append(Way(kind="telegram", url=f"https://t.me/s/{match[1]}", options=options))
    return list({way.url: way for way in ways}.values())[:_MAX_EACH]


def facts_of(page: Fetched) -> SiteFacts:
    """Name, language and country as far as page and address tell them."""
    root = tree_of(page)
    host = host_of(page.final_url).removeprefix("www.")
    site = site_of(page.final_url)
    name = _meta(root, "og:site_name") or _first_part(root.findtext(".//title") or "") or host
    language = (root.get("lang") or "").split("-")[0].lower() or None
    ending = site.rpartition(".")[2]
    return SiteFacts(
        id=identifier_of(page.final_url),
        name=one_line(name)[:80] or host,
        homepage=urljoin(page.final_url, "/"),
        language=language,
        country={"kz": "KZ", "ru": "RU", "cn": "CN", "kg": "KG", "uz": "UZ"}.get(ending),
    )


def identifier_of(url: str) -> str:
    """`https://kaz.example.kz/` -> `kaz_example`; an IP address keeps its digits."""
    host = host_of(url).removeprefix("www.")
    is_number = host.replace(".", "").isdigit()
    bare = host if is_number or "." not in host else host.rpartition(".")[0]
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_") or "site"


def _first_part(title: str) -> str:
    return re.split(r"\s[|—–-]\s", " ".join(title.split()), maxsplit=1)[0]


def _meta(root: lxml_html.HtmlElement, name: str) -> str:
    for meta in root.iter("meta"):
        if (meta.get("property") or meta.get("name")) == name:
            return (meta.get("content") or "").strip()
    return ""


def _absolute_all(hrefs: Iterator[str], page: Fetched) -> Iterator[str]:
    for href in hrefs:
        url = absolute(page.final_url, href)
        if url:
            yield url


def _distinct(urls: list[str]) -> list[str]:
    """One of each, by identity, in order, a handful at most. A feed's trailing slash matters to
    some servers, so the first spelling is kept."""
    return list({url_key(url): url for url in reversed(urls)}.values())[::-1][:_MAX_EACH]
