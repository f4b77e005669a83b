"""Small pages for the extraction tests, and the call under test."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.extract import SiteMemory, extract_article
from monitor.models import Article, Fetched

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
PARAGRAPHS = (
    "Делегация из трёх министерств вылетела утром в соседнюю столицу, чтобы согласовать тарифы.",
    "По словам участников встречи, главным вопросом остаются очереди грузовиков на границе.",
    "Следующий раунд переговоров назначен на конец февраля, место пока не называют.",
)


def page(paragraphs: tuple[str, ...] = PARAGRAPHS, head: str = "", after: str = "") -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<html><head><title>Тарифы обсудят в феврале | Степной вестник</title>{head}</head><body>"
        f"<nav><a href='/a'>Экономика</a></nav><article><h1>Тарифы обсудят в феврале</h1>"
        f"<div class='article-body'>{body}{after}</div></article></body></html>"
    )


def extract(
    source: str | bytes, *, url: str = "https://vestnik.example/n/1", **options: object
) -> Article:
    body = source.encode() if isinstance(source, str) else source
    fetched = Fetched(url=url, final_url=url, status=200, headers={}, body=body, fetched_at=NOW)
    options.setdefault("memory", SiteMemory())
    return extract_article(fetched, now=NOW, **options)  # type: ignore[arg-type]
