"""The subsidies for firms seen by the rules engine: what a changed figure costs, a decision made again, differences paid later."""

from __future__ import annotations

import pytest

from renben.engines.rules import changing, reviewing
from renben.engines.rules.parameters import from_files
from renben.engines.rules.register import compare, populations_of
from renben.kernel.models import Task
from renben.services.support.hiring import applying, settling
from renben.services.support.hiring.models import HiringMonth
from tests.services.support.hiring.conftest import A_YEAR_OF_THE_POST, FLOOR_MONTH, day, months
from tests.services.support.standards import put_in_force

pytestmark = pytest.mark.django_db
RATE, YEARLY = "subsidy.employer_si.medical_rate", "subsidy.employer_post.per_year"


def population(parameter: str, key: str):
    return next(one for one in populations_of(parameter) if one.key == key)


def roster(office, items=("si", "post")):
    firm = office.firm()
    claim = office.claim(firm, items=items)
    return claim, office.put(claim, office.hire(firm))


def test_what_the_unpaid_months_cost_is_what_would_be_paid(office):
    claim, row = roster(office)
    files = from_files()
    outcome = compare(population(RATE, "hiring.si.unpaid"), before=files, after=files, on=day("2026-05-01"))
    assert outcome.in_money and not outcome.changed.any()
    assert outcome.totals()[0] == 6 * FLOOR_MONTH
    outcome = compare(population(YEARLY, "hiring.post.unpaid"), before=files, after=files, on=day("2026-05-01"))
    assert outcome.in_money and outcome.totals()[0] == A_YEAR_OF_THE_POST
    late = compare(population(RATE, "hiring.si.unpaid"), before=files, after=files, on=day("2026-09-10"))
    assert late.totals()[0] == 2 * FLOOR_MONTH, "earlier months are not touched"
    applying.strike(row=row, reason="合同是假的", by=office.clerk)
    none = compare(population(RATE, "hiring.si.unpaid"), before=files, after=files, on=day("2026-05-01"))
    assert none.person.size == 0


def test_a_month_that_only_lacks_a_standard_is_among_them_and_one_that_lacks_data_is_not(office):
    claim, row = roster(office, items=("si",))
    applying.confirm_group(row=row, group="hardship", note="认定表", by=office.clerk)
    files = from_files()
    outcome = compare(population(RATE, "hiring.si.unpaid"), before=files, after=files, on=day("2026-05-01"))
    assert outcome.unknown.tolist() == [True]
    HiringMonth.objects.update(waits_for_standard=False)
    outcome = compare(population(RATE, "hiring.si.unpaid"), before=files, after=files, on=day("2026-05-01"))
    assert outcome.person.size == 0


def test_a_higher_figure_tells_what_running_contracts_cost_more(office):
    claim, _ = roster(office)
    office.approve(claim)
    files = from_files()
    on = day("2027-01-01")
    held = files[YEARLY].at(on).value
    after = files.what_if(YEARLY, held + 1000, from_on=on)
    outcome = compare(population(YEARLY, "hiring.post.running"), before=files, after=after, on=on)
    assert outcome.totals() == (A_YEAR_OF_THE_POST, A_YEAR_OF_THE_POST + 100_000) and outcome.gains.all()


def test_a_decision_made_again_is_the_same_and_says_one_sentence(office):
    claim, row = roster(office)
    office.approve(claim)
    row.refresh_from_db()
    found = reviewing.review(row.determination)
    assert found.is_same and not found.facts, found
    kind = reviewing.kind_of(row.determination)
    assert kind.said(row.determination.result) == "招用这个人，单位这一期可得补贴18321.32元"


def test_a_figure_approved_for_paid_months_is_paid_as_a_difference_and_once(office):
    claim, row = roster(office, items=("si",))
    office.pay(office.approve(claim))
    assert changing.decided_until(RATE) is None, "what is compared anew does not keep a figure from being set"
    put_in_force(office.place, RATE, 0.11, since="2026-09-01")
    assert settling.review(claim=claim, by=office.clerk) == []
    more = HiringMonth.objects.filter(part=1).order_by("month")
    assert [(f"{one.month:%Y-%m}", one.fen, one.state) for one in more] == [
        ("2026-09", 7162, "due"), ("2026-10", 7162, "due"),
    ]  # fmt: skip
    task = Task.objects.get(key__startswith="hiring.more:")
    assert "2笔待补发" in task.reason and task.cleared_at is None
    (batch,) = office.pay(claim)
    assert (batch.count, batch.total_fen) == (2, 2 * 7162)
    task.refresh_from_db()
    assert task.cleared_at is not None
    settling.review(claim=claim, by=office.clerk)
    assert not HiringMonth.objects.filter(state="due").exists()
    assert months(row)["2026-09"] == (FLOOR_MONTH, "paid")


def test_what_came_back_by_mistake_is_paid_again_as_a_part_of_its_own(office):
    claim, row = roster(office, items=("si",))
    office.pay(office.approve(claim))
    owing = settling.leave(row=row, on=day("2026-09-15"), reason="误登记", by=office.clerk)
    (month,) = owing
    settling.record_recovery(month=month, fen=month.owed_fen, on=day("2026-11-23"), note="进账单", by=office.maker)
    row.refresh_from_db()
    row.left_on = None
    row.save()
    settling.review(claim=claim, by=office.clerk)
    again = HiringMonth.objects.get(state="due")
    assert (again.part, again.fen, f"{again.month:%Y-%m}") == (1, FLOOR_MONTH, "2026-10")
    (batch,) = office.pay(claim)
    assert batch.count == 1
    assert settling.review(claim=claim, by=office.clerk) == []
    assert not HiringMonth.objects.filter(state__in=["due", "recover"]).exists()
