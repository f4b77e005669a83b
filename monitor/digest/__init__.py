"""Choose what a subscription is told, and say it: material in, a rendered digest out.

Pure: no clock, no database, no network. The only door to jinja2 and css_inline (`render`).
`choose` decides what is in and in which order, `passages` picks the sentences, `panels` the
side facts, `render` writes HTML and text, `alerts` judges what cannot wait.
"""

from monitor.digest.alerts import choose_alerts
from monitor.digest.choose import choose_digest
from monitor.digest.frame import PartnerNames
from monitor.digest.render import Rendered, render_alert, render_digest

__all__ = [
    "PartnerNames",
    "Rendered",
    "choose_alerts",
    "choose_digest",
    "render_alert",
    "render_digest",
]
