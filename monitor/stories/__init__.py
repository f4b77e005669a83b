"""Same text and same event: which articles belong together.

`StoryWindow.place` says of a new article whose text it has (copy, cut, lead) and whose story it
tells; `candidate` makes sketch and features of an article. Knows no database and no clock.
"""

from monitor.stories.candidate import Candidate, candidate
from monitor.stories.features import Features, features_from, features_text, find_features
from monitor.stories.sketch import Sketch, from_bytes, make_sketch, same_text, to_bytes
from monitor.stories.window import Placement, StoryWindow

__all__ = [
    "Candidate",
    "Features",
    "Placement",
    "Sketch",
    "StoryWindow",
    "candidate",
    "features_from",
    "features_text",
    "find_features",
    "from_bytes",
    "make_sketch",
    "same_text",
    "to_bytes",
]
