"""One JSON line per log entry; personal numbers never reach a log."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from zoneinfo import ZoneInfo

from renben.kernel.request_id import current

_NUMBER = re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Time with offset, level, logger, message, the request's 反馈码 and the error where there is one."""
        line = {
            "at": dt.datetime.now(tz=ZoneInfo("Asia/Shanghai")).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        # Django's own lines about an answer come when the request is over; they bring it along.
        if request_id := getattr(getattr(record, "request", None), "request_id", "") or current.get():
            line["request"] = request_id
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _NUMBER.sub("***", json.dumps(line, ensure_ascii=False, default=str))
