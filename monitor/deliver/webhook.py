"""A signed POST for chat bridges: JSON with the text, the HTML and the slot.

Header `X-Monitor-Signature: sha256=HEX` is the HMAC of `TIMESTAMP.BODY` under the shared secret,
with `X-Monitor-Timestamp`; `Idempotency-Key` is the Message-ID, so a repeat can be recognised.
The address often is a secret itself: only its host is ever shown.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from monitor.errors import DeliveryError
from monitor.models import Message, Receipt


class WebhookChannel:
    """A Channel: the recipient is the host of the address."""

    name = "webhook"

    def __init__(
        self, url: str, *, now: datetime, secret: str | None = None, timeout_seconds: float = 20.0
    ) -> None:
        """`secret` None: not signed. `now` is stamped into the signature."""
        self._url = urlsplit(url)
        self._secret = secret
        self._now = now
        self._timeout = timeout_seconds

    def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
        """2xx is sent; 408, 425, 429, 5xx and broken lines are transient; redirects are not
        followed and count as refused.

        Raises DeliveryError when the address could not be reached.
        """
        body = body_of(message)
        code = self._post(body, self._headers(body, message))
        sent = 200 <= code < 300
        transient = code in (408, 425, 429) or code >= 500
        status = "sent" if sent else "failed" if transient else "refused"
        return [
            Receipt(channel="webhook", recipient=to, status=status, code=code,
                    detail="" if sent else f"HTTP {code}", transient=transient)
            for to in recipients
        ]  # fmt: skip

    def _headers(self, body: bytes, message: Message) -> dict[str, str]:
        stamp = str(int(self._now.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message.message_id,
            "X-Monitor-Timestamp": stamp,
            "User-Agent": "kz-monitor",
        }
        if self._secret:
            headers["X-Monitor-Signature"] = f"sha256={signature(self._secret, stamp, body)}"
        return headers

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=self._timeout, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        asked = False
        try:
            connection.connect()
            asked = True
            connection.request("POST", path, body=body, headers=headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryError(
                f"{host}: {error or type(error).__name__}", transient=True, uncertain=asked
            ) from error
        finally:
            connection.close()


def body_of(message: Message) -> bytes:
    """`text` is what Slack- and Mattermost-like bridges show."""
    return json.dumps(
        {
            "text": f"{message.subject}\n\n{message.text}",
            "subject": message.subject,
            "html": message.html,
            "kind": message.kind,
            "subscription": message.subscription,
            "slot": message.slot,
            "message_id": message.message_id,
        },
        ensure_ascii=False,
    ).encode()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `stamp.body`, hexadecimal."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
