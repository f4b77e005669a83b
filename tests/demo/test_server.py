"""The demo site as a web server: addresses, validators, gzip, a clean end."""

from __future__ import annotations

import gzip
import http.client
import threading
from datetime import UTC, datetime
from urllib.parse import urlsplit

from monitor.demo import DemoSite, Served
from monitor.demo.outlets import OUTLETS

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


def get(
    url: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        link.request(method, target, headers={n.replace("_", "-"): v for n, v in headers.items()})
        answer = link.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        link.close()


def a_page(site: DemoSite) -> str:
    """The address of the newest article that is a page."""
    return next(article.url for article in site.truth() if article.kind != "post")


def test_every_article_is_served_at_its_address(demo_site: DemoSite, served_demo: Served) -> None:
    for article in demo_site.truth():
        if article.kind != "post":  # lives on the channel's page
            assert get(article.url)[0] == 200, article.url


def test_outlets_are_told_apart_by_their_address(demo_site: DemoSite, served_demo: Served) -> None:
    bodies = {get(f"http://{o.address}:{served_demo.port}/")[2] for o in OUTLETS}
    assert len(bodies) == len(OUTLETS)


def test_an_unchanged_page_is_answered_with_304(demo_site: DemoSite, served_demo: Served) -> None:
    url = a_page(demo_site)
    _, headers, body = get(url)
    assert body
    status, _, empty = get(url, If_None_Match=headers["ETag"])
    assert (status, empty) == (304, b"")
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200


def test_gzip_is_sent_only_where_it_is_accepted(demo_site: DemoSite, served_demo: Served) -> None:
    url = a_page(demo_site)
    _, plain_headers, plain = get(url)
    _, headers, packed = get(url, Accept_Encoding="gzip, br")
    assert plain_headers["Content-Encoding"] is None
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain


def test_head_has_the_headers_and_no_body(demo_site: DemoSite, served_demo: Served) -> None:
    status, headers, body = get(a_page(demo_site), method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 10_000


def test_an_unknown_address_is_404(served_demo: Served) -> None:
    assert get(f"http://127.0.0.2:{served_demo.port}/nothing")[0] == 404


def test_tracking_parameters_lead_to_the_same_page(
    demo_site: DemoSite, served_demo: Served
) -> None:
    url = next(a.url for a in demo_site.truth() if a.outlet == "steppe")
    assert get(f"{url}?utm_source=rss")[2] == get(url)[2]


def test_requests_are_logged(served_demo: Served) -> None:
    get(f"http://127.0.0.5:{served_demo.port}/feed/", User_Agent="reader/1")
    (logged,) = served_demo.requests
    assert (logged.host, logged.path, logged.status) == ("127.0.0.5", "/feed/", 200)
    assert logged.user_agent == "reader/1"
    assert logged.time > 0


def test_the_server_stops_although_a_client_stays_connected() -> None:
    with DemoSite(NOW).serve() as served:
        link = http.client.HTTPConnection("127.0.0.2", served.port, timeout=10)
        link.request("GET", "/robots.txt")
        assert link.getresponse().read()
        name = f"demo-site-{served.port}"
        assert any(thread.name == name for thread in threading.enumerate())
    link.close()
    assert not any(thread.name == name for thread in threading.enumerate())


def test_two_sites_live_side_by_side() -> None:
    first, second = DemoSite(NOW), DemoSite(NOW)
    with first.serve() as one, second.serve() as two:
        assert one.port != two.port
        assert get(a_page(first))[0] == get(a_page(second))[0] == 200
        assert len(one.requests) == len(two.requests) == 1
