"""The tagger's reasons in the reader's language. Pure.

The tagger writes "names + names; kinds of words; place" and a limit in English (see
monitor/tag/explain.py); what this table does not know is shown as it stands.
"""

from __future__ import annotations

import re

_ORDER = {"ru": 0, "kk": 1}
_PARTS = {
    "title": ("заголовок", "тақырып"),
    "lead": ("начало статьи", "мақала басы"),
    "relation": ("отношения", "қарым-қатынас"),
    "meet": ("встреча", "кездесу"),
    "agree": ("договорённость", "келісім"),
    "office": ("официальные лица", "ресми тұлғалар"),
    "trade": ("торговля", "сауда"),
    "invest": ("инвестиции", "инвестиция"),
    "transport": ("транспорт", "көлік"),
    "energy": ("энергетика", "энергетика"),
    "minerals": ("минералы", "минералдар"),
    "security": ("безопасность", "қауіпсіздік"),
    "sanctions": ("санкции", "санкциялар"),
    "tech": ("технологии", "технология"),
    "culture": ("культура", "мәдениет"),
    "people": ("люди", "адамдар"),
    "law": ("право", "құқық"),
    "environment": ("экология", "экология"),
    "both": ("обе стороны", "екі жақ"),
    "sport": ("спорт", "спорт"),
    "weather": ("погода", "ауа райы"),
    "study": ("учёба", "оқу"),
    "lives": ("проживание", "тұру"),
    "war": ("война", "соғыс"),
    "show": ("шоу-бизнес", "шоу-бизнес"),
    "accident": ("происшествие", "оқыс оқиға"),
    "domestic": ("внутренние дела партнёра", "серіктестің ішкі істері"),
    "history": ("история", "тарих"),
    "honour": ("награды и поздравления", "марапат пен құттықтау"),
    "dispute": ("спор", "дау"),
    "aid": ("помощь", "көмек"),
    "influence": ("влияние", "ықпал"),
    "together": ("совместная работа", "бірлескен іс"),
    "fighter": ("участие в войне", "соғысқа қатысу"),
    "multilateral": ("объединения государств", "мемлекеттер бірлестіктері"),
    "an organisation or a university, not the country itself": (
        "организация или вуз, а не сама страна",
        "елдің өзі емес, ұйым немесе жоғары оқу орны",
    ),
    "the home country is neither named nor meant anywhere": (
        "Казахстан нигде не назван и не подразумевается",
        "Қазақстан еш жерде аталмаған",
    ),
    "a pipeline story: no actor of the partner in the title or the lead": (
        "о трубопроводе: в заголовке и в начале никто со стороны партнёра не действует",
        "құбыр туралы: тақырыпта да, басында да серіктес тарапынан ешкім әрекет етпейді",
    ),
    "a shared river or flood, no dealings of the two states in the title or the lead": (
        "об общей реке или паводке: в заголовке и в начале страны ни о чём не договариваются",
        "ортақ өзен не су тасқыны туралы: тақырыпта да, басында да екі ел келісіп жатқан жоқ",
    ),
    "about the region: the home country is one of several": (
        "о регионе: Казахстан — одна из нескольких стран",
        "өңір туралы: Қазақстан — бірнеше елдің бірі",
    ),
    "third": ("третьи страны", "үшінші елдер"),
    "not named": ("не назван", "аталмаған"),
    "a single sentence in passing": ("одно предложение мимоходом", "жол-жөнекей бір сөйлем"),
    "too little of the text": ("слишком малая часть текста", "мәтіннің тым аз бөлігі"),
    "a list of countries": ("перечень стран", "елдер тізімі"),
    "currencies": ("валюты", "валюталар"),
    "a currency": ("валюта", "валюта"),
    "study abroad": ("учёба за рубежом", "шетелде оқу"),
    "a biography": ("биография", "өмірбаян"),
    "a comparison": ("сравнение", "салыстыру"),
    "war abroad": ("война за рубежом", "шетелдегі соғыс"),
    "show business": ("шоу-бизнес", "шоу-бизнес"),
    "an accident": ("происшествие", "оқыс оқиға"),
    "the partner's own politics": ("внутренняя политика партнёра", "серіктестің ішкі саясаты"),
    "third countries": ("третьи страны", "үшінші елдер"),
    "without the home country": ("без Казахстана", "Қазақстансыз"),
    "in passing": ("мимоходом", "жол-жөнекей"),
}
_PHRASES = (
    (r"\[[^\]:]*: named in the sentence before\]", ("[Казахстан — строкой выше]", "[Қазақстан — алдыңғы сөйлемде]")),
    (r"\[[^\]:]*: named in the title\]", ("[Казахстан — в заголовке]", "[Қазақстан — тақырыпта]")),
    (r"\[[^\]:]*: the article is about it\]", ("[статья о Казахстане]", "[мақала Қазақстан туралы]")),
    (r"\[[^\]:]*: named elsewhere\]", ("[Казахстан — в другом месте]", "[Қазақстан — басқа жерде]")),
    (r"\[[^\]:]*: an outlet of the country\]", ("[издание Казахстана]", "[Қазақстан басылымы]")),
    (r"\[[^\]:]*: as part of Central Asia\]", ("[Центральная Азия]", "[Орталық Азия]")),
    (r"\[[^\]:]*: a joint undertaking\]", ("[совместное предприятие]", "[бірлескен кәсіпорын]")),
    (r"goes on about [^;]*", ("продолжает ту же мысль", "сол ойды жалғастырады")),
    (r"neither in the title nor in the lead", ("ни в заголовке, ни в начале", "тақырыпта да, басында да жоқ")),
    (r"not the bulk", ("не основная часть", "негізгі бөлігі емес")),
    (r"(\d+) sentences, (\d+)% of the text", (r"предложений \1, \2 % текста", r"\1 сөйлем, мәтіннің \2 %-ы")),
    (
        r"named, but in no sentence that treats relations: ",
        ("назван, но не об отношениях: ", "аталған, бірақ қатынас туралы емес: "),
    ),
)  # fmt: skip


def in_language(reason: str, language: str) -> str:
    """A reason or a limit in Russian or Kazakh; English stays as the tagger wrote it."""
    index = _ORDER.get(language)
    if index is None:
        return reason
    for pattern, phrases in _PHRASES:
        reason = re.sub(pattern, phrases[index], reason)
    if reason in _PARTS:
        return _PARTS[reason][index]
    head, *rest = reason.split("; ")
    shown = [", ".join(_part(word, index) for word in part.split(", ")) for part in rest]
    head = _part(head, index)
    return "; ".join([head, *shown])


def _part(words: str, index: int) -> str:
    if words in _PARTS:
        return _PARTS[words][index]
    head, colon, tail = words.rpartition(": ")
    known = _PARTS.get(tail)
    return f"{head}{colon}{known[index]}" if known else words
