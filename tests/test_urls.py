"""When two addresses are one page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.urls import (
    authority_of,
    host_of,
    is_web_address,
    site_of,
    url_key,
    without_tracking,
)

SAME = [
    ("https://Example.KZ/News/1", "http://example.kz/News/1"),
    ("https://www.example.kz/a", "https://example.kz/a"),
    ("https://example.kz/a/", "https://example.kz/a"),
    ("https://example.kz", "https://example.kz/"),
    ("https://example.kz:443/a", "http://example.kz:80/a"),
    ("https://example.kz/a#comments", "https://example.kz/a"),
    ("https://example.kz/a?utm_source=x&utm_medium=rss", "https://example.kz/a"),
    ("https://example.kz/a?from=rss", "https://example.kz/a?from=newsfeed"),
    (
        "https://example.kz/a?id=5&yclid=1&ysclid=2&gclid=3&fbclid=4&_openstat=5",
        "https://example.kz/a?id=5",
    ),
    ("https://example.kz/%D0%B0%d1%81", "https://example.kz/ас"),
    ("https://example.kz/x/../a/./b", "https://example.kz/a/b"),
    ("https://қазақ.kz/a", "https://xn--80aau21bd.kz/a"),
    (" https://example.kz/a ", "https://example.kz/a"),
]
DIFFERENT = [
    ("https://example.kz/News/1", "https://example.kz/news/1"),
    ("https://example.kz/a?id=5", "https://example.kz/a?id=6"),
    ("https://example.kz/a?from=almaty", "https://example.kz/a"),
    ("https://kaz.example.kz/a", "https://example.kz/a"),
    ("https://example.kz:8080/a", "https://example.kz/a"),
    ("https://example.kz/a%2Fb", "https://example.kz/a/b"),
    ("https://example.kz/amp/a", "https://example.kz/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_page_have_one_key(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_pages_have_two_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@given(st.text(max_size=80))
def test_any_text_has_a_key_and_never_raises(text: str) -> None:
    assert isinstance(url_key(text), str)
    assert isinstance(site_of(text), str)
    is_web_address(text)


@given(
    st.from_regex(
        r"https?://[a-z]{1,8}\.kz(/[A-Za-z0-9%&._-]{0,9}){0,4}(\?[a-z=&%0-9]{0,20})?",
        fullmatch=True,
    )
)
def test_the_key_of_an_address_is_stable(url: str) -> None:
    assert url_key("https://" + url_key(url)) == url_key(url)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://a.kz/x?utm_source=atom&utm_medium=feed", "https://a.kz/x"),
        ("https://a.kz/x?id=7&ysclid=q&p=%D0%B0#c", "https://a.kz/x?id=7&p=%D0%B0#c"),
        ("https://a.kz/x?msclkid=1", "https://a.kz/x"),
        ("https://a.kz/x?class=1&from=Astana&&", "https://a.kz/x?class=1&from=Astana&&"),
        ("HTTPS://A.kz/Путь/?b=2&a=1", "HTTPS://A.kz/Путь/?b=2&a=1"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_a_shown_address_counts_no_readers(given: str, shown: str) -> None:
    assert without_tracking(given) == shown
    assert url_key(shown) == url_key(given)


def test_the_site_is_the_registrable_domain() -> None:
    assert site_of("https://kaz.tengrinews.kz/x") == "tengrinews.kz"
    assert site_of("https://a.b.gov.kz/x") == "b.gov.kz"
    assert site_of("http://127.0.0.3:81/") == "127.0.0.3"
    assert site_of("http://[::1]:81/") == "::1"
    assert site_of("http://localhost/") == "localhost"


def test_host_and_authority_know_the_port() -> None:
    assert host_of("HTTP://Example.kz:8080/a") == "example.kz"
    assert authority_of("http://example.kz:8080/a") == "example.kz:8080"
    assert authority_of("https://example.kz:443/a") == "example.kz"


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a.kz/", "mailto:a@b.kz", "javascript:alert(1)", "//a.kz/x", "https:///x",
     "https://user:pass@a.kz/", "https://a.kz/a b", "https://a.kz:99999/", "http://[::1/"],
)  # fmt: skip
def test_what_is_no_web_address(url: str) -> None:
    assert not is_web_address(url)
