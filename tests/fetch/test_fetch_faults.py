"""The rules for the web, row by row, against a server that does its worst."""

from __future__ import annotations

import asyncio
import gzip
import random
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import pytest
import zstandard
from support.recording_web import RecordingWeb, Reply, Seen

from monitor.errors import AddressRefused, Blocked, FetchError, Gone, RateLimited, Truncated
from monitor.fetch import FetchSettings, WebFetcher
from monitor.models import Attempt, Fetched, HostState, Request

HTML = (("Content-Type", "text/html; charset=utf-8"),)
PAGE = b"<html><body><p>" + "Слово о деле. ".encode() * 300 + b"</p></body></html>"
NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


class Bench:
    """A fetcher on the recording web with everything it reported."""

    def __init__(self, web: RecordingWeb) -> None:
        self.web = web
        self.clock = Clock()
        self.attempts: list[Attempt] = []
        self.hosts: dict[str, HostState] = {}

    def fetcher(self, **settings: object) -> WebFetcher:
        known = {
            "allow_addresses": ("127.0.0.0/8",),
            "host_delay_seconds": 0.0,
            "connect_seconds": 2.0,
            "read_seconds": 1.0,
            "total_seconds": 3.0,
            "user_agent": "kz-monitor/1.2 (+editor@example.kz)",
        }
        return WebFetcher(
            FetchSettings(**{**known, **settings}),  # type: ignore[arg-type]
            self.clock,
            self.hosts.values(),
            self.attempts.append,
            lambda host: self.hosts.__setitem__(host.host, host),
            rng=random.Random(5),
        )

    async def get(
        self, path: str, settings: dict[str, object] | None = None, **request: object
    ) -> Fetched:
        async with self.fetcher(**(settings or {})) as fetcher:
            asking = {"url": self.web.url(path), "obey_robots": False, **request}
            return await fetcher.fetch(Request(**asking))  # type: ignore[arg-type]

    async def failure(
        self, path: str, settings: dict[str, object] | None = None, **request: object
    ) -> FetchError:
        with pytest.raises(FetchError) as caught:
            await self.get(path, settings, **request)
        return caught.value


@pytest.fixture
def web() -> Iterator[RecordingWeb]:
    with RecordingWeb(("127.0.0.1", "127.0.0.2", "127.0.0.3")) as server:
        yield server


@pytest.fixture
def bench(web: RecordingWeb) -> Bench:
    return Bench(web)


# ---------------------------------------------------------------- identity and validators


async def test_the_user_agent_is_honest_and_no_cookie_is_sent(bench: Bench) -> None:
    bench.web.pages["/a"] = Reply(headers=(("Set-Cookie", "sid=1; path=/"),))
    await bench.get("/a", purpose="feed")
    await bench.get("/a", purpose="feed")
    for request in bench.web.seen:
        assert request.headers["user-agent"] == "kz-monitor/1.2 (+editor@example.kz)"
        assert "cookie" not in request.headers
        assert "application/rss+xml" in request.headers["accept"]
        assert request.headers["accept-encoding"] == "gzip, br, zstd"
        assert "cache-control" not in request.headers


async def test_validators_go_out_verbatim_and_come_back_from_a_304(bench: Bench) -> None:
    bench.web.pages["/f"] = Reply(
        status=304, body=b"", headers=(("ETag", '"new"'), ("Last-Modified", "today"))
    )
    fetched = await bench.get("/f", etag='W/"old" ', last_modified="some day")
    assert bench.web.seen[0].headers["if-none-match"] == 'W/"old"'
    assert bench.web.seen[0].headers["if-modified-since"] == "some day"
    assert fetched.not_modified
    assert fetched.conditional
    assert (fetched.etag, fetched.last_modified) == ('"new"', "today")


