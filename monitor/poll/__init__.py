"""When a way is next worth asking, and what an answer or a failure changes. Pure policy.

Takes a WayState and returns the next one; opens nothing, stores nothing, reads no clock: `now`
and `jitter` (-1..1) come in. Numbers are those of the rules for the web unless said otherwise.

    asking    what to send, and whether an answer need be parsed at all
    answers   the way after a good answer
    failures  the way after none
    timing    the next time: floor, cap, what the publisher asks, jitter
    rhythm    what is learned of a way's hours of the week, and silence
"""

from monitor.poll.answers import after_success, guid_policy, is_suspiciously_empty
from monitor.poll.asking import body_hash, body_unchanged, is_due, request_for, unconditional_due
from monitor.poll.failures import (
    after_failure,
    after_outage,
    is_connect_failure,
    our_own_outage,
)
from monitor.poll.silence import SILENT_LEAST, silent_for_too_long
from monitor.poll.timing import PollPolicy

__all__ = [
    "SILENT_LEAST",
    "PollPolicy",
    "after_failure",
    "after_outage",
    "after_success",
    "body_hash",
    "body_unchanged",
    "guid_policy",
    "is_connect_failure",
    "is_due",
    "is_suspiciously_empty",
    "our_own_outage",
    "request_for",
    "silent_for_too_long",
    "unconditional_due",
]
