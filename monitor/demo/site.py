"""DemoSite: the invented outlets at one moment, their addresses, and the truth about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from monitor.demo.feeds import feed_answer, index_answers
from monitor.demo.outlets import OUTLETS
from monitor.demo.pages import article_page
from monitor.demo.server import Answer, Served
from monitor.demo.settings import config_text
from monitor.demo.story import Scene, Story, resolve_stories

PARTNERS = ("us", "ru", "cn")
NOT_FOUND = Answer(
    status=404, body=b"<!doctype html><title>404</title><h1>404</h1>", content_type="text/html"
)
GONE = Answer(
    status=410,
    body="<!doctype html><meta charset=utf-8><title>410</title><h1>Материал удалён</h1>".encode(),
    content_type="text/html; charset=utf-8",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueArticle:
    """What an ideal monitor stores of one article of the demo site."""

    url: str  # canonical, without tracking parameters; of a post: its address at t.me
    outlet: str
    language: str  # ru / kk / en
    script: str  # cyrl / latn / arab
    title: str
    published_at: datetime  # UTC, whole minutes
    text: tuple[str, ...]  # paragraphs, the lead first, sub-heads included, title excluded
    relations: Mapping[str, int]  # us / ru / cn -> level 0..2
    on_topic: bool
    reprint_of: str | None  # URL of the source, None: an own text
    event: str  # equal for all articles that tell the same event, in whatever language
    kind: str  # news / interview / brief / opinion / reprint / post / release


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueChange:
    """What `edit()` does to an article: `edited` with its new text, or `removed` (410)."""

    url: str
    kind: str
    text: tuple[str, ...]


class DemoSite:
    """All outlets as they look at `now` (aware); the same `now` gives the same bytes."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(UTC).replace(second=0, microsecond=0)
        self.is_edited = False
        self._port: int | None = None  # None: not served yet
        self._stories = resolve_stories(self.now)
        self._answers: dict[tuple[str, str], Answer] = {}

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[Served]:
        """Listen on every outlet's address at one port (0: a free one) until the block ends."""
        served = Served(self._answer, [outlet.address for outlet in OUTLETS], port)
        self._port = served.port
        self._answers.clear()
        served.start()
        try:
            yield served
        finally:
            served.stop()

    def edit(self) -> None:
        """Go to the later state: some articles silently changed, one removed."""
        self.is_edited = True
        self._answers.clear()

    def config_yaml(self, port: int | None = None) -> str:
        """The text of a feeds.yaml that knows every outlet and nothing else."""
        return config_text(self._base_port(port))

    def truth(self, port: int | None = None) -> tuple[TrueArticle, ...]:
        """Every article in its first state, newest first. `port` defaults to the served one."""
        scene = self._scene(port)
        # A post that only points to another outlet's article promises no article of its own.
        own = [story for story in self._stories.values() if story.piece.link is None]
        found = [_true(story, scene) for story in own]
        return tuple(sorted(found, key=lambda a: (a.published_at, a.url), reverse=True))

    def changes(self, port: int | None = None) -> tuple[TrueChange, ...]:
        """What `edit()` changes or will change."""
        scene = self._scene(port)
        return tuple(
            TrueChange(
                url=scene.address(story),
                kind="removed" if story.piece.removed else "edited",
                text=tuple(block.text for block in story.edited_blocks),
            )
            for story in self._stories.values()
            if story.piece.removed or story.piece.edits
        )

    def _base_port(self, port: int | None) -> int:
        chosen = port or self._port
        if chosen is None:
            raise ValueError("the site has no port before it is served")
        return chosen

    def _scene(self, port: int | None) -> Scene:
        return Scene(stories=self._stories, port=self._base_port(port), now=self.now)

    def _answer(self, address: str, path: str) -> Answer:
        if urlsplit(path).path == "/__ctl/edit":
            self.edit()
            return Answer(status=200, body=b"edited\n", content_type="text/plain")
        if not self._answers:
            self._answers = self._build()
        plain = path.partition("?utm_")[0]
        return self._answers.get((address, plain), NOT_FOUND)

    def _build(self) -> dict[tuple[str, str], Answer]:
        """Every address of the site in its present state."""
        scene = self._scene(None)
        answers: dict[tuple[str, str], Answer] = {}
        for outlet in OUTLETS:
            for path, answer in index_answers(outlet, scene):
                answers[outlet.address, path] = answer
            feed = feed_answer(outlet, scene)
            if feed is not None:
                answers[outlet.address, outlet.ways[0].path] = feed
        for story in self._stories.values():
            answers[story.outlet.address, story.path] = self._page(story, scene)
        return answers

    def _page(self, story: Story, scene: Scene) -> Answer:
        if self.is_edited and story.piece.removed:
            return GONE
        changed = self.is_edited and bool(story.piece.edits)
        blocks = story.edited_blocks if changed else story.blocks
        charset = story.outlet.encoding
        html = article_page(story, blocks, scene)
        return Answer(
            status=200,
            body=html.encode(charset, "xmlcharrefreplace"),
            content_type=f"text/html; charset={charset}",
            modified=self.now if changed else story.published + timedelta(minutes=2),
        )


def _true(story: Story, scene: Scene) -> TrueArticle:
    piece = story.piece
    relations = {p: 0 for p in PARTNERS} | dict(piece.relations)
    source = scene.stories[piece.reprint_of] if piece.reprint_of else None
    return TrueArticle(
        url=f"https://t.me{story.path}" if piece.kind == "post" else scene.address(story),
        outlet=piece.outlet,
        language=piece.language[:2],
        script=piece.language[3:] or ("latn" if piece.language == "en" else "cyrl"),
        title=story.title,
        published_at=story.published,
        text=tuple(block.text for block in story.blocks),
        relations=relations,
        on_topic=any(relations.values()),
        reprint_of=scene.address(source) if source else None,
        event=piece.event or (source.piece.event or source.piece.key if source else piece.key),
        kind=piece.kind,
    )
