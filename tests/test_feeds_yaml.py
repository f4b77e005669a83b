"""The feeds.yaml that ships: valid, broad, and honest about what is known of each way."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from monitor.config.settings import load_settings
from monitor.sources import KINDS
from monitor.urls import is_web_address, url_key

FILE = Path(__file__).resolve().parents[1] / "feeds.yaml"
OPTIONS = {kind.name: kind.options for kind in KINDS.values()}
SOURCES = load_settings(FILE, {}, OPTIONS).sources


def test_it_covers_the_field() -> None:
    enabled = [source for source in SOURCES if source.enabled]
    assert len(SOURCES) >= 55
    assert len(enabled) >= 45
    owners = Counter(source.owner for source in enabled)
    assert all(owners[kind] >= 3 for kind in ("state", "private", "foreign", "official"))
    languages = Counter(language for source in enabled for language in source.languages)
    assert all(languages[language] >= 10 for language in ("ru", "kk", "en"))
    assert {"KZ", "RU", "US", "CN"} <= {source.country for source in enabled}


def test_every_way_says_how_much_is_known_of_it() -> None:
    for source in SOURCES:
        assert source.enabled or source.note, source.id
        for way in source.ways:
            assert re.match(r"(high|medium|low): \w", way.note), way.url


def test_no_way_is_asked_twice_and_all_can_be_asked() -> None:
    ways = [way for source in SOURCES for way in source.ways]
    keys = Counter(url_key(way.url) for way in ways)
    assert not [key for key, times in keys.items() if times > 1]
    assert all(is_web_address(KINDS[way.kind].first_url(way)) for way in ways)


def test_patterns_in_it_are_regular_expressions() -> None:
    for source in SOURCES:
        for way in source.ways:
            for name in ("include", "exclude", "children"):
                re.compile(str(way.options.get(name, "")))
