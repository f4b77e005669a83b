"""Pages into articles: body, title, dates, authors, origin, form; learned per host.

The only room with doors to trafilatura (body.py) and to lxml for pages (page.py, fragment.py).
"""

from monitor.extract.article import article_from_entry, extract_article, finish_article
from monitor.extract.draft import Draft, draft_article
from monitor.extract.memory import SiteMemory

EXTRACTOR_VERSION = "3"  # raise when the same page would give another article

__all__ = [
    "EXTRACTOR_VERSION",
    "Draft",
    "SiteMemory",
    "article_from_entry",
    "draft_article",
    "extract_article",
    "finish_article",
]
