"""The web, politely: the only door to httpx and its protocol library h11.

    from monitor.fetch import FetchSettings, WebFetcher

A request goes client -> hosts (may this host be asked) -> pacing (when) -> wire -> transport
(address guard, connection) and comes back through decode, answers and pages.
"""

from monitor.fetch.client import WebFetcher
from monitor.fetch.settings import FetchSettings

__all__ = ["FetchSettings", "WebFetcher"]
