"""The interface in Russian, Kazakh and English. Pure data and plural rules.

Every phrase has all three languages; a test counts them.
"""

from __future__ import annotations

LANGUAGES = {"ru": "Русский", "kk": "Қазақша", "en": "English"}

_RELATIONS = {
    "us": ("Казахстан — США", "Қазақстан — АҚШ", "Kazakhstan — US"),
    "ru": ("Казахстан — Россия", "Қазақстан — Ресей", "Kazakhstan — Russia"),
    "cn": ("Казахстан — Китай", "Қазақстан — Қытай", "Kazakhstan — China"),
}
_PARTNERS = {
    "us": ("США", "АҚШ", "US"),
    "ru": ("Россия", "Ресей", "Russia"),
    "cn": ("Китай", "Қытай", "China"),
}
_TOPICS = {
    "diplomacy": ("дипломатия", "дипломатия", "diplomacy"),
    "trade_investment": ("торговля и инвестиции", "сауда және инвестиция", "trade, investment"),
    "energy": ("энергетика", "энергетика", "energy"),
    "transport_transit": ("транспорт и транзит", "көлік және транзит", "transport, transit"),
    "critical_minerals": ("критические минералы", "маңызды минералдар", "critical minerals"),
    "security_defence": ("безопасность и оборона", "қауіпсіздік, қорғаныс", "security, defence"),
    "sanctions": ("санкции", "санкциялар", "sanctions"),
    "tech_ai_space": ("технологии, ИИ, космос", "технология, ЖИ, ғарыш", "tech, AI, space"),
    "education_culture": ("образование и культура", "білім және мәдениет", "education, culture"),
    "migration_people": ("миграция и люди", "көші-қон", "migration, people"),
    "law_crime": ("право и преступность", "құқық және қылмыс", "law, crime"),
    "environment_water": ("экология и вода", "экология және су", "environment, water"),
}
_PHRASES = {
    "title": ("Казахстан и мир", "Қазақстан және әлем", "Kazakhstan and the world"),
    "tagline": (
        "Отношения с США, Россией и Китаем — по прессе, день за днём",
        "АҚШ, Ресей және Қытаймен қатынастар — күн сайын, баспасөз бойынша",
        "Relations with the US, Russia and China, day by day, as the press tells it",
    ),
    "search": ("Найти", "Іздеу", "Search"),
    "search_hint": (
        "соглашение, Токаев, «критические минералы»…",
        "келісім, Тоқаев, «сирек металдар»…",
        "agreement, Tokayev, “critical minerals”…",
    ),
    "search_help": (
        "Слово находит все свои формы и имена на всех языках. «точная фраза» · начал* · −лишнее · ИЛИ",
        "Сөз барлық тұлғасымен, есім барлық тілде табылады. «дәл тіркес» · баста* · −артық · НЕМЕСЕ",
        "A word finds all its forms, a name all its spellings. “exact phrase” · begin* · −without · OR",
    ),
    "home": ("Главная", "Басты бет", "Home"),
    "articles": ("Статьи", "Мақалалар", "Articles"),
    "stories": ("Сюжеты", "Оқиғалар", "Stories"),
    "charts": ("Графики", "Графиктер", "Charts"),
    "queries": ("Вопросы", "Сұрақтар", "Questions"),
    "digests": ("Дайджесты", "Дайджестер", "Digests"),
    "people": ("Люди", "Адамдар", "People"),
    "sources": ("Издания", "Басылымдар", "Outlets"),
    "tables": ("Таблицы и SQL", "Кестелер және SQL", "Tables and SQL"),
    "last_7": ("за 7 дней", "7 күнде", "in 7 days"),
    "previous": ("к прошлой неделе", "өткен аптамен салыстырғанда", "on the week before"),
    "up_to": ("по", "дейін", "to"),
    "latest": ("Последние статьи", "Соңғы мақалалар", "Latest articles"),
    "latest_stories": ("О чём пишут", "Не туралы жазады", "What is being told"),
    "all": ("все", "барлығы", "all"),
    "primary": ("главная тема", "басты тақырып", "main subject"),
    "secondary": ("упоминание", "жанама", "in passing"),
    "original": ("Оригинал", "Түпнұсқа", "Original"),
    "archived": ("Копия страницы", "Бет көшірмесі", "Archived page"),
    "why": ("Почему отмечено", "Неге белгіленді", "Why it is tagged"),
    "evidence_in_text": ("в тексте", "мәтінде", "in the text"),
    "probability": ("вероятность", "ықтималдық", "probability"),
    "limited": ("не выше, потому что", "жоғары емес, себебі", "not higher because"),
    "in_other_outlets": ("Сюжет в других изданиях", "Басқа басылымдарда", "In other outlets"),
    "reprints": ("Перепечатки этого текста", "Осы мәтіннің көшірмелері", "Reprints of this text"),
    "reprint_of": ("Перепечатка", "Көшірме", "A reprint"),
    "whole_story": ("весь сюжет", "толық оқиға", "the whole story"),
    "revisions": ("Правки после публикации", "Жарияланғаннан кейінгі түзетулер", "Edits after publication"),
    "facts": ("Факты", "Фактілер", "Facts"),
    "persons": ("Люди и организации", "Адамдар мен ұйымдар", "People and organisations"),
    "amounts": ("Суммы", "Сомалар", "Amounts"),
    "events": ("События", "Оқиғалар тізімі", "Events"),
    "quotes": ("Прямая речь", "Төл сөз", "In their words"),
    "topics": ("Темы", "Тақырыптар", "Topics"),
    "words_count": ("слов", "сөз", "words"),
    "published": ("опубликовано", "жарияланды", "published"),
    "seen": ("замечено", "байқалды", "first seen"),
    "interview": ("интервью", "сұхбат", "interview"),
    "opinion": ("мнение", "пікір", "opinion"),
    "truncated": (
        "Текст на сайте обрезан: здесь не вся статья.",
        "Сайттағы мәтін толық емес.",
        "The outlet shows only part of this text.",
    ),
    "removed": ("Страница удалена с сайта", "Бет сайттан өшірілген", "The page was removed"),
    "question": ("Вопрос", "Сұрақ", "Question"),
    "answer": ("Ответ", "Жауап", "Answer"),
    "not_here": ("Такой страницы нет", "Мұндай бет жоқ", "There is no such page"),
    "nothing": ("Ничего не найдено.", "Ештеңе табылмады.", "Nothing found."),
    "empty": (
        "Архив пока пуст: первая статья появится после первого опроса источников.",
        "Мұрағат әзірге бос: алғашқы мақала дереккөздер сұралғаннан кейін шығады.",
        "The archive is empty: the first article comes with the first poll of the outlets.",
    ),
    "found": ("найдено", "табылды", "found"),
    "narrow": ("Уточнить", "Нақтылау", "Narrow down"),
    "from_day": ("с", "бастап", "from"),
    "to_day": ("по", "дейін", "to"),
    "apply": ("Показать", "Көрсету", "Show"),
    "reset": ("сбросить", "тазарту", "reset"),
    "next": ("Дальше", "Келесі", "Next"),
    "data": ("Данные", "Деректер", "Data"),
    "relation": ("Отношения", "Қатынас", "Relation"),
    "language": ("Язык", "Тіл", "Language"),
    "level": ("Уровень", "Деңгей", "Level"),
    "source": ("Издание", "Басылым", "Outlet"),
    "timeline": ("Кто и когда написал", "Кім, қашан жазды", "Who wrote, and when"),
    "first": ("первым", "алғашқы", "first"),
    "later": ("позже", "кейін", "later"),
    "outlets": ("изданий", "басылым", "outlets"),
    "said": ("Что говорил", "Не айтты", "What was said"),
    "mentioned": ("Где упоминается", "Қайда аталады", "Where mentioned"),
    "also_known": ("Также", "Сондай-ақ", "Also"),
    "rhythm": ("Ритм", "Ырғақ", "Rhythm"),
    "health": ("Состояние источников", "Дереккөздердің күйі", "Health of the outlets"),
    "ways": ("Способы опроса", "Сұрау жолдары", "Ways in"),
    "healthy": ("отвечает", "жауап береді", "answers"),
    "failing": ("сбоит", "іркіледі", "fails"),
    "failures": ("сбоев подряд", "қатарынан іркіліс", "failures in a row"),
    "last_ok": ("последний ответ", "соңғы жауап", "last answer"),
    "last_new": ("последняя новость", "соңғы жаңалық", "last news"),
    "never": ("ещё ни разу", "әлі болған жоқ", "never yet"),
    "state": ("государственное", "мемлекеттік", "state"),
    "private": ("частное", "жеке", "private"),
    "foreign": ("зарубежное", "шетелдік", "foreign"),
    "official": ("официальное", "ресми", "official"),
    "as_table": ("таблицей", "кестемен", "as a table"),
    "period": ("Период", "Кезең", "Period"),
    "days": ("дней", "күн", "days"),
    "feed_failing": ("источники, которые не отвечают", "жауап бермейтін көздер", "outlets that do not answer"),
    "questions_intro": (
        "Готовые вопросы к архиву. У каждого — таблица, CSV, JSON и лента Atom.",
        "Мұрағатқа дайын сұрақтар: кесте, CSV, JSON және Atom.",
        "Ready questions to the archive, each as a table, CSV, JSON and an Atom feed.",
    ),
    "wrong_tag": ("Метка неверна?", "Белгі қате ме?", "Wrong tag?"),
    "right_level": ("Верный уровень", "Дұрыс деңгей", "The right level"),
    "level_0": ("не о том", "бұл туралы емес", "not about it"),
    "your_name": ("Ваше имя", "Атыңыз", "Your name"),
    "key": ("Ключ", "Кілт", "Key"),
    "comment": ("Почему", "Неге", "Why"),
    "send": ("Отправить", "Жіберу", "Send"),
    "thanks": ("Спасибо, оценка записана.", "Рақмет, баға жазылды.", "Thank you, noted."),
    "bad_key": ("Ключ не подошёл.", "Кілт дұрыс емес.", "The key is not right."),
    "digest_open": ("Открыть дайджест", "Дайджесті ашу", "Open the digest"),
    "before": ("было", "бұрын", "before"),
    "after": ("стало", "кейін", "after"),
    "together": ("Рядом упоминаются", "Бірге аталады", "Named together with"),
    "first_of": ("Первым сообщил о {first} из {told} общих сюжетов за 90 дней.", "90 күнде {told} ортақ оқиғаның {first} бірінші жазды.", "First with {first} of {told} shared stories in 90 days."),
    "day": ("день", "күн", "day"),
    "most_told": ("о чём пишут чаще", "ең көп жазылғаны", "most told"),
    "outlet_shares": ("доли изданий", "басылымдар үлесі", "shares of outlets"),
    "edit_sql": ("Изменить запрос", "Сұрауды өзгерту", "Edit the SQL"),
    "edit": ("правка", "түзету", "edit"),
    "restored": ("страница вернулась", "бет қайта шықты", "the page is back"),
    "touches": ("задеты слова о партнёре", "серіктес туралы сөзге тиген", "touches the tagged words"),
    "still_more": ("Ещё", "Тағы", "More"),
    "untagged": ("Об отношениях с партнёрами здесь не говорится.", "Мұнда серіктестермен қатынас туралы айтылмайды.", "Not about the relations."),
    "no_text": ("Текста нет.", "Мәтін жоқ.", "No text."),
    "sum_shown": ("показаны первые", "алғашқылары", "showing the first"),
}  # fmt: skip
_ORDER = ("ru", "kk", "en")


