"""The rosters and ledgers of the subsidies are read from what was decided and paid, as of any day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.ledgers.definitions import find
from renben.engines.ledgers.engine import iter_rows, open_ledger
from renben.services.support import stopping
from tests.services.support.conftest import MONTH_FEN, day

pytestmark = pytest.mark.django_db

NAMES = {
    "申请自谋、灵活就业社会保险补贴花名册": "submitted",
    "灵活就业社会保险补贴花名册": "reviewed",
    "享受灵活就业社会保险补贴人员台账": "approved",
}


def rows(office, name: str, as_of: str) -> list[dict]:
    return list(iter_rows(find(name), as_of=day(as_of), scope_paths=[office.place.centre.path]))


def test_one_person_stands_in_each_from_the_day_it_happened(office):
    subsidy = office.drawing()
    office.go("2007-06-20")
    office.debit(subsidy, "2007-04")
    office.pay("2007-06")
    for name in NAMES:
        assert rows(office, name, "2007-04-09") == [], name
        (row,) = rows(office, name, "2007-06-20")
        assert (row["name"], row["months"]) == ("王秀兰", 36), name
        assert {column.key for column in find(name).columns} <= set(row), "every column has a source"
    (row,) = rows(office, "享受灵活就业社会保险补贴人员台账", "2007-06-20")
    assert (row["drawn"], row["monthly"], row["outcome"]) == (1, MONTH_FEN, "享受中")
    assert rows(office, "享受灵活就业社会保险补贴人员台账", "2007-06-19")[0]["drawn"] == 0
    assert rows(office, "享受自谋职业（自主创业）社会保险补贴人员台账", "2007-06-20") == []
    stopping.stop(subsidy=subsidy, event="hired", on=day("2007-06-15"), by=office.clerk)
    (row,) = rows(office, "享受灵活就业社会保险补贴人员台账", "2007-06-20")
    assert (row["outcome"], row["stop_month"]) == ("停发：被用人单位招用", dt.date(2007, 7, 1))


def test_many_rows_ask_the_database_no_more_often(office):
    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            page = open_ledger(find(name), as_of=day("2007-06-20"), scope_paths=[office.place.centre.path], size=50)
        assert page.total_rows >= 1
        return len(caught)

    office.drawing()
    office.go("2007-06-20")
    once = {name: asked(name) for name in NAMES}
    for place, name in enumerate(("刘桂英", "陈玉梅", "赵香云")):
        office.drawing(office.person(name), number=f"100020003000500{place}")
    office.go("2007-06-20")
    assert {name: asked(name) for name in NAMES} == once
