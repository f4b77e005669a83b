"""`monitor tag --explain`: one text, its mentions marked, its verdicts derived (terminal)."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from monitor.errors import ConfigError
from monitor.tag import Tagger
from monitor.tag.judge import Verdict
from monitor.tag.model import reasons
from monitor.tag.tagger import Reading
from monitor.tag.values import Scored

_STYLES = ("bold cyan", "bold red", "bold yellow", "bold green", "bold blue")
_HOME_STYLE = "bold magenta"
_OTHER_STYLE = "underline"
_SENTENCES_SHOWN = 6


def explain_file(tagger: Tagger, path: Path, *, home: bool) -> int:
    """Print the explanation of one plain-text file, its first line the title if it is short."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read: {error}"]) from error
    first, _, rest = source.partition("\n")
    title, text = (first, rest) if rest and len(first) <= 200 else ("", source)
    reading = tagger.read(title=title, text=text, home=home)
    console = Console(highlight=False)
    console.print(_marked(tagger, reading))
    for verdict in reading.verdicts:
        _print_verdict(console, tagger, reading, verdict)
    return 0


def _marked(tagger: Tagger, reading: Reading) -> Text:
    styles = dict(zip(tagger.lexicon.partners, _STYLES * 9, strict=False))
    styles[tagger.lexicon.home] = _HOME_STYLE
    out = Text()
    previous = None
    for sentence in reading.document.sentences:
        mapped = reading.document.title if sentence.field == "title" else reading.document.text
        if previous not in (None, sentence.paragraph):
            out.append("\n")
        previous = sentence.paragraph
        piece = Text(mapped.text[sentence.start : sentence.end] + " ")
        for hit in sentence.hits:
            if hit.entity.code:
                style = styles.get(hit.entity.code, _OTHER_STYLE)
                piece.stylize(style, hit.start - sentence.start, hit.end - sentence.start)
        if sentence.ignored:
            piece.stylize("dim")
        out.append_text(piece)
    return out


def _print_verdict(console: Console, tagger: Tagger, reading: Reading, verdict: Verdict) -> None:
    label = tagger.lexicon.label(verdict.partner, "en")
    line = f"\n[bold]{label}[/bold]: level {verdict.level}, score {verdict.score:.2f}"
    console.print(line + f", primary {verdict.primary:.2f}")
    for name, part in reasons(tagger.weights.relevant, verdict.features):
        console.print(f"  {part:+.2f}  {name} = {verdict.features[name]:.2f}", style="dim")
    for item in sorted(verdict.scored, key=lambda s: -s.score)[:_SENTENCES_SHOWN]:
        _print_sentence(console, tagger, reading, item)


def _print_sentence(console: Console, tagger: Tagger, reading: Reading, item: Scored) -> None:
    mapped = reading.document.title if item.sentence.field == "title" else reading.document.text
    text = mapped.text[item.sentence.start : item.sentence.end]
    console.print(f"  {item.score:.2f}  {text[:160]}", markup=False)
    parts = reasons(tagger.weights.sentence, item.features)
    console.print(
        "        " + ", ".join(f"{n} {p:+.1f}" for n, p in parts), style="dim", markup=False
    )