def phrase(key: str, language: str) -> str:
    """The phrase in the interface language; the key itself if there is none."""
    found = _PHRASES.get(key)
    return found[_ORDER.index(language)] if found else key


def relation_name(code: str, language: str) -> str:
    """ "us" -> "Казахстан — США"; codes that the lexicon adds are shown in capitals."""
    found = _RELATIONS.get(code)
    return found[_ORDER.index(language)] if found else code.upper()


def partner_name(code: str, language: str) -> str:
    """ "us" -> "США"."""
    found = _PARTNERS.get(code)
    return found[_ORDER.index(language)] if found else code.upper()


def topic_name(code: str, language: str) -> str:
    """A topic's name; topics that the lexicon adds are shown as their code with spaces."""
    found = _TOPICS.get(code)
    return found[_ORDER.index(language)] if found else code.replace("_", " ")


_COLUMNS = {
    "day": ("день", "күн", "day"),
    "week": ("неделя", "апта", "week"),
    "relation": ("отношения", "қатынас", "relation"),
    "relations": ("отношения", "қатынас", "relations"),
    "partner": ("партнёр", "серіктес", "partner"),
    "topic": ("тема", "тақырып", "topic"),
    "articles": ("статей", "мақала", "articles"),
    "all_articles": ("всего статей", "барлық мақала", "all articles"),
    "main_subject": ("главная тема", "басты тақырып", "main subject"),
    "percent": ("%", "%", "%"),
    "source": ("издание", "басылым", "outlet"),
    "owner": ("чьё", "меншік", "owner"),
    "first": ("первым", "бірінші", "first"),
    "told": ("всего сюжетов", "барлық оқиға", "stories"),
    "name": ("имя", "аты", "name"),
    "quotes": ("цитат", "дәйексөз", "quotes"),
    "role": ("должность", "лауазымы", "role"),
    "amount": ("сумма", "сома", "amount"),
    "usd": ("долларов", "доллар", "dollars"),
    "title": ("заголовок", "тақырыбы", "title"),
    "at": ("когда", "қашан", "when"),
    "url": ("оригинал", "түпнұсқа", "original"),
    "lead": ("начало", "басы", "beginning"),
    "level": ("уровень", "деңгей", "level"),
    "said": ("слова", "сөзі", "words"),
    "person": ("кто", "кім", "who"),
    "sentence": ("предложение", "сөйлем", "sentence"),
    "outlets": ("издания", "басылымдар", "outlets"),
    "kind": ("вид", "түрі", "kind"),
    "failures": ("сбоев подряд", "іркіліс", "failures"),
    "last_error": ("ошибка", "қате", "error"),
    "last_ok_at": ("последний ответ", "соңғы жауап", "last answer"),
    "last_new_at": ("последняя новость", "соңғы жаңалық", "last news"),
    "passage": ("отрывок", "үзінді", "passage"),
    "this_week": ("за неделю", "аптада", "this week"),
    "usual": ("обычно", "әдетте", "usual"),
    "growth": ("рост", "өсу", "growth"),
    "language": ("язык", "тіл", "language"),
    "reprints": ("перепечаток", "көшірме", "reprints"),
}


