"""The policy of asking: what each event changes for a way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor import poll
from monitor.errors import Blocked, FetchError, Gone, ParseError, RateLimited
from monitor.models import Entry, Fetched, Listing, Redirect, Way, WayState

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
WAY = Way(kind="feed", url="https://example.kz/rss")


def a_way(**fields: object) -> WayState:
    base = {"id": 1, "source_id": "example", "way": WAY, "current_url": WAY.url}
    return WayState(**{**base, **fields})  # type: ignore[arg-type]


def an_answer(
    status: int = 200,
    body: bytes = b"<rss/>",
    *,
    conditional: bool = False,
    hops: tuple[Redirect, ...] = (),
    etag: str | None = None,
    headers: dict[str, str] | None = None,
) -> Fetched:
    return Fetched(
        url=WAY.url,
        final_url=hops[-1].url if hops else WAY.url,
        status=status,
        headers=headers or {},
        body=body,
        fetched_at=NOW,
        etag=etag,
        redirects=hops,
        conditional=conditional,
    )


def a_listing(count: int = 3, **fields: object) -> Listing:
    entries = tuple(
        Entry(url=f"https://example.kz/{n}", guid=str(n), published_at=NOW - timedelta(hours=n))
        for n in range(count)
    )
    return Listing(**{"entries": entries, **fields})  # type: ignore[arg-type]


def succeed(state: WayState, fetched: Fetched, listing: Listing | None, **more: object) -> WayState:
    arguments = {"new_entries": 0, "known_shared": True, "now": NOW, "jitter": 0.0, **more}
    return poll.after_success(state, fetched=fetched, listing=listing, **arguments)  # type: ignore[arg-type]


def minutes_to_next(state: WayState, now: datetime = NOW) -> float:
    assert state.next_poll_at is not None
    return (state.next_poll_at - now).total_seconds() / 60


def test_a_way_never_asked_is_due_and_asked_without_validators() -> None:
    assert poll.is_due(a_way(), NOW)
    assert poll.request_for(a_way(), NOW).etag is None


def test_validators_go_back_verbatim() -> None:
    state = a_way(etag='W/"x"', last_modified="whenever", last_unconditional_at=NOW)
    request = poll.request_for(state, NOW)
    assert (request.etag, request.last_modified) == ('W/"x"', "whenever")


def test_once_a_day_a_feed_is_asked_unconditionally() -> None:
    state = a_way(etag='"x"', last_unconditional_at=NOW - timedelta(hours=24))
    assert poll.request_for(state, NOW).etag is None


def test_an_unchanged_body_is_recognised_by_its_hash() -> None:
    state = succeed(a_way(), an_answer(body=b"one"), a_listing())
    assert poll.body_unchanged(state, an_answer(body=b"one"))
    assert not poll.body_unchanged(state, an_answer(body=b"two"))


def test_a_304_keeps_the_hash_and_takes_the_new_validator() -> None:
    state = succeed(a_way(), an_answer(etag='"1"'), a_listing())
    after = succeed(state, an_answer(304, b"", conditional=True, etag='"2"'), None)
    assert after.body_hash == state.body_hash
    assert after.etag == '"2"'


def test_a_failed_parse_forgets_the_validators() -> None:
    state = succeed(a_way(), an_answer(etag='"1"'), a_listing())
    after = poll.after_failure(state, ParseError("x", reason="html"), now=NOW, jitter=0)
    assert after.etag is None
    assert after.body_hash is None
    assert after.last_error_reason == "html"


def test_an_interval_of_its_own_wins() -> None:
    way = Way(kind="feed", url=WAY.url, interval_minutes=7)
    after = succeed(a_way(way=way), an_answer(), a_listing(), new_entries=3)
    assert minutes_to_next(after) == 7


def test_the_publishers_wish_is_honoured_up_to_the_cap() -> None:
    asked = a_listing(ttl_minutes=45)
    assert minutes_to_next(succeed(a_way(), an_answer(), asked, new_entries=3)) >= 45
    greedy = an_answer(headers={"cache-control": "max-age=864000"})
    assert minutes_to_next(succeed(a_way(), greedy, a_listing(), new_entries=3)) <= 60


def test_jitter_moves_the_next_time_by_a_tenth_at_most() -> None:
    way = Way(kind="feed", url=WAY.url, interval_minutes=30)
    early = succeed(a_way(way=way), an_answer(), a_listing(), jitter=-1.0)
    late = succeed(a_way(way=way), an_answer(), a_listing(), jitter=1.0)
    assert (minutes_to_next(early), minutes_to_next(late)) == (27, 33)


def test_failures_add_up_by_hardness_and_never_end_a_way() -> None:
    state = a_way(interval_minutes=30.0)
    soft = FetchError("x", reason="status_404", hardness=0.5)
    state = poll.after_failure(state, soft, now=NOW, jitter=0)
    assert minutes_to_next(state) == 45
    for _ in range(80):
        state = poll.after_failure(state, soft, now=NOW, jitter=0)
    assert minutes_to_next(state) == 7 * 24 * 60
    assert state.state == "failing"
    assert succeed(state, an_answer(), a_listing()).failures == 0


def test_410_on_two_days_is_gone_and_probed_every_30_days() -> None:
    state = poll.after_failure(a_way(), Gone("x"), now=NOW, jitter=0)
    state = poll.after_failure(state, Gone("x"), now=NOW + timedelta(hours=1), jitter=0)
    assert state.state == "failing"
    later = NOW + timedelta(days=1)
    state = poll.after_failure(state, Gone("x"), now=later, jitter=0)
    assert state.state == "gone"
    assert minutes_to_next(state, later) == 30 * 24 * 60
    assert succeed(state, an_answer(), a_listing()).state == "ok"


def test_blocked_doubles_the_interval() -> None:
    state = poll.after_failure(a_way(interval_minutes=30.0), Blocked("x"), now=NOW, jitter=0)
    assert minutes_to_next(state) == 60
    assert state.state == "blocked"


def test_retry_after_of_a_503_is_for_that_feed() -> None:
    error = RateLimited("x", reason="status_503", status=503, retry_after=1800)
    assert minutes_to_next(poll.after_failure(a_way(), error, now=NOW, jitter=0)) == 30


def test_a_waiting_host_counts_nothing_against_the_way() -> None:
    error = RateLimited("x", reason="host_waits", retry_after=600)
    after = poll.after_failure(a_way(), error, now=NOW, jitter=0)
    assert after.failures == 0
    assert minutes_to_next(after) == 10


def test_our_own_outage_is_four_fifths_of_at_least_five() -> None:
    assert poll.our_own_outage(4, 5)
    assert not poll.our_own_outage(4, 4)
    assert not poll.our_own_outage(3, 5)
    after = poll.after_outage(a_way(), now=NOW, jitter=0)
    assert (after.failures, minutes_to_next(after)) == (0, 5)


def test_a_permanent_redirect_is_adopted_after_ten_answers_over_seven_days() -> None:
    hops = (Redirect(status=301, url="https://example.kz/feed/"),)
    state = a_way()
    for day in range(9):
        moment = NOW + timedelta(days=day)
        state = succeed(state, an_answer(hops=hops), a_listing(), now=moment)
    assert state.current_url == WAY.url
    unknown = succeed(state, an_answer(hops=hops), a_listing(), now=moment, known_shared=False)
    assert unknown.current_url == WAY.url
    state = succeed(state, an_answer(hops=hops), a_listing(), now=moment)
    assert state.current_url == "https://example.kz/feed/"


def test_temporary_redirects_are_never_adopted() -> None:
    hops = (Redirect(status=302, url="https://example.kz/feed/"),)
    state = a_way()
    for day in range(30):
        state = succeed(state, an_answer(hops=hops), a_listing(), now=NOW + timedelta(days=day))
    assert state.current_url == WAY.url


def test_a_server_that_denies_news_is_not_trusted_again() -> None:
    before = succeed(a_way(), an_answer(body=b"1", etag='"same"'), a_listing(), new_entries=3)
    day_later = NOW + timedelta(hours=25)
    after = succeed(
        before, an_answer(body=b"2", etag='"same"'), a_listing(), new_entries=1, now=day_later
    )
    assert not after.validators_trusted
    assert poll.request_for(after, day_later).etag is None


def test_three_empty_answers_running_are_suspicious() -> None:
    state = a_way()
    for _ in range(3):
        assert not poll.is_suspiciously_empty(state)
        state = succeed(state, an_answer(), Listing(entries=()))
    assert poll.is_suspiciously_empty(state)
    assert succeed(state, an_answer(), a_listing()).empty_streak == 0


def test_guids_that_repeat_are_not_believed() -> None:
    entries = tuple(Entry(url=f"https://example.kz/{n}", guid="same") for n in range(30))
    assert succeed(a_way(), an_answer(), Listing(entries=entries)).guid_policy == "link"


def test_silence_is_judged_by_the_ways_own_rhythm() -> None:
    busy, rare = a_way(), a_way()
    moment = NOW
    for hour in range(24 * 14):
        moment = NOW + timedelta(hours=hour)
        busy = succeed(busy, an_answer(), None, new_entries=5, now=moment)
        rare = succeed(rare, an_answer(), None, new_entries=int(hour % 72 == 0), now=moment)
    assert not poll.silent_for_too_long(busy, moment + timedelta(hours=6))
    assert poll.silent_for_too_long(busy, moment + timedelta(hours=24))
    assert not poll.silent_for_too_long(rare, moment + timedelta(days=7))


def test_an_index_is_never_remembered_as_unchanged() -> None:
    """A sitemap index may stay the same for ever while the sitemaps that it names change."""
    index = a_listing(only_leads_on=True)
    after = succeed(a_way(), an_answer(body=b"index", etag='"1"'), index, new_entries=3)
    assert not poll.body_unchanged(after, an_answer(body=b"index"))
    assert poll.request_for(after, NOW).etag is None


def test_the_kind_decides_address_purpose_and_robots() -> None:
    from monitor.sources import KINDS

    way = Way(kind="sitemap", url="https://example.kz/map{page}.xml")
    state = a_way(way=way, current_url=way.url)
    request = poll.request_for(state, NOW, KINDS["sitemap"])
    assert request.url == "https://example.kz/map1.xml"
    assert (request.purpose, request.obey_robots) == ("sitemap", True)
    assert not poll.request_for(a_way(), NOW, KINDS["feed"]).obey_robots


def test_a_new_parser_asks_and_reads_everything_again() -> None:
    from monitor.sources import KINDS

    kind = KINDS["feed"]
    fresh = succeed(a_way(), an_answer(body=b"1", etag='"1"'), a_listing(), kind=kind)
    assert poll.request_for(fresh, NOW, kind).etag == '"1"'
    assert poll.body_unchanged(fresh, an_answer(body=b"1"), kind)
    older = replace(fresh, parser_version="feed-0")
    assert poll.request_for(older, NOW, kind).etag is None
    assert not poll.body_unchanged(older, an_answer(body=b"1"), kind)


def test_the_operators_limits_hold() -> None:
    policy = poll.PollPolicy(floor_minutes=20, cap_minutes=25)
    after = succeed(a_way(), an_answer(etag='"1"'), a_listing(), new_entries=3, policy=policy)
    assert 20 <= minutes_to_next(after) <= 25


def test_a_document_that_ends_early_is_asked_for_again() -> None:
    """Its ETag may be the whole document's: a 304 would then hide the rest."""
    after = succeed(a_way(), an_answer(etag='"1"'), a_listing(complete=False), new_entries=3)
    assert poll.request_for(after, NOW).etag is None
    assert not poll.body_unchanged(after, an_answer())


def test_two_spellings_of_one_link_are_no_repeated_guid() -> None:
    entries = tuple(
        Entry(url=f"https://example.kz/{n}{tail}", guid=str(n))
        for n in range(10)
        for tail in ("", "/?utm_source=rss")
    )
    assert poll.guid_policy(a_way(), Listing(entries=entries)) == "guid"
