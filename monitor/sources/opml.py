"""OPML 2.0, the form in which feed readers exchange their subscriptions. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from monitor.errors import ParseError
from monitor.models import Source
from monitor.urls import is_web_address


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One outline that names a feed."""

    title: str
    feed_url: str
    homepage: str | None  # None: not given


def read_opml(body: bytes) -> list[OpmlFeed]:
    """Every feed in the outline, whatever the nesting. Raises ParseError `opml`, `bomb`."""
    if b"<!ENTITY" in body[:200_000]:
        raise ParseError("OPML needs no entities", reason="bomb")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"XML: {error}", reason="opml") from error
    if root is None or root.tag != "opml":
        raise ParseError("this is not an OPML file", reason="opml")
    return [feed for outline in root.iter("outline") if (feed := _feed(outline))]


def _feed(outline: etree._Element) -> OpmlFeed | None:
    # attribute names are case-sensitive in the specification and not in the wild
    given = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
    url = given.get("xmlurl", "")
    if not is_web_address(url):
        return None
    homepage = given.get("htmlurl", "")
    return OpmlFeed(
        title=given.get("title") or given.get("text") or url,
        feed_url=url,
        homepage=homepage if is_web_address(homepage) else None,
    )


def write_opml(sources: Iterable[Source]) -> bytes:
    """All ways of kind `feed`, one outline per outlet. Other kinds have no place in OPML."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "kz-monitor"
    body = etree.SubElement(root, "body")
    for source in sources:
        for way in source.ways:
            if way.kind == "feed":
                outline = etree.SubElement(body, "outline", type="rss", text=source.name)
                outline.set("title", source.name)
                outline.set("xmlUrl", way.url)
                if source.homepage:
                    outline.set("htmlUrl", source.homepage)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))