_PARAMETERS = {
    "relation": ("отношения", "қатынас", "relation"),
    "partner": ("с кем", "кіммен", "with whom"),
    "days": ("за сколько дней", "неше күнде", "days back"),
    "person": ("кто", "кім", "who"),
    "level": ("уровень от", "деңгейі", "level from"),
    "words": ("слова", "сөздер", "words"),
    "usd": ("от, долларов", "доллардан", "from, dollars"),
    "kind": ("вид", "түрі", "kind"),
    "side": ("сторона", "жақ", "side"),
    "language": ("язык", "тіл", "language"),
    "only_tagged": ("только о партнёре (1)", "тек серіктес туралы (1)", "partner only (1)"),
}


def parameter_name(name: str, language: str) -> str:
    """A question's parameter in the interface language; unknown ones keep their name."""
    found = _PARAMETERS.get(name)
    return found[_ORDER.index(language)] if found else name


def column_name(name: str, language: str) -> str:
    """A column of an answer in the interface language; unknown ones keep their SQL name."""
    found = _COLUMNS.get(name)
    return found[_ORDER.index(language)] if found else name


def counted(number: int, noun: str, language: str) -> str:
    """ "1 статья", "2 статьи", "5 статей"; nouns: articles, stories, outlets, edits."""
    one, few, many, kazakh, english_one, english_many = _COUNTED[noun]
    if language == "kk":
        form = kazakh
    elif language == "en":
        form = english_one if number == 1 else english_many
    elif number % 10 == 1 and number % 100 != 11:
        form = one
    elif number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        form = few
    else:
        form = many
    return f"{number:,} {form}".replace(",", " ")


_COUNTED = {
    "articles": ("статья", "статьи", "статей", "мақала", "article", "articles"),
    "stories": ("сюжет", "сюжета", "сюжетов", "оқиға", "story", "stories"),
    "outlets": ("издание", "издания", "изданий", "басылым", "outlet", "outlets"),
    "words": ("слово", "слова", "слов", "сөз", "word", "words"),
    "failures": ("сбой", "сбоя", "сбоев", "іркіліс", "failure", "failures"),
    "days": ("день", "дня", "дней", "күн", "day", "days"),
}
