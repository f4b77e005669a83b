"""What makes a story matter: outlets, owners, agreements, sums, officials. Pure.

Uses the stored facts; where none were gathered, plain word stems in the passages that carried
the verdict stand in for them, so that a young archive still gets an order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.models import Amount, DigestArticle, Reason, Relation

_STEMS = {
    "agreement": r"подпис(?:ал|ан|ыва)\w*|договорил\w*|условил\w*|"
    r"заключ(?:ил|[её]н|ат|ит)\w*\s(?:\w+\s){0,2}(?:договор|соглашени|контракт|меморандум)\w*|"
    r"қол қой\w*|келісті|келісім жаса\w*|уағдаласты|signed|inked|agreed (?:to|on)|agree to",
    "summit": r"саммит\w*|summit",
    "visit": r"визит\w*|сапар\w*|visit\w*",
    "call": r"телефонн\w+ разговор\w*|телефон арқылы|phone call|by phone",
}
_SIGNS = {kind: re.compile(rf"\b(?:{stems})", re.IGNORECASE) for kind, stems in _STEMS.items()}
_MONEY = re.compile(
    r"(?:[$€¥₽₸]\s?\d[\d\s.,]*(?:млн|млрд|трлн|million|billion)?|\d[\d\s.,]*\s?(?:тыс\.|млн|млрд|трлн|"
    r"million|billion|trillion|миллион\w*|миллиард\w*)\s?(?:долл\w*|тенге|рубл\w*|юан\w*|евро|теңге|dollars|USD|\$)\w*)",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(
    r"президент|премьер|министр|посол|вице-|депутат|сенатор|глав[аы]|секретар|аким|"
    r"президенті|министрі|елші|әкім|president|minister|ambassador|secretary|senator|envoy",
    re.IGNORECASE,
)
_ORDER = ("outlets", "owners", "summit", "visit", "agreement", "amount", "call", "meeting",
          "official", "title", "continues")  # fmt: skip


def reasons_of(
    members: Sequence[DigestArticle], partner: str, sent: Mapping[int, datetime]
) -> tuple[Reason, ...]:
    """Why a story matters, the strongest first. `members[0]` is the story's head."""
    found = [*_breadth(members), *_events(members, partner), *_money(members, partner)]
    found += [*_officials(members), *_headline(members, partner), *_continued(members, sent)]
    return tuple(sorted(found, key=lambda reason: _ORDER.index(reason.kind)))


def score_of(
    reasons: Sequence[Reason], verdict: Relation, head: DigestArticle, language: str
) -> float:
    """One figure for the order within a level. The weights are a judgement, not a fit:

    breadth of coverage counts most (three outlets are worth an agreement and a sum together),
    being on a second day costs, a columnist's opinion comes after news, and of two stories that
    weigh the same the one in the reader's language comes first.
    """
    score = 3.0 * verdict.level + verdict.score - (0.7 if head.is_opinion else 0.0)
    score -= 0.5 if head.language not in (None, language) else 0.0
    for reason in reasons:
        if reason.kind == "outlets":
            score += min(3.0, 1.3 * math.log2(reason.number))
        elif reason.kind == "owners":
            score += 0.5 * (len(reason.text.split()) - 1)
        else:
            score += {"summit": 1.2, "visit": 0.9, "agreement": 0.9, "amount": 0.7, "call": 0.7,
                      "meeting": 0.5, "official": 0.7, "title": 0.6,
                      "continues": -0.8}[reason.kind]  # fmt: skip
    return score


def matters(reasons: Sequence[Reason]) -> bool:
    """Whether a story may stand at the top: something beyond the headline speaks for it."""
    return any(reason.kind not in ("title", "continues", "owners") for reason in reasons)


def _breadth(members: Sequence[DigestArticle]) -> list[Reason]:
    outlets = {article.source_id for article in members}
    if len(outlets) < 2:
        return []
    owners = sorted({article.owner for article in members if article.owner})
    found = [Reason(kind="outlets", number=len(outlets))]
    if len(owners) > 1:
        found.append(Reason(kind="owners", number=len(owners), text=" ".join(owners)))
    return found


def _events(members: Sequence[DigestArticle], partner: str) -> list[Reason]:
    stored = {
        event.kind
        for article in members
        for event in article.events
        if event.partner in (None, partner)
    }
    kinds = stored or _signs_in(_carrying_text(members[0], partner))
    return [Reason(kind=kind) for kind in sorted(kinds) if kind in _ORDER]


def _signs_in(text: str) -> set[str]:
    return {kind for kind, sign in _SIGNS.items() if sign.search(text)}


def _carrying_text(article: DigestArticle, partner: str) -> str:
    passages = [
        evidence.sentence
        for relation in article.relations
        if relation.partner == partner
        for evidence in relation.evidence
    ]
    return f"{article.title}. {' '.join(passages[:4])}"


def _money(members: Sequence[DigestArticle], partner: str) -> list[Reason]:
    head = members[0]
    carrying = _carrying_text(head, partner)
    told = [amount for amount in head.amounts if amount.sentence and amount.surface in carrying]
    if told:
        return [Reason(kind="amount", text=max(told, key=worth_of).surface)]
    match = None if head.amounts else _MONEY.search(carrying)
    return [Reason(kind="amount", text=" ".join(match.group().split()))] if match else []


def worth_of(amount: Amount) -> float:
    """Rough dollars, only to rank sums of one day against each other."""
    rough = {"USD": 1.0, "EUR": 1.1, "CNY": 0.14, "RUB": 0.011, "KZT": 0.002, "GBP": 1.3}
    return amount.usd or amount.value * rough.get(amount.currency, 0.01)


def _officials(members: Sequence[DigestArticle]) -> list[Reason]:
    for article in members:
        for quote in article.quotes:
            if quote.speaker and quote.role and _OFFICIAL.search(quote.role):
                return [Reason(kind="official", text=f"{quote.speaker}, {quote.role}")]
        if article.interviewee and _OFFICIAL.search(article.interviewee_role or ""):
            return [Reason(kind="official", text=article.interviewee)]
    return []


def _headline(members: Sequence[DigestArticle], partner: str) -> list[Reason]:
    in_title = any(
        evidence.field == "title"
        for relation in members[0].relations
        if relation.partner == partner
        for evidence in relation.evidence
    )
    return [Reason(kind="title")] if in_title else []


def _continued(members: Sequence[DigestArticle], sent: Mapping[int, datetime]) -> list[Reason]:
    days = [sent[a.story_id] for a in members if a.story_id is not None and a.story_id in sent]
    return [Reason(kind="continues", text=min(days).isoformat())] if days else []
