"""What a hostile outlet might publish: active content of every kind, each with the same mark.

Own collection, by class: elements, handlers, addresses, styles, broken markup, templates, SQL,
spreadsheet formulas, control characters. `MARK` in any place where a browser would act is a hole.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

MARK = "hostile7"
PAYLOADS = (
    f"<script>{MARK}()</script>",
    f"<ScRiPt src=//evil.example/{MARK}.js></sCrIpT>",
    f"</title><script>{MARK}()</script>",
    f"</textarea><script>{MARK}()</script>",
    f"</style></script><script>{MARK}()</script>",
    f"<!--><script>{MARK}()</script>-->",
    f"<![CDATA[<script>{MARK}()</script>]]>",
    f"]]><script>{MARK}()</script>",
    f"<img src=x onerror={MARK}()>",
    f"<img src='x' onerror='{MARK}()' />",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg onload={MARK}()>",
    f"<svg><script>{MARK}()</script></svg>",
    f"<svg><animate onbegin={MARK}() attributeName=x dur=1s>",
    f'<math><mtext></p><style><!--</style><img title="--&gt;&lt;img src=x onerror={MARK}()&gt;">',
    f"<body onload={MARK}()>",
    f"<details open ontoggle={MARK}()>",
    f"<video><source onerror={MARK}()></video>",
    f"<marquee onstart={MARK}()>x</marquee>",
    f"<input autofocus onfocus={MARK}()>",
    f'" onmouseover="{MARK}()" x="',
    f"' onmouseover='{MARK}()' x='",
    f"` onmouseover={MARK}() `",
    f'<a href="javascript:{MARK}()">читать</a>',
    f'<a href="  java\tscript:{MARK}()">читать</a>',
    f'<a href="&#106;avascript:{MARK}()">читать</a>',
    f'<a href="data:text/html,<script>{MARK}()</script>">читать</a>',
    f'<a href="vbscript:{MARK}()">читать</a>',
    f'<iframe src="//evil.example/{MARK}"></iframe>',
    f'<iframe srcdoc="<script>{MARK}()</script>"></iframe>',
    f'<object data="//evil.example/{MARK}"></object><embed src="//evil.example/{MARK}">',
    f'<form action="//evil.example/{MARK}"><button>Войти</button></form>',
    f'<base href="//evil.example/{MARK}/">',
    f'<meta http-equiv="refresh" content="0;url=//evil.example/{MARK}">',
    f'<link rel="stylesheet" href="//evil.example/{MARK}.css">',
    f"<style>*{{background:url(//evil.example/{MARK})}}</style>",
    f'<p style="background:url(//evil.example/{MARK})">x</p>',
    f'<div style="position:fixed;inset:0">{MARK}</div>',
    f"<template><script>{MARK}()</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={MARK}()>">',
    "{{ 7*191 }} {% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7*191} #{7*191} <%= 7*191 %>",
    "'); DROP TABLE articles; --",
    '" OR 1=1 UNION SELECT value FROM meta --',
    "\r\nBcc: thief@evil.example\r\n\r\n" + MARK,
    f'=HYPERLINK("//evil.example/{MARK}")',
    f"\u202e{MARK}\u2066\u200b\ufeff\x00\x08\x1b[31m",
    f"<scr\x00ipt>{MARK}()</scr\x00ipt>",
    f"+ADw-script+AD4-{MARK}()+ADw-/script+AD4-",
    f"%3Cscript%3E{MARK}()%3C/script%3E",
)
ACTIVE_ELEMENTS = frozenset(
    [
        "script",
        "iframe",
        "object",
        "embed",
        "applet",
        "base",
        "frame",
        "frameset",
        "animate",
        "set",
        "video",
        "audio",
        "source",
        "template",
        "marquee",
        "noscript",
        "math",
        "portal",
    ]
)
ADDRESSES = frozenset(
    ["href", "src", "action", "formaction", "data", "poster", "background", "srcset", "xlink:href"]
)
BAD_SCHEME = re.compile(r"^(javascript|vbscript|data):|^(https?:)?//evil\.example", re.IGNORECASE)
SPACE = re.compile(r"[\x00-\x20\u200b\ufeff]+")


class _Finder(HTMLParser):
    """Reads as a browser does where it matters: raw text elements, entities in attributes."""

    def __init__(self, allowed_scripts: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.text: list[str] = []
        self._allowed = allowed_scripts
        self._raw = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        own = tag == "script" and self._is_own(values)
        if tag in ACTIVE_ELEMENTS and not own:
            self.found.append(f"<{tag}> {values}")
        if tag == "meta" and "http-equiv" in values and "refresh" in values["http-equiv"].lower():
            self.found.append(f"refresh {values}")
        for name, value in values.items():
            self._attribute(tag, name, value)
        self._raw = tag if tag in ("style", "script") else ""

    def _is_own(self, values: dict[str, str]) -> bool:
        source = values.get("src", "")
        return bool(source) and any(source.startswith(prefix) for prefix in self._allowed)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        bare = SPACE.sub("", value)
        if name.startswith("on") and MARK in value:
            self.found.append(f"handler {tag} {name}={value}")
        if name in ADDRESSES and BAD_SCHEME.match(bare):
            self.found.append(f"address {tag} {name}={value}")
        if name == "style" and (MARK in value or "url(" in value):
            self.found.append(f"style {value}")

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw and MARK in data:
            self.found.append(f"inside <{self._raw}>: {data[:80]}")
        self.text.append(data)


def active_content(html: str, allowed_scripts: tuple[str, ...] = ()) -> list[str]:
    """Everything in a page that a browser would act on and that an outlet could have put there.

    `allowed_scripts`: prefixes of script addresses that are the page's own."""
    finder = _Finder(allowed_scripts)
    finder.feed(html)
    finder.close()
    return finder.found
