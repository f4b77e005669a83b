"""What a person is said to be: the role before or after a name, in Russian, Kazakh or English.

Returns the role as printed with its head word in the base form. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.inflect import lower, russian_forms

_RU_HEADS = (
    "президент премьер министр вице-министр замминистра глава руководитель председатель зампредседателя "
    "директор гендиректор посол депутат сенатор конгрессмен спикер аким губернатор мэр секретарь "
    "госсекретарь представитель спецпредставитель спецпосланник посланник советник помощник эксперт "
    "политолог аналитик экономист профессор академик журналист обозреватель историк юрист адвокат "
    "прокурор генерал лидер канцлер король султан эмир основатель владелец начальник ректор декан "
    "сотрудник специалист координатор заместитель учёный социолог востоковед дипломат китаист "
    "заведующий исследователь омбудсмен атташе консул генконсул бизнесмен предприниматель писатель "
    "режиссёр тренер уполномоченный космонавт синолог комиссар еврокомиссар политтехнолог редактор "
    "замглавы зампред мажилисмен замруководитель замдиректор сопредседатель доцент председательница адмирал полковник герцог принц премьер-министр менеджер топ-менеджер модератор"
).split()
_HEADS = {form: head for head in _RU_HEADS for form in russian_forms(head)}
_HEADS |= {
    "замглавы": "замглавы",
    "главой": "глава",
    "учёным": "учёный",
    "замминистр": "замминистра",
}
_STATE = frozenset(
    "президент премьер министр глава аким депутат сенатор спикер вице-министр премьер-министр "
    "госсекретарь замминистра вице-премьер".split()
)
_STOP = frozenset(
    "с со что как а но от для к ко о об на из до без под над между перед после который которая которого "
    "это этот также ранее сегодня вчера где когда чем если его её их".split()
)  # fmt: skip
_VERB = re.compile(
    r"^\w{2,}(?:ал|ил|ел|ул|ыл|[аеиуыя]л[аио]|ял|лся|лись|лась|тся|ться|ает|яет|ует|ют|ит|ть)$"
)
_NAMED_TO = re.compile(r"^(?:назнач|избран|утвержд[её]н|избра)\w*$")
_OF_SOMEBODY = frozenset("адвокат представитель помощник советник сотрудник".split())
_NOT_THE_HOLDER = re.compile(r"(?:администраци|команд|правительств|кабинет|офис|семь)\w{1,2}$")
_OBLIQUE = ("а", "я", "ы", "и", "ов", "ей")
_HIS_OFFICE = re.compile(r"(?:администраци|аппарат|канцеляри|секретариат)\w{0,3}\s$")
_MANY_HEADS = re.compile(r"(?:ов|ами|ам|ах|ей)$")
_BREAK = re.compile(r"[,.;:!?()…\n]|\s[–—-]\s|[«»“”\"]\s*$")
_TOKEN = re.compile(r"[^\W\d_](?:[\w'’-]|\.(?=\w))*")
# A body's name in quotation marks is one word of the role (директор ТОО «Имя»).
_QUOTED_NAME = re.compile('[«“"](?:[^«»“”"\n]{1,30}[«“"])?[^«»“”"\n,.!?]{1,60}[»”"]{1,2}(?=\\s)')
_GRADE = re.compile(
    r"(?<![\w-])((?:государственн|генеральн|исполнительн|специальн|главн|техническ|финансов|коммерческ|перв|постоянн|чрезвычайн))"
    r"(?:ый|ого|ому|ым|ом)\s",
    re.IGNORECASE,
)
_GRADES = re.compile(rf"(?:{_GRADE.pattern}){{1,2}}$", re.IGNORECASE)
_MISTER = re.compile(r"\s(?:господин\w*|госпож\w+|г-н\w*|г-ж\w+)$")
_FAR = 110  # code points before a name in which its role is looked for
_MANY = 12  # words of a role at most

_KK_HEAD = re.compile(
    r"(?:^|-)(?:президент|министр|басшы|төраға|төрайым|елші|депутат|әкім|директор|өкіл|хатшы|сарапшы"
    r"|саясаттанушы|экономист|профессор|ғалым|кеңесші|жетекші|спикер|көшбасшы|ректор|маман|журналист"
    r"|қызметкер|орынбасар|генерал|сенатор|канцлер|премьер|тарихшы|заңгер|академик|кәсіпкер|ғарышкер"
    r"|уәзір|король|дипломат|консул|редактор|басқарушы|меңгеруші|шолушы)(?:ы|і|сы|сі)?$"
)
_KK_STATE = ("президент", "министр", "депутат", "әкім", "спикер", "премьер")
_KK_STOP = re.compile(
    r"^(?:\w{3,}(?:ына|іне|сына|сіне|ында|інде|ынан|інен)|\w{2,}(?:сын|сін)|\w{2,}(?:ған|ген|қан|кен)|\w{3,}(?:ып|іп)|\w+(?:ды|ді|ты|ті)|\w+(?:да|де|та|те)|\w+(?:ға|ге|қа|ке)|\w{3,}(?:дан|ден|тан|тен|нан|нен|ны|ні))$"
)
_KK_TIME = frozenset(
    "оған оны оның онда бүгін кеше ертең деп деді бұл осы ол кейін туралы үшін бірге сондай-ақ ал және мен бен пен".split()
)
_KK_PLACE = re.compile(r"\w{3,}(?:да|де|та|те)$")
_KK_DAY = frozenset("күні дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі".split())
_KK_TO = re.compile(r"\w{2,}(?:ға|ге|қа|ке|ына|іне)$")
_KK_AND = ("және ", "әрі ")
_KK_HOLDER = re.compile(r"(?:шысы|ғасы|йымы|лшісі|әкімі|ректоры|ушысы|стшісі)$")  # an office, whole
_KK_INSIDE = ("және", "мен", "бен", "пен")

_EN_HEAD = (
    r"(?:president|prime minister|deputy prime minister|vice premier|premier|minister|vice minister"
    r"|chairman|chairwoman|chair|chairperson|speaker|ambassador|secretary|secretary-general|director[ -]general|director"
    r"|director-general|envoy|representative|spokesman|spokeswoman|spokesperson|governor|akim|mayor"
    r"|senator|congressman|congresswoman|deputy|analyst|expert|economist|professor|researcher|fellow"
    r"|scholar|historian|political scientist|journalist|advisor|adviser|ceo|head|chief|leader"
    r"|chancellor|commissioner|general|founder|lawyer|coordinator|manager|executive|official|king"
    r"|prince|emir|sheikh|rector|undersecretary|counselor|consul)"
)
_EN_BEFORE = re.compile(
    rf"(?P<role>(?:\b(?:U\.[SKN]\.|[A-Z][\w'’-]*[a-z]|[A-Z]{{2,3}}|of|and|for|the|deputy|first|vice|former|acting|then|assistant|senior"
    rf"|foreign|prime|special|press|political|executive|managing|general|independent|local)\s){{0,7}}"
    rf"\b(?i:{_EN_HEAD})"
    rf"(?:\s(?:of|for|to|at)\s(?:the\s)?[A-Z][\w'’&.-]*(?:\s(?:(?:and|of|for)\s)?(?:the\s)?[A-Z][\w'’&.-]*)"
    rf"{{0,6}})?)\s$"
)
_EN_AFTER = re.compile(
    rf"^,\s(?P<role>(?:(?:an?|the)\s)?(?:[\w'’&.-]+\s){{0,5}}?(?i:{_EN_HEAD})\b(?!['’])"
    rf"(?:(?:\s(?:and|of|for|to|at|in|on|with|the))*\s[A-Z][\w'’&.-]*)*)(?=[,.;]|\s)"
)
_EN_UNFINISHED = re.compile(r"\sof\sthe\s[A-Z][\w-]*$")  # "director of the Russian" corporation
_EN_DROP = re.compile(
    r"^(?:the|then|an?|and|of|for|to|with|by|as|from|in|at|during)\s", re.IGNORECASE
)
_RU_AFTER = re.compile(r"^,\s(?P<role>[^,.;:–—()!?\n]{4,110})(?=[,.;)\n]|\s[–—-]\s|$)")


@dataclass(frozen=True, slots=True)
class Role:
    """A role as printed; `start` and `end` are where it stands. `state`: an office of a state."""

    text: str
    start: int
    end: int
    state: bool
    nominative: bool = False  # a Russian role that only fits a name in the base form
    base_form: bool = False  # a Russian role printed in the base form


def role_of(text: str, start: int, end: int, language: str) -> Role | None:
    """The role of the person named from `start` to `end`; None: the text gives none."""
    before = text[max(0, start - _FAR) : start].rpartition("\n")[2]
    if language == "en":
        return _english(text, before, start, end)
    if language == "kk":
        return _kazakh(before, start) or _russian_after(text, end)
    return _russian(before, start) or _russian_after(text, end)


def is_role_word(word: str) -> bool:
    """True for a word that is a role (Президент, Министр, Minister), not a name."""
    low = lower(word)
    if low in _HEADS or _KK_HEAD.search(low):
        return True
    return re.fullmatch(_EN_HEAD, low) is not None


def _russian(original: str, start: int) -> Role | None:
    before = _QUOTED_NAME.sub(lambda match: "x" * len(match.group()), original)
    tokens = list(_TOKEN.finditer(before))[-_MANY:]
    best: tuple[int, str] | None = None
    nearest = ""
    after = len(before)
    for token in reversed(tokens):
        low = lower(token.group())
        if _BREAK.search(before[token.end() : after]):
            break
        head = head_of(low)
        if head is None and (low in _STOP or _VERB.match(low) or _NAMED_TO.match(low)):
            break
        if head is None and low in ("и", "или") and after == tokens[-1].start():
            break
        if head is not None:
            oblique = nearest != head_of(nearest) and nearest.endswith(_OBLIQUE)
            if best is not None and not oblique:
                break
            best, nearest = (token.start(), head), low
        after = token.start()
    if (
        best is None
        or _MANY_HEADS.search(nearest)
        or "\n" in before[best[0] :]
        or before[best[0] :].rstrip().endswith((" и", " в"))
        or _HIS_OFFICE.search(before, 0, best[0])
    ):
        return None
    return _role(original, best[0], best[1], start)


def head_of(low: str) -> str | None:
    """Base form of a role word, with its prefix (вице-премьера -> вице-премьер)."""
    if low in _HEADS:
        return _HEADS[low]
    prefix, dash, last = low.rpartition("-")
    if dash and last in _HEADS:
        first = prefix if prefix != "премьер" else "премьер"
        return f"{first}-{_HEADS[last]}"
    return None


def _role(before: str, at: int, head: str, start: int) -> Role:
    offset = start - len(before)
    written = before[at:].rstrip(" «“")
    written = written.removesuffix(' "')
    first = _TOKEN.match(written)
    rest = written[first.end() :] if first else ""
    state = head.rpartition("-")[2] in _STATE or head in _STATE
    base_form = first is not None and lower(first.group()) == head
    nominative = base_form or head in _OF_SOMEBODY or bool(_NOT_THE_HOLDER.search(written))
    end = offset + at + len(written)
    text = _MISTER.sub("", (_grade(before[:at]) + head + rest).strip())
    return Role(text, offset + at, end, state, nominative, base_form)


def _grade(before: str) -> str:
    """What makes a head a general, state, executive … one, in the base form and with a space."""
    found = _GRADES.search(before)
    if not found:
        return ""
    words = (
        f"{word[1]}{'ий' if word[1][-1] in 'гкх' else 'ый'}"
        for word in _GRADE.finditer(found.group())
    )
    return " ".join(lower(word) for word in words) + " "


def _russian_after(text: str, end: int) -> Role | None:
    found = _RU_AFTER.match(text[end : end + 130])
    if not found:
        return None
    words = [m.group() for m in _TOKEN.finditer(found["role"])]
    heads = [head_of(lower(w)) or (_KK_HEAD.search(lower(w)) and w) for w in words[:3]]
    if not any(heads) or any(_VERB.match(lower(w)) or lower(w) in _STOP for w in words[:8]):
        return None
    several = any(h and _MANY_HEADS.search(w) for h, w in zip(heads, words, strict=False))
    if several or words[0] in ("и", "а") or len(words) > _MANY:
        return None
    state = any(str(h).rpartition("-")[2] in _STATE for h in heads if h)
    return Role(found["role"].strip(), end + found.start("role"), end + found.end("role"), state)


def _kazakh(before: str, start: int) -> Role | None:
    tokens = list(_TOKEN.finditer(before))
    if not tokens or not _KK_HEAD.search(tokens[-1].group().lower()):
        return None
    if before[tokens[-1].end() :].strip():
        return None
    at = tokens[-1].start()
    after = at
    for token in reversed(tokens[-_MANY:-1]):
        low = token.group().lower()
        if _BREAK.search(before[token.end() : after]) or (
            _KK_HOLDER.search(low) and not before[after:].startswith(_KK_AND)
        ):
            break
        if low in _KK_DAY or (
            _KK_TO.search(low)
            or _KK_PLACE.search(low)
            or (low in _KK_TIME and low not in _KK_INSIDE)
        ):
            break
        if _KK_STOP.match(low) and not token.group()[0].isupper():
            break
        at = after = token.start()
    written = before[at:].rstrip()
    while (first := written.partition(" "))[0].lower() in _KK_INSIDE and first[2]:
        at += len(first[0]) + 1
        written = first[2]
    offset = start - len(before)
    state = any(word in tokens[-1].group().lower() for word in _KK_STATE)
    return Role(written, offset + at, offset + at + len(written), state)


def _english(text: str, before: str, start: int, end: int) -> Role | None:
    found = _EN_BEFORE.search(before)
    if found:
        role, at = found["role"], start - len(before) + found.start("role")
    else:
        later = _EN_AFTER.match(text[end : end + 160].partition("\n")[0])
        if not later:
            return None
        role, at = later["role"], end + later.start("role")
        if re.match(r"\s[a-z]", text[at + len(role) : at + len(role) + 2]):
            role = _EN_UNFINISHED.sub("", role)
    stop = at + len(role)
    at += len(role) - len(role.lstrip())
    role = role.lstrip()
    while drop := _EN_DROP.match(role):
        role, at = role[drop.end() :], at + drop.end()
    state = re.search("(?i)president|minister|premier|ambassador|senator|governor", role)
    return Role(role, at, stop, bool(state))
