"""Makes a tree readable for extractors: noindex, widgets, hidden parts, glued words. In place."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import strip_elements

from monitor.extract.page import Tree

_LONGEST_NAME = 300  # characters of classes and id; what a hostile page invents is not kept
WIDGET_SHARE = 0.3  # of the page's prose; what is larger is no widget, whatever its name
# Never part of an article; without them every later pass and copy is cheaper.
_MUTE = (
    "script", "style", "noscript", "template", "svg", "iframe", "link", "meta", "input", "select",
    "textarea", "button", "nav", "footer", "aside", "object", "embed", "canvas", "video", "audio",
)  # fmt: skip


def prepare(tree: Tree) -> None:
    """Takes away what the extractor trips over: <noindex> around prose (it would go with its
    text), widgets, hidden elements; puts a space between neighbours that would be glued."""
    hidden_from_search = list(tree.iter("noindex"))
    total = _prose_length(tree) if hidden_from_search else 0
    for element in hidden_from_search:
        parent = element.getparent()
        if parent is None:
            continue
        if parent.tag in ("p", "span", "li") or _prose_length(element) > 0.8 * total:
            element.drop_tag()
        else:
            element.drop_tree()
    strip_elements(tree, *_MUTE, with_tail=False)
    boxes = tree.iter("div", "section", "ul", "p", "span", "form", "figure", "table")
    for element in [box for box in boxes if box.attrib]:  # a plain paragraph is no widget
        if _is_widget(element):
            total = total or _prose_length(tree)
            if element.getparent() is not None and _length(element) < WIDGET_SHARE * total:
                element.drop_tree()
    unglue(tree)


def unglue(tree: Tree) -> None:
    """A space wherever an inline element would touch the next word."""
    for element in tree.iter("span", "a", "time"):
        _unglue(element)


def _prose_length(tree: Tree) -> int:
    return sum(map(_length, tree.iter("p"))) or 1


def _length(element: Tree) -> int:
    return sum(map(len, element.itertext()))


def _is_widget(element: Tree) -> bool:
    style = element.get("style")
    if element.get("hidden") is not None or (style and _HIDDEN.search(style)):
        return True
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(marks) == 1:
        return False
    names_one = _names_widget if len(marks) < _LONGEST_NAME else _names_widget.__wrapped__
    return names_one(marks) and element.find(".//h1") is None


@lru_cache(maxsize=4096)  # a template's names come again on all its pages
def _names_widget(marks: str) -> bool:
    return bool(_WIDGET.search(marks))


_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_WIDGET = re.compile(
    r"(?:^|[\s_-])(?:related|recirc\w*|newsletter\w*|subscri\w+|signup|sign-up|social\w*|shar(?:e|ing)|"
    r"promo|banner|advert\w*|adv|popup|modal|cookies?|breadcrumbs?|disqus|read-?(?:more|also|next)|"
    r"see-?also|recommend\w*|donat\w+|rollover|tooltip|ctrl-enter|telegram\w*|whatsapp\w*)(?:$|[\s_-])",
    re.I,
)
_GLUE = re.compile(r"[^\W_]")


def _unglue(element: Tree) -> None:
    """A space where an inline element touches the next word: `25 декабря|1254 просмотра`,
    `передает|Tengrinews.kz|со ссылкой`. A split inside a word (a drop cap) stays whole."""
    following, sibling = element.tail, element.getnext()
    if not following:
        near = sibling is not None and sibling.tag in ("span", "time") and element.tag != "a"
        if near and _differs(_last(element), _first(sibling)):
            element.tail = " "
    elif element.tag == "a" and following[0].isalnum() and _differs(_last(element), following[0]):
        element.tail = " " + following
    if element.tag == "a":
        _unglue_before(element)


def _unglue_before(element: Tree) -> None:
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        before = previous.tail or ""
    else:
        before = (parent.text or "") if parent is not None else ""
    if not before[-1:].isalpha() or not _first(element).isalnum():
        return
    if previous is not None:
        previous.tail = before + " "
    elif parent is not None:
        parent.text = before + " "


def _first(element: Tree) -> str:
    return "".join(element.itertext())[:1]


def _last(element: Tree) -> str:
    return "".join(element.itertext())[-1:]


def _differs(before: str, after: str) -> bool:
    """Both are word characters, of different kinds: digit and letter, two scripts, aB."""
    if not (_GLUE.match(before) and after and _GLUE.match(after)):
        return False
    if before.isdigit() != after.isdigit():
        return True
    return before.isascii() != after.isascii() or (before.islower() and after.isupper())
