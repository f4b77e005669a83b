"""The public page of a messenger channel, in the structure such pages have (own markup)."""

from __future__ import annotations

from html import escape

from monitor.demo.furniture import script, style
from monitor.demo.outlets import Outlet
from monitor.demo.story import Scene, Story


def channel_page(outlet: Outlet, scene: Scene) -> str:
    """All posts, oldest first as the messenger shows them."""
    posts = "\n".join(_post(story, scene) for story in reversed(scene.own(outlet)))
    channel = outlet.ways[0].path.rpartition("/")[2]
    return (
        f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8">'
        f"<title>{escape(outlet.name)} – Telegram</title>"
        f'<meta property="og:title" content="{escape(outlet.name)}">'
        f'<link rel="canonical" href="/s/{channel}">{style("tgme")}</head>\n'
        '<body class="widget_frame_base tgme_webview emoji_image">\n'
        '<header class="tgme_header search_collapsed"><div class="tgme_header_info">'
        f'<a class="tgme_channel_info_header_title" href="/{channel}">{escape(outlet.name)}</a>'
        '<span class="tgme_header_counter">4.1K subscribers</span></div></header>\n'
        '<main class="tgme_main"><section class="tgme_channel_history js-message_history">\n'
        f"{posts}\n</section></main>\n{script('tgme', scene.now)}</body></html>\n"
    )


def post_html(story: Story, scene: Scene) -> str:
    """The text of a post: bold first line, line breaks for paragraphs, a link if it has one."""
    lines = "<br/><br/>".join(escape(block.text, quote=False) for block in story.blocks)
    target = scene.stories[story.piece.link] if story.piece.link else None
    link = ""
    if target is not None:
        where = scene.address(target)
        suffix = "" if "?" in where else "?utm_source=telegram"
        link = f'<br/><br/><a href="{where}{suffix}" target="_blank" rel="noopener">{where}</a>'
    return f"<b>{escape(story.title, quote=False)}</b><br/><br/>{lines}{link}"


def _post(story: Story, scene: Scene) -> str:
    place = f"{story.path.lstrip('/')}"
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap js-widget_message" '
        f'data-post="{place}"><div class="tgme_widget_message_bubble">'
        '<div class="tgme_widget_message_author accent_color">'
        f'<span dir="auto">{escape(story.outlet.name)}</span></div>'
        '<div class="tgme_widget_message_text js-message_text" dir="auto">'
        f"{post_html(story, scene)}</div>"
        '<div class="tgme_widget_message_footer compact js-message_footer">'
        '<div class="tgme_widget_message_info short js-message_info">'
        f'<span class="tgme_widget_message_views">{story.number % 37 / 10 + 0.4:.1f}K</span>'
        f'<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" '
        f'href="{scene.address(story)}">'
        f'<time datetime="{story.published.isoformat()}" class="time">'
        f"{story.published:%H:%M}</time></a></span></div></div></div></div></div>"
    )
