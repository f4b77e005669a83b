"""What every channel must do, run over all of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from smtp_faults import Postman, mail_server
from stocked import message

from monitor.deliver import (
    CHANNELS,
    AtomChannel,
    FolderChannel,
    MailChannel,
    MailServer,
    WebhookChannel,
)
from monitor.errors import DeliveryError
from monitor.ports import Channel


class Bridge(BaseHTTPRequestHandler):
    """A chat bridge."""

    seen: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    code = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(type(self).code)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def bridge() -> Iterator[str]:
    Bridge.seen, Bridge.code = [], 200
    server = HTTPServer(("127.0.0.1", 0), Bridge)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook?key=geheim"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=CHANNELS)
def channel(request: pytest.FixtureRequest, tmp_path: Path, bridge: str) -> Iterator[Channel]:
    sent_for = message().sent_for
    if request.param == "mail":
        with mail_server(Postman()) as port:
            yield MailChannel(MailServer(host="127.0.0.1", port=port, security="none"))
    elif request.param == "webhook":
        yield WebhookChannel(bridge, now=sent_for, secret="s3cret")
    else:
        yield {"folder": FolderChannel, "atom": AtomChannel}[request.param](tmp_path / "digests")


@pytest.fixture(params=CHANNELS)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Channel:
    (tmp_path / "file").write_text("not a folder")
    if request.param == "mail":
        return MailChannel(MailServer(host="127.0.0.1", port=1, security="none", timeout_seconds=1))
    if request.param == "webhook":
        return WebhookChannel("http://127.0.0.1:1/hook?key=geheim", now=message().sent_for)
    return {"folder": FolderChannel, "atom": AtomChannel}[request.param](tmp_path / "file" / "x")


def test_a_channel_gives_one_receipt_for_each_recipient(channel: Channel) -> None:
    recipients = ["a@a.example", "b@a.example"]
    receipts = channel.send(message(), recipients)
    assert [r.recipient for r in receipts] == recipients
    assert {r.status for r in receipts} == {"sent"}
    assert {r.channel for r in receipts} == {channel.name}


def test_a_channel_can_send_the_same_slot_again(channel: Channel) -> None:
    for _ in range(2):
        assert channel.send(message(), ["a@a.example"])[0].status == "sent"


@pytest.mark.parametrize(
    "hostile", ["../../../etc/passwd", "a/b\\c:d*?", "я" * 300, "\x00\x01", "<script>"]
)
def test_a_channel_takes_any_name_and_subject(
    channel: Channel, hostile: str, tmp_path: Path
) -> None:
    assert channel.send(message(subscription=hostile, subject=hostile), ["a@a.example"])
    outside = {p.name for p in tmp_path.iterdir()} - {"digests"}
    assert not outside


def test_a_channel_that_is_down_raises_a_transient_error_without_secrets(broken: Channel) -> None:
    with pytest.raises(DeliveryError) as caught:
        broken.send(message(), ["a@a.example"])
    assert caught.value.transient
    assert "geheim" not in str(caught.value)


def test_the_folder_holds_both_forms(tmp_path: Path) -> None:
    FolderChannel(tmp_path).send(message(), ["digests"])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["2025-12-26-0700-утро.html", "2025-12-26-0700-утро.txt"]


def test_the_feed_keeps_earlier_digests_and_repeats_none(tmp_path: Path) -> None:
    channel = AtomChannel(tmp_path)
    for number in (1, 2, 2, 3):
        channel.send(
            message(message_id=f"<d{number}@x>", subject=f"Выпуск {number}", html="<p>\x0b</p>"),
            ["digests"],
        )
    root = ET.parse(next(tmp_path.glob("*.atom"))).getroot()
    space = "{http://www.w3.org/2005/Atom}"
    titles = [entry.findtext(f"{space}title") for entry in root.iter(f"{space}entry")]
    assert titles == ["Выпуск 3", "Выпуск 2", "Выпуск 1"]
    assert root.findtext(f"{space}updated") == "2025-12-26T02:00:00Z"


def test_a_damaged_feed_starts_anew(tmp_path: Path) -> None:
    channel = AtomChannel(tmp_path)
    channel.send(message(), ["digests"])
    path = next(tmp_path.glob("*.atom"))
    path.write_text(path.read_text()[:50])
    channel.send(message(), ["digests"])
    ET.parse(path)


def test_the_webhook_is_signed_and_says_what_it_carries(bridge: str) -> None:
    WebhookChannel(bridge, now=message().sent_for, secret="s3cret").send(message(), ["127.0.0.1"])
    headers, body = Bridge.seen[0]
    signed = headers["x-monitor-timestamp"].encode() + b"." + body
    expected = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert headers["x-monitor-signature"] == f"sha256={expected}"
    assert headers["idempotency-key"] == message().message_id
    assert json.loads(body)["subject"] == message().subject


@pytest.mark.parametrize(
    ("code", "status", "transient"),
    [
        (204, "sent", False),
        (302, "refused", False),
        (404, "refused", False),
        (429, "failed", True),
        (503, "failed", True),
    ],
)
def test_the_webhook_reads_the_answer(bridge: str, code: int, status: str, transient: bool) -> None:
    Bridge.code = code
    receipt = WebhookChannel(bridge, now=message().sent_for).send(message(), ["127.0.0.1"])[0]
    assert (receipt.status, receipt.transient) == (status, transient)
    assert len(Bridge.seen) == 1
