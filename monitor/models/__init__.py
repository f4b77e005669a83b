"""The values that travel between the stages: the glossary of the project.

Frozen and slotted; no behaviour beyond trivial properties. Imports nothing of the project.
All datetimes are aware and UTC. Offsets are code points. A field that may be missing is
`X | None` and its comment says what missing means.

One module a subject; everybody imports the names from here."""

from monitor.models.article import Article, HostLine, MemoryChanges, Profile, Quote, Turn
from monitor.models.digest import (
    Decision,
    Digest,
    DigestArticle,
    DigestFact,
    DigestItem,
    DigestLink,
    DigestMaterial,
    DigestSection,
    DigestWindow,
    Edit,
    Incident,
    Message,
    Reason,
    Receipt,
    RelationHistory,
    SourceHealth,
    SourceTrouble,
    Speaker,
    Subscription,
)
from monitor.models.facts import Amount, Event, Facts, Mention, PlaceName
from monitor.models.source import Source, Way
from monitor.models.tagging import Evidence, Relation, Tagging
from monitor.models.web import (
    Attempt,
    Entry,
    Fetched,
    HostState,
    Listing,
    Redirect,
    Request,
    WayState,
)

__all__ = [
    "Amount",
    "Article",
    "Attempt",
    "Decision",
    "Digest",
    "DigestArticle",
    "DigestFact",
    "DigestItem",
    "DigestLink",
    "DigestMaterial",
    "DigestSection",
    "DigestWindow",
    "Edit",
    "Entry",
    "Event",
    "Evidence",
    "Facts",
    "Fetched",
    "HostLine",
    "HostState",
    "Incident",
    "Listing",
    "MemoryChanges",
    "Mention",
    "Message",
    "PlaceName",
    "Profile",
    "Quote",
    "Reason",
    "Receipt",
    "Redirect",
    "Relation",
    "RelationHistory",
    "Request",
    "Source",
    "SourceHealth",
    "SourceTrouble",
    "Speaker",
    "Subscription",
    "Tagging",
    "Turn",
    "Way",
    "WayState",
]
