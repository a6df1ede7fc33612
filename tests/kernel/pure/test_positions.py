"""Calendar limits as the regulation writes them."""

from datetime import date

import pytest
import yaml

from renben.kernel.duedates import By, due, parse_position
from renben.kernel.positions import parse_place, period_start, shift_months
from renben.kernel.workcalendar import load_work_calendar
from tests.shared import SHARED, needs_shared

CALENDAR = load_work_calendar()
ASKED = date(2026, 5, 12)  # a Tuesday in the second quarter


@pytest.mark.parametrize(
    ("text", "raw_on"),
    [
        ("每季度末月24日前", date(2026, 6, 24)),
        ("每季度末的24日前", date(2026, 6, 24)),
        ("每季度最后一个月18日前", date(2026, 6, 18)),
        ("季度末30日前（职业供求分析信息报告）", date(2026, 6, 30)),
        ("次季度首月5日前", date(2026, 7, 5)),
        ("次季度的5日之前撰写完成", date(2026, 7, 5)),
        ("次季度第一个月10日前", date(2026, 7, 10)),
        ("每季度第一个月的15日前", date(2026, 7, 15)),
        ("每季度第二个月的月初", date(2026, 8, 5)),
        ("每季度第一个月的月末", date(2026, 7, 31)),
        ("每季度末", date(2026, 6, 30)),
        ("每季度最后一个月25日、26日", date(2026, 6, 26)),
        ("每月10日前", date(2026, 6, 10)),
        ("每月20日", date(2026, 5, 20)),
        ("每月末", date(2026, 5, 31)),
        ("下个月5日前", date(2026, 6, 5)),
        ("每月最后一周的周三", date(2026, 5, 27)),
        ("每周二或周三", date(2026, 5, 13)),
        ("每周一", date(2026, 5, 18)),
        ("每半年末", date(2026, 6, 30)),
        ("每年11月24日前", date(2026, 11, 24)),
        ("每年3月10日前报送", date(2027, 3, 10)),
        ("每年度12月26日前", date(2026, 12, 26)),
        ("年底30日前", date(2026, 12, 30)),
        ("次年1月底前", date(2027, 1, 31)),
        ("每年2月底", date(2027, 2, 28)),
        ("每年年初", date(2027, 1, 31)),
        ("每年年底", date(2026, 12, 31)),
        ("每年6月1日至8月底", date(2026, 8, 31)),
        ("每年11月15日至次年3月15日", date(2027, 3, 15)),
        ("每年第一季度", date(2027, 3, 31)),
        ("每年12月份", date(2026, 12, 31)),
    ],
)
def test_limits_as_written(text, raw_on):
    assert due(ASKED, parse_position(text), CALENDAR).raw_on == raw_on


@pytest.mark.parametrize(
    ("period", "position", "opens_on", "raw_on"),
    [
        ("quarter", "末月25日、26日", date(2026, 6, 25), date(2026, 6, 26)),
        ("week", "周二或周三", date(2026, 5, 12), date(2026, 5, 13)),
        ("year", "6月1日至8月底", date(2026, 6, 1), date(2026, 8, 31)),
        ("year", "7月", date(2026, 7, 1), date(2026, 7, 31)),
        ("quarter", "第一个月", date(2026, 7, 1), date(2026, 7, 31)),
        ("month", "20日", None, date(2026, 5, 20)),
    ],
)
def test_windows(period, position, opens_on, raw_on):
    limit = due(ASKED, By(period, position), CALENDAR)
    assert (limit.opens_on, limit.raw_on) == (opens_on, raw_on)


@pytest.mark.parametrize(
    "text", ["", "适时", "每季度", "每月32日前", "每月0日", "每年13月5日", "规定时间", "每周八", "每季度第五季度"]
)
def test_what_names_no_day(text):
    with pytest.raises(ValueError, match="no |not "):
        parse_position(text)


def test_a_rule_is_checked_when_it_is_made():
    for period, position, toward in [
        ("decade", "5日", "earlier"),
        ("month", "适时", "earlier"),
        ("month", "5日", "sideways"),
    ]:
        with pytest.raises(ValueError, match="period|day"):
            By(period, position, toward=toward)


def test_months_clamp_and_periods_begin():
    assert shift_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert shift_months(date(2024, 3, 31), -13) == date(2023, 2, 28)
    assert period_start(date(2026, 5, 12), "half_year") == date(2026, 1, 1)
    assert period_start(date(2026, 12, 31), "quarter", 1) == date(2027, 1, 1)
    assert period_start(date(2026, 5, 12), "week") == date(2026, 5, 11)
    assert parse_place("month", "31日").last_in(date(2026, 2, 1)) == date(2026, 2, 28)


@needs_shared
def test_every_position_of_the_inventory_can_be_computed():
    relative = {"次月", "下达催告书的当月"}  # counted from an event: a limit of n months, not a place in the calendar
    found = set()
    for name in ("district", "street", "community"):
        for item in yaml.safe_load((SHARED / "spec" / f"{name}.yaml").read_text(encoding="utf-8")):
            for step in item["steps"]:
                deadlines = step.get("deadline", [])
                for deadline in deadlines if isinstance(deadlines, list) else [deadlines]:
                    calendar = deadline.get("calendar", {})
                    if calendar.get("position") and calendar["position"] not in relative:
                        found.add((calendar["period"], calendar["position"]))
    assert len(found) > 30
    for period, position in found:
        assert parse_place(period, position), (period, position)
