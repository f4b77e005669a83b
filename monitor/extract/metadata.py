"""What a page says about itself to machines: JSON-LD, OpenGraph, meta, link. Pure reading.

Trafilatura's own metadata pass costs 9 of 30 ms a page and trusts a date in the address over the
publisher's statement, so this is read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from monitor.extract.page import Page, Tree, absolute

ARTICLE_TYPES = re.compile(r"(article|posting|report|review|news)", re.I)
_LIST_TYPES = {"CollectionPage", "ItemList", "SearchResultsPage", "Blog"}
_NOISE = re.compile(r"^\s*(<!\[CDATA\[|<!--|//\s*<!\[CDATA\[)|(\]\]>|-->|//\s*\]\]>)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_JSON = json.JSONDecoder(strict=False)  # line breaks inside strings are common
_MAXIMUM_SCRIPT = 400_000  # characters of JSON-LD that are worth parsing


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Machine-readable statements, verbatim; empty string or empty tuple: not stated."""

    headline: str = ""  # JSON-LD
    og_title: str = ""
    page_title: str = ""  # <title>
    site_names: tuple[str, ...] = ()
    description: str = ""
    section: str = ""
    published: tuple[tuple[str, str], ...] = ()  # (source, raw), the most reliable first
    modified: tuple[tuple[str, str], ...] = ()
    authors: tuple[str, ...] = ()
    canonical: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()  # (hreflang, address)
    image: str | None = None
    body: str = ""  # JSON-LD articleBody
    paywalled: bool = False  # isAccessibleForFree: false
    og_type: str = ""
    is_list: bool = False
    language: str = ""


def read_metadata(page: Page) -> Metadata:
    """Everything a page states about itself."""
    said = _said(page.tree)
    metas = _metas(said["meta"])
    nodes = list(_nodes(said["script"]))
    article = _article_node(nodes)
    return Metadata(
        headline=_text(article.get("headline")) or _text(article.get("name")),
        og_title=_first(metas, "og:title", "twitter:title", "title"),
        page_title=_text(said["title"][0].text if said["title"] else ""),
        site_names=_site_names(metas, nodes, article),
        description=_description(metas, article),
        section=_first(metas, "article:section") or _text(article.get("articleSection")),
        published=_dates(metas, article, _PUBLISHED, "datePublished"),
        modified=_dates(metas, article, _MODIFIED, "dateModified"),
        authors=tuple(_authors(metas, article)),
        canonical=_canonical(page, said["link"], metas),
        alternates=tuple(_alternates(page, said["link"])),
        image=absolute(page.base, _first(metas, "og:image", "twitter:image", "image")),
        body=_body(article),
        paywalled=str(article.get("isAccessibleForFree", "")).lower() == "false",
        og_type=_first(metas, "og:type").lower(),
        is_list=not article and any(_types(node) & _LIST_TYPES for node in nodes),
        language=(page.tree.get("lang") or _first(metas, "og:locale", "language"))[:2].lower(),
    )


_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time",
    "article:published", "mediator_published_time", "parsely-pub-date", "sailthru.date",
    "analytics:p_ts", "publish-date", "publish_date", "pubdate", "publishdate", "publication_date",
    "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date", "cxenseparse:recs:publishtime",
    "article.published", "published_at", "ptime", "article_date_original", "date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod")


def _said(tree: Tree) -> dict[str, list[Tree]]:
    """The elements that speak to machines, by tag: one walk over the page."""
    said: dict[str, list[Tree]] = {"meta": [], "script": [], "link": [], "title": []}
    for element in tree.iter("meta", "script", "link", "title"):
        said[element.tag].append(element)
    return said


