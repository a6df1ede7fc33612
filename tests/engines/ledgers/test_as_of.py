"""A ledger of a past day shows what stood that day, at the office of that day, and nobody else's rows."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from renben.engines.ledgers.definitions import LedgerError
from renben.engines.ledgers.engine import iter_rows, offices_for, open_ledger
from tests import build
from tests.engines.ledgers.conftest import at

DAY = dt.date(2026, 6, 30)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def names(slug, place_or_paths, day=DAY, **asked):
    page = open_ledger(slug, as_of=day, scope_paths=place_or_paths, **asked)
    return [row["name"] for row in page.rows]


@pytest.mark.parametrize(
    ("opened", "closed", "stands"),
    [
        (DAY, None, True),
        (BEFORE, None, True),
        (AFTER, None, False),
        (BEFORE, AFTER, True),
        (BEFORE, DAY, False),
        (DAY, DAY, False),
        (BEFORE, BEFORE, False),
    ],
)
def test_registration_around_the_day(place, write, opened, closed, stands):
    write.registration(build.person(place.village), place.street, opened, closed)
    page = open_ledger("失业人员管理台帐", as_of=DAY, scope_paths=place.mine)
    assert page.total_rows == len(page.rows) == page.totals["name"] == int(stands)


def test_moved_registration_belongs_to_the_office_of_the_day(place, write):
    made = write.registration(build.person(place.village), place.street, BEFORE)
    made.organization = place.other
    made.save()
    write.change(made, "moved", AFTER, place.other)
    theirs = [place.other.path]
    assert names("unemployment_management", place.mine, DAY) == ["李建国"]
    assert names("unemployment_management", theirs, DAY) == []
    assert names("unemployment_management", place.mine, AFTER) == []
    assert names("unemployment_management", theirs, AFTER) == ["李建国"]
    assert open_ledger("unemployment_management", as_of=DAY, scope_paths=place.all).rows[0]["office"] == "胜利街道"


def test_suspended_and_resumed(place, write):
    made = write.registration(build.person(place.village), place.street, BEFORE)
    write.change(made, "suspended", DAY, place.street)
    write.change(made, "resumed", AFTER, place.street)
    said = [
        open_ledger("unemployment_management", as_of=day, scope_paths=place.mine).rows[0]["standing"]
        for day in (BEFORE, DAY, AFTER)
    ]
    assert said == ["登记失业", "暂停", "登记失业"]
    assert names("unemployment_management", place.mine, filters={"standing": "suspended"}) == ["李建国"]
    assert names("unemployment_management", place.mine, filters={"standing": "active"}) == []


def test_what_was_written_down_later_is_left_out_on_request(place, write):
    write.registration(build.person(place.village, "迟到"), place.street, BEFORE, recorded=AFTER)
    closed = write.registration(build.person(place.village, "补注销"), place.street, BEFORE, closed_on=BEFORE)
    closed.changes.filter(kind="closed").update(at=at(AFTER))
    assert names("unemployment_management", place.mine) == ["迟到"]
    assert names("unemployment_management", place.mine, known_at=at(DAY)) == ["补注销"]


def test_archive_is_where_it_was(place, write):
    archive = write.archive(build.person(place.village), place.street, DAY)
    first, second, third = (DAY + dt.timedelta(days=n) for n in (1, 2, 3))
    write.move(archive, "reviewed", first)
    handover = write.handover(place.street, second, "DZ-1")
    write.move(archive, "sent", second, giver=place.centre, to=place.street, handover=handover)
    write.move(archive, "collected", third, giver=place.centre, to=place.street, handover=handover)

    def seen(day, paths):
        return [row["state"] for row in open_ledger("失业人员档案", as_of=day, scope_paths=paths).rows]

    assert [seen(day, place.all) for day in (BEFORE, DAY, first, second, third)] == [
        [],
        ["已接收待审"],
        ["已审待转"],
        ["转移途中"],
        ["街镇已接收"],
    ]
    assert [len(seen(day, place.mine)) for day in (DAY, first, second, third)] == [0, 0, 1, 1]
    assert all(seen(day, [place.other.path]) == [] for day in (DAY, first, second, third))


def test_redirected_cancelled_and_handed_out_archives(place, write):
    gone, wrong, back = (write.archive(build.person(place.village, n), place.street, BEFORE) for n in "甲乙丙")
    for archive in (gone, back):
        write.move(archive, "collected", BEFORE, to=place.street)
    write.move(gone, "returned", DAY, giver=place.street)
    write.move(wrong, "cancelled", DAY, giver=place.centre)
    write.move(back, "redirected", DAY, giver=place.street, to=place.other)
    assert names("unemployed_archives", place.all, BEFORE) == ["甲", "乙", "丙"]
    assert names("unemployed_archives", place.all) == ["丙"]
    assert names("unemployed_archives", place.mine) == ["丙"], "改转后仍在原街镇，直到交出"
    register = open_ledger("个人档案", as_of=DAY, scope_paths=place.all)
    assert [(r["name"], r["state"]) for r in register.rows] == [("甲", "已转出"), ("丙", "已审待转")]


def test_each_kind_of_archive_has_its_register(place, write):
    for kind in ("unemployed", "student", "new"):
        write.archive(build.person(place.village, kind), place.street, DAY, kind=kind)
    for ledger, kind in (("失业人员档案", "unemployed"), ("学生档案", "student"), ("新建档案", "new")):
        assert names(ledger, place.all) == [kind]
        assert names("个人档案", place.all, filters={"kind": kind}) == [kind]


def test_transfer_roster_tells_what_became_of_each_archive(place, write):
    kept, refused = (write.archive(build.person(place.village, n), place.street, BEFORE) for n in "甲乙")
    handover = write.handover(place.street, DAY, "DZ-7")
    for archive in (kept, refused):
        write.move(archive, "sent", DAY, giver=place.centre, to=place.street, handover=handover)
    write.move(kept, "collected", AFTER, to=place.street, handover=handover)
    write.move(refused, "rejected", AFTER, to=place.centre, handover=handover)

    def answers(day, **asked):
        page = open_ledger("档案转移花名册", as_of=day, scope_paths=place.mine, **asked)
        return [(row["name"], row["answer"], row["answered_on"]) for row in page.rows]

    assert answers(BEFORE) == []
    assert answers(DAY) == [("甲", "待接收", None), ("乙", "待接收", None)]
    assert answers(AFTER) == [("甲", "已接收", AFTER), ("乙", "核对不符退回", AFTER)]
    assert answers(AFTER, filters={"answer": "waiting"}) == []
    assert [row[0] for row in answers(AFTER, filters={"answer": "rejected", "number": "dz-7"})] == ["乙"]
    assert open_ledger("transfer_roster", as_of=AFTER, scope_paths=[place.other.path]).total_rows == 0


def test_payments_count_from_the_day_they_were_paid(place, write):
    month = dt.date(2026, 6, 1)
    write.paid(place.street, [build.person(place.village)], month, 195_000, DAY)
    write.paid(place.street, [build.person(place.village)], dt.date(2026, 5, 1), 9, None, state="confirmed")
    write.paid(place.street, [build.person(place.village)], month, 700_000, DAY, heading="ui_lump_sum")
    assert open_ledger("实发失业保险金人员名录", as_of=BEFORE, scope_paths=place.all).total_rows == 0
    page = open_ledger("实发失业保险金人员名录", as_of=DAY, scope_paths=place.all)
    assert (page.total_rows, page.totals["fen"]) == (1, 195_000)
    page = open_ledger("发放一次性失业保险金人员名录", as_of=DAY, scope_paths=place.all)
    assert (page.total_rows, page.totals["fen"], page.rows[0]["heading"]) == (1, 700_000, "一次性失业保险金")


def test_totals_equal_a_count_by_hand(place, write):
    people = [build.person(place.village) for _ in range(7)]
    others = [build.person(place.other_village) for _ in range(3)]
    months = [dt.date(2026, n, 1) for n in (3, 4, 5)]
    paid = []
    for (street, who), month in itertools.product(((place.street, people), (place.other, others)), months):
        paid_on = month + dt.timedelta(days=20 * months.index(month))
        write.paid(street, who, month, 123_456 + month.month, paid_on)
        paid += [(street.path, month, paid_on, 123_456 + month.month + i) for i in range(len(who))]
    for day, paths in itertools.product((DAY, dt.date(2026, 4, 30)), (place.all, place.mine)):
        wanted = [fen for path, _, on, fen in paid if on <= day and path.startswith(paths[0])]
        page = open_ledger("paid_benefits", as_of=day, scope_paths=paths, size=4, page=2)
        assert (page.total_rows, page.totals["fen"]) == (len(wanted), sum(wanted))
        assert sum(row["fen"] for row in iter_rows("paid_benefits", as_of=day, scope_paths=paths)) == sum(wanted)
    page = open_ledger("paid_benefits", as_of=DAY, scope_paths=place.all, filters={"month": "2026-04"})
    assert page.totals["fen"] == sum(fen for _, month, _, fen in paid if month == months[1])


LEDGERS = [
    "unemployment_management",
    "unemployed_archives",
    "personal_archives",
    "transfer_roster",
    "paid_benefits",
    "paid_lump_sums",
    "student_archives",
    "new_archives",
]


@pytest.fixture
def busy(place, write):
    """Two people of each street in every ledger."""
    for street, village, name in (
        (place.street, place.village, "本街"),
        (place.other, place.other_village, "外街"),
    ):
        for i in range(2):
            person = build.person(village, f"{name}{'甲乙'[i]}", number=build.resident_id())
            write.registration(person, street, BEFORE)
            handover = write.handover(street, BEFORE, f"DZ-{street.pk}-{i}")
            for kind in ("unemployed", "student", "new"):
                archive = write.archive(person, street, BEFORE, kind=kind, number=f"{kind}-{i}")
                write.move(archive, "sent", BEFORE, giver=place.centre, to=street, handover=handover)
            for heading in ("ui_monthly", "ui_lump_sum"):
                write.paid(street, [person], dt.date(2026, 5 - i, 1), 100, BEFORE, heading=heading)
    return place


@pytest.mark.parametrize("slug", LEDGERS)
def test_another_streets_rows_never_appear(busy, slug):
    def seen(paths, **filters):
        asked = {"as_of": DAY, "scope_paths": paths, "filters": filters}
        page, streamed = open_ledger(slug, size=100, **asked), list(iter_rows(slug, **asked))
        assert page.total_rows == len(streamed) == len(page.rows)
        assert [row["_key"] for row in page.rows] == [row["_key"] for row in streamed]
        assert len({row["_key"] for row in streamed}) == len(streamed)
        return {row["name"][:2] for row in streamed}

    assert seen(busy.all) == {"本街", "外街"}
    assert seen(busy.mine) == {"本街"}
    assert seen([]) == set()
    assert seen(busy.all, office=busy.other.path) == {"外街"}
    assert seen(busy.mine, office=busy.centre.path) == {"本街"}, "选了上级机构也不能看到别的街镇"
    assert seen(busy.mine, office=busy.other.path) == set()
    assert {row["name"][:2] for row in iter_rows(slug, as_of=DAY, scope_paths=busy.mine, text="外街")} == set()
    assert {row["name"] for row in iter_rows(slug, as_of=DAY, scope_paths=busy.all, text="外街甲")} == {"外街甲"}


@pytest.mark.parametrize("slug", LEDGERS)
def test_queries_do_not_grow_with_rows(busy, slug, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert open_ledger(slug, as_of=DAY, scope_paths=busy.all).rows
    with django_assert_max_num_queries(3):
        assert list(iter_rows(slug, as_of=DAY, scope_paths=busy.all, full_numbers=True))


@pytest.mark.parametrize("slug", LEDGERS)
def test_numbers_are_masked_unless_asked_for(place, write, busy, slug):
    asked = {"as_of": DAY, "scope_paths": busy.all}
    for row in open_ledger(slug, **asked).rows:
        assert "********" in row["id_number"]
    numbers = {row["id_number"] for row in iter_rows(slug, **asked, full_numbers=True)}
    assert numbers
    assert all(len(number) == 18 and number[:-1].isdigit() for number in numbers)
    for row in open_ledger(slug, **asked).rows:
        assert row["_url"].startswith("/people/")
        assert not numbers & set(map(str, row.values()))


def test_pages_and_filters_that_do_not_exist(busy):
    asked = {"as_of": DAY, "scope_paths": busy.all}
    page = open_ledger("unemployment_management", **asked, page=99, size=3)
    assert (page.page, page.pages, len(page.rows), [line.number for line in page.lines]) == (2, 2, 1, [4])
    assert open_ledger("unemployment_management", **asked, page=-1, size=0).size == 1
    assert page.total_cells[0] == "共4条"
    for filters in ({"nope": "1"}, {"standing": "dead"}, {"registered_month": "下个月"}):
        with pytest.raises(LedgerError, match="重新"):
            open_ledger("unemployment_management", **asked, filters=filters)
    with pytest.raises(LedgerError, match="没有名为"):
        open_ledger("没有的台账", **asked)
    assert [office.short_name for office in offices_for(busy.mine)] == ["胜利街道"]


def test_last_contact_is_that_of_the_day(place, write):
    from renben.services.registration.models import MonthlyContact

    made = write.registration(build.person(place.village), place.street, dt.date(2026, 4, 1))
    for month, reported, contacted in ((5, dt.date(2026, 5, 20), None), (6, None, DAY), (7, AFTER, None)):
        MonthlyContact.objects.create(
            registration=made,
            organization=place.street,
            month=dt.date(2026, month, 1),
            reported_on=reported,
            contacted_on=contacted,
            recorded_at=at(reported or contacted),
        )
    told = [
        open_ledger("unemployment_management", as_of=day, scope_paths=place.mine).rows[0]["last_contact_on"]
        for day in (dt.date(2026, 5, 1), BEFORE, DAY, AFTER)
    ]
    assert told == [None, dt.date(2026, 5, 20), DAY, AFTER]
