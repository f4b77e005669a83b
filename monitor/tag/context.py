"""What the whole text says, for judging one of its sentences: who is named how often, whether the
home country is meant at all. Pure; built once a text, then only read."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.tag.forms import Bits
from monitor.tag.lexicon import REGION
from monitor.tag.reader import Document
from monitor.tag.values import EXPLICIT_KINDS, Sentence

NOT_A_COUNTRY = frozenset({"UN", "NATO", REGION, ""})
_PLACE = frozenset({"place", "oblast", "institution"})
_SHARED = ("sport", "money", "war")  # cue classes whose share of the text matters
_UNCOUNTED = frozenset({"money", "language", "other", "forum", "school"})


@dataclass(frozen=True, slots=True)
class Context:
    """What the whole text says, for judging one of its sentences."""

    document: Document
    home: str  # code of the home country
    is_home_outlet: bool
    titled: bool  # the first sentence is the title
    total: int  # sentences that count, 1 at least
    home_title: bool
    home_share: float  # sentences that name the home country, of all
    home_total: int
    home_any: (
        bool  # named, implied or part of the region somewhere: without it there is no relation
    )
    counts: dict[str, int]  # code -> sentences that name it
    bit: Bits
    cue_shares: dict[str, float]  # cue class -> share of sentences with it
    members: dict[str, frozenset[str]]
    neighbours: frozenset[str] = frozenset({"KG", "TJ", "TM", "UZ"})  # of the home region


def partner_codes(context: Context, partner: str) -> frozenset[str]:
    """The partner's own code, and those of its members where the user counts them."""
    return context.members.get(partner, frozenset((partner,)))


def make_context(
    document: Document,
    home: str,
    is_home_outlet: bool,
    bit: Bits,
    members: dict[str, frozenset[str]],
) -> Context:
    """One pass over the sentences."""
    counted = [s for s in document.sentences if not s.ignored]
    counts: dict[str, int] = {}
    home_total = 0
    home_any = False
    is_home_outlet = is_home_outlet or any(h.entity.code == home for h in document.dateline)
    cues: dict[str, int] = dict.fromkeys(_SHARED, 0)
    for sentence in counted:
        for name in _SHARED if sentence.cues else ():
            cues[name] += bool(sentence.cues & bit[name])
        if not sentence.hits:
            continue
        for code in {h.entity.code for h in sentence.hits if h.entity.kind not in _UNCOUNTED}:
            counts[code] = counts.get(code, 0) + 1
        strength = home_strength(sentence, home)
        home_total += strength >= 2
        home_any = home_any or strength >= 2 or _implies_home(sentence, strength, is_home_outlet)
    total = max(1, len(counted))
    titled = bool(counted) and counted[0].index < 0
    return Context(
        document=document,
        home=home,
        is_home_outlet=is_home_outlet,
        titled=titled,
        total=total,
        home_title=titled and home_strength(counted[0], home) >= 2,
        home_share=home_total / total,
        home_total=home_total,
        home_any=home_any,
        counts=counts,
        bit=bit,
        cue_shares={name: n / total for name, n in cues.items()},
        members=members,
    )


def home_strength(sentence: Sentence, home: str) -> int:
    """3 named as a country or its state, 2 by a place or institution, 1 implicitly, 0 not."""
    best = 0
    for hit in sentence.hits if home in sentence.codes else ():
        if hit.entity.code == home:
            kind = hit.entity.kind
            best = max(best, 3 if kind in EXPLICIT_KINDS else 2 if kind in _PLACE else 1)
    return best


def _implies_home(sentence: Sentence, strength: int, is_home_outlet: bool) -> bool:
    """The region, a joint undertaking, or "our country" in the country's own press."""
    if strength and is_home_outlet:
        return True
    return REGION in sentence.codes or any(
        hit.entity.kind == "joint" and hit.entity.weight >= 0.6 for hit in sentence.hits
    )


# Kinds that name something of a country, not the country as one of the parties.
NO_PARTY = frozenset(
    {"joint", "implicit", "forum", "institution", "brand", "org", "oblast", "school"}
)
_NEVER_A_PARTY = NO_PARTY | {"place"}


def parties(context: Context, sentence: Sentence) -> set[str]:
    """Countries that are named as such. The neighbours count as the region where the sentence is
    about the region ("C5+1", "Central Asia")."""
    found = {h.entity.code for h in sentence.hits if h.entity.kind not in _NEVER_A_PARTY}
    found -= NOT_A_COUNTRY
    if not found.isdisjoint(context.neighbours) and (
        REGION in sentence.codes or any(h.entity.kind == "joint" for h in sentence.hits)
    ):
        found -= context.neighbours
    return found
