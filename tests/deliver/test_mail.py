"""Mail against a real SMTP server on loopback, with every fault that the rules name."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from smtp_faults import Postman, certificate, mail_server
from stocked import message

from monitor.deliver import MailChannel, MailServer
from monitor.errors import DeliveryError


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def port(postman: Postman) -> Iterator[int]:
    with mail_server(postman) as number:
        yield number


def channel(port: int, **changes: object) -> MailChannel:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "Монитор <monitor@news.example>",
        "timeout_seconds": 0.6,
    }
    return MailChannel(MailServer(**(values | changes)))  # type: ignore[arg-type]


def test_a_mail_arrives_whole_with_the_headers_of_a_list(postman: Postman, port: int) -> None:
    receipts = channel(port).send(message(), ["anna@a.example"])
    assert [(r.status, r.code) for r in receipts] == [("sent", 250)]
    address, mail = postman.taken[0]
    assert address == "anna@a.example"
    assert mail["Subject"] == "Казахстан и соседи · 26 декабря"
    assert mail["Message-ID"] == "<digest.abc@monitor.example>"
    assert mail["To"] == "anna@a.example"
    assert mail["From"] == "Монитор <monitor@news.example>"
    assert mail["List-Id"].endswith(".news.example>")
    assert (
        mail["List-Unsubscribe"]
        .strip()
        .startswith("<mailto:monitor@news.example?subject=unsubscribe%20")
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "26 Dec 2025" in mail["Date"]
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text["Content-Transfer-Encoding"] == html["Content-Transfer-Encoding"] == "base64"
    assert text.get_content().replace("\r\n", "\n") == "Привет, мир\n.\nточка в начале строки\n"
    assert "<b>мир</b>" in html.get_content()


def test_one_of_three_refused_is_one_receipt_and_two_mails(postman: Postman, port: int) -> None:
    postman.refused = {"boris@a.example"}
    receipts = channel(port).send(
        message(), ["anna@a.example", "boris@a.example", "vera@a.example"]
    )
    assert [(r.status, r.code, r.transient) for r in receipts] == [
        ("sent", 250, False), ("refused", 550, False), ("sent", 250, False)]  # fmt: skip
    assert [to for to, _ in postman.taken] == ["anna@a.example", "vera@a.example"]
    assert all("boris" not in str(mail) for _, mail in postman.taken)


def test_nobody_listening_is_transient() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        number = unused.getsockname()[1]
    with pytest.raises(DeliveryError) as caught:
        channel(number).send(message(), ["anna@a.example"])
    assert caught.value.transient
    assert not caught.value.uncertain


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("421", ("failed", True, False)),
        ("450 rcpt", ("failed", True, False)),
        ("451", ("failed", True, False)),
        ("554", ("refused", False, False)),
        ("disconnect", ("failed", True, True)),
        ("lost answer", ("failed", True, True)),
        ("silence", ("failed", True, False)),
    ],
)
def test_every_fault_says_whether_to_try_again(
    postman: Postman, port: int, fault: str, expected: tuple[str, bool, bool]
) -> None:
    postman.fault = fault
    receipt = channel(port).send(message(), ["anna@a.example"])[0]
    assert (receipt.status, receipt.transient, receipt.uncertain) == expected


def test_a_broken_line_leaves_the_others_certain(postman: Postman, port: int) -> None:
    postman.fault = "disconnect"
    receipts = channel(port).send(message(), ["anna@a.example", "vera@a.example"])
    assert [r.uncertain for r in receipts] == [True, False]


def test_starttls_works_with_a_known_certificate_and_fails_with_an_unknown(
    tmp_path: Path, postman: Postman
) -> None:
    context, trusted = certificate(tmp_path)
    with mail_server(postman, starttls=context) as number:
        good = channel(number, security="starttls", certificates=trusted)
        assert good.send(message(), ["anna@a.example"])[0].status == "sent"
        with pytest.raises(DeliveryError) as caught:
            channel(number, security="starttls").send(message(), ["anna@a.example"])
    assert caught.value.transient
    assert len(postman.taken) == 1


def test_a_server_without_starttls_gets_no_mail_in_clear(postman: Postman, port: int) -> None:
    with pytest.raises(DeliveryError):
        channel(port, security="starttls").send(message(), ["anna@a.example"])
    assert not postman.taken


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: spy@evil.example", "a\nX: 1", "a\u2028b", "\x00\x1b[31m", "\ud800"]
)
def test_a_headline_cannot_become_a_header(postman: Postman, port: int, subject: str) -> None:
    channel(port).send(message(subject=subject), ["anna@a.example"])
    mail = postman.taken[0][1]
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert "\n" not in mail["Subject"]


def test_a_password_is_not_shown() -> None:
    assert "hunter2" not in repr(MailServer(host="h", password="hunter2"))


def test_an_address_that_cannot_be_written_stops_nobody_else(postman: Postman, port: int) -> None:
    receipts = channel(port).send(
        message(), ["имя@a.example", "anna@пример.example", "нет", "vera@a.example"]
    )
    assert [r.status for r in receipts] == ["refused", "sent", "refused", "sent"]
    assert [to for to, _ in postman.taken] == ["anna@xn--e1afmkfd.example", "vera@a.example"]
