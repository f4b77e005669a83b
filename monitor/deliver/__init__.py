"""Roads to the reader, as plug-ins: mail, folder, atom, webhook.

A channel is one small file with `name` and `send(message, recipients)`; it returns a receipt per
recipient and raises DeliveryError when none was reached. It remembers nothing: who has what is
the ledger's business. To add one: write the file, add a line to `CHANNELS`, run the contract
tests.
"""

from monitor.deliver.atom import AtomChannel
from monitor.deliver.folder import FolderChannel
from monitor.deliver.mail import MailChannel, MailServer
from monitor.deliver.webhook import WebhookChannel

CHANNELS = ("mail", "folder", "atom", "webhook")

__all__ = [
    "CHANNELS",
    "AtomChannel",
    "FolderChannel",
    "MailChannel",
    "MailServer",
    "WebhookChannel",
]
