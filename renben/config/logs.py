"""One JSON line per log entry; personal numbers never reach a log."""

from __future__ import annotations

import json
import re
from typing import Any

_NUMBER = re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)")


def render(_logger: Any, _name: str, event: dict) -> str:
    record = event.pop("_record", None)
    event.pop("_from_structlog", None)
    line = {"level": getattr(record, "levelname", ""), "logger": getattr(record, "name", ""), **event}
    if record is not None and record.exc_info:
        import traceback

        line["error"] = "".join(traceback.format_exception(*record.exc_info))
    return _NUMBER.sub("***", json.dumps(line, ensure_ascii=False, default=str))
