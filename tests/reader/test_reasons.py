"""The tagger's reasons, said in the reader's language."""

from __future__ import annotations

import pytest

from monitor.reader.reasons import in_language


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Казахстан + США; agree, minerals; title", "Казахстан + США; договорённость, минералы; заголовок"),
        ("[Kazakhstan: named in the title] + американских; invest", "[Казахстан — в заголовке] + американских; инвестиции"),
        ("goes on about United States; office, trade, both", "продолжает ту же мысль; официальные лица, торговля, обе стороны"),
        ("neither in the title nor in the lead: 3 sentences, 2% of the text", "ни в заголовке, ни в начале: предложений 3, 2 % текста"),
        ("named, but in no sentence that treats relations: a list of countries", "назван, но не об отношениях: перечень стран"),
        ("что-то новое; unheard", "что-то новое; unheard"),
        ("", ""),
    ],
)  # fmt: skip
def test_reasons_in_russian(reason: str, said: str) -> None:
    assert in_language(reason, "ru") == said
    assert in_language(reason, "en") == reason
    assert isinstance(in_language(reason, "kk"), str)
