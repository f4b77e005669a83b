"""What the reader types, as an FTS5 query that finds every form. Pure (no database, no network).

    words            every form, ё as е, names in all languages and scripts; all must occur
    "exact phrase"   these words as they stand (ё as е), also in «guillemets»
    word*            words that begin so
    -word  -"phrase" must not occur
    a OR b, a | b    either (also ИЛИ, НЕМЕСЕ)

The index stays plain unicode61 on the original text: only the query grows (measured: recall .15
without, see tests/reader). Every token is quoted, so nothing typed can be FTS5 syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from monitor.reader import kazakh, latin, russian

_PIECE = re.compile(r'-?"[^"]*"|\S+')
_TOKEN = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_QUOTES = str.maketrans("«»“”„‟″−", '"""""""-')
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_EITHER = frozenset(("OR", "ИЛИ", "НЕМЕСЕ", "|"))
_LOOK_ALIKE = str.maketrans("авекмнорстух", "abekmhopctyx")
_LOOK_ALIKE_BACK = str.maketrans("abekmhopctyx", "авекмнорстух")
_MAX_WORDS = 40  # of one query: a pasted page must not become a query of megabytes
# Prepositions and conjunctions of one letter would only cost hits ("соглашения с США").
_LITTLE = frozenset("авикосуя")
_NOTHING = '""'


def fts_query(typed: str) -> str:
    """The FTS5 expression for what was typed; `""` (finds nothing) if no word was typed."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", typed)).translate(_QUOTES)
    if text.count('"') % 2:
        text += '"'
    wanted: list[str] = []
    unwanted: list[str] = []
    either = False
    for piece in _PIECE.findall(text)[:_MAX_WORDS]:
        if piece in _EITHER:
            either = bool(wanted)
            continue
        negative = piece.startswith("-") and len(piece) > 1
        expression = _piece(piece[1:] if negative else piece)
        if not expression or (piece.lower() in _LITTLE and " " in text.strip()):
            continue
        if negative:
            unwanted.append(expression)
        elif either:
            wanted[-1] = f"({wanted[-1]} OR {expression})"
        else:
            wanted.append(expression)
        either = False
    if not wanted:
        return _NOTHING
    return " AND ".join(wanted) + "".join(f" NOT {expression}" for expression in unwanted)


def _piece(piece: str) -> str:
    tokens = _TOKEN.findall(piece)
    if not tokens:
        return ""
    if piece.startswith('"'):
        return _any(_spellings(" ".join(tokens)))
    if piece.endswith("*"):
        return _any(_spellings(" ".join(tokens)), prefix=True)
    if any(any(c.isdigit() for c in token) for token in tokens):
        return _any(_alphanumeric(" ".join(tokens).lower()))
    if len(tokens) > 1 and tokens[-1].lower() in kazakh.CASE_ENDINGS:
        tokens = tokens[:-1]
    return " AND ".join(_any(word_forms(token)) for token in tokens)


def _spellings(text: str) -> set[str]:
    low = text.lower()
    return {low, low.replace("ё", "е")}


def _alphanumeric(text: str) -> set[str]:
    """ "С5+1", "Су-30": Cyrillic and Latin look-alikes are typed at random."""
    return {text, text.translate(_LOOK_ALIKE), text.translate(_LOOK_ALIKE_BACK)}


def _any(phrases: Iterable[str], *, prefix: bool = False) -> str:
    star = "*" if prefix else ""
    quoted = sorted(f'"{phrase}"{star}' for phrase in phrases)
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"


@lru_cache(maxsize=2048)
def word_forms(typed: str) -> frozenset[str]:
    """Every form and spelling of one typed word, lower case; phrases where a name is two words."""
    word = typed.lower()
    if _CYRILLIC.search(word):
        found, bases = _cyrillic(word, capitalised=typed[:1].isupper() and not typed.isupper())
    else:
        found, bases = _latin(word)
    for base in bases:
        for other in _names().get(base, ()):
            found |= _name_forms(other)
    return frozenset(found | {form.replace("ё", "е") for form in found})


