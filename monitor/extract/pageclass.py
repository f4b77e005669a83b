"""What kind of page this is when it is no article: list, script shell, challenge, empty, error.

Pure. A JavaScript shell or a challenge page answers 200 and must never be stored as an article.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.errors import ExtractError
from monitor.extract.lines import fold, tidy
from monitor.extract.metadata import Metadata
from monitor.extract.page import Page, Tree

LONG_TEXT = 1200  # characters; no error or challenge page says so much
SHORTEST_TEXT = 40  # characters; less is no article, not even a brief
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|attention required|ddos-?guard|are you (a )?human|"
    r"are you (a )?robot|"
    r"verify(ing)? (that )?you are|проверка браузера|вы не робот|подтвердите,? что вы|капча|"
    r"access denied|доступ (к сайту )?(ограничен|запрещ[её]н)|request blocked|"
    r"javascript challenge|cf-browser-verification|security check",
    re.I,
)
_ERROR = re.compile(
    r"^\W*(404|403|500|502|503|error \d+|ошибка \d+)\b|page not found|страница не найдена|"
    r"бет табылмады|технические (работы|неполадки)|technical difficulties|bad gateway|"
    r"service (temporarily )?unavailable|сайт временно недоступен|страница удалена",
    re.I,
)
_SHELL = re.compile(
    r"id=.(?:root|app|__next|__nuxt|main-app|svelte).|enable javascript|включите javascript", re.I
)


def refuse_what_is_no_article(
    page: Page, stated: Metadata, text: str, title: str, *, whole: Callable[[], Tree]
) -> None:
    """Raises ExtractError when the page plainly holds no article; `whole` gives the tree as it
    came, with its scripts."""
    if len(text) > LONG_TEXT:
        _refuse_list(page, stated, text)
        return
    visible = _visible_text(page.tree)
    shown = f"{stated.page_title} {title}"
    if len(visible) < 3000 and _CHALLENGE.search(f"{shown} {visible[:1500]}"):
        raise ExtractError("the site checks its visitors", page_class="challenge")
    if len(text) < 600 and _ERROR.search(shown.strip()):
        raise ExtractError("the page reports an error", page_class="error")
    if len(text) < SHORTEST_TEXT:
        kind = "script_shell" if _is_shell(whole(), visible) else "empty"
        raise ExtractError("the page holds no text", page_class=kind)
    _refuse_list(page, stated, text)


def _refuse_list(page: Page, stated: Metadata, text: str) -> None:
    if is_list(page, stated, text):
        raise ExtractError("the page is a list of articles", page_class="list")


def is_list(page: Page, stated: Metadata, text: str) -> bool:
    """A front page, section, tag or search page.

    An article states so (og:type, JSON-LD, a publication time) or has a paragraph of prose; a
    list consists of lines that are link texts.
    """
    if stated.og_type == "article" or stated.published or stated.headline:
        return False
    if len([line for line in text.split("\n") if len(line) > 200]) >= 1 and not stated.is_list:
        return False
    links = _link_texts(page.tree)
    lines = [fold(line) for line in text.split("\n") if line.strip()]
    linked = sum(len(line) for line in lines if line in links)
    total = sum(map(len, lines))
    if total and linked > 0.5 * total:
        return True
    longest = max((len(line) for line in lines), default=0)
    return stated.is_list and longest < 300 and len(lines) > 5


def _link_texts(tree: Tree) -> set[str]:
    return {fold(tidy(" ".join(link.itertext()))) for link in tree.iter("a")}


def _visible_text(tree: Tree) -> str:
    parts: list[str] = []
    skipped = ("script", "style", "noscript", "template", "svg", "head")
    body = tree.find("body")
    stack = [body if body is not None else tree]
    while stack:
        element = stack.pop()
        if element.tail:
            parts.append(element.tail)
        if not isinstance(element.tag, str) or element.tag in skipped:
            continue
        parts.append(element.text or "")
        stack.extend(reversed(element))
    return " ".join(" ".join(parts).split())


def _is_shell(tree: Tree, visible: str) -> bool:
    scripts = [script for script in tree.iter("script")]
    if len(visible) > 1500 or not scripts:
        return False
    marks = " ".join(f"id='{e.get('id')}'" for e in tree.iter("div", "main") if e.get("id"))
    noscript = " ".join(" ".join(e.itertext()) for e in tree.iter("noscript"))
    return bool(_SHELL.search(f"{marks} {noscript} {visible}")) or len(scripts) >= 3
