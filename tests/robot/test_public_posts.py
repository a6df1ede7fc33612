"""公益性岗位 at the district (Q-1.3.5): the steps and duties take their figures from the posts and their lists, through the pages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from renben.engines.documents import issuing
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures import definitions, duties
from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.kernel.people import full_number
from renben.services.support.posts import paying
from renben.services.support.posts.models import PostAmount, PostPayroll
from tests import build
from tests.robot.clerk import Clerk, Stuck, current
from tests.robot.handing import act
from tests.robot.posts_world import on_posts

CATALOG = Path(__file__).resolve().parents[2] / "catalog"

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


@pytest.fixture
def district():
    made = build.district()
    definitions.sync_definitions(CATALOG)
    return made


def test_the_quarters_plan_and_the_roster_come_from_the_posts(district):
    one, two = on_posts(district)
    clerk = Clerk()
    case = clerk.start(current("Q-1.3.5"), district.centre)
    act(clerk, case, "determine")
    rows = case.data["staff_benefits"]
    assert [row["person"] for row in rows] == [two.person.name, one.person.name]
    assert rows[0]["base_pay"] == 254_000 and rows[0]["housing_fund"] == 30_480 and "insurance" not in rows[0]
    assert full_number(one.person) not in str(case.data), "numbers are not kept in the case"
    act(clerk, case, "enter", "apply")
    month = 254_000 + 30_480
    assert case.data["planned_people"] == 2
    assert case.data["planned_pay"] == 2 * 3 * 254_000 + 3 * 20_000, "the floating wage as on the last sheet"
    assert case.data["planned_insurance"] == 2 * 3 * 30_480
    assert case.data["planned_total"] == 6 * month + 60_000
    assert case.data["plan_quarter_from"] == "2027-01-01"
    roster = IssuedDocument.objects.filter(form="社区公益性就业组织招用就业特困人员花名册").latest("id")
    printed = issuing.content_of(roster)["staff"]
    assert {row["id_number"] for row in printed} == {full_number(one.person), full_number(two.person)}


def test_nothing_is_paid_before_it_is_signed_and_then_once(district):
    one, _ = on_posts(district, is_signed=False)
    duties.open_due()
    case = Case.objects.get(procedure_id="Q-1.3.5", duty="monthly_payment", organization=district.centre)
    clerk = Clerk(wanted={"paid_on": clock.today().isoformat()})
    with pytest.raises(Stuck, match="审批表还没有签批"):
        act(clerk, case, "pay")
    payroll = PostPayroll.objects.get()
    paying.confirm_payroll(
        payroll=payroll,
        approved_on=clock.today(),
        signed_on=clock.today(),
        by=build.staff("second_review", district.centre),
    )
    act(clerk, case, "pay")
    payroll.refresh_from_db()
    assert payroll.state == "paid" and payroll.paid_on == clock.today()
    wage = PostAmount.objects.get(placement=one, heading="post_wage", month=dt.date(2026, 11, 1))
    assert (wage.state, wage.fen) == ("paid", 254_000 + 20_000 - 30_480)
    unit = case.data["payments"][0]
    assert unit["people"] == 2 and unit["total"] == unit["pay"] == 2 * 254_000 + 20_000 - 2 * 30_480
    assert case.data["floating_percent"] == "7.88", "20000 ÷ 254000, rounded up"
    assert case.data["minimum_wage"] == 254_000
    assert case.state == Case.State.DONE
