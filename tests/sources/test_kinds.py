"""The contract of every kind of source, and one case file per behaviour (tests/cases/sources)."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.models import Entry, Fetched, Listing, Way
from monitor.sources import KINDS
from monitor.urls import is_web_address

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
CASES = Path(__file__).parents[1] / "cases" / "sources"
CASE_FILES = sorted(CASES.glob("*.json"))


def an_answer(url: str, body: bytes, content_type: str) -> Fetched:
    return Fetched(
        url=url,
        final_url=url.partition("#")[0],
        status=200,
        headers={"content-type": content_type},
        body=body,
        fetched_at=NOW,
    )


def shown(entry: Entry, fields: dict[str, object]) -> dict[str, object]:
    values = {field: getattr(entry, field) for field in fields}
    if values.get("published_at"):
        values["published_at"] = entry.published_at.isoformat() if entry.published_at else None
    if "authors" in values:
        values["authors"] = list(entry.authors)
    return values


@pytest.mark.parametrize("path", CASE_FILES, ids=lambda path: path.stem)
def test_a_case_file_is_read_as_it_says(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    kind = KINDS[case["kind"]]
    way = Way(kind=kind.name, url=case.get("way_url", case["url"]), options=case.get("options", {}))
    body = (CASES / case["body"]).read_bytes()
    answer = an_answer(case["url"], body, case["content_type"])
    if "first_url" in case:
        assert kind.first_url(way) == case["first_url"]
    if "error" in case:
        with pytest.raises(ParseError) as caught:
            kind.parse(answer, way)
        assert caught.value.reason == case["error"]
        return
    listing = kind.parse(answer, way)
    got = [
        shown(entry, fields) for entry, fields in zip(listing.entries, case["entries"], strict=True)
    ]
    assert got == case["entries"]
    assert listing.next_url == case["next_url"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_keeps_the_contract(kind) -> None:  # type: ignore[no-untyped-def]
    assert KINDS[kind.name] is kind
    assert kind.purpose in ("feed", "listing", "sitemap")
    assert kind.parser_version.startswith(f"{kind.name}-")
    assert all(text for text in kind.options.values())
    first = kind.first_url(Way(kind=kind.name, url="https://example.kz/x"))
    assert is_web_address(first)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_refuses_an_empty_body(kind) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ParseError):
        kind.parse(an_answer("https://a.kz/", b"", ""), Way(kind=kind.name, url="https://a.kz/"))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@settings(max_examples=60, deadline=None)
@given(
    body=st.one_of(
        st.binary(max_size=400),
        st.sampled_from(sorted(CASES.glob("*[xtb][mxo][lty]*"))).flatmap(
            lambda path: st.tuples(
                st.integers(0, 900), st.integers(0, 900), st.binary(max_size=6)
            ).map(lambda cut: path.read_bytes()[: cut[0]] + cut[2] + path.read_bytes()[cut[1] :])
        ),
    ),
    content_type=st.sampled_from(["", "text/xml", "text/html; charset=x", "application/json"]),
)
def test_garbage_raises_only_our_error(kind, body: bytes, content_type: str) -> None:  # type: ignore[no-untyped-def]
    answer = an_answer("https://a.kz/x", body, content_type)
    try:
        listing = kind.parse(answer, Way(kind=kind.name, url="https://a.kz/x"))
    except ParseError:
        return
    assert isinstance(listing, Listing)
    assert all(is_web_address(entry.url) for entry in listing.entries)


def test_a_gzip_file_is_unpacked_and_a_cut_one_refused() -> None:
    packed = gzip.compress(b"https://example.kz/a-1\n")
    way = Way(kind="sitemap", url="https://example.kz/s.xml.gz")
    kind = KINDS["sitemap"]
    listing = kind.parse(an_answer(way.url, packed, "application/gzip"), way)
    assert [entry.url for entry in listing.entries] == ["https://example.kz/a-1"]
    with pytest.raises(ParseError, match="gzip"):
        kind.parse(an_answer(way.url, packed[:-6], "application/gzip"), way)


def test_a_gzip_bomb_does_not_fill_the_memory() -> None:
    bomb = gzip.compress(b"\n" * 60_000_000)
    way = Way(kind="sitemap", url="https://example.kz/s.xml.gz")
    with pytest.raises(ParseError, match="50 MB"):
        KINDS["sitemap"].parse(an_answer(way.url, bomb, "application/gzip"), way)
