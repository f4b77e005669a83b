"""The web, politely: the only door to httpx and its protocol library h11.

    from monitor.fetch import FetchSettings, WebFetcher

A request goes client -> hosts (may this host be asked) -> pacing (when) -> wire -> transport
(address guard, connection) and comes back through decode, answers and pages.
"""

import sys

# httpx imports its command line whenever click and rich are there: 25 ms and 4 MB that nobody
# here uses. None makes that import fail, and httpx goes on without (importlib's own rule).
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

from monitor.fetch.client import WebFetcher  # noqa: E402
from monitor.fetch.settings import FetchSettings  # noqa: E402

__all__ = ["FetchSettings", "WebFetcher"]
