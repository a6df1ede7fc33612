"""Log lines are JSON and carry no personal number."""

import json
import logging

from renben.config.logs import JsonLines


def test_a_line_is_json_and_numbers_are_gone():
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "%s 办理 %s", ("11011319750308002X", "13800001234"), None)
    line = json.loads(JsonLines().format(record))
    assert line["event"] == "*** 办理 ***"
    assert line["level"] == "WARNING"


def test_a_line_carries_the_request_id_while_one_is_answered():
    from renben.kernel import request_id

    record = logging.LogRecord("x", logging.WARNING, "f", 1, "慢", (), None)
    assert "request" not in json.loads(JsonLines().format(record))
    token = request_id.current.set("abc123def456")
    try:
        assert json.loads(JsonLines().format(record))["request"] == "abc123def456"
    finally:
        request_id.current.reset(token)
