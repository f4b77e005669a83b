"""The tagger's reasons, said in the reader's language."""

from __future__ import annotations

import pytest

from monitor.reader.reasons import in_language
from monitor.tag import limits
from monitor.tag.explain import silent_kinds
from monitor.tag.lexicon import load_lexicon


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


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_limit_and_every_kind_of_word_is_said_in_the_language(language: str) -> None:
    known = [limits.UNNAMED, limits.WITHOUT_HOME, limits.PIPELINE, limits.WATER, limits.REGIONAL]
    for limit in known:
        said = in_language(limit, language)
        assert said != limit
        assert not set("abcdefghijklmnopqrstuvwxyz") & set(said)
    for kind in set(load_lexicon().cues) - silent_kinds():
        assert in_language(f"Казахстан + США; {kind}", language) != f"Казахстан + США; {kind}", kind
