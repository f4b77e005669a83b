"""feeds.yaml: what works, and how each mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.config.form import feeds_schema
from monitor.errors import ConfigError

OPTIONS = {"feed": {"time_zone": "zone of dates without one"}, "listing": {"item": "selector"}}
SMALLEST = "sources: [{id: one, name: One, ways: [{kind: feed, url: http://one.kz/rss}]}]\n"


def load(tmp_path: Path, text: str, **environ: str) -> Settings:
    path = tmp_path / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ, OPTIONS)


def problems(tmp_path: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, **environ)
    return [line.replace(str(tmp_path) + "/", "") for line in caught.value.problems]


def test_the_smallest_form_works(tmp_path: Path) -> None:
    settings = load(tmp_path, SMALLEST)
    assert settings.sources[0].ways[0].url == "http://one.kz/rss"
    assert settings.database == tmp_path / "storage" / "monitor.db"
    assert settings.time_zone == "Asia/Almaty"
    assert settings.smtp.host is None


def test_all_problems_are_reported_together_with_line_and_key(tmp_path: Path) -> None:
    text = """\
settings:
  time_zone: Asia/Nowhere
  hostdelay: 3
sources:
  - id: one
    name: One
    onwer: state
    ways:
      - {kind: feed, url: "ftp://one.kz", time_zone: Asia/Almaty}
      - {kind: carrier_pigeon, url: "http://one.kz"}
      - {kind: listing, url: "http://one.kz", itme: li}
  - {id: one, name: Two, country: NO, ways: []}
subscriptions:
  - {name: morning, at: "25:00", outlets_in: [three], channels: [webhook]}
"""
    found = problems(tmp_path, text)
    expected = [
        ("feeds.yaml:2: settings.time_zone", "Asia/Almaty"),
        ("feeds.yaml:3: settings.hostdelay", "host_delay_seconds"),
        ("feeds.yaml:7: sources[0].onwer", "owner"),
        ("feeds.yaml:9: sources[0].ways[0].url", "http://host/path"),
        ("feeds.yaml:10: sources[0].ways[1].kind", "feed, listing"),
        ("feeds.yaml:11: sources[0].ways[2].itme", "`item`"),
        ("feeds.yaml:12: sources[1].id", "line 5"),
        ("feeds.yaml:12: sources[1].ways", "at least 1"),
        ("feeds.yaml:14: subscriptions[0].at", "07:00"),
        ("feeds.yaml:14: subscriptions[0].outlets_in[0]", "three"),
        ("feeds.yaml:14: subscriptions[0].channels", "webhook_url"),
    ]
    for place, hint in expected:
        assert any(line.startswith(place) and hint in line for line in found), (place, found)
    assert len(found) == len(expected)


def test_norway_is_a_country_and_not_false(tmp_path: Path) -> None:
    text = "sources: [{id: a, name: A, country: NO, ways: [{kind: feed, url: http://a.no/}]}]"
    assert load(tmp_path, text).sources[0].country == "NO"


def test_a_key_written_twice_is_a_problem(tmp_path: Path) -> None:
    assert "feeds.yaml:2: sources: this key stands here twice" in problems(
        tmp_path, SMALLEST + SMALLEST
    )


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "sources: 3", "\t", "sources: []"])
def test_what_is_no_configuration_is_refused_with_the_file_name(tmp_path: Path, text: str) -> None:
    assert all("feeds.yaml:" in line for line in problems(tmp_path, text))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(tmp_path / "none.yaml", {}, OPTIONS)


def test_secrets_come_from_the_environment_or_a_file_and_are_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    settings = load(
        tmp_path,
        SMALLEST,
        MONITOR_SMTP_HOST="127.0.0.1",
        MONITOR_SMTP_PASSWORD_FILE=str(secret),
        MONITOR_SMTP_SECURITY="tls",
    )
    assert settings.smtp.password == "s3cret"
    assert settings.smtp.port == 465
    assert "s3cret" not in repr(settings)


def test_a_wrong_environment_is_reported_with_the_file_problems(tmp_path: Path) -> None:
    found = problems(
        tmp_path, SMALLEST + "bogus: 1\n", MONITOR_SMTP_PORT="x", MONITOR_SMTP_SECURITY="maybe"
    )
    assert len(found) == 3


def test_the_schema_knows_every_kind_and_option() -> None:
    way = feeds_schema(OPTIONS)["$defs"]["WayForm"]
    assert way["properties"]["kind"]["enum"] == ["feed", "listing"]
    assert {"time_zone", "item"} <= set(way["properties"])
    assert way["additionalProperties"] is False


def test_yaml_nested_without_end_is_an_error_and_not_a_crash() -> None:
    from monitor.yaml_lines import read_yaml

    for text in ("[" * 100_000, "- " * 50_000, "{a: " * 50_000, "? " * 50_000):
        with pytest.raises(ConfigError):
            read_yaml(text, "feeds.yaml")
