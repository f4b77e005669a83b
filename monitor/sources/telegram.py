"""Kind `telegram`: the public page of a channel (t.me/s/name), newest post first.

A post that links to the outlet's site stands for that article; a post without such a link is an
entry of its own with the post's text. Posts without text (a picture, a video) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from lxml import html as lxml_html

from monitor.errors import ParseError
from monitor.models import Entry, Fetched, Listing, Way
from monitor.sources.dates import read_date
from monitor.sources.markup import plain, sanitised
from monitor.sources.page import absolute, first, option, select, tree_of
from monitor.urls import site_of

name = "telegram"
purpose = "listing"
parser_version = "telegram-1"
options: Mapping[str, str] = {
    "site": "registrable domain of the outlet: a post's link to it stands for the article",
    "posts": "yes: every post is an entry of its own, links or not (default no)",
}

_CHANNEL = re.compile(r"^(https?://(?:t|telegram)\.me/)(?!s/)(\w{3,64})/?$")
_POST = "[data-post]"
_TEXT = ".tgme_widget_message_text"
_OLDER = "a.tme_messages_more[data-before], link[rel=prev]"
_PLATFORMS = frozenset(
    {"t.me", "telegram.me", "telegram.org", "youtube.com", "youtu.be", "instagram.com",
     "facebook.com", "tiktok.com", "x.com", "twitter.com", "vk.com", "whatsapp.com", "wa.me",
     "ok.ru", "threads.net", "max.ru"}
)  # fmt: skip
_TITLE_CHARS = 160


def first_url(way: Way) -> str:
    """The public page, also where only the channel's address is given."""
    match = _CHANNEL.match(way.url)
    return f"{match[1]}s/{match[2]}" if match else way.url


def parse(fetched: Fetched, way: Way) -> Listing:
    """Raises ParseError `shape` when the page shows no posts (private, renamed, no preview)."""
    root = tree_of(fetched)
    posts = select(root, _POST)
    if not posts:
        raise ParseError("no public posts on this page", reason="shape")
    found = [_entry(post, fetched, way) for post in reversed(posts)]
    entries = tuple(entry for entry in found if entry is not None)
    silent = len(found) - len(entries)
    return Listing(
        entries=entries,
        next_url=_older(root, fetched),
        title=" ".join((root.findtext(".//title") or "").split()),
        problems=(f"{silent} posts without text",) if silent else (),
    )


def _entry(post: lxml_html.HtmlElement, fetched: Fetched, way: Way) -> Entry | None:
    body = first(post, _TEXT)
    if body is None or not body.text_content().strip():
        return None
    markup = lxml_html.tostring(body, encoding="unicode", with_tail=False)
    text = plain(markup)
    identity = post.get("data-post", "")
    own = urljoin("https://t.me/", identity)
    link = None if option(way, "posts").lower() in ("yes", "true") else _article(body, fetched, way)
    time = first(post, "time[datetime]")
    raw = time.get("datetime", "") if time is not None else ""
    return Entry(
        url=link or own,
        guid=identity or None,
        title=_headline(text),
        summary="" if link is None else text,
        text=sanitised(markup, own) if link is None else "",
        published_at=read_date(raw, zone="UTC"),
        published_raw=raw,
        date_source="telegram" if raw else "",
        is_post=link is None,
    )


def _article(body: lxml_html.HtmlElement, fetched: Fetched, way: Way) -> str | None:
    """The first link to the outlet's site; where no site is named, to any that is no platform."""
    site = option(way, "site").lower()
    for link in body.iter("a"):
        url = absolute(fetched.final_url, link.get("href") or "")
        where = site_of(url) if url else ""
        if url and (where == site if site else where not in _PLATFORMS and _has_path(url)):
            return url
    return None


def _has_path(url: str) -> bool:
    return len(url.split("/", 3)[-1]) > 1 and url.count("/") > 2


def _headline(text: str) -> str:
    """The first line; a long one is cut after a sentence or a word."""
    line = text.split("\n", 1)[0]
    if len(line) <= _TITLE_CHARS:
        return line
    sentence = re.match(r".{20,160}?[.!?…](?=\s)", line)
    return sentence[0] if sentence else line[:_TITLE_CHARS].rsplit(" ", 1)[0] + "…"


def _older(root: lxml_html.HtmlElement, fetched: Fetched) -> str | None:
    found = first(root, _OLDER)
    return absolute(fetched.final_url, found.get("href") or "") if found is not None else None
