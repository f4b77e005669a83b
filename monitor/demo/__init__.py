"""An embedded news site on loopback: invented outlets, real HTTP, known ground truth.

Used by `monitor demo` and by tests. Every story in `content/` was written for this project; the
outlets do not exist. Imports nothing of the pipeline and no third-party package.
"""

from __future__ import annotations

from monitor.demo.server import LoggedRequest, Served
from monitor.demo.site import DemoSite, TrueArticle, TrueChange

__all__ = ["DemoSite", "LoggedRequest", "Served", "TrueArticle", "TrueChange"]
