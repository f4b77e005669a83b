"""Structured log lines on standard output: one finished thing a line, keys equal to column names.

Never article text, recipients or secrets. `plain` is key=value, `json` one object a line.
"""

from __future__ import annotations

import json
import logging
import sys

_LOG = logging.getLogger("monitor")


def emit(event: str, level: int = logging.INFO, **fields: object) -> None:
    """Log one finished thing."""
    _LOG.log(level, event, extra={"fields": {k: v for k, v in fields.items() if v is not None}})


def warn(event: str, **fields: object) -> None:
    """Log something an operator should look at."""
    emit(event, logging.WARNING, **fields)


class _Lines(logging.Formatter):
    def __init__(self, form: str) -> None:
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%S")
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        fields = {"at": self.formatTime(record, self.datefmt), "level": record.levelname.lower()}
        fields["event"] = record.getMessage()
        fields.update(getattr(record, "fields", {}))
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        if self._form == "json":
            return json.dumps(fields, ensure_ascii=False, default=str)
        return " ".join(f"{key}={_value(value)}" for key, value in fields.items())


def _value(value: object) -> str:
    text = str(value).replace("\r", " ").replace("\n", "\\n")
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text else text


def set_up_logging(form: str, level: int = logging.INFO) -> None:
    """Send log lines to standard output; quiet the libraries (httpx logs every URL)."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Lines(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _LOG.setLevel(level)
    for noisy in ("httpx", "apscheduler", "trafilatura", "htmldate"):
        logging.getLogger(noisy).setLevel(logging.ERROR if noisy == "trafilatura" else 30)
