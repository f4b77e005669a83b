"""The search box against hand-made declensions: every form finds every other, and little else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.reader.expand import fts_query, word_forms

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Declined:
    forms: tuple[str, ...]
    near: tuple[str, ...]


def declined(language: str) -> list[Declined]:
    found: list[Declined] = []
    for line in (HERE / f"declensions_{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            found[-1] = Declined(found[-1].forms, tuple(line[1:].split()))
        elif line and not line.startswith("#"):
            found.append(Declined(tuple(line.split()), ()))
    return found


def index_of(texts: list[str]) -> sqlite3.Connection:
    """The same tokenizer as monitor.db, one row a text."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE fts USING fts5(text, tokenize='unicode61 remove_diacritics 0')"
    )
    rows = enumerate(texts, start=1)
    connection.executemany("INSERT INTO fts(rowid, text) VALUES (?, ?)", rows)
    return connection


def found_by(connection: sqlite3.Connection, typed: str) -> set[int]:
    rows = connection.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (fts_query(typed),))
    return {row[0] for row in rows}


@dataclass(frozen=True)
class Score:
    recall: float
    precision: float
    missed: list[str]
    wrong: list[str]


def measure(language: str) -> Score:
    """One document a form and a near word, every form asked; averages over the questions."""
    groups = declined(language)
    texts = [word for group in groups for word in (*group.forms, *group.near)]
    owner = [
        (i, n < len(g.forms)) for i, g in enumerate(groups) for n in range(len(g.forms + g.near))
    ]
    connection = index_of([f"Сообщается: {word} (сегодня)" for word in texts])
    recalls, precisions, missed, wrong = [], [], [], []
    for i, group in enumerate(groups):
        same = {w.lower().replace("ё", "е") for w in group.forms}
        right = {
            row for row, (o, good) in enumerate(owner, 1)
            if (o == i and good) or texts[row - 1].lower().replace("ё", "е") in same
        }  # fmt: skip
        for form in group.forms:
            hits = found_by(connection, form)
            recalls.append(len(hits & right) / len(right))
            precisions.append(len(hits & right) / max(1, len(hits)))
            missed += [f"{form}: {texts[row - 1]}" for row in right - hits]
            wrong += [f"{form}: {texts[row - 1]}" for row in hits - right]
    connection.close()
    return Score(sum(recalls) / len(recalls), sum(precisions) / len(precisions), missed, wrong)


@pytest.mark.parametrize(("language", "least"), [("ru", 300), ("kk", 200)])
def test_every_form_finds_every_other_form(language: str, least: int) -> None:
    assert sum(len(group.forms) for group in declined(language)) >= least
    score = measure(language)
    assert score.recall >= 0.97, score.missed
    assert score.precision >= 0.97, score.wrong


def test_the_plain_index_would_not_do() -> None:
    groups = declined("ru")
    connection = index_of([word for group in groups for word in group.forms])
    share = []
    for group in groups:
        for form in group.forms:
            rows = connection.execute("SELECT count(*) FROM fts WHERE fts MATCH ?", (f'"{form}"',))
            share.append(rows.fetchone()[0] / len(group.forms))
    connection.close()
    assert sum(share) / len(share) < 0.4


NAMES = [
    ("Токаев", "Тоқаевтың"), ("Тоқаев", "Токаевым"), ("Tokayev", "Тоқаевқа"), ("Toqayev", "Токаеву"),
    ("токаева", "Tokayev"), ("Тоқаевпен", "Toqaev"), ("Цзиньпина", "Жинпиңнің"),
    ("Жинпиң", "Jinping"), ("Jinping", "Цзиньпином"), ("Қытайда", "Китаем"), ("Китай", "China"),
    ("Китаю", "Қытаймен"), ("США", "АҚШ"), ("АҚШ", "США"), ("Ресейге", "Россией"),
    ("Россию", "Ресейдің"), ("Москвой", "Мәскеуге"), ("Бейжің", "Пекине"), ("Beijing", "Пекином"),
    ("Bektenov", "Бектенова"), ("Бектеновым", "Bektenov"), ("Kazakhstan", "Қазақстанда"),
    ("Қазақстан", "Qazaqstan"), ("Qazaqstan", "Казахстаном"), ("Касым", "Қасым"),
    ("Назарбаева", "Nazarbayev"), ("Мирзиеева", "Мирзиёеву"), ("США", "Соединенных Штатов"),
    ("Сулейменов", "Сүлейменовтің"), ("Путину", "Putin"), ("Путинмен", "Путиным"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "stands"), NAMES)
def test_a_name_is_found_across_languages_and_scripts(typed: str, stands: str) -> None:
    connection = index_of([f"Кеше {stands} туралы айтылды", "Совсем другое дело"])
    assert found_by(connection, typed) == {1}
    connection.close()


TEXTS = [
    "Подписано соглашение о критических минералах с Вашингтоном",  # 1
    "Критические минералы и редкие металлы обсудили в Астане",  # 2
    "Урановая отрасль и экспорт урана в Китай",  # 3
    "Встреча в формате С5+1 прошла в Вашингтоне",  # 4 (Cyrillic С)
    "The C5+1 summit opened in Washington",  # 5
    "Ещё один учёный получил премию",  # 6
    "Қазақстан мен АҚШ келісімге қол қойды",  # 7
    "Ақша аударымы туралы жаңа заң",  # 8
]


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    connection = index_of(TEXTS)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("критический минерал", {1, 2}),
        ('"критические минералы"', {2}),
        ("«критические минералы»", {2}),
        ("минерал -вашингтон", {2}),
        ("минерал \u2212вашингтон", {2}),
        ('минерал -"редкие металлы"', {1}),
        ("уран*", {3}),
        ("урано*", {3}),
        ("С5+1", {4, 5}),
        ("c5+1", {4, 5}),
        ("еще ученый", {6}),
        ('"еще один ученый"', set()),
        ('"ещё один учёный"', {6}),
        ("уран OR учёный", {3, 6}),
        ("уран ИЛИ премия", {3, 6}),
        ("ақш", {7}),
        ("АҚШ-пен", {7}),
        ("АҚШ-ның келісімі", {7}),
        ("минерал AND NOT", set()),
        ("-минерал", set()),
        ("экспорт в Китай", {3}),
        ("урана о Китае", {3}),
        ("", set()),
        ('"', set()),
        ("*", set()),
        ("NEAR(", set()),
        ('title:x" OR zzz', set()),
        ("минералы\u00ad", {1, 2}),
    ],
)
def test_the_search_grammar(index: sqlite3.Connection, typed: str, rows: set[int]) -> None:
    assert found_by(index, typed) == rows


def test_a_pasted_page_is_a_bounded_query() -> None:
    assert len(fts_query("соглашение " * 5000)) < 100_000


def test_money_is_not_america() -> None:
    assert not {"ақша", "ақшаны", "ақшалай"} & word_forms("ақш")