def _cyrillic(word: str, *, capitalised: bool) -> tuple[set[str], set[str]]:
    """Forms, and base forms under which the list of names may know the word."""
    found, bases = {word}, {word}
    russian_word = not kazakh.is_kazakh(word)
    known = russian_word and russian.is_known(word)
    if russian_word:
        found |= russian.forms(word)
        bases |= {lemma.replace("ё", "е") for lemma in russian.lemmas(word)}
        surname = russian.surname_base(word)
        if surname and (surname in _names() or capitalised or not known):
            found |= russian.surname_forms(word)
            bases.add(surname)
    found |= _kazakh_of_russian(word) if known else _kazakh(word, bases)
    if len(word) >= 5 and (capitalised or not known) and russian_word and russian.may_be_name(word):
        for base in bases:
            found |= set(latin.english_spellings(base))
    return found, bases


def _kazakh(word: str, bases: set[str]) -> set[str]:
    """Forms of all stems; the stems are added to `bases`."""
    stems = kazakh.noun_stems(word)
    bases |= set(stems)
    forms = {form for stem in stems for form in kazakh.noun_forms(stem)}
    return forms | latin.kazakh_latin(forms) if kazakh.is_kazakh(word) else forms


def _kazakh_of_russian(word: str) -> set[str]:
    """Kazakh forms of a noun that both languages have ("уран", "президент").

    Endings of one Russian letter are left out: "-а" and "-ы" make other Russian words.
    """
    if word in kazakh.SHORT_NOUNS:
        return set(kazakh.noun_forms(word))
    bases = {lemma for lemma in russian.lemmas(word)[:2] if russian.is_base_noun(lemma)}
    return {
        form
        for base in bases
        if len(base) >= 4
        for form in kazakh.noun_forms(base)
        if len(form) >= len(base) + 2 or kazakh.is_kazakh(form)
    }


def _latin(word: str) -> tuple[set[str], set[str]]:
    found = {word} | _english_forms(word)
    bases = set(found)
    if len(word) >= 5 and word.isascii():
        cyrillic = latin.cyrillic_spelling(word)
        found |= russian.surname_forms(cyrillic) | {cyrillic}
        bases.add(cyrillic)
    return found, bases


def _english_forms(word: str) -> set[str]:
    """Singular and plural; the index splits "Tokayev's" at the apostrophe by itself."""
    if len(word) < 4:
        return {word}
    found = {word, word + "s"}
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    elif word.endswith("y") and word[-2] not in "aeiou":
        found.add(word[:-1] + "ies")
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found.add(word[:-1])
    return found


def _name_forms(name: str) -> set[str]:
    if "_" in name or "-" in name:
        return _phrase_forms(re.split("[_-]", name))
    if not _CYRILLIC.search(name):
        return {name}
    if kazakh.is_kazakh(name):
        forms = kazakh.noun_forms(name)
        return set(forms) | latin.kazakh_latin(forms)
    found = set(kazakh.noun_forms(name)) | russian.surname_forms(name)
    if name in russian.lemmas(name):
        found |= russian.forms(name)
    return found


def _phrase_forms(words: list[str]) -> set[str]:
    """A name of two words: the phrase as it stands, and in Russian cases that agree."""
    phrases = {" ".join(words)}
    if all(_CYRILLIC.search(word) and not kazakh.is_kazakh(word) for word in words):
        phrases |= set(map(" ".join, russian.declined_together(tuple(words))))
    elif kazakh.is_kazakh(words[-1]) or any(map(kazakh.is_kazakh, words)):
        phrases |= {" ".join((*words[:-1], last)) for last in kazakh.noun_forms(words[-1])}
    return phrases


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """Spelling -> all spellings of the same name."""
    text = files("monitor.reader").joinpath("names.txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            group = tuple(line.split())
            for name in group:
                found[name] = tuple(dict.fromkeys(found.get(name, ()) + group))
    return found
