"""Log lines are JSON and carry no personal number."""

import json
import logging

from renben.config.logs import JsonLines


def test_a_line_is_json_and_numbers_are_gone():
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "%s 办理 %s", ("11011319750308002X", "13800001234"), None)
    line = json.loads(JsonLines().format(record))
    assert line["event"] == "*** 办理 ***"
    assert line["level"] == "WARNING"
