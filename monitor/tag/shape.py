"""The shape of a sentence: how its mentions lie to each other. Pure; tokens and hits in, numbers
and small words out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from monitor.inflect import lower
from monitor.tag.context import NO_PARTY
from monitor.tag.values import Hit, Sentence

_BORDER = re.compile(r"границ|пригранич|шекара|borders?$", re.IGNORECASE)
# "As far as the border with X", "near the border": a place, no relation.
_WAYS = frozenset(
    {"до", "от", "к", "ко", "вдоль", "у", "возле", "близ", "около", "вблизи", "км", "километров"}
    | {"километрах", "километра", "шақырым", "near", "from", "towards", "toward", "along", "to"}
    | {"km", "kilometers", "kilometres", "miles"}
)
_KAZAKH_WAYS = frozenset({"дейін", "бағытында", "жақын", "маңында"})
_BREAKS = ",;:()–—"
# What an adjective of the partner belongs to: somebody who acts, or something on the shelf.
_ACTOR = re.compile(
    "компани|инвестор|предприним|бизнес|специалист|граждан|сторон|корпорац|власт|войск|военн|учен"
    "|турист|студент|коллег|партнер|рабоч|производител|банк|фирм|эксперт|посол|дипломат|министр"
    "|президент|премьер|лидер|полици|делегац|чиновник|депутат|госкорпорац|холдинг|концерн"
    "|тарап|кәсіпкер|азамат|маман|басшы|елші|әскер|ғалым|әріптес|компания"
    "|compan|investor|business|firm|citizen|national|side|official|diplomat|ambassador|minister"
    "|president|leader|partner|authorit|troops|soldier|scientist|tourist|student|delegat|bank"
    "|corporat|expert|counterpart|colleague"
)
_GOODS = re.compile(
    "автомоб|авто$|машин|товар|продукц|вакцин|бензин|топлив|нефт|газ|уголь|зерн|мук|рын|сериал"
    "|фильм|языка?$|телеканал|канал|сми$|журнал|производств|тілі|тауар|көлік|өнім|нарық"
    "|cars?$|good|product|vaccine|market|media|newspaper|oil|fuel|film|made"
)


def gap(one: Hit, other: Hit) -> int:
    """Tokens between two mentions; 0 or less if they touch or overlap."""
    return max(one.first, other.first) - min(one.last, other.last)


def nearest(hs: Sequence[Hit], xs: Sequence[Hit]) -> tuple[Hit, Hit]:
    """The closest pair of one and the other."""
    if len(hs) == len(xs) == 1:
        return hs[0], xs[0]
    return min(((h, x) for h in hs for x in xs), key=lambda pair: gap(*pair))


def breaks_between(text: str, one: Hit, other: Hit) -> int:
    """Commas and the like between two mentions: 0 if they share a clause."""
    left, right = (one, other) if one.first <= other.first else (other, one)
    inner = text[left.end : right.start]
    return sum(map(inner.count, _BREAKS))


def longest_run(sentence: Sentence, parties: set[str], holding: str = "") -> int:
    """Countries one after the other, at most two words apart: a list if three or more.

    `holding`: only runs that name this country count.
    """
    best = 0
    last, seen = -9, set[str]()
    for hit in sentence.hits:
        if hit.entity.code not in parties or hit.entity.kind in NO_PARTY:
            continue
        if hit.first - last > 2:
            seen = set()
        seen.add(hit.entity.code)
        if not holding or holding in seen:
            best = max(best, len(seen))
        last = hit.last
    return best


def border(tokens: Sequence[str], first: int, hit: Hit) -> str:
    """ "border" where the mention names a border, "border:way" where that only says how far or
    where ("a road to the border of X"), "" otherwise. `first`: where the sentence begins."""
    at = next(
        (
            index
            for index in range(hit.first - 1, max(first, hit.first - 3) - 1, -1)
            if _is_border(tokens[index])
        ),
        None,
    )
    start = at
    if at is None and hit.last < len(tokens) and _is_border(tokens[hit.last]):
        at, start = hit.last, hit.first
    if at is None or start is None:
        return ""
    before = {lower(token) for token in tokens[max(first, start - 3) : start]}
    after = {lower(token) for token in tokens[at + 1 : at + 3]}
    return "border:way" if before & _WAYS or after & _KAZAKH_WAYS else "border"


@lru_cache(maxsize=5_000)
def _is_border(word: str) -> bool:
    return _BORDER.match(word) is not None


@lru_cache(maxsize=5_000)
def belongs_to(word: str) -> str:
    """What follows an adjective or a name: "actor", "goods" or ""."""
    low = lower(word)
    if _ACTOR.match(low):
        return "actor"
    return "goods" if _GOODS.match(low) else ""
