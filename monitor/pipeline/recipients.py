"""Who is to get a message: channel and recipient pairs for the ledger. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from monitor.models import Subscription


def deliveries_of(
    subscription: Subscription, *, has_server: bool, alert: bool = False
) -> tuple[tuple[str, str], ...]:
    """Pairs in the order of the subscription's channels.

    Without a mail server mail is left out. A webhook's address is a secret: the ledger holds only
    its host. Alerts go to people, not into files.
    """
    pairs: list[tuple[str, str]] = []
    for channel in subscription.channels:
        if channel == "mail":
            pairs += [("mail", to) for to in dict.fromkeys(subscription.recipients) if has_server]
        elif channel == "webhook":
            if subscription.webhook_url:
                pairs.append(("webhook", urlsplit(subscription.webhook_url).hostname or ""))
        elif not alert:
            pairs.append((channel, "digests"))
    return tuple(pairs)
