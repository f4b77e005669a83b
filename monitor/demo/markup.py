"""Blocks of a text as the HTML of one outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from monitor.demo.content import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How an outlet marks up a body. `{}` takes the escaped text of the block."""

    paragraph: str = "<p>{}</p>"
    heading: str = "<h2>{}</h2>"
    question: str = "<p><strong>{}</strong></p>"
    answer: str = "<p>{}</p>"
    quote: str = "<blockquote><p>{}</p></blockquote>"
    note: str = "<p><em>{}</em></p>"
    joint: str = "\n"
    insets: tuple[tuple[int, str], ...] = ()  # after block n: ads, cards, "read also"
    tail: str = ""  # promo after the text
    lead_outside: bool = False  # the first block is shown by the template, not in the body


PLAIN = Look()


def block_html(block: Block, look: Look) -> str:
    return str(getattr(look, block.kind)).replace("{}", escape(block.text, quote=False))


def paragraphs_html(blocks: Sequence[Block]) -> str:
    """The body without any furniture, as feeds carry it."""
    return "\n".join(block_html(block, PLAIN) for block in blocks)


def body_html(blocks: Sequence[Block], look: Look) -> str:
    """The body as the page shows it, insets between the paragraphs and the promo at the end."""
    shown = blocks[1:] if look.lead_outside else blocks
    insets = dict(look.insets)
    parts = []
    for place, block in enumerate(shown, 1):
        parts.append(block_html(block, look))
        if place in insets and place < len(shown):
            parts.append(insets[place])
    return look.joint.join(parts) + look.tail