async def test_a_304_that_nobody_asked_for_is_a_failure(bench: Bench) -> None:
    bench.web.pages["/f"] = Reply(status=304, body=b"")
    assert (await bench.failure("/f")).reason == "status_304"


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("gzip", lambda b: gzip.compress(b[:999]) + gzip.compress(b[999:])),
        ("deflate", zlib.compress),
        ("deflate", lambda b: zlib.compress(b)[2:-4]),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("gzip, br", lambda b: brotli.compress(gzip.compress(b))),
        ("identity", bytes),
    ],
    ids=["gzip", "two members", "zlib", "raw deflate", "br", "zstd", "twice", "identity"],
)
async def test_every_coding_is_undone(bench: Bench, coding: str, pack) -> None:  # type: ignore[no-untyped-def]
    bench.web.pages["/p"] = Reply(body=pack(PAGE), headers=(*HTML, ("Content-Encoding", coding)))
    assert (await bench.get("/p")).body == PAGE


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE)),
    ],
)
@pytest.mark.parametrize("kept", [0.5, 0.97])
async def test_a_compressed_body_cut_short_is_never_accepted(
    bench: Bench, coding: str, packed: bytes, kept: float
) -> None:
    cut = packed[: int(len(packed) * kept)]
    bench.web.pages["/p"] = Reply(body=cut, headers=(*HTML, ("Content-Encoding", coding)))
    assert isinstance(await bench.failure("/p"), Truncated)
    assert bench.attempts[-1].reason in ("truncated", "damaged")


