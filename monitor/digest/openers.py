"""How sentences of the press begin and end: what leans on context, what is furniture. Pure.

Three languages; word lists of our own.
"""

from __future__ import annotations

import re

# A passage must not open with these; where nothing better exists they are cut off.
_CONNECTIVES = (
    "к примеру|например|кроме того|помимо этого|помимо того|более того|при этом|также|тем не менее|"
    "однако|между тем|тем временем|в то же время|вместе с тем|в свою очередь|напомним|напоминаем|"
    "отметим|ранее|как сообщалось|как отмечалось|в частности|таким образом|в итоге|итак|так|"
    "тем самым|к тому же|в этой связи|в связи с этим|в связи с чем|соответственно|затем|в общем|"
    "до этого|после этого|по сути|впрочем|зато|поэтому|кстати|в том числе|в целом|далее|наконец|"
    "во-первых|во-вторых|"
    "в-третьих|с другой стороны|с одной стороны|к слову|причем|причём|следовательно|"
    "сондай-ақ|бұдан бөлек|бұдан басқа|сонымен қатар|сонымен бірге|мысалы|мәселен|алайда|"
    "дегенмен|айта кетейік|еске салайық|осылайша|соның ішінде|бұған қоса|оған қоса|атап айтқанда|"
    "осыған байланысты|ал|"
    "for example|for instance|however|in addition|moreover|furthermore|also|meanwhile|"
    "nevertheless|at the same time|in turn|earlier|as reported|in particular|thus|therefore|"
    "besides|finally|additionally|on the other hand|still|yet|but|and"
)
CONNECTIVE = re.compile(
    rf"^[\s«“\"—–-]*(?:(?:{_CONNECTIVES})\b[,:]?\s|(?:но|а|и|да)\s)", re.IGNORECASE
)

# Pronouns and pointers whose noun stands in a sentence that the reader does not see.
LEANING = re.compile(
    r"^[\s«“\"—–-]*(?:он|она|оно|они|его|её|ее|их|ему|ей|им|это|этот|эта|эти|этого|этому|этим|тот|та|те|"
    r"такой|такая|такое|такие|там|тогда|туда|здесь|по (?:его|её|ее|их) (?:словам|мнению|данным)|"
    r"привед[её]нные данные|"
    r"(?:в|на|по|из|о|об|с|со|для) (?:этом|этой|этих|этого|этому|нем|нём|ней|них|том|той)|"
    r"последний|последняя|последние|данный|данная|данное|данные соглашения|"
    r"ол|олар|оның|олардың|бұл|осы|сол|мұндай|мұнда|онда|соған|"
    r"he|she|it|they|his|her|their|its|this|that|these|those|such|there|then)\b",
    re.IGNORECASE,
)

# ", передаёт <outlet>" and its kind add nothing when the outlet stands right below.
_RELAYED = re.compile(
    r",?\s+(?:об этом\s+)?(?:передаёт|передает|сообщает|пишет|информирует)\s+"
    r"(?:корреспондент\s+|агентство\s+|издание\s+|МИА\s+)*[«\"]?[A-ZА-ЯЁ][\w\-]*(?:\.\w+)*(?:\s[A-ZА-ЯЁ][\w\-]*(?:\.\w+)*)?[»\"]?"
    r"\s*(?=[.!]?$)"
    r"|,\s+деп\s+(?:хабарлайды|жазды|жазады)\s+[«\"]?[\w\-]+(?:\.\w+)*[»\"]?\s*(?=[.!]?$)"
    r"|,\s+\w+(?:\.\w+)*\s+(?:reports|reported)\s*(?=[.!]?$)"
)
_DATELINE = re.compile(
    r"^(?:[A-ZА-ЯЁӘІҢҒҮҰҚӨҺ]{4,}[A-ZА-ЯЁӘІҢҒҮҰҚӨҺ.,/\-\s]{0,40})(?:\([^)]{1,30}\))?\s*[–—-]\s+"
    r"(?=[«“\"]?[A-ZА-ЯЁӘІҢҒҮҰҚӨҺ][a-zа-яёәіңғүұқөһ])"
)
# "Слова, — сказал министр": speech after a dash has no marks of its own, away from its paragraph
# it needs them.
_BARE_SPEECH = re.compile(
    r"^([^«»“”\"]{15,}?)([,!?…])\s+[—–-]\s+(?=(?:сказал|заявил|отметил|подчеркнул|сообщил|пояснил|"
    r"добавил|рассказал|отмечает|считает|говорит|уточнил|деді|дейді|деп)\w*\b)"
)
_SPEECH_DASH = re.compile(r"^\s*[—–-]\s+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_FURNITURE = re.compile(
    r"^(?:фото|видео|иллюстрация|источник|автор|читайте также|подписывайтесь|следите за|"
    r"поделиться|теги|реклама|материалы по теме|по теме|смотрите также|перепечатка|копирование|"
    r"подробнее|оставайтесь|наш канал|дереккөз|сурет|оқи отырыңыз|жазылыңыз|толығырақ|автор[ыи]|"
    r"photo|image|source|read also|read more|see also|subscribe|follow us|share|tags|"
    r"advertisement|sign up)\b\s*[:.\-–—©]?"
    r"|©|@\w+|https?://|(?:telegram|instagram|facebook|whatsapp|youtube)\b.*(?:канал|арна|channel)"
    r"|^(?:об этом )?(?:передаёт|передает|сообщает|пишет)\s+\S+[.]?$"
    r"|интервью\s.{0,80}(?:вышло|опубликовано|опубликовал)"
    r"|публикуем (?:его|её|ее) (?:часть|перевод)"
    r"|согласно материалам сайта|при использовании материалов|все права защищены|"
    r"all rights reserved|барлық құқық",
    re.IGNORECASE,
)


def is_furniture(sentence: str) -> bool:
    """Captions, calls to subscribe, headings: what stands in a text without being its text."""
    text = sentence.strip()
    if len(text) < 25 or not re.search(r"[^\W\d_]{3}", text):
        return True
    if _FURNITURE.search(text):
        return True
    if text[0].islower() or text.count("»") > text.count("«"):
        return True  # the rest of a sentence that was split inside a name or a quotation
    ends = re.search(r"[.!…:;»”\"?]\)?$", text)
    return not ends and len(text) < 90


def clean_sentence(sentence: str, *, opening: bool = False) -> str:
    """One line, no dateline, no ", передаёт …"; with `opening` no connective at the start."""
    text = " ".join(_TAG.sub("", sentence).split())
    text = _SPEECH_DASH.sub("", text)
    text = _DATELINE.sub("", text)
    text = _BARE_SPEECH.sub(_marked_speech, text)
    text = _RELAYED.sub("", text)
    if opening:
        for _ in range(2):
            text = _without_connective(text)
    return text


def _marked_speech(match: re.Match[str]) -> str:
    words, mark = match.groups()
    return f"«{words}», — " if mark == "," else f"«{words}{mark}» — "


def closed_quotes(text: str) -> str:
    """A quotation that goes on beyond the passage is closed where the passage ends."""
    missing = text.count("«") - text.count("»")
    return text + "»" * missing if 0 < missing <= 2 else text


def _without_connective(text: str) -> str:
    match = CONNECTIVE.match(text)
    if match is None:
        return text
    rest = text[match.end() :].lstrip(" ,—–-")
    mark = match.group()[0] if match.group()[0] in '«“"' else ""
    return mark + rest[:1].upper() + rest[1:] if rest else text
