"""Pictures of the digest for the README, from invented news, by a real browser.

    python bench/pictures.py [FOLDER]        default: storage/pictures

Needs Chromium (CHROMIUM names it, default: the system's) and the test dependencies. Writes small
PNGs: 640 and 375 px wide, light and dark.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "digest")]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = (
    ("digest_640", 680, 1000, "light"),
    ("digest_640_dark", 680, 800, "dark"),
    ("digest_375", 375, 1150, "light"),
)


def main(folder: Path) -> None:
    """Render the sample day and photograph it."""
    from playwright.sync_api import sync_playwright
    from sample_day import SLOT, sample_material

    from monitor.digest import choose_digest, render_digest
    from monitor.models import Subscription

    digest = choose_digest(Subscription(name="утро"), sample_material(), SLOT)
    html = render_digest(digest, archive_url="https://archive.example").html
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        for name, width, height, scheme in SHOTS:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )  # type: ignore[arg-type]
            page.set_content(html)
            path = folder / f"{name}.png"
            page.screenshot(path=path, full_page="--full" in sys.argv)
            print(f"{path}: {path.stat().st_size / 1024:.0f} KB")
            page.close()
        browser.close()


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    main(Path(given[0]) if given else ROOT / "storage" / "pictures")