def _metas(elements: Iterable[Tree]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in elements:
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(metas: Mapping[str, list[str]], *names: str) -> str:
    return next((_text(metas[name][0]) for name in names if name in metas), "")


def _text(value: object) -> str:
    if isinstance(value, list):
        value = next((v for v in value if isinstance(v, str)), "")
    if not isinstance(value, str):
        return ""
    if "&" in value:
        value = unescape(unescape(value))
    return " ".join(value.replace("\u00ad", "").split())


def _nodes(scripts: Iterable[Tree]) -> Iterator[dict[str, object]]:
    """All JSON-LD objects of a page, @graph and lists unfolded, two levels deep at most."""
    for script in scripts:
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = script.text or ""
        if len(source) <= _MAXIMUM_SCRIPT:
            yield from _unfold(_loads(source), 0)


def _loads(source: str) -> object:
    if any(mark in source for mark in ("<!", "-->", "]]>")):
        source = _NOISE.sub("", _NOISE.sub("", source))
    source = source.strip().rstrip(";")
    try:
        return _JSON.decode(source)
    except (ValueError, RecursionError):
        pass
    try:
        return _JSON.decode(_TRAILING_COMMA.sub(r"\1", source))
    except (ValueError, RecursionError):
        return None


def _unfold(value: object, depth: int) -> Iterator[dict[str, object]]:
    if isinstance(value, list) and depth < 4:
        for item in value:
            yield from _unfold(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), list | dict) and depth < 4:
                yield from _unfold(value[key], depth + 1)


def _types(node: Mapping[str, object]) -> set[str]:
    kind = node.get("@type")
    return {str(k) for k in kind} if isinstance(kind, list) else {str(kind)} if kind else set()


def _article_node(nodes: list[dict[str, object]]) -> dict[str, object]:
    """The first article with a headline or a date; WebPage only as a last resort for dates."""
    articles = [n for n in nodes if any(ARTICLE_TYPES.search(kind) for kind in _types(n))]
    full = [n for n in articles if n.get("headline") or n.get("datePublished")]
    pages = [n for n in nodes if "WebPage" in _types(n) and n.get("datePublished")]
    if full:
        return full[0]
    return {k: v for k, v in pages[0].items() if k.startswith("date")} if pages else {}


def _dates(
    metas: Mapping[str, list[str]], article: Mapping[str, object], names: tuple[str, ...], key: str
) -> tuple[tuple[str, str], ...]:
    stated = article.get(key)
    found = [("jsonld", str(stated).strip())] if isinstance(stated, str | int) and stated else []
    return tuple(found + [("meta", metas[name][0]) for name in names if name in metas])


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        yield from _names(value.get("name"))


def _authors(metas: Mapping[str, list[str]], article: Mapping[str, object]) -> Iterator[str]:
    yield from (_text(name) for name in _names(article.get("author")))
    for name in ("author", "article:author", "dc.creator", "parsely-author", "mediator_author"):
        yield from (_text(value) for value in metas.get(name, ()))


def _site_names(
    metas: Mapping[str, list[str]], nodes: list[dict[str, object]], article: Mapping[str, object]
) -> tuple[str, ...]:
    found = [_first(metas, "og:site_name"), _first(metas, "application-name")]
    found += [_text(name) for name in _names(article.get("publisher"))]
    for node in nodes:
        if _types(node) & {"Organization", "NewsMediaOrganization", "WebSite"}:
            found += [_text(name) for name in _names(node.get("name"))]
            found += [_text(name) for name in _names(node.get("alternateName"))]
    return tuple(dict.fromkeys(name for name in found if name))


def _description(metas: Mapping[str, list[str]], article: Mapping[str, object]) -> str:
    found = [_first(metas, n) for n in ("og:description", "description", "twitter:description")]
    return max([*found, _text(article.get("description"))], key=len)


def _body(article: Mapping[str, object]) -> str:
    value = article.get("articleBody")
    return unescape(value).strip() if isinstance(value, str) else ""


def _canonical(page: Page, links: Iterable[Tree], metas: Mapping[str, list[str]]) -> str | None:
    for element in links:
        relation = element.get("rel")
        if relation and "canonical" in relation.lower().split():
            return absolute(page.base, element.get("href"))
    return absolute(page.base, _first(metas, "og:url"))


def _alternates(page: Page, links: Iterable[Tree]) -> Iterator[tuple[str, str]]:
    for element in links:
        language = element.get("hreflang")
        if not language or "alternate" not in (element.get("rel") or "").lower():
            continue
        language = language.strip().lower()
        address = absolute(page.base, element.get("href"))
        if language and address:
            yield language, address
