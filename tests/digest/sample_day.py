"""A day of invented news for the digest's tests and pictures. All texts are our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.models import (
    Amount,
    DigestArticle,
    DigestMaterial,
    DigestWindow,
    Edit,
    Event,
    Evidence,
    Incident,
    Quote,
    Relation,
    RelationHistory,
    SourceHealth,
    Turn,
)

SLOT = datetime(2025, 12, 26, 2, 0, tzinfo=UTC)  # 07:00 in Almaty

OUTLETS = {
    "dala": ("Дала Инфо", "private"),
    "elorda": ("Елорда Хабары", "state"),
    "steppe": ("Steppe Wire", "foreign"),
    "ukimet": ("Сайт правительства", "official"),
    "bazar": ("Базар.Деньги", "private"),
}


def evidence(text: str, title: str, sentence: str, why: str) -> Evidence:
    """Evidence with the offsets of `sentence`, in the title or in the text."""
    if sentence in title:
        start = title.index(sentence)
        return Evidence(
            field="title", start=start, end=start + len(sentence), sentence=sentence, why=why
        )
    start = text.index(sentence)
    return Evidence(
        field="text", start=start, end=start + len(sentence), sentence=sentence, why=why
    )


def article(
    number: int,
    title: str,
    text: str,
    *,
    outlet: str = "dala",
    hours_ago: float = 5.0,
    verdicts: dict[str, tuple[int, list[tuple[str, str]]]] | None = None,
    **more: object,
) -> DigestArticle:
    """`verdicts`: partner -> (level, [(sentence or part of the title, why)])."""
    name, owner = OUTLETS[outlet]
    relations = tuple(
        Relation(
            partner=partner,
            level=level,
            score=0.97 if level == 2 else 0.74,
            evidence=tuple(evidence(text, title, sentence, why) for sentence, why in found),
        )
        for partner, (level, found) in (verdicts or {}).items()
    )
    values: dict[str, object] = {
        "language": "ru",
        "published_at": SLOT - timedelta(hours=hours_ago),
        "first_seen_at": SLOT - timedelta(hours=hours_ago) + timedelta(minutes=7),
    }
    values.update(more)
    return DigestArticle(
        id=number, url=f"https://{outlet}.example/news/{number}", title=title, text=text,
        source_id=outlet, outlet=name, owner=owner, relations=relations, **values,  # type: ignore[arg-type]
    )  # fmt: skip


def _wolfram() -> list[DigestArticle]:
    first = "Казахстан и США подписали соглашение о совместной разработке вольфрамового месторождения в Карагандинской области на 1,1 млрд долларов."
    second = "Американская компания получит 70 процентов в проекте, казахстанская сторона построит дорогу и подстанцию."
    text = f"{first} {second}\nКроме того, стороны договорились обучать геологов. Документ вступит в силу весной.\nПодписывайтесь на наш канал в Telegram."
    title = "Казахстан и США договорились о вольфраме на 1,1 млрд долларов"
    facts = {
        "amounts": (
            Amount(
                value=1.1e9,
                currency="USD",
                usd=1.1e9,
                surface="1,1 млрд долларов",
                start=0,
                end=0,
                sentence=first,
            ),
        ),
        "events": (
            Event(
                kind="agreement", partner="us", date="2025-12-25", start=0, end=0, sentence=first
            ),
        ),
        "story_id": 71,
    }
    verdicts = {
        "us": (
            2,
            [
                ("Казахстан и США", "Казахстан и США в заголовке"),
                (first, "подписали соглашение"),
                (second, "американская компания"),
            ],
        )
    }
    return [
        article(101, title, text, hours_ago=14, verdicts=verdicts, **facts),
        article(
            102,
            "Подписано соглашение по вольфраму с США",
            text,
            outlet="ukimet",
            hours_ago=14.4,
            verdicts={"us": (2, [(first, "подписали соглашение")])},
            story_id=71,
        ),
        article(
            103,
            "US and Kazakhstan sign tungsten deal",
            "Kazakhstan and the United States signed a tungsten agreement worth 1.1 billion dollars in Astana. The mine lies in the Karaganda region.",
            outlet="steppe",
            hours_ago=13.2,
            language="en",
            verdicts={
                "us": (
                    2,
                    [
                        (
                            "Kazakhstan and the United States signed a tungsten agreement worth 1.1 billion dollars in Astana.",
                            "signed",
                        )
                    ],
                )
            },
            story_id=71,
        ),
        article(
            104,
            "Казахстан и США договорились о вольфраме на 1,1 млрд долларов",
            text,
            outlet="bazar",
            hours_ago=13.6,
            verdicts=verdicts,
            story_id=71,
            dup_of=101,
        ),
    ]


def _interview() -> DigestArticle:
    question = "Россия остаётся нашим главным рынком? Не опасно ли это для экономики?"
    answer = (
        "Россия покупает у Казахстана около трети несырьевых товаров, и заменить её за год нельзя."
    )
    more = "Но за пять лет доля Китая выросла вдвое, и через Хоргос уже идёт больше контейнеров, чем через северную границу."
    text = f"Экономист Динара Сапарова рассказала, как меняется торговля страны.\n{question}\n{answer} {more}\nК примеру, масло и мука по-прежнему едут на север."
    return article(
        105, "Динара Сапарова: «Север покупает, восток везёт»", text, outlet="bazar", hours_ago=9,
        is_interview=True, interviewee="Динара Сапарова", interviewee_role="экономист, Институт торговой политики",
        turns=(Turn(kind="question", speaker=None, text=question), Turn(kind="answer", speaker="Динара Сапарова", text=f"{answer} {more}")),
        verdicts={"ru": (2, [(question, "Россия, рынок"), (answer, "Россия покупает у Казахстана")]), "cn": (1, [(more, "доля Китая, Хоргос")])},
    )  # fmt: skip


def _others() -> list[DigestArticle]:
    ktk = "Каспийский трубопроводный консорциум возобновил отгрузку казахстанской нефти в порту Новороссийска после двухдневного шторма."
    ktk2 = "За время простоя Казахстан сократил добычу на Тенгизе на шесть процентов."
    call = "Президент Казахстана и президент России обсудили по телефону поставки электроэнергии на зиму."
    call2 = "Стороны условились до конца января согласовать цену перетока."
    rail = "Қазақстан мен Қытай Хоргос арқылы өтетін үшінші теміржол желісінің құрылысын бастады."
    rail2 = "Жоба құны 2,4 млрд доллар деп бағаланды."
    visa = "Китай продлил безвизовый режим для граждан Казахстана до конца 2027 года, сообщило посольство в Астане."
    visa2 = "Срок одной поездки остаётся прежним: не более 30 дней."
    wheat = "Россельхознадзор снял ограничения на транзит казахстанской пшеницы через Россию."
    quote = "Мы ждали этого решения с осени"
    wheat2 = f"«{quote}», — сказал глава Зернового союза Марат Оспанов."
    sanctions = "Минфин США исключил из санкционного списка логистическую компанию из Алматы."
    sanctions2 = "Компания доказала, что прекратила поставки микросхем в Россию ещё в прошлом году."
    college = "В Шымкенте открылся колледж, где программы по ремонту поездов составлены вместе с китайским производителем вагонов."
    college2 = "Первые 120 студентов поедут на практику в Чанчунь."
    return [
        article(106, "КТК возобновил отгрузку нефти в Новороссийске", f"{ktk} {ktk2}", hours_ago=7, outlet="elorda", verdicts={"ru": (1, [(ktk, "порт Новороссийск, КТК")]), "us": (1, [(ktk2, "Тенгиз, американская доля")])}),
        article(107, "Президенты обсудили поставки электроэнергии", f"АСТАНА – {call} {call2}", hours_ago=11, outlet="ukimet", story_id=72, verdicts={"ru": (2, [(call, "разговор президентов"), (call2, "согласовать цену")])}, events=(Event(kind="call", partner="ru", date=None, start=0, end=0, sentence=call),)),
        article(108, "Разговор по телефону: электроэнергия и газ", f"{call} {call2}", hours_ago=10.5, outlet="elorda", story_id=72, verdicts={"ru": (2, [(call, "разговор президентов")])}),
        article(109, "Хоргоста үшінші теміржол желісі салынып жатыр", f"{rail} {rail2}", hours_ago=8, outlet="elorda", language="kk", verdicts={"cn": (2, [(rail, "Қазақстан мен Қытай, құрылыс")])}, amounts=(Amount(value=2.4e9, currency="USD", usd=2.4e9, surface="2,4 млрд доллар", start=0, end=0, sentence=rail2),)),
        article(110, "Китай продлил безвизовый режим для казахстанцев", f"{visa} {visa2}", hours_ago=4, verdicts={"cn": (2, [("Китай", "Китай в заголовке"), (visa, "безвизовый режим, посольство")])}),
        article(111, "Россия сняла ограничения на транзит пшеницы", f"{wheat} {wheat2}\nНапомним, запрет действовал с октября.", hours_ago=3, outlet="bazar", verdicts={"ru": (2, [("Россия", "Россия в заголовке"), (wheat, "Россельхознадзор, транзит")])},
                quotes=(Quote(text=quote, speaker="Марат Оспанов", role="глава Зернового союза", start=len(wheat) + 2, end=len(wheat) + 2 + len(quote), sentence=wheat2),)),
        article(112, "США исключили из санкционного списка компанию из Алматы", f"{sanctions} {sanctions2}", hours_ago=2, verdicts={"us": (2, [("США", "США в заголовке"), (sanctions, "Минфин США, санкционный список")]), "ru": (1, [(sanctions2, "поставки в Россию")])}),
        article(113, "В Шымкенте открыли железнодорожный колледж", f"{college} {college2}", hours_ago=6, verdicts={"cn": (1, [(college, "китайский производитель вагонов")])}, published_at=None),
    ]  # fmt: skip


def sample_articles() -> tuple[DigestArticle, ...]:
    """Thirteen articles, ten stories."""
    return (*_wolfram(), _interview(), *_others())


def sample_material() -> DigestMaterial:
    """The whole day, with history, edits and two troubled sources."""
    day = timedelta(days=1)
    return DigestMaterial(
        window=DigestWindow(start_id=100, end_id=480, start_at=SLOT - day, end_at=SLOT),
        articles=sample_articles(),
        watched=380,
        outlets=23,
        history=(
            RelationHistory(partner="us", counts=(2, 1, 3, 2, 2, 1, 0, 4, 2, 3, 1, 2, 2, 3), known=14),
            RelationHistory(partner="ru", counts=(4, 6, 5, 3, 7, 5, 2, 3, 6, 4, 5, 6, 4, 5), known=14),
            RelationHistory(partner="cn", counts=(2, 3, 1, 2, 4, 1, 1, 2, 3, 2, 6, 2, 3, 5), known=14),
        ),
        edits=(Edit(article_id=90, url="https://dala.example/news/90", title="Министр уточнил цену газа для Китая", outlet="Дала Инфо", seen_at=SLOT - 0.2 * day, kind="edit", old_title="Министр назвал цену газа для Китая",
                diff="- Министр назвал цену газа для Китая\n+ Министр уточнил цену газа для Китая", touches_tagged=True),),
        sources=(
            *(SourceHealth(id=f"s{n}", name=f"Источник {n}", ways=1, gone=0, failures=0, last_ok_at=SLOT, last_new_at=SLOT, rate_per_day=12) for n in range(21)),
            SourceHealth(id="bad", name="Курсив Юг", ways=1, gone=0, failures=9, reason="HTTP 403", last_ok_at=SLOT - 0.4 * day, last_new_at=SLOT - day, rate_per_day=20),
            SourceHealth(id="quiet", name="Вестник порта", ways=1, gone=0, failures=0, last_ok_at=SLOT, last_new_at=SLOT - 9 * day, rate_per_day=3),
        ),
        incidents=(Incident(at=SLOT, stage="collect", subject="dala", kind="truncated", detail=""),),
    )  # fmt: skip
