"""The web at its worst: every answer wrong in a different way, then right again."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from faultlib.registry import fault
from faultlib.rig import Rig
from faultlib.site import Asked, Fault, Trick, status

HTML = "text/html; charset=utf-8"
BOMB = gzip.compress(b"\0" * 300_000_000, compresslevel=9)
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">
<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;">]>
<rss version="2.0"><channel><title>&h;</title><item><title>&h;</title>
<link>http://127.0.0.3/x</link></item></channel></rss>"""


def only_pages(trick: Callable[[Asked], Trick | None]) -> Fault:
    return lambda asked: None if asked.is_feed else trick(asked)


def only_feeds(trick: Callable[[Asked], Trick | None]) -> Fault:
    return lambda asked: trick(asked) if asked.is_feed else None


def register(name: str, trick: Fault, rounds: int = 2) -> None:
    """`rounds` rounds of the fault, an hour apart, on an empty installation."""

    def strike(rig: Rig, times: int) -> None:
        rig.site.fault = trick
        for _ in range(rounds):
            code, said = rig.run("once", "--quiet", "--force")
            assert code == 0, said
            rig.later(hours=1)
            rig.injected += 1

    fault(f"web: {name}")(strike)


def whole_refusal(code: int, *headers: str, body: bytes = b"") -> Fault:
    return lambda asked: Trick(status(code, *headers, body=body))


register("500 on everything", whole_refusal(500))
register("503 with Retry-After", whole_refusal(503, "Retry-After: 60"))
register("429 with Retry-After", whole_refusal(429, "Retry-After: 120"))
register("403 on everything", whole_refusal(403, body=b"<h1>Forbidden</h1>"))
register("404 on pages for a while", only_pages(whole_refusal(404)))
register("410 on feeds once", only_feeds(whole_refusal(410)), rounds=1)
register("a redirect loop", lambda a: Trick(status(302, f"Location: {a.path}")))
register(
    "redirects to the metadata address",
    whole_refusal(302, "Location: http://169.254.169.254/latest/"),
)
register("redirects to a file:", whole_refusal(302, "Location: file:///etc/passwd"))
register("a body cut short", lambda a: Trick(a.whole[: len(a.head) + 4 + len(a.body) // 2]))
register("a connection that breaks in the head", lambda a: Trick(a.whole[:20]))
register("a connection that says nothing", lambda a: Trick(b""))
register("garbage instead of HTTP", lambda a: Trick(bytes(range(256)) * 20))
register("empty 200 answers", lambda a: Trick(status(200, kind=HTML)))
register(
    "HTML where the feed was",
    only_feeds(
        lambda a: Trick(status(200, body=b"<html><body><h1>Technical difficulties</h1>", kind=HTML))
    ),
)
register(
    "noise in feeds",
    only_feeds(
        lambda a: Trick(status(200, body=bytes(range(256)) * 100, kind="application/rss+xml"))
    ),
)
register(
    "an XML bomb in feeds",
    only_feeds(lambda a: Trick(status(200, body=LAUGHS, kind="application/rss+xml"))),
)
register(
    "a gzip bomb", lambda a: Trick(status(200, "Content-Encoding: gzip", body=BOMB, kind=HTML))
)
register(
    "a gzip stream cut short",
    lambda a: Trick(
        status(200, "Content-Encoding: gzip", body=gzip.compress(a.body)[:-40], kind=HTML)
    ),
)
register(
    "a challenge page",
    only_pages(
        lambda a: Trick(
            status(
                200,
                kind=HTML,
                body=b"<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies to continue</noscript><script>location.reload()</script></body></html>",
            )
        )
    ),
)
register(
    "headers without end",
    lambda a: Trick(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 2_000_000 + b"\r\n\r\n"),
)
register(
    "half the answers fail, by chance of the path",
    lambda a: Trick(status(502)) if hash((a.path, a.count)) % 2 else None,
)


@fault("web: nothing answers for hours (site down)")
def down(rig: Rig, times: int) -> None:
    rig.seed()
    rig.site.down = True
    for _ in range(4):
        rig.run("once", "--quiet")
        rig.later(hours=1)
        rig.injected += 1


@fault("web: connection refused for hours")
def refused(rig: Rig, times: int) -> None:
    rig.configure(base="http://127.0.0.3:9/")
    for _ in range(3):
        rig.run("once", "--quiet")
        rig.later(hours=1)
        rig.injected += 1
    rig.configure()


@fault("web: DNS gone for hours")
def no_names(rig: Rig, times: int) -> None:
    rig.configure(base="http://news.invalid/")
    for _ in range(3):
        rig.run("once", "--quiet")
        rig.later(hours=1)
        rig.injected += 1
    rig.configure()


@fault("web: the page of an article is taken away and comes back")
def vanish(rig: Rig, times: int) -> None:
    rig.seed()
    rig.site.fault = only_pages(whole_refusal(410))
    for _ in range(3):
        rig.later(hours=2)
        rig.run("once", "--quiet")
        rig.injected += 1
