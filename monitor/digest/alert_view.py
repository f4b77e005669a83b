"""What the templates of an alert may ask. Pure."""

from __future__ import annotations

from monitor.digest.alerts import Alert
from monitor.digest.frame import Frame
from monitor.digest.view import View
from monitor.models import Subscription


class AlertView(View):
    """One alert."""

    def __init__(
        self, alert: Alert, subscription: Subscription, frame: Frame, archive_url: str | None
    ) -> None:
        super().__init__(frame, archive_url)
        self.alert = alert
        self.name = subscription.name

    @property
    def why(self) -> str:
        if self.alert.kind == "story":
            outlets = self.frame.count("outlets", self.alert.number)
            return self.frame.word("alert_story_why", outlets=outlets)
        return self.frame.word("alert_topic_why", usual=self.frame.number(round(self.alert.usual)))

    @property
    def heading(self) -> str:
        if self.alert.kind == "story":
            return ""
        articles = self.frame.count("articles", self.alert.number)
        topic = self.frame.topic(self.alert.topic)
        return self.frame.word("alert_topic", topic=topic, articles=articles)
