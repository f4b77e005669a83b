"""Article pages and front pages: templates of the outlets filled with text and furniture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from monitor.demo import furniture
from monitor.demo.content import Block
from monitor.demo.dates import visible
from monitor.demo.looks import LOOKS
from monitor.demo.markup import body_html
from monitor.demo.outlets import Outlet
from monitor.demo.posts import post_html
from monitor.demo.story import Scene, Story


@cache
def template(name: str) -> Template:
    file = files("monitor.demo") / "templates" / f"{name}.html"
    return Template(file.read_text("utf-8"))


def article_page(story: Story, blocks: Sequence[Block], scene: Scene) -> str:
    """The page of one story with the given blocks as its text."""
    if story.outlet.feed == "telegram":
        return _post_page(story, scene)
    others = [other for other in scene.own(story.outlet) if other is not story]
    turn = story.number % len(others)
    near = (others[turn:] + others[:turn])[:9]
    fields = _text_fields(story, blocks, near[0], scene)
    fields["source"] = _source_link(story, scene)
    fields |= _date_fields(story, scene.now)
    fields |= _furniture_fields(story, near, others, scene.now)
    return template(story.outlet.id).substitute(fields)


def _text_fields(
    story: Story, blocks: Sequence[Block], other: Story, scene: Scene
) -> dict[str, str]:
    """What the page says of its own article."""
    url = scene.address(story)
    also = f'<a href="{escape(other.path)}">{escape(other.title, quote=False)}</a>'
    body = body_html(blocks, LOOKS[story.outlet.id])
    lead = blocks[0].text
    return {
        "title": escape(story.title, quote=False),
        "title_attr": escape(story.title),
        "title_json": json.dumps(story.title, ensure_ascii=False),
        "lead": escape(lead, quote=False),
        "lead_attr": escape(lead),
        "lead_json": json.dumps(lead, ensure_ascii=False),
        "body": body.replace("@also", also).replace("@url", escape(url)),
        "section": escape(story.piece.section or story.outlet.name),
        "author": escape(story.piece.author or ""),
        "author_json": json.dumps(story.piece.author or story.outlet.name, ensure_ascii=False),
        "url": escape(url),
        "base": scene.base(story.outlet),
        "number": str(story.number),
        "lang": story.piece.language[:2],
        "dir": "rtl" if story.piece.language == "kk-arab" else "ltr",
        "next_title": escape(other.title, quote=False),
        "next_lead": escape(other.lead, quote=False),
        "next_url": escape(other.path),
    }


def _source_link(story: Story, scene: Scene) -> str:
    """The aggregator's link to the original; "" on own texts."""
    if story.piece.reprint_of is None:
        return ""
    url = scene.address(scene.stories[story.piece.reprint_of])
    return f'<p class="origin"><a href="{escape(url)}" rel="nofollow">Ссылка на источник</a></p>'


def _date_fields(story: Story, now: datetime) -> dict[str, str]:
    local = story.local
    return {
        "iso": local.isoformat(),
        "iso_utc": story.published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "iso_compact": local.strftime("%Y%m%dT%H%M%z"),
        "later_iso": (local + timedelta(minutes=3, seconds=17)).isoformat(),
        "visible": visible(story.outlet.date_form, local, now),
        "views": str(story.number * 37 % 29871 + 112),
        "today": visible("dotted", now.astimezone(local.tzinfo), now),
    }


def _furniture_fields(
    story: Story, near: Sequence[Story], own: Sequence[Story], now: datetime
) -> dict[str, str]:
    outlet = story.outlet
    language = outlet.languages[0]
    prefix = outlet.id
    return {
        "site": escape(outlet.name),
        "style": furniture.style(prefix),
        "script": furniture.script(prefix, now),
        "menu": furniture.menu(language, prefix),
        "mega": furniture.mega(language, prefix),
        "menu_inline": furniture.inline_menu(language, " | "),
        "menu_column": furniture.inline_menu(language, "<BR>\n"),
        "footer": furniture.footer(language, prefix),
        "cards": furniture.cards(near[1:], prefix, now),
        "ticker": furniture.ticker(own[:8], prefix),
        "comments": furniture.comments(language, story.number, prefix),
        "also_word": furniture.WORDS[language][0],
        "latest_word": furniture.WORDS[language][1],
    }


def front_page(outlet: Outlet, scene: Scene) -> str:
    """A list of everything: also the listing of the outlet that has no feed."""
    items = "\n".join(
        f'<div class="zmlist_item"><a class="zmlist_link" href="{escape(s.path)}">'
        f'<span class="zmlist_title">{escape(s.title, quote=False)}</span></a> '
        f'<span class="date">{visible(outlet.date_form, s.local, scene.now)}</span>'
        f'<p class="zmlist_lead">{escape(s.lead[:140], quote=False)}…</p></div>'
        for s in scene.own(outlet)
    )
    feed = ""
    if outlet.feed in ("rss", "encoded", "atom", "broken"):
        kind = "atom" if outlet.feed == "atom" else "rss"
        feed = f'<link rel="alternate" type="application/{kind}+xml" href="{outlet.ways[0].path}">'
    language = outlet.languages[0]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="{outlet.encoding}">'
        f"<title>{escape(outlet.name)}</title>{feed}{furniture.style(outlet.id)}</head><body>"
        f"<nav><ul>{furniture.menu(language, outlet.id)}</ul></nav>"
        f'<main class="zmlist">\n{items}\n</main>'
        f"<footer>{furniture.footer(language, outlet.id)}</footer>"
        f"{furniture.script(outlet.id, scene.now)}</body></html>\n"
    )


def maintenance_page(outlet: Outlet) -> str:
    """What the broken outlet serves where its feed used to be, with status 200."""
    return (
        f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8"><title>{outlet.name}'
        "</title></head><body><h1>Ведутся технические работы</h1><p>Сайт обновляется. "
        "Пожалуйста, зайдите позже.</p></body></html>\n"
    )


def _post_page(story: Story, scene: Scene) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8">'
        f"<title>{escape(story.outlet.name)}</title>"
        f'<meta property="og:description" content="{escape(story.lead)}">'
        f'<link rel="canonical" href="{scene.address(story)}">{furniture.style("tgme")}'
        "</head><body>"
        f'<div class="tgme_widget_message_text" dir="auto">{post_html(story, scene)}</div>'
        f'<time datetime="{story.published.isoformat()}">{story.published:%H:%M}</time>'
        "</body></html>\n"
    )
