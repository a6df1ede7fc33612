"""deadline.*: strict calendar, rolling, and what cannot be known."""

from __future__ import annotations

import pytest

from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import evaluate
from renben.services import offers

offers.load_domains()


def ask(domain, **given):
    return evaluate(domain, "2012-01-01", given).result


def test_the_event_day_is_not_counted_and_worked_weekends_are():
    assert ask("deadline.working_days", event_date="2012-01-20", days=1) == {"last_day": "2012-01-21"}
    assert ask("deadline.working_days", event_date="2012-06-18", days=5, rule="hardship.review") == {
        "last_day": "2012-06-26"
    }


def test_calendar_days_roll_only_when_told_and_only_from_a_rest_day():
    given = {"event_date": "2011-09-05", "days": 30}
    assert ask("deadline.calendar_days", **given) == {"last_day": "2011-10-08", "raw_last_day": "2011-10-05"}
    plain = ask("deadline.calendar_days", **given, roll_forward_on_holiday=False)
    assert plain == {"last_day": "2011-10-05", "raw_last_day": "2011-10-05"}
    assert ask("deadline.calendar_days", event_date="2012-02-06", days=15)["last_day"] == "2012-02-21"


@pytest.mark.parametrize(
    ("domain", "event_date", "days"),
    [
        ("deadline.working_days", "2027-03-01", 5),
        ("deadline.working_days", "2026-12-30", 5),
        ("deadline.working_days", "2003-12-30", 1),
        ("deadline.calendar_days", "2026-12-30", 15),
        ("deadline.calendar_days", "2002-12-30", 15),
    ],
)
def test_a_year_that_is_not_on_file_is_said_so(domain, event_date, days):
    found = evaluate(domain, "2026-11-01", {"event_date": event_date, "days": days})
    assert found.result == {"error": "calendar_missing"}
    assert "工作日历" in found.missing[0]
    assert not found.is_answered


def test_without_rolling_no_calendar_is_needed():
    given = {"event_date": "2031-01-01", "days": 10, "roll_forward_on_holiday": False}
    assert ask("deadline.calendar_days", **given)["last_day"] == "2031-01-11"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"event_date": "2012-01-01"}, "days"),
        ({"event_date": "2012-01-01", "days": -1}, "days"),
        ({"event_date": "2012-01-01", "days": 2**31 - 1}, "days"),
        ({"event_date": "2012-01-01", "days": 5, "rule": 7}, "rule"),
        ({"event_date": "2012-01-01", "days": 5, "roll": True}, "roll"),
        ({"event_date": "1 Jan", "days": 5}, "event_date"),
    ],
)
def test_bad_inputs_name_their_key(given, key):
    with pytest.raises(InputError) as caught:
        evaluate("deadline.calendar_days", "2012-01-01", given)
    assert caught.value.key == key
