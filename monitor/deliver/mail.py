"""Mail by SMTP: STARTTLS, TLS or none. The only door to smtplib.

One transaction for each recipient, so that a crash can repeat a mail to one recipient at the most
and nobody sees the other addresses.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError

from monitor.deliver.envelope import mail_of, plain_address
from monitor.errors import DeliveryError
from monitor.models import Message, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over."""

    host: str
    port: int = 587
    user: str | None = None
    password: str | None = None
    security: str = "starttls"  # starttls / tls / none
    sender: str = "monitor@localhost"
    timeout_seconds: float = 30.0
    certificates: str | None = None  # file with a private authority, None: the system's

    def __repr__(self) -> str:  # a password never reaches a log or a traceback
        return f"MailServer(host={self.host!r}, port={self.port}, security={self.security!r})"


class MailChannel:
    """A Channel: recipients are mail addresses."""

    name = "mail"

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
        """One receipt for each recipient.

        Raises DeliveryError when the server could not be worked with at all: transient for
        connection problems, TLS failures and 4xx, final for 5xx (a refused password, …).
        """
        server = self._connect()
        receipts: list[Receipt] = []
        try:
            for recipient in recipients:
                receipts.append(self._send_one(server, message, recipient))
        except _LineBroke as broken:
            rest = recipients[len(receipts) :]
            receipts += [
                _failed(to, broken.detail, uncertain=broken.uncertain and index == 0)
                for index, to in enumerate(rest)
            ]
        finally:
            _quit(server)
        return receipts

    def _connect(self) -> smtplib.SMTP:
        settings = self._server
        try:
            return self._greeted()
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(
                f"{settings.host}:{settings.port}: {_words(error.smtp_error)}",
                transient=_is_transient(error.smtp_code),
                code=error.smtp_code,
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            # TLS failures too: a renewed certificate heals them, and nothing was sent.
            raise DeliveryError(
                f"{settings.host}:{settings.port}: {error or type(error).__name__}", transient=True
            ) from error

    def _greeted(self) -> smtplib.SMTP:
        settings = self._server
        context = ssl.create_default_context(cafile=settings.certificates)
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_seconds, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
        try:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user and settings.password is not None:
                server.login(settings.user, settings.password)
        except BaseException:
            server.close()
            raise
        return server

    def _send_one(self, server: smtplib.SMTP, message: Message, recipient: str) -> Receipt:
        """MAIL, RCPT and DATA by hand: only so is it known how far a broken line had got."""
        try:
            body = mail_of(message, recipient, self._server.sender).as_bytes()
            sender, to = plain_address(self._server.sender), plain_address(recipient)
        except (ValueError, MessageError) as error:  # an address that mail has no way to write
            return Receipt(channel="mail", recipient=recipient, status="refused",
                           detail=f"the address cannot be used: {error}")  # fmt: skip
        in_data = False
        try:
            server.ehlo_or_helo_if_needed()
            for code, answer in (server.mail(sender), server.rcpt(to)):
                if code not in (250, 251):
                    return _rejected(server, recipient, code, answer)
            in_data = True
            code, answer = server.data(body)
        except smtplib.SMTPDataError as error:  # DATA itself refused: nothing was transferred
            return _rejected(server, recipient, error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            raise _LineBroke(str(error) or type(error).__name__, uncertain=in_data) from error
        if code == 250:
            return Receipt(channel="mail", recipient=recipient, status="sent", code=250,
                           detail=_words(answer))  # fmt: skip
        return _rejected(server, recipient, code, answer)


class _LineBroke(Exception):
    """The connection is gone; `uncertain` if the mail may have been taken."""

    def __init__(self, detail: str, *, uncertain: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.uncertain = uncertain


def _rejected(server: smtplib.SMTP, recipient: str, code: int, answer: bytes | str) -> Receipt:
    if code == 421:  # the server is closing the connection
        raise _LineBroke(f"421 {_words(answer)}", uncertain=False)
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.rset()  # if the line is gone, the next recipient finds out
    transient = _is_transient(code)
    return Receipt(
        channel="mail", recipient=recipient, status="failed" if transient else "refused",
        code=code, detail=_words(answer), transient=transient,
    )  # fmt: skip


def _failed(recipient: str, detail: str, *, uncertain: bool) -> Receipt:
    return Receipt(channel="mail", recipient=recipient, status="failed", detail=detail,
                   transient=True, uncertain=uncertain)  # fmt: skip


def _is_transient(code: int) -> bool:
    return not 500 <= code < 600


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]


def _quit(server: smtplib.SMTP) -> None:
    """A polite end if there still is a line; what was accepted stays accepted either way."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