async def test_a_body_shorter_than_its_content_length_is_truncated(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(body=PAGE[:50], content_length=5000)
    assert isinstance(await bench.failure("/p"), Truncated)


async def test_a_chunked_body_without_its_end_is_truncated(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(
        raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    )
    assert isinstance(await bench.failure("/p"), Truncated)


async def test_a_connection_reset_in_the_body_is_truncated(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(body=b"<html>", content_length=100_000, reset=True)
    assert isinstance(await bench.failure("/p"), Truncated)


async def test_rubbish_that_calls_itself_gzip_is_refused(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(body=PAGE, headers=(("Content-Encoding", "gzip"),))
    assert (await bench.failure("/p")).reason == "damaged"


async def test_a_coding_that_was_not_offered_is_refused(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(body=PAGE, headers=(("Content-Encoding", "compress"),))
    assert (await bench.failure("/p")).reason == "coding"


async def test_a_body_without_any_length_is_whole_when_the_server_closes(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(body=PAGE, content_length=-1, headers=HTML)
    assert (await bench.get("/p")).body == PAGE


@pytest.mark.parametrize("purpose", ["feed", "page"])
async def test_a_body_over_the_cap_is_stopped_while_streaming(bench: Bench, purpose: str) -> None:
    cap = 5 * 2**20 if purpose == "feed" else 10 * 2**20
    bench.web.pages["/p"] = Reply(body=b"x" * (cap + 1))
    error = await bench.failure("/p", purpose=purpose)
    assert error.reason == "too_large"
    bench.web.pages["/p"] = Reply(body=b"x" * cap)
    assert len((await bench.get("/p", purpose=purpose)).body) == cap


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstandard.compress)],
)
async def test_a_decompression_bomb_is_stopped_at_the_cap(bench: Bench, coding: str, pack) -> None:  # type: ignore[no-untyped-def]
    bomb = pack(b"\0" * 80_000_000)
    bench.web.pages["/p"] = Reply(body=bomb, headers=(("Content-Encoding", coding),))
    error = await bench.failure("/p")
    assert error.reason == "too_large"


# ---------------------------------------------------------------- time


async def test_a_slow_drip_does_not_hold_a_slot_past_the_deadline(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(body=b"x" * 10_000, drip=(10, 0.1))
    error = await bench.failure("/p", {"total_seconds": 0.5})
    assert isinstance(error, Truncated)
    assert error.reason == "deadline"


async def test_a_server_that_never_answers_times_out(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(hang=True)
    error = await bench.failure("/p", {"read_seconds": 0.2})
    assert (error.reason, error.hardness) == ("timeout", 0.25)


async def test_a_closed_port_is_a_connect_failure(bench: Bench) -> None:
    error = await bench.failure("", url="http://127.0.0.1:1/")
    assert (error.reason, error.transient) == ("connect", True)


async def test_a_name_that_does_not_exist_is_a_dns_failure(bench: Bench) -> None:
    assert (await bench.failure("", url="http://no-such-host.invalid/")).reason == "dns"


async def test_a_server_that_speaks_nonsense_is_a_protocol_failure(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(raw=b"hello, who is there?\r\n\r\n")
    assert (await bench.failure("/p")).reason == "protocol"


async def test_tls_is_always_verified(bench: Bench) -> None:
    url = bench.web.url("/p").replace("http:", "https:")
    bench.web.pages["/p"] = Reply()
    assert (await bench.failure("", {"connect_seconds": 0.3}, url=url)).reason in ("tls", "connect")


# ---------------------------------------------------------------- statuses


@pytest.mark.parametrize(
    ("status", "kind", "reason", "hardness"),
    [
        (404, FetchError, "status_404", 0.5),
        (401, FetchError, "status_401", 0.5),
        (403, Blocked, "status_403", 0.5),
        (451, Blocked, "status_451", 0.5),
        (410, Gone, "gone", 1.0),
        (400, FetchError, "status_400", 1.0),
        (500, FetchError, "status_500", 0.5),
        (503, FetchError, "status_503", 0.5),
        (206, Truncated, "truncated", 1.0),
        (204, FetchError, "status_204", 1.0),
    ],
)
async def test_every_status_has_its_error(
    bench: Bench, status: int, kind: type[FetchError], reason: str, hardness: float
) -> None:
    bench.web.pages["/p"] = Reply(status=status, body=b"" if status == 204 else b"no")
    error = await bench.failure("/p")
    assert type(error) is kind
    assert (error.status, error.reason, error.hardness) == (status, reason, hardness)


async def test_503_with_retry_after_is_for_that_feed_only(bench: Bench) -> None:
    bench.web.pages["/f"] = Reply(status=503, headers=(("Retry-After", "120"),))
    bench.web.pages["/g"] = Reply()
    error = await bench.failure("/f")
    assert isinstance(error, RateLimited)
    assert error.retry_after == 120
    assert (await bench.get("/g")).status == 200


@pytest.mark.parametrize(
    ("value", "least"),
    [("600", 600), (format_datetime(NOW + timedelta(hours=2)), 7200), ("9999999", 24 * 3600), (None, 3600), ("soon", 3600)],
)  # fmt: skip
async def test_429_holds_the_whole_host_and_a_restart_remembers_it(
    bench: Bench, value: str | None, least: int
) -> None:
    headers = (("Retry-After", value),) if value else ()
    bench.web.pages["/f"] = Reply(status=429, headers=headers)
    error = await bench.failure("/f", interval_minutes=30.0)
    assert error.retry_after is not None
    assert least <= error.retry_after <= least + 3600
    again = await bench.failure("/other")  # a new fetcher, as after a restart
    assert again.reason == "host_waits"
    assert again.hardness == 0
    assert bench.web.paths() == ["/f"]


async def test_another_host_is_not_held(bench: Bench) -> None:
    bench.web.pages["127.0.0.1/f"] = Reply(status=429)
    bench.web.pages["127.0.0.2/f"] = Reply()
    await bench.failure("/f")
    assert (await bench.get("", url=bench.web.url("/f", "127.0.0.2"))).status == 200


async def test_the_back_off_of_a_host_ends(bench: Bench) -> None:
    bench.web.pages["/f"] = [Reply(status=429, headers=(("Retry-After", "10"),)), Reply()]
    await bench.failure("/f")
    bench.clock.time += timedelta(minutes=61)
    assert (await bench.get("/f")).status == 200
    assert bench.hosts["127.0.0.1"].not_before is None


async def test_force_ignores_back_off_times(bench: Bench) -> None:
    bench.web.pages["/f"] = [Reply(status=429), Reply()]
    await bench.failure("/f")
    assert (await bench.get("/f", {"ignore_back_off": True})).status == 200


async def test_repeated_403_from_one_host_is_treated_like_429(bench: Bench) -> None:
    for path in ("/1", "/2", "/3"):
        bench.web.pages[path] = Reply(status=403)
        assert (await bench.failure(path)).reason == "status_403"
    assert (await bench.failure("/4")).reason == "host_waits"


async def test_a_success_clears_the_streak_of_403(bench: Bench) -> None:
    bench.web.pages.update({"/no": Reply(status=403), "/yes": Reply()})
    for path in ("/no", "/no", "/yes", "/no", "/no"):
        await (bench.get if path == "/yes" else bench.failure)(path)
    assert (await bench.failure("/no")).reason == "status_403"


# ---------------------------------------------------------------- disguises


DISGUISES = {
    "challenge": [
        Reply(headers=(*HTML, ("cf-mitigated", "challenge")), body=b"<html>wait</html>"),
        Reply(
            headers=HTML,
            body=b"<html><head><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'>"
            b"</script></head><body>Checking</body></html>",
        ),
        Reply(
            headers=HTML,
            body=b"<html><body><script>document.cookie='k=1';location.reload();</script></body></html>",
        ),
        Reply(
            headers=HTML,
            body="<html><body><noscript>Включите JavaScript</noscript><p>Проверка браузера</p></body></html>".encode(
                "cp1251"
            ),
        ),
    ],
    "maintenance": [
        Reply(headers=HTML, body=b"<html><title>Technical Difficulties</title><body>Back soon</body></html>"),
        Reply(headers=HTML, body="<html><h1>Ведутся технические работы</h1></html>".encode()),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "reply"), [(name, reply) for name, group in DISGUISES.items() for reply in group]
)
async def test_a_200_that_is_a_failure_has_a_class_of_its_own(
    bench: Bench, reason: str, reply: Reply
) -> None:
    bench.web.pages["/p"] = reply
    error = await bench.failure("/p")
    assert error.reason == reason
    assert isinstance(error, Blocked) == (reason == "challenge")


async def test_an_article_about_challenges_is_an_article(bench: Bench) -> None:
    text = b"<p>Why sites show 'Just a moment' and ask you to verify you are human. </p>" * 40
    body = b"<html><title>Just a moment: the web and its captchas</title><body>" + text
    bench.web.pages["/p"] = Reply(headers=HTML, body=body + b"</body></html>")
    assert (await bench.get("/p")).status == 200


# ---------------------------------------------------------------- redirects


async def test_redirects_are_followed_and_told(bench: Bench) -> None:
    bench.web.pages["/a"] = Reply(status=301, headers=(("Location", "/b?x=1"),))
    bench.web.pages["/b"] = Reply(
        status=302, headers=(("Location", bench.web.url("/c", "127.0.0.2")),)
    )
    bench.web.pages["/c"] = Reply(body=b"end")
    fetched = await bench.get("/a")
    assert fetched.url == bench.web.url("/a")
    assert fetched.final_url == bench.web.url("/c", "127.0.0.2")
    assert [hop.status for hop in fetched.redirects] == [301, 302]
    assert len(bench.attempts) == 3


async def test_five_hops_are_followed_and_no_more(bench: Bench) -> None:
    for n in range(6):
        bench.web.pages[f"/{n}"] = Reply(status=308, headers=(("Location", f"/{n + 1}"),))
    bench.web.pages["/6"] = Reply()
    assert (await bench.get("/1")).status == 200
    assert (await bench.failure("/0")).reason == "redirects"
    bench.web.pages["/loop"] = Reply(status=302, headers=(("Location", "/loop"),))
    assert (await bench.failure("/loop")).reason == "redirects"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://a.kz/", "javascript:1", "http://[bad/"]
)
async def test_a_redirect_out_of_the_web_is_refused(bench: Bench, target: str) -> None:
    bench.web.pages["/a"] = Reply(status=302, headers=(("Location", target),))
    assert isinstance(await bench.failure("/a"), FetchError)
    assert bench.web.paths() == ["/a"]


async def test_every_hop_passes_the_address_guard(bench: Bench) -> None:
    target = bench.web.url("/secret", "127.0.0.3")
    bench.web.pages["/a"] = Reply(status=302, headers=(("Location", target),))
    error = await bench.failure("/a", {"allow_addresses": ("127.0.0.1/32",)})
    assert isinstance(error, AddressRefused)
    assert bench.web.paths() == ["/a"]


async def test_a_cookie_lives_within_one_fetch_and_one_host(bench: Bench) -> None:
    def wall(request: Seen) -> Reply:
        if "pass=1" in request.headers.get("cookie", ""):
            return Reply(status=302, headers=(("Location", bench.web.url("/end", "127.0.0.2")),))
        return Reply(status=302, headers=(("Location", "/wall"), ("Set-Cookie", "pass=1; path=/")))

    bench.web.pages["/wall"] = wall
    bench.web.pages["/end"] = Reply()
    assert (await bench.get("/wall")).status == 200
    assert "cookie" not in bench.web.seen[-1].headers


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
     "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "[::1]", "[::]", "[fe80::1]", "[fc00::1]",
     "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]",
     "[fec0::1]", "2130706433", "0x7f.1", "localhost", "127.1"],
)  # fmt: skip
async def test_addresses_that_are_not_public_are_refused_at_connect_time(
    bench: Bench, address: str
) -> None:
    error = await bench.failure(
        "", {"allow_addresses": ()}, url=f"http://{address}:{bench.web.port}/"
    )
    assert isinstance(error, AddressRefused) or error.reason == "dns"
    assert not bench.web.seen


async def test_the_name_is_resolved_once_and_the_judged_address_is_used(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers public first and private second cannot slip through: no second look."""
    asked: list[str] = []

    async def resolver(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        ip = "127.0.0.1" if len(asked) == 1 else "127.0.0.3"
        return [(2, 1, 6, "", (ip, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver)
    bench.web.pages["/a"] = Reply()
    url = f"http://rebinding.example:{bench.web.port}/a"
    await bench.get("", {"allow_addresses": ("127.0.0.1/32",)}, url=url)
    assert asked == ["rebinding.example"]
    assert bench.web.seen[0].ip == "127.0.0.1"
    assert isinstance(
        await bench.failure("", {"allow_addresses": ("127.0.0.1/32",)}, url=url), AddressRefused
    )


async def test_a_mixed_answer_of_the_resolver_uses_only_what_is_allowed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolver(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (ip, port)) for ip in ("127.0.0.3", "127.0.0.2")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver)
    bench.web.pages["/a"] = Reply()
    await bench.get(
        "", {"allow_addresses": ("127.0.0.2/32",)}, url=f"http://two.example:{bench.web.port}/a"
    )
    assert [request.ip for request in bench.web.seen] == ["127.0.0.2"]


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http:///x", "", "http://a:b@127.0.0.1/"]
)
async def test_only_web_addresses_are_asked(bench: Bench, url: str) -> None:
    assert (await bench.failure("", url=url)).reason == "address"


# ---------------------------------------------------------------- robots


async def test_robots_is_obeyed_for_pages_and_asked_once_a_day(bench: Bench) -> None:
    bench.web.pages["/robots.txt"] = Reply(
        body=b"User-agent: kz-monitor\nDisallow: /private\nAllow: /private/open\n\nUser-agent: *\nDisallow: /"
    )
    bench.web.pages["/a"] = Reply()
    bench.web.pages["/private/open"] = Reply()
    assert (await bench.get("/a", obey_robots=True)).status == 200
    assert (await bench.get("/private/open", obey_robots=True)).status == 200
    error = await bench.failure("/private/x", obey_robots=True)
    assert (error.reason, error.transient) == ("robots", False)
    assert bench.web.paths() == ["/robots.txt", "/a", "/private/open"]
    bench.clock.time += timedelta(hours=25)
    await bench.get("/a", obey_robots=True)
    assert bench.web.paths()[-2:] == ["/robots.txt", "/a"]


async def test_listed_feeds_are_exempt_from_robots(bench: Bench) -> None:
    bench.web.pages["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /")
    bench.web.pages["/rss"] = Reply()
    assert (await bench.get("/rss", purpose="feed", obey_robots=False)).status == 200


@pytest.mark.parametrize("status", [404, 403, 401])
async def test_robots_4xx_means_allowed(bench: Bench, status: int) -> None:
    bench.web.pages["/robots.txt"] = Reply(status=status)
    bench.web.pages["/a"] = Reply()
    assert (await bench.get("/a", obey_robots=True)).status == 200


@pytest.mark.parametrize("reply", [Reply(status=503), Reply(hang=True), Reply(status=500)])
async def test_robots_that_cannot_be_read_makes_us_wait(bench: Bench, reply: Reply) -> None:
    bench.web.pages["/robots.txt"] = reply
    bench.web.pages["/a"] = Reply()
    error = await bench.failure("/a", {"read_seconds": 0.2}, obey_robots=True)
    assert (error.reason, error.transient) == ("robots_unavailable", True)
    await bench.failure("/a", obey_robots=True)
    assert bench.web.paths() == ["/robots.txt"]  # not asked again at once


async def test_an_old_copy_of_robots_is_kept_when_the_server_fails(bench: Bench) -> None:
    bench.web.pages["/robots.txt"] = [
        Reply(body=b"User-agent: *\nDisallow: /no"),
        Reply(status=500),
    ]
    bench.web.pages["/a"] = Reply()
    await bench.get("/a", obey_robots=True)
    bench.clock.time += timedelta(hours=25)
    assert (await bench.get("/a", obey_robots=True)).status == 200
    assert (await bench.failure("/no/x", obey_robots=True)).reason == "robots"


async def test_a_redirect_target_is_checked_against_its_own_robots(bench: Bench) -> None:
    bench.web.pages["127.0.0.2/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /")
    bench.web.pages["/a"] = Reply(
        status=302, headers=(("Location", bench.web.url("/b", "127.0.0.2")),)
    )
    assert (await bench.failure("/a", obey_robots=True)).reason == "robots"


async def test_crawl_delay_slows_the_host_down(bench: Bench) -> None:
    bench.web.pages["/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 0.3")
    bench.web.pages["/a"] = Reply()
    async with bench.fetcher() as fetcher:
        for _ in range(2):
            await fetcher.fetch(Request(url=bench.web.url("/a")))
    assert not bench.web.clashes(0.15)
    assert bench.hosts[f"127.0.0.1:{bench.web.port}"].crawl_delay_seconds == 0.3


# ---------------------------------------------------------------- pacing


async def test_one_request_at_a_time_per_host_and_a_pause_between_starts(bench: Bench) -> None:
    bench.web.pages["/p"] = Reply(delay=0.05)
    async with bench.fetcher(host_delay_seconds=0.3) as fetcher:
        urls = [bench.web.url(f"/p?{n}", ip) for n in range(3) for ip in bench.web.ips]
        await asyncio.gather(
            *(fetcher.fetch(Request(url=url, obey_robots=n % 2 == 0)) for n, url in enumerate(urls))
        )
    assert len(bench.web.seen) == 12  # nine pages and three robots.txt
    assert not bench.web.clashes(0.2)  # a busy machine delays what the server sees
    ends = {ip: max(s.ended for s in bench.web.seen if s.ip == ip) for ip in bench.web.ips}
    begins = {ip: min(s.began for s in bench.web.seen if s.ip == ip) for ip in bench.web.ips}
    assert max(begins.values()) < min(ends.values())  # the hosts were served side by side


async def test_redirect_hops_keep_the_pace_too(bench: Bench) -> None:
    bench.web.pages["/a"] = Reply(status=301, headers=(("Location", "/b"),))
    bench.web.pages["/b"] = Reply()
    await bench.get("/a", {"host_delay_seconds": 0.3})
    assert not bench.web.clashes(0.2)


async def test_the_number_of_connections_is_bounded(bench: Bench) -> None:
    ips = tuple(f"127.0.1.{n}" for n in range(1, 13))
    with RecordingWeb(ips, {"/p": Reply(delay=0.02)}) as web:
        async with bench.fetcher(max_connections=4) as fetcher:
            urls = [web.url("/p", ip) for ip in ips]
            await asyncio.gather(
                *(fetcher.fetch(Request(url=url, obey_robots=False)) for url in urls)
            )
        assert len(web.seen) == 12
        # the server may notice a new connection before the end of the one closed for it
        assert web.most_connections <= 4 + 2


async def test_a_connection_is_used_again(bench: Bench) -> None:
    bench.web.pages.update(
        {"/p": Reply(), "/no": Reply(status=404), "/n": Reply(status=304, body=b"")}
    )
    async with bench.fetcher() as fetcher:
        for path in ("/p", "/n", "/p"):
            await fetcher.fetch(Request(url=bench.web.url(path), obey_robots=False, etag="x"))
    assert bench.web.most_connections == 1


# ---------------------------------------------------------------- the log


async def test_the_log_of_attempts_explains_every_request(bench: Bench) -> None:
    bench.web.pages["/a"] = Reply(status=301, headers=(("Location", "/b"),))
    bench.web.pages["/b"] = Reply(body=PAGE)
    await bench.get("/a", obey_robots=True, way_id=7)
    asked = [bench.web.url(path) for path in bench.web.paths()]
    assert [attempt.url for attempt in bench.attempts] == asked
    assert {attempt.way_id for attempt in bench.attempts} == {7}
    last = bench.attempts[-1]
    assert (last.http_status, last.bytes, last.reason) == (200, len(PAGE), None)
    assert [attempt.purpose for attempt in bench.attempts] == ["robots", "page", "page"]
