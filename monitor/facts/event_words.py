"""The words in which agreements, visits, calls, summits and meetings are told, for `events`. Pure.

All patterns are for small letters: a pattern that minds case is several times faster.
"""

from __future__ import annotations

import re

_PAPER = (
    r"(?:соглашени\w+|меморандум\w*|договор(?!ённост|енност)\w*|контракт\w*|протокол\w*|документ\w*|пакет\w*|деклараци\w+"
    r"|сделк\w+|план\w*|келісім\w*|құжат\w*|шарт\w*|хаттама\w*|мәлімдеме\w*|agreements?|memorand\w+|mous?"
    r"|contracts?|deals?|documents?|protocols?|declarations?|treaty|treaties|accords?)"
)
_SIGNED = (
    r"(?:подписал[аио]?|подписан[аоы]?|подписани\w+|подписав\w*|заключил[аио]?|заключен[аоы]?|заключён|қол қой\w+|жасас\w+"
    r"|signed|signing|sealed|concluded|inked|struck)"
)
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "call",
            r"по\sтелефону\s(?:с|обсу)|(?:бесед|побесед|общ|говор|обсу)\w*\s(?:[^.;]{0,40}\s)?по\sтелефону|телефон\sшал\w+|телефонн\w+\s(?:разговор\w*|переговор\w*|бесед\w*)|созвонил\w+|поговорил\w*\sпо\sтелефону"
            r"|телефон\sарқылы\s(?:сөйлес|әңгімелес)\w+|телефонмен\s(?:сөйлес|әңгімелес)\w+|phone\scall|telephone\s(?:call|conversation|talks)"
            r"|(?:spoke|talked)\s(?:by|on\sthe)\s(?:tele)?phone|held\sa\scall",
        ),
        (
            "agreement",
            rf"\b{_SIGNED}\b[^.;]{{0,90}}?\b{_PAPER}\b|\b{_PAPER}\b[^.;]{{0,60}}?\b{_SIGNED}\b",
        ),
        (
            "visit",
            r"(?:прибыл\w*|прибудет|прибывает|прилетел\w*|находится|находился|приехал\w*|совершил\w*|совершит|совершает|нан[её]с\w*"
            r"|завершил\w*|завершился|начал\w*|начинает\w*|состоял\w+|состоится|в\sрамках|в\sходе|по\sитогам|во\sвремя|посетит\w*|посетил\w*)"
            r"[^.;]{0,70}\bвизит\w*|\bвизит\w*[^.;]{0,60}\b(?:состоял\w+|состоится|завершил\w+|начал\w+|продлится|прош[её]л)"
            r"|\bпосетил[аи]?\s(?=[а-яё])"
            r"|сапар(?:мен|ы|ын|ында|ының)\b[^.;]{0,60}(?:кел\w+|бар\w+|аяқта\w+|баста\w+|өт\w+|шеңберінде|барысында|аясында)"
            r"|(?:paid|pays?|made|make|began|begins|started|concluded|completed|arrived|arrives|during|wrapped)[^.;]{0,50}\bvisits?\b"
            r"|\bvisit(?:ed|s)\s(?=[a-z])",
        ),
        ("summit", r"\bсаммит(?:а|е|у|ом|і|інде|іне|інің|тің|ке|те)?\b|\bsummits?\b"),
        (
            "meeting",
            r"встретил[аи]?с[ья]|встреч\w+\sс\b|(?:пров[её]л[аи]?|состоял\w+)[^.;]{0,30}(?:встреч\w+|переговор\w+)|(?:встреч\w+|переговор\w+)[^.;]{0,30}состоял\w+"
            r"|принял[аи]?\s(?:посл\w|министр\w|глав\w|председател\w|делегац\w+|президент\w|вице-)"
            r"|кездес(?:ті|іп|кен)\b|кездесу\sөт(?:кіз|ті)\w*|кездесу\w*\sбарысында|келіссөз(?:дер)?\sжүргіз\w+|\bқабылдады\b"
            r"|\b(?:met|meets)\swith\b|\bmet\s(?=[a-z])|(?:held|holds)\s(?:\w+\s){0,2}(?:talks|meetings?)|meeting\swith",
        ),
    )
)  # fmt: skip
# What a sentence with an event of the kind is never without (small letters).
WORDS: dict[str, tuple[str, ...]] = {
    "call": ("телефон", "созвон", "phone", "call"),
    "agreement": (
        "подпис", "заключ", "қол қой", "жасас", "signed", "signing", "sealed", "concluded", "inked", "struck",
    ),
    "visit": ("визит", "посети", "сапар", "visit"),
    "summit": ("саммит", "summit"),
    "meeting": (
        "встре", "перегово", "принял", "кездес", "келіссөз", "қабылдады", "met ", "meets ", "talks", "meeting",
    ),
}  # fmt: skip
PLANNED = re.compile(
    r"\b(?:планиру\w+|намерен\w*|может|могут|мог|могла|могли|хочет|хотят|предложил\w*|предлага\w+|готов\w*\s(?:к\s)?подпис\w+"
    r"|будет|будут|подпишут|подпишет|если|бы|не|would|will|could|(?<!\d\s)may(?!\s\d)|might|plans?|if|not|never|expected|proposed|ready|anniversary|годовщин\w+|жылдығы\w*"
    r"|жоспарла\w+|мүмкін|ұсын\w+|дайын|егер|емес|ниетті\w*|тиіс|қоймақ\w*|близк\w+|close\sto|on\s(?:the\s)?verge|готов(?:ятся|ится|ы|о)|к\sподписани\w+|предусм\w+|ожида\w+|проект\w*\s(?:соглаш|договор|меморанд)\w+|draft|seek\w*|hop(?:es?|ing)|мигрант\w*|migrants?)\b",
)
NOT = re.compile(
    r"\b(?:almost every|over the (?:last|past)|in recent|за последние|ежегодно|регулярно|не|seek\w*|request\w*|hop(?:es?|ing)|propos\w+|просит|попрос\w+|надее\w+|рассчитыв\w+|желани\w+|хочет|хотел\w*|мүмкін\w*|ұйымдастыр\w*|подготовк\w*|preparations?|приглас\w+|шақыр\w+|invit\w+|отмен\w+|отлож\w+|если|бы|может|могут|could|(?<!\d\s)may(?!\s\d)|not|never|cancel\w+|anniversary|годовщин\w+|жылдығы\w*|postpone\w*|if|would|might|емес|егер)\b",
)
# What stands after such words is talked about, not taking part.
TOPIC = re.compile(
    r"\b(?:обсу\w+|вопрос\w*|тем[аеуы]|касающ\w+|включая|discuss\w*|including|issues?|regarding|about|талқыла\w+|мәселе\w*)\b",
)
# An event that is still to come: it counts only with its day.
COMING = re.compile(
    r"\b(?:планир\w+|будет|будут|состоится|пройд[её]т|прибудет|прибудут|посетит|совершит|ожидается|ожидают|намерен\w*|предстоящ\w+"
    r"|подпиш[еу]т|примет|примут|пров[её]дут|пров[её]дет|встретится|встретятся|will|to\sbe|plans?|planned|scheduled|expected|upcoming|due\sto|set\sto"
    r"|жоспарла\w+|өтеді|өтпек\w*|келеді|келмек\w*|барады|бармақ\w*|болады|болмақ\w*|ниет\w*|күт\w+|кездеспек\w*)\b"
)
# Told of a time long past, or of something that comes every year: history, not news.
PAST = re.compile(
    r"\b(?:в\sпрошлом\sгоду|год\sназад|(?:лет|года)\sназад|last\syear|years?\sago|былтыр|өткен\sжылы|жыл\sбұрын)\b"
)
PAST_AT_ALL = ("прошлом", "назад", "last", "ago", "былтыр", "өткен", "бұрын")
# Another event that the summit only dates or places.
BESIDE_SUMMIT = re.compile(
    r"(?:\b(?:ahead\sof|before|leading\s(?:in)?to|on\sthe\s(?:sidelines|margins)\sof|after)\s(?:the|an?)\s(?:[\w+'-]+\s){0,6}"
    r"|\b(?:накануне|на\sполях|перед|после|в\sпреддверии)\s(?:[\w-]+\s){0,5})$"
)
BESIDE_SUMMIT_KK = re.compile(r"^\w*\s(?:аясында|алдында|қарсаңында|барысында|шеңберінде)")
# "American technology", "Russian roubles": a thing, not somebody who takes part.
NOT_THE_SUMMIT = re.compile(  # spoken of, not held
    r"\b(?:считает|назвал\w*|оценил\w*|иде[яюию]\w*|инициатив\w*|предлож\w+|выдвинул\w*|called|described|proposed|idea|initiative)\b"
)
# "Ambassador of Kazakhstan to X": where somebody serves, not whom he meets there.
SERVES_IN = re.compile(
    r"(?:ambassador|посол|посла|послом|послу)\s(?:of\s)?(?:kazakhstan|казахстана|рк|республики казахстан)\s(?:to|в|во)\s(?:the\s)?(?:republic\sof\s)?$"
)
TALKS = re.compile(r"встреч|переговор|бесед|meeting|talks|сөйлес|кездес|келіссөз")
# A day after such words is another deed's ("signed …, who arrived on Wednesday").
OTHER_DEED = re.compile(r",\s(?:who|which|where|когда|где|(?:в|на|с|при)?\s?котор\w+)\s")
THING = re.compile(
    r"\s(?:технолог|товар|продукц|рын[ок]|рубл|долл|оборудован|нефт|газ|зерн|автомобил|вагон|язык|опыт|технология|тауар|мұнай"
    r"|technolog|goods|products?|market|oil|gas|language|dollar|rouble|ruble|wagon)"
)
