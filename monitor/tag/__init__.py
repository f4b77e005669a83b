"""Relations of the home country with its partners: a text in, levels with evidence out.

The stage's front: `Tagger.load(rules).tag(title=…, text=…)`. Knows no database and no web.
The tagger is read on first use: who only asks the lexicon for the partners does not pay for it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.tag.tagger import Tagger

__all__ = ["Tagger"]


def __getattr__(name: str) -> Any:
    if name != "Tagger":
        raise AttributeError(name)
    from monitor.tag.tagger import Tagger

    return Tagger
