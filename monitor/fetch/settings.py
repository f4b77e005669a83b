"""What the web client may do: limits, manners, identity. Values only."""

from __future__ import annotations

from dataclasses import dataclass

FEED_CAP_BYTES = 5 * 1024 * 1024
PAGE_CAP_BYTES = 10 * 1024 * 1024
ROBOTS_CAP_BYTES = 500 * 1024  # RFC 9309, section 2.5

_FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_PAGE_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Numbers from the rules for the web; benchmarks may set the delay to 0 on loopback."""

    user_agent: str = "kz-monitor/0.1"  # name/version (+contact), never a browser's
    allow_addresses: tuple[str, ...] = ()  # CIDRs that pass the address guard
    host_delay_seconds: float = 5.0
    max_crawl_delay_seconds: float = 60.0
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0  # on the wire, over all hops, without waiting for the pace
    max_redirects: int = 5
    max_connections: int = 32
    feed_cap_bytes: int = FEED_CAP_BYTES
    page_cap_bytes: int = PAGE_CAP_BYTES
    ignore_back_off: bool = False  # `once --force`: 429 times are ignored, pacing and robots not

    def cap_bytes(self, purpose: str) -> int:
        """The most that a body may hold after decompression."""
        if purpose == "robots":
            return ROBOTS_CAP_BYTES
        return self.feed_cap_bytes if purpose == "feed" else self.page_cap_bytes


def accept_header(purpose: str) -> str:
    """What to ask for: formats of feeds first for feeds, HTML first for pages."""
    if purpose == "feed":
        return _FEED_ACCEPT
    return "text/plain, */*;q=0.5" if purpose == "robots" else _PAGE_ACCEPT
