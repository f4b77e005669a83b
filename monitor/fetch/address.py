"""The address guard: which IP addresses may be connected to. Pure.

The resolved address is judged, never the name, at the moment of connecting (see `transport`).
Ranges after the IANA special-purpose registries (RFC 6890) as Python's `ipaddress` knows them,
plus those that carry an IPv4 address inside an IPv6 one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "fc00::/7",
        "fec0::/10",
    )
)


class AddressGuard:
    """Says yes to public unicast addresses and to those on the allow-list."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """`allowed`: CIDRs from the configuration; raises ValueError on a bad one."""
        self._allowed: tuple[Network, ...] = tuple(
            ipaddress.ip_network(cidr, strict=False) for cidr in allowed
        )

    def allows(self, address: str) -> bool:
        """True when a connection to this IP address (text form, scope id allowed) may be made."""
        plain = read_address(address.partition("%")[0])
        if plain is None:
            return False
        inner = _unwrap(plain)
        if any(_within(inner, network) for network in self._allowed):
            return True
        return _is_public(inner)


@lru_cache(maxsize=4096)
def read_address(text: str) -> Address | None:
    """An IP address in its one plain spelling; None for a name and for every other spelling."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (v4-mapped, 6to4, NAT64), else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is None and address in _NAT64:
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return embedded or address


def _within(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network


def _is_public(address: Address) -> bool:
    if address.is_multicast or address.is_unspecified or not address.is_global:
        return False
    return not any(_within(address, network) for network in _REFUSED)
