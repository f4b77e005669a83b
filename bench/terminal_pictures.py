"""Pictures of the terminal for the README: `monitor check --live` and `monitor add`, as they run.

    python bench/terminal_pictures.py [FOLDER]        default: storage/pictures

Serves invented sites of every kind on loopback (one that refuses, one that is gone, one that
changed its shape, one that robots.txt forbids), runs the real commands in a pseudo-terminal and
photographs what they wrote. Needs Chromium, as bench/pictures.py does.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "tests")]

from support.recording_web import RecordingWeb, Reply  # noqa: E402

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
COLUMNS = 128
IPS = tuple(f"127.0.0.{number}" for number in range(2, 11))
TITLES = (
    "Казахстан и Китай согласовали новый переход на границе",
    "Министр рассказал о поставках зерна в Россию",
    "Астана и Вашингтон подписали меморандум о редких металлах",
    "Аким показал, как строят мост через Иртыш",
    "В Алматы открыли выставку степных ковров",
    "Паводок: область готовит насосы заранее",
)
XML = (("Content-Type", "application/xml"),)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def items() -> Iterator[tuple[str, str, datetime]]:
    """(path, title, published), newest first."""
    for number, title in enumerate(TITLES):
        yield f"/news/2025/{4200 - number}-material", title, NOW - timedelta(hours=1 + 5 * number)


def rss() -> Reply:
    lines = "".join(
        f"<item><title>{title}</title><link>{path}</link>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for path, title, at in items()
    )
    body = f'<rss version="2.0"><channel><title>Вести</title>{lines}</channel></rss>'
    return Reply(body=body.encode(), headers=XML)


def news_map() -> Reply:
    lines = "".join(
        f"<url><loc>{path}</loc><lastmod>{at.isoformat()}</lastmod></url>"
        for path, _, at in items()
    )
    return Reply(body=f"<urlset>{lines}</urlset>".encode(), headers=XML)


def front_page() -> Reply:
    links = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title, _ in items())
    body = (
        '<html lang="ru"><head><title>Степные вести</title>'
        '<link rel="alternate" type="application/rss+xml" href="/rss"></head>'
        f"<body><ul>{links}</ul></body></html>"
    )
    return Reply(body=body.encode(), headers=HTML)


def api() -> Reply:
    rows = ",".join(
        f'{{"url": "{path}", "title": "{title}", "at": "{at.isoformat()}"}}'
        for path, title, at in items()
    )
    return Reply(
        body=f'{{"items": [{rows}]}}'.encode(), headers=(("Content-Type", "application/json"),)
    )


def channel(address: str) -> Reply:
    posts = "".join(
        f'<div class="tgme_widget_message" data-post="vesti/{900 - n}">'
        f'<div class="tgme_widget_message_text">{title}. <a href="{address}{path}">Читать</a></div>'
        f'<a class="tgme_widget_message_date" href="https://t.me/vesti/{900 - n}">'
        f'<time datetime="{at.isoformat()}"></time></a></div>'
        for n, (path, title, at) in enumerate(items())
    )
    return Reply(body=f"<html><body>{posts}</body></html>".encode(), headers=HTML)


def site() -> RecordingWeb:
    """Nine hosts, nine fates."""
    web = RecordingWeb(IPS)
    moved = Reply(status=301, headers=(("Location", "/rss"),))
    busy = Reply(status=503, headers=(("Retry-After", "600"),))
    pages = (
        {"/": front_page(), "/rss": rss(), "/news-sitemap.xml": news_map(),
         "/robots.txt": Reply(body=b"User-agent: *\nSitemap: /news-sitemap.xml")},
        {"/index.xml": Reply(body=b"<sitemapindex><sitemap><loc>/m.xml</loc></sitemap>"
                                  b"</sitemapindex>", headers=XML), "/m.xml": news_map()},
        {"/": front_page()},
        {"/api": api()},
        {"/s/vesti": channel("https://vesti.example")},
        {"/old": moved, "/rss": rss()},
        {"/rss": Reply(status=403), "/feed": busy},
        {"/rss": Reply(body=b"<html><body>Welcome to our new site</body></html>", headers=HTML)},
        {"/": front_page(), "/robots.txt": Reply(body=b"User-agent: *\nDisallow: /")},
    )  # fmt: skip
    for ip, answers in zip(IPS, pages, strict=True):
        web.pages |= {f"{ip}/robots.txt": Reply(status=404)}
        web.pages |= {f"{ip}{path}": reply for path, reply in answers.items()}
    return web


def feeds_yaml(web: RecordingWeb) -> str:
    at = [web.url("", ip) for ip in IPS]
    json_way = f"kind: json, url: '{at[3]}/api', items: items, link: url, title: title, date: at"
    ways = {
        "vesti": f"kind: feed, url: '{at[0]}/rss'",
        "karta": f"kind: sitemap, url: '{at[1]}/index.xml'",
        "spisok": f"kind: listing, url: '{at[2]}/'",
        "spravka": json_way,
        "kanal": f"kind: telegram, url: '{at[4]}/s/vesti'",
        "pereezd": f"kind: feed, url: '{at[5]}/old'",
        "zakryt": f"kind: feed, url: '{at[6]}/rss'",
        "novyi": f"kind: feed, url: '{at[7]}/rss'",
        "nelzya": f"kind: listing, url: '{at[8]}/'",
        "net": f"kind: feed, url: '{at[8]}/rss'",
    }
    sources = "".join(
        f"  - {{id: {name}, name: {name.title()}, ways: [{{{way}}}]}}\n"
        for name, way in ways.items()
    )
    return (
        "settings: {allow_addresses: [127.0.0.0/8], host_delay_seconds: 0.1}\n"
        f"sources:\n{sources}"
    )


def in_a_terminal(words: list[str], folder: Path) -> str:
    """What the command writes to a terminal COLUMNS wide, with its colours; progress stays out."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    environ = os.environ | {
        "PYTHONPATH": str(ROOT), "MONITOR_NOW": NOW.isoformat(), "TERM": "xterm-256color",
        "COLUMNS": str(COLUMNS),
    }  # fmt: skip
    command = [sys.executable, "-m", "monitor", *words]
    running = subprocess.Popen(
        command, cwd=folder, stdout=theirs, stderr=subprocess.DEVNULL, env=environ
    )
    os.close(theirs)
    pieces = []
    try:
        while piece := os.read(ours, 65536):
            pieces.append(piece)
    except OSError:  # Linux says "input/output error" when the other end is closed
        pass
    os.close(ours)
    running.wait()
    return b"".join(pieces).decode().replace("\r\n", "\n")


def drawn(command: str, output: str) -> str:
    """The terminal as SVG, by rich."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
    console.print(Text.from_ansi(output))
    return console.export_svg(title="monitor")


def photograph(svg: str, path: Path) -> None:
    from pictures import FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.set_content(f"<style>body{{margin:0}}svg{{width:1200px;display:block}}</style>{svg}")
        page.locator("svg").first.screenshot(path=path)
        browser.close()
    print(f"{path}: {path.stat().st_size / 1024:.0f} KB")


def main(folder: Path) -> None:
    """Both commands against the same sites."""
    folder.mkdir(parents=True, exist_ok=True)
    with site() as web, tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "feeds.yaml").write_text(feeds_yaml(web), encoding="utf-8")
        address = web.url("/", IPS[0])
        for picture, words in (
            ("terminal_check", ["check", "--live"]),
            ("terminal_add", ["add", address]),
        ):
            output = in_a_terminal(words, work)
            photograph(drawn(f"monitor {' '.join(words)}", output), folder / f"{picture}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "storage" / "pictures")
