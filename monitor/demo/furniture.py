"""What surrounds an article on a real page: menus, cards, tickers, styles, scripts, comments.

The weight and the noise are the point: an extractor has to tell them from the text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape

from monitor.demo.dates import visible
from monitor.demo.story import Story

MENUS = {
    "ru": "Главная|Лента|Политика|Экономика|Общество|Финансы|Регионы|Мир|Россия|Китай|США|"
    "Центральная Азия|Культура|Спорт|Технологии|Авто|Недвижимость|Образование|Здоровье|Наука|"
    "Происшествия|Мнения|Интервью|Спецпроекты|Инфографика|Видео|Фото|Подкасты|Архив|Реклама",
    "kk": "Басты бет|Жаңалықтар|Саясат|Экономика|Қоғам|Аймақ|Әлем|Ресей|Қытай|АҚШ|Мәдениет|Спорт|"
    "Технология|Білім|Денсаулық|Руханият|Сұхбат|Пікір|Сараптама|Арнайы жоба|Бейнежазба|Фото|"
    "Мұрағат|Жарнама|Байланыс",
    "en": "Home|Latest|Politics|Business|Nation|World|Russia|China|United States|Central Asia|"
    "Culture|Sports|Technology|Energy|Education|Health|Science|Opinion|Interviews|Special Projects|"
    "Infographics|Video|Photo|Podcasts|Archive|Advertise",
}
SERVICES = {
    "ru": "Курс доллара|Курс рубля|Курс юаня|Погода|Гороскоп|Праздники|Расписание|Афиша|О проекте|"
    "Правила пользования|Политика конфиденциальности|Контакты редакции|Вакансии|Подписка|RSS",
    "kk": "Доллар бағамы|Рубль бағамы|Юань бағамы|Ауа райы|Намаз уақыты|Мерекелер|Жоба туралы|"
    "Пайдалану ережесі|Құпиялық саясаты|Редакция|Бос орындар|Жазылу|RSS",
    "en": "Dollar rate|Ruble rate|Yuan rate|Weather|Holidays|About us|Terms of use|Privacy policy|"
    "Newsroom contacts|Careers|Newsletter|RSS",
}
CITIES = {
    "ru": "Астана|Алматы|Шымкент|Абайская область|Акмолинская область|Актюбинская область|"
    "Атырауская область|Восточно-Казахстанская область|Жамбылская область|Карагандинская область|"
    "Костанайская область|Кызылординская область|Мангистауская область|Павлодарская область|"
    "Северо-Казахстанская область|Туркестанская область|Улытауская область",
    "kk": "Астана|Алматы|Шымкент|Абай облысы|Ақмола облысы|Ақтөбе облысы|Атырау облысы|"
    "Жамбыл облысы|Қарағанды облысы|Қостанай облысы|Қызылорда облысы|Маңғыстау облысы|"
    "Павлодар облысы|Түркістан облысы|Ұлытау облысы",
    "en": "Astana|Almaty|Shymkent|Aktau|Aktobe|Atyrau|Karaganda|Kostanay|Kyzylorda|Oskemen|"
    "Pavlodar|Petropavl|Taraz|Turkistan|Oral|Zhezkazgan",
}
WORDS = {
    "ru": ("Читайте также", "Последние новости", "Комментарии", "Демонстрационный сайт: издание и "
           "все сообщения вымышлены. При цитировании ссылка обязательна."),
    "kk": ("Тағы оқыңыз", "Соңғы жаңалықтар", "Пікірлер", "Көрсету сайты: басылым мен барлық "
           "хабарлар ойдан шығарылған. Сілтеме жасау міндетті."),
    "en": ("Read also", "Latest news", "Comments", "Demonstration site: this publication and all "
           "its stories are invented. Please credit when quoting."),
}  # fmt: skip
COMMENTS = {
    "ru": ("А когда начнут, хотелось бы знать?", "Посмотрим через год, что из этого выйдет.",
           "Спасибо за подробности, нигде больше не нашёл.", "Опять одни обещания…",
           "У нас в районе об этом говорят с весны."),
    "kk": ("Қашан басталады екен?", "Бір жылдан кейін көрерміз.", "Мәліметке рақмет!",
           "Біздің ауылда да осы мәселе бар."),
    "en": ("Would love to see the actual numbers.", "Good to know, thanks.",
           "Let us talk again in a year.", "When does it start?"),
}  # fmt: skip
RULES = (
    "display:flex;align-items:center;justify-content:space-between",
    "margin:0 auto;padding:12px 16px;max-width:1240px",
    "font:400 16px/1.55 Georgia,'PT Serif',serif;color:#1d1d1f",
    "background:#f5f6f8;border-radius:6px;overflow:hidden",
    "position:relative;transition:opacity .2s ease-in-out",
    "border-bottom:1px solid rgba(0,0,0,.08);padding-bottom:10px",
)
PARTS = (
    "header|nav|logo|menu|menu__item|mega|mega__col|search|ticker|ticker__line|layout|main|aside|"
    "card|card__img|card__title|card__date|article|article__head|article__body|article__meta|"
    "article__tags|share|share__btn|ad|ad__box|banner|comments|comment|comment__text|footer|"
    "footer__col|subscribe|subscribe__form|modal|modal__close|video|gallery|slider|pager|tag|"
    "author|author__photo|poll|poll__row|rates|rates__cell|weather|widget"
)


def style(prefix: str) -> str:
    """An inline stylesheet of about 7 KB, as grown sites have."""
    rules = [
        f".{prefix}-{part}{{{RULES[n % len(RULES)]}}}"
        f".{prefix}-{part}:hover{{opacity:.{60 + n % 35}}}"
        f"@media(max-width:{640 + n * 4}px)"
        f"{{.{prefix}-{part}{{{RULES[(n * 5 + 2) % len(RULES)]}}}}}"
        for n, part in enumerate(PARTS.split("|"))
    ]
    return f"<style>{''.join(rules)}</style>"


def script(prefix: str, now: datetime) -> str:
    """An inline counter-and-banner script of about 5 KB that holds no words of the article."""
    zones = [
        {
            "zone": f"{prefix}_{part}",
            "sizes": [[300 + n * 2, 250], [728, 90 + n]],
            "lazy": n % 3 == 0,
            "refresh": 30 + n,
        }
        for n, part in enumerate(PARTS.split("|"))
    ]
    state = {"build": f"{now:%Y%m%d}", "zones": zones, "consent": None, "ab": "control"}
    return (
        f"<script>window.__{prefix}={json.dumps(state)};(function(w,d){{var q=w.__{prefix};"
        "q.zones.forEach(function(z){var e=d.querySelector('[data-zone=\"'+z.zone+'\"]');"
        "if(e){e.setAttribute('data-ready','1');}});"
        "d.addEventListener('scroll',function(){q.last=Date.now();},{passive:true});"
        "})(window,document);</script>"
    )


def menu(language: str, prefix: str) -> str:
    return _links(MENUS[language], f"{prefix}-menu__item", "/rubric/")


def inline_menu(language: str, separator: str) -> str:
    """The menu of an old CMS: bare links in a row."""
    names = MENUS[language].split("|")
    return separator.join(f'<A href="/rub.php?id={n}">{name}</A>' for n, name in enumerate(names))


def mega(language: str, prefix: str) -> str:
    """The unfolding menu: sections, services and regions in columns."""
    columns = (MENUS, SERVICES, CITIES)
    return "".join(
        f'<div class="{prefix}-mega__col"><ul>{_links(c[language], prefix + "-mega__link", "/c/")}'
        "</ul></div>"
        for c in columns
    )


def footer(language: str, prefix: str) -> str:
    links = _links(SERVICES[language] + "|" + MENUS[language], f"{prefix}-footer__link", "/page/")
    return f'<ul class="{prefix}-footer__col">{links}</ul><p>{WORDS[language][3]}</p>'


def _links(names: str, css: str, base: str) -> str:
    return "".join(
        f'<li class="{css}"><a class="{css}-a" href="{base}{n}/" title="{escape(name)}">'
        f"{escape(name)}</a></li>"
        for n, name in enumerate(names.split("|"), 1)
    )


def cards(own: Sequence[Story], prefix: str, now: datetime) -> str:
    """Related stories as cards with picture, date and headline."""
    return "".join(
        f'<div class="{prefix}-card"><a href="{escape(s.path)}"><img class="{prefix}-card__img" '
        f'src="/media/{s.number}_300x200.jpg" alt="" width="300" height="200" loading="lazy">'
        f'<span class="{prefix}-card__date">{visible(s.outlet.date_form, s.local, now)}</span>'
        f'<span class="{prefix}-card__title">{escape(s.title, quote=False)}</span></a></div>'
        for s in own
    )


def ticker(own: Sequence[Story], prefix: str) -> str:
    """The 'latest' column: time and headline."""
    return "".join(
        f'<li class="{prefix}-ticker__line"><span>{s.local:%H:%M}</span> '
        f'<a href="{escape(s.path)}">{escape(s.title, quote=False)}</a></li>'
        for s in own
    )


def comments(language: str, number: int, prefix: str) -> str:
    """Two or three readers' remarks, chosen by the article's number."""
    pool = COMMENTS[language]
    chosen = [pool[(number + n) % len(pool)] for n in range(2 + number % 2)]
    body = "".join(
        f'<div class="comment {prefix}-comment"><b>user_{number % 977 + n}</b> '
        f'<div class="{prefix}-comment__text">{escape(text)}</div></div>'
        for n, text in enumerate(chosen)
    )
    heading = f"<h3>{WORDS[language][2]}</h3>"
    return f'<section id="comments" class="comments {prefix}-comments">{heading}{body}</section>'
