"""A real SMTP server on loopback that can be told to misbehave."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Postman:
    """Takes mail, or refuses it as `fault` says; remembers what it accepted."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.refused: set[str] = set()
        self.taken: list[tuple[str, EmailMessage]] = []
        self.on_taken: Callable[[], None] = lambda: None
        self.fault_for: set[str] | None = None  # only these recipients meet the fault

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if self.fault == "silence":
            await asyncio.sleep(1.5)
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.fault == "421":
            return "421 closing, try again later"
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        if self.fault == "450 rcpt" and self._meets(address):
            return "450 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        if self.fault == "451" and self._meets(address):
            return "451 disk full for now"
        if self.fault == "554" and self._meets(address):
            return "554 looks like spam"
        if self.fault == "lost answer" and self._meets(address):
            self._take(envelope)
            server.transport.close()
            return "250 nobody hears this"
        self._take(envelope)
        return "250 taken"

    def _take(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        for address in envelope.rcpt_tos:
            self.taken.append((address, mail))
        self.on_taken()

    def _meets(self, address: str) -> bool:
        return self.fault_for is None or address in self.fault_for


class Breaking(SMTP):
    """Closes the line in the middle of DATA when told to."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.fault == "disconnect":
            await self.push("354 go ahead")
            self.transport.close()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    options: dict[str, Any]

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> SMTP:
        return Breaking(self.handler, hostname="mail.example", **self.options)


@contextmanager
def mail_server(postman: Postman, *, starttls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Runs until the block ends; yields the port."""
    controller = _Controller(postman, hostname="127.0.0.1", port=0)
    controller.options = {"tls_context": starttls, "require_starttls": True} if starttls else {}
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server context for 127.0.0.1 and the file a client must trust."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key),
         "-out", str(cert), "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context, str(cert)


def at(day: int, hour: int = 2, minute: int = 0) -> dt.datetime:
    """A moment `day` days after the first day of the tests (UTC; 02:00 is 07:00 in Almaty)."""
    return dt.datetime(2025, 1, 1, hour, minute, tzinfo=dt.UTC) + dt.timedelta(days=day)
