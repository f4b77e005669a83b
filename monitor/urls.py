"""Web addresses: when two are one page, which host and which site they belong to. Pure.

The only door to publicsuffixlist. It opens no connection and knows no configuration.
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from publicsuffixlist import PublicSuffixList

# Parameters that say where a reader came from and never which page is meant.
_TRACKING = re.compile(
    r"utm_\w+|y?s?clid|[gfd]clid|fbclid|gbraid|wbraid|msclkid|_openstat|igshid|mc_[ce]id|_ga|_gl",
    re.IGNORECASE,
)
_TRACKING_PAIRS = {("from", "rss"), ("from", "newsfeed")}
_TRACKED = re.compile(r"utm_|clk?id|braid|openstat|igshid|mc_|_g[al]|from=", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Safe to leave bare in a path or query: RFC 3986 unreserved and the reserved ones that occur.
_SAFE = "-._~!$&'()*+,;=:@/%[]|"
_BLANK = re.compile(r"[\x00-\x20\x7f]")


@lru_cache(maxsize=8192)  # every address is asked for many times between feed and database
def url_key(url: str) -> str:
    """The identity of a page: equal keys, same page. Not an address to ask for.

    Scheme, a leading `www.`, default port, user, fragment, tracking parameters, a trailing slash
    and the way of percent-encoding do not count; the path keeps its case, the query its order.
    An address that cannot be read is its own key.
    """
    parts = _split(url)
    if parts is None or not parts.hostname:
        return url.strip()
    host = _ascii_host(parts.hostname).removeprefix("www.")
    port = _port(parts)
    where = f"{host}:{port}" if port else host
    path = _same_encoding(_without_dots(parts.path)).rstrip("/")
    query = _essential_query(parts.query)
    return f"{where}{path}?{query}" if query else f"{where}{path}"


def without_tracking(url: str) -> str:
    """The address to show and to pass on: as it is, without parameters that only count readers."""
    parts = _split(url)
    if parts is None or not _TRACKED.search(parts.query):
        return url
    kept = "&".join(pair for pair in parts.query.split("&") if not _is_tracking(pair))
    return parts._replace(query=kept).geturl()


@lru_cache(maxsize=8192)
def host_of(url: str) -> str:
    """Lower-case host name without port, `""` when the address has none."""
    parts = _split(url)
    return _ascii_host(parts.hostname) if parts and parts.hostname else ""


def site_of(url: str) -> str:
    """The registrable domain (public suffix list); an IP address or a bare name as it is."""
    return _site(host_of(url))


@lru_cache(maxsize=8192)
def is_web_address(url: str) -> bool:
    """True for an http(s) address with a host, without blanks and without user or password."""
    if _BLANK.search(url):
        return False
    parts = _split(url)
    if parts is None or parts.scheme not in _DEFAULT_PORTS:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


@lru_cache(maxsize=8192)
def authority_of(url: str) -> str:
    """Host with its port where that is not the scheme's own: what one robots.txt speaks for."""
    parts = _split(url)
    if parts is None:
        return ""
    port = _port(parts)
    return f"{host_of(url)}:{port}" if port else host_of(url)


@lru_cache(maxsize=1024)
def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises on an impossible port
        return parts
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _ascii_host(host: str) -> str:
    lowered = host.lower().rstrip(".")
    if lowered.isascii():
        return lowered
    try:
        return lowered.encode("idna").decode("ascii")
    except UnicodeError:
        return lowered


def _port(parts: SplitResult) -> int | None:
    return None if parts.port == _DEFAULT_PORTS.get(parts.scheme) else parts.port


@lru_cache(maxsize=4096)
def _site(host: str) -> str:
    try:
        ipaddress.ip_address(host)
        return host
    except ValueError:
        return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _same_encoding(path: str) -> str:
    """One spelling for every percent-encoding of the same bytes (`%2F` stays apart from `/`)."""
    if "%" not in path and path.isascii() and "+" not in path:
        return path
    pieces = path.split("/")
    decoded = (unquote_to_bytes(piece).replace(b"/", b"%2F") for piece in pieces)
    return "/".join(quote(piece, safe=_SAFE.replace("/", "")) for piece in decoded)


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    for piece in path.split("/"):
        if piece == "..":
            kept = kept[:-1] if len(kept) > 1 else kept
        elif piece != ".":
            kept.append(piece)
    return "/".join(kept)


def _essential_query(query: str) -> str:
    if not query:
        return ""
    kept = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    return "&".join(_same_encoding(pair) for pair in kept)


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return bool(_TRACKING.fullmatch(name)) or (name.lower(), value.lower()) in _TRACKING_PAIRS
