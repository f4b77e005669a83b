"""Training: our own passages and what was read -> weights.json. Not used when tagging.

Logistic regression with a Gaussian prior whose means are the weights set by hand
(training/prior.json): a feature that the passages say nothing about keeps its hand-set weight.
Plain Python and deterministic: the same files give the same weights on every machine.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.tag import readings
from monitor.tag.context import make_context
from monitor.tag.corpus import HERE, Composed, Passage, documents, hand_written, passages
from monitor.tag.features import Extractor, Features
from monitor.tag.fit import Row, fit, fit_exactly
from monitor.tag.judge import score_sentences, text_features
from monitor.tag.lexicon import Lexicon
from monitor.tag.matcher import Matcher
from monitor.tag.model import Weights
from monitor.tag.reader import read_document
from monitor.tag.readings import DOCUMENTS, SENTENCES, Reading, Refresher, Text

_NOT_SCORED = frozenset({"", "REGION", "UN", "NATO"})
# Chosen on the development labels, never on the validation set.
PER_TEMPLATE = 20  # passages from each template
TEMPLATE_WEIGHT = 0.3  # of all passages of a template together; a sentence read weighs 1
HAND_WEIGHT = 0.9  # of a passage written one by one: all its countries together
COMPOSED = 900  # composed documents
COMPOSED_WEIGHT = 0.15  # of each; a text read weighs 1
PULL = 3.0  # towards the prior
PULL_WORDS = 12.0  # the same for features that hold words of a language
# Broadcast teasers of one foreign channel would drown the press: of each row of theirs.
SOURCE_WEIGHT = {"1tv": 0.2}
PULL_TEXT = 3.0  # the same for the text level
# Added to the bias of the text level: real press holds more relations than the training texts.
# The one number chosen on validation (one half of its outlets): the score is then the observed
# share, and 0.5 the decision.
SHIFTS = {"relevant": 0.7, "primary": 0.3}
THRESHOLDS = (0.5, 0.5)
CODE = 3  # goes up when the rules in code change what is said of a text: the version must, too


@dataclass(frozen=True, slots=True)
class Counts:
    """What the weights come from."""

    passages: int  # of our own
    rows: int  # (passage, country) pairs
    read: int  # sentences read in real press
    documents: int  # composed


class Trainer:
    """Turns passages into rows with the tagger's own reader and features."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._matcher = Matcher(lexicon)

    def sentence_rows(self, source: Sequence[Passage], weight: float) -> list[Row]:
        """A row for every country that a passage's target names; `weight` of each template."""
        found: list[tuple[Features, bool, str]] = []
        for passage in source:
            found += self._rows_of(passage)
        sizes = Counter(name for _, _, name in found)
        return [Row(f, label, weight / sizes[name], name) for f, label, name in found]

    def _rows_of(self, passage: Passage) -> list[tuple[Features, bool, str]]:
        joint = "\n" if zlib.crc32(passage.target.encode()) % 3 == 0 else " "
        text = passage.context + joint + passage.target if passage.context else passage.target
        title, body = (text, "") if passage.is_title else ("", text)
        document = read_document(self._matcher, title, body, passage.language, None)
        context = make_context(document, self._lexicon.home, passage.home, self._matcher.bit, {})
        first = 0 if passage.is_title else len(text) - len(passage.target)
        out = []
        for position, sentence in enumerate(document.sentences):
            if sentence.start < first or sentence.ignored:
                continue
            codes = {hit.entity.code for hit in sentence.hits} - _NOT_SCORED
            for code in sorted(codes - {self._lexicon.home}):
                features = Extractor(context, code).features(position)
                out.append((features, code in passage.positive, passage.template))
        return out

    def text_rows(self, source: Iterable[Composed], weights: Weights, level: int) -> list[Row]:
        """A row for the partner of every composed document."""
        out = []
        for number, item in enumerate(source):
            document = read_document(self._matcher, item.title, item.text, item.language, None)
            bit = self._matcher.bit
            context = make_context(document, self._lexicon.home, item.home, bit, {})
            extractor = Extractor(context, item.partner)
            scored = score_sentences(extractor, weights)
            if scored:
                features = text_features(context, extractor, scored)
                out.append(Row(features, item.level >= level, COMPOSED_WEIGHT, str(number)))
        return out


def train(lexicon: Lexicon, texts: Mapping[str, Text] | None = None) -> tuple[Weights, Counts]:
    """All weights, and what they come from.

    With `texts` (those that were read) the features of the readings are worked out and saved anew.
    """
    prior = json.loads((HERE / "prior.json").read_text(encoding="utf-8"))
    trainer = Trainer(lexicon)
    refresher = Refresher(lexicon, texts) if texts else None
    if refresher:
        readings.save(SENTENCES, list(refresher.sentences(readings.load(SENTENCES))))
    read = [_row(reading, 1) for reading in readings.load(SENTENCES)]
    source = passages(PER_TEMPLATE)
    own = trainer.sentence_rows(source, TEMPLATE_WEIGHT)
    hand = hand_written()
    own += trainer.sentence_rows(hand, HAND_WEIGHT)
    sentence = fit([*read, *own], prior["sentence"], PULL, PULL_WORDS)
    draft = Weights("", sentence, {}, {}, (0.5, 0.5))
    if refresher:
        readings.save(DOCUMENTS, list(refresher.documents(readings.load(DOCUMENTS), draft)))
    composed = list(documents(COMPOSED))
    levels = {
        key: fit_exactly(_text_rows(trainer, composed, draft, level), prior[key], PULL_TEXT)
        for level, key in ((1, "relevant"), (2, "primary"))
    }
    for key, shift in SHIFTS.items():
        levels[key]["bias"] = round(levels[key]["bias"] + shift, 3)
    digest = zlib.crc32(json.dumps([sentence, levels], sort_keys=True).encode())
    weights = Weights(
        f"{CODE}-{digest:08x}", sentence, levels["relevant"], levels["primary"], THRESHOLDS
    )
    return weights, Counts(len(source) + len(hand), len(own), len(read), len(composed))


def _text_rows(trainer: Trainer, composed: list[Composed], draft: Weights, level: int) -> list[Row]:
    own = trainer.text_rows(composed, draft, level)
    return [*(_row(reading, level) for reading in readings.load(DOCUMENTS)), *own]


def _row(reading: Reading, level: int) -> Row:
    weight = SOURCE_WEIGHT.get(reading.source, 1.0)
    return Row(dict(reading.features), reading.label >= level, weight, reading.id)


def save(weights: Weights, path: Path) -> None:
    """Write the weights file, sorted, so that a change can be read in a diff."""
    raw = {
        "version": weights.version,
        "thresholds": list(weights.thresholds),
        "relevant": dict(weights.relevant),
        "primary": dict(weights.primary),
        "sentence": dict(weights.sentence),
    }
    path.write_text(json.dumps(raw, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
