"""Verdicts in words: why a sentence counts, what kept a level from being higher. Pure."""

from __future__ import annotations

from monitor.tag.context import Context, partner_codes
from monitor.tag.judge import Verdict
from monitor.tag.lexicon import Lexicon
from monitor.tag.model import Weights
from monitor.tag.values import Hit, Scored

_WHERE = {
    "home:near": "named in the sentence before",
    "home:title": "named in the title",
    "home:often": "the article is about it",
    "home:seldom": "named elsewhere",
    "home:outlet": "an outlet of the country",
    "home:region": "as part of Central Asia",
    "home:joint": "a joint undertaking",
}
_CUES_SHOWN = 3
NOT_NAMED = "not named"


def why(context: Context, item: Scored, lexicon: Lexicon, partner: str) -> str:
    """What matched: names of both sides and the kinds of words, e.g.
    "Казахстан + США (Вашингтон); meet, agree; title"."""
    found = context.document.found(item.sentence)
    codes = partner_codes(context, partner)
    home = _names(found.text, [h for h in item.sentence.hits if h.entity.code == context.home])
    theirs = _names(found.text, [h for h in item.sentence.hits if h.entity.code in codes])
    if not home:
        place = next((text for key, text in _WHERE.items() if key in item.features), "")
        home = f"[{lexicon.label(context.home, 'en')}: {place}]" if place else ""
    parts = [" + ".join(part for part in (home, theirs) if part)]
    if item.follows:
        parts = [f"goes on about {lexicon.label(partner, 'en')}"]
    named = [cue.name for cue in context.bit.cues(item.sentence.cues)]
    if cues := [name for name in named if name not in _SILENT]:
        parts.append(", ".join(cues[:_CUES_SHOWN]))
    if item.sentence.index < 0:
        parts.append("title")
    elif item.sentence.index < 3:
        parts.append("lead")
    return "; ".join(parts)


_SILENT = frozenset(
    {"said", "compare", "money", "biography", "act", "recall", "third", "multilateral"}
)


def silent_kinds() -> frozenset[str]:
    """Kinds of words that an explanation never names."""
    return _SILENT


def _names(text: str, hits: list[Hit]) -> str:
    """As the page writes them: with hyphens and quotation marks inside."""
    shown = dict.fromkeys(" ".join(text[hit.start : hit.end].split()) for hit in hits)
    return ", ".join(list(shown)[:3])


def limit_of(verdict: Verdict, weights: Weights) -> str:
    """What kept the level from being higher, "" for a primary relation."""
    if verdict.level == 2:
        return ""
    if not verdict.scored:
        return NOT_NAMED
    best = max(item.score for item in verdict.scored)
    strong = sum(item.score >= 0.5 for item in verdict.scored)
    if verdict.limit:
        return verdict.limit
    if verdict.level == 1:
        return _limit_of_secondary(verdict, strong)
    if best < 0.5:
        return "named, but in no sentence that treats relations: " + _against(verdict, weights)
    if strong <= 1:
        return "a single sentence in passing"
    return "too little of the text"


def _limit_of_secondary(verdict: Verdict, strong: int) -> str:
    title, lead = verdict.features.get("title", 0.0), verdict.features.get("lead", 0.0)
    where = "neither in the title nor in the lead" if max(title, lead) < 0.5 else "not the bulk"
    share = verdict.features.get("share", 0.0)
    return f"{where}: {strong} sentences, {share:.0%} of the text"


_AGAINST = {
    "list:": "a list of countries",
    "cue:sport": "sport",
    "cue:money": "currencies",
    "cue:study": "study abroad",
    "cue:biography": "a biography",
    "cue:compare": "a comparison",
    "cue:war": "war abroad",
    "cue:show": "show business",
    "cue:accident": "an accident",
    "cue:domestic": "the partner's own politics",
    "cue:history": "history",
    "others:without-home": "third countries",
    "home:never": "without the home country",
    "home:seldom": "without the home country",
    "money-name": "a currency",
}


def _against(verdict: Verdict, weights: Weights) -> str:
    best = max(verdict.scored, key=lambda item: item.score)
    for prefix, words in _AGAINST.items():
        if any(name.startswith(prefix) for name in best.features):
            return words
    return "in passing"
