"""Where a request goes: an address taken apart as the wire needs it. Pure.

A plain address is read by one expression; httpx reads all others (international names, letters
that must be encoded, dots in paths), so both spell every address as httpx does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.fetch.address import read_address

_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(
    r"(https?)://([a-z0-9][a-z0-9.-]*[a-z0-9])(?::([1-9]\d{0,4}))?"
    r"(/[\w\-.~!$&()*+,;=:@/]*)?(\?[\w\-.~!$&()*+,;=:@/?]*)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One address. `origin` names the connections that may carry it."""

    origin: str
    host: str  # ASCII; an IPv6 address without brackets
    port: int
    authority: bytes  # for the header Host
    path: bytes  # with the query
    tls: bool


def target_of(url: str) -> Target:
    """Raises ValueError for an address that cannot be asked."""
    match = _PLAIN.fullmatch(url)
    if match is None or "/." in url or "xn--" in url:
        return _read_by_httpx(url)
    scheme, host, given, path, query = match.groups()
    port = int(given or _PORTS[scheme])
    if port > 65535 or (host[-1].isdigit() and read_address(host) is None):
        return _read_by_httpx(url)
    authority = host if port == _PORTS[scheme] else f"{host}:{port}"
    return Target(
        f"{scheme}://{authority}",
        host,
        port,
        authority.encode(),
        f"{path or '/'}{query or ''}".encode(),
        scheme == "https",
    )


def _read_by_httpx(url: str) -> Target:
    import httpx  # late: 0.1 s, and most rounds never need it

    try:
        read = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from error
    if read.scheme not in _PORTS or not read.raw_host:
        raise ValueError(f"not a web address: {url[:200]}")
    authority = read.netloc
    return Target(
        f"{read.scheme}://{authority.decode('ascii')}",
        read.raw_host.decode("ascii").strip("[]"),
        read.port or _PORTS[read.scheme],
        authority,
        read.raw_path,
        read.scheme == "https",
    )
