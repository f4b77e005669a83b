"""The demo's own feeds.yaml, as text: pacing off, loopback allowed, nothing else special."""

from __future__ import annotations

import json

from monitor.demo.outlets import OUTLETS, Outlet


def config_text(port: int) -> str:
    """feeds.yaml for the outlets at `port`. JSON strings are valid YAML scalars."""
    head = (
        "# Written by `monitor demo`: invented outlets on this machine's loopback addresses.\n"
        "settings:\n"
        "  host_delay_seconds: 0\n"
        "  allow_addresses: [127.0.0.0/8]\n"
        "sources:\n"
    )
    return head + "".join(_source(outlet, port) for outlet in OUTLETS)


def _source(outlet: Outlet, port: int) -> str:
    base = f"http://{outlet.address}:{port}"
    lines = [
        f"  - id: {outlet.id}",
        f"    name: {_quoted(outlet.name)}",
        f"    homepage: {base}/",
        f"    languages: [{', '.join(outlet.languages)}]",
        f"    country: {outlet.country}",
        f"    owner: {outlet.owner}",
        f"    home: {str(outlet.home).lower()}",
        "    ways:",
    ]
    for way in outlet.ways:
        lines += [f"      - kind: {way.kind}", f"        url: {_quoted(base + way.path)}"]
        lines += [f"        {key}: {_quoted(value)}" for key, value in way.options.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
