"""The mail in a real browser: no sideways scrolling, readable contrast, no broken image."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sample_day import SLOT, sample_material
from test_render import many

from monitor.digest import choose_digest, render_digest
from monitor.models import Subscription

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]

# Every visible text with its colour, the ground it stands on, and its size.
TEXTS = """
() => {
  const number = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = number(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, s = getComputedStyle(e);
    if (!walker.currentNode.data.trim() || !e.getClientRects().length || s.fontSize === '0px') continue;
    if (e.closest('[style*="max-height:0"]')) continue;
    found.push([walker.currentNode.data.trim().slice(0, 40), number(s.color).slice(0, 3), ground(e),
                parseFloat(s.fontSize), Number(s.fontWeight)]);
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


def opened(browser: Browser, html: str, width: int, scheme: str) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(html)
    return page


def days() -> list[str]:
    """An ordinary day in each language, a huge one, an empty one."""
    sample = sample_material()
    html = [
        render_digest(
            choose_digest(Subscription(name="утро", language=language), sample, SLOT),
            archive_url="https://archive.example",
        ).html
        for language in ("ru", "kk", "en")
    ]
    html += [
        render_digest(choose_digest(Subscription(name="утро"), many(number), SLOT)).html
        for number in (0, 120)
    ]
    return html


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [640, 375])
def test_the_mail_is_readable(browser: Browser, width: int, scheme: str) -> None:
    for html in days():
        page = opened(browser, html, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("img").count() == 0
        texts = page.evaluate(TEXTS)
        assert len(texts) > 5
        poor = [(text, round(contrast(colour, ground), 2)) for text, colour, ground, size, weight in texts
                if contrast(colour, ground) < (3.0 if size >= 24 or (size >= 18.66 and weight >= 700) else 4.5)]  # fmt: skip
        assert poor == []
        page.close()


def test_the_first_screen_holds_the_essence(browser: Browser) -> None:
    """Counts and top stories stand above the fold of a small laptop."""
    page = opened(browser, days()[0], 640, "light")
    third = page.locator("h4").nth(2).bounding_box()
    assert third is not None
    assert third["y"] + third["height"] < 500
    page.close()


def test_a_dark_scheme_really_is_dark(browser: Browser) -> None:
    page = opened(browser, days()[0], 640, "dark")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
        == "rgb(26, 32, 40)"
    )
    page.close()


def contrast(one: list[float], other: list[float]) -> float:
    """WCAG 2.1 contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: list[float]) -> float:
    parts = [
        c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in colour
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_contrast_rule_can_fail() -> None:
    assert round(contrast([0, 0, 0], [255, 255, 255]), 1) == 21.0
    assert contrast([150, 150, 150], [255, 255, 255]) < 4.5
