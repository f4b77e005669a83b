"""Relations of the home country with its partners: a text in, levels with evidence out.

The stage's front: `Tagger.load(rules).tag(title=…, text=…)`. Knows no database and no web.
"""

from monitor.tag.tagger import Tagger

__all__ = ["Tagger"]
