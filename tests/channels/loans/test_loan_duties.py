"""What the community and the quarterly duties see lands on the loan; files of people and firms show it; lists stay cheap."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.procedures import definitions, duties
from renben.engines.procedures.models import Case
from renben.kernel.models import Task
from renben.services.support.loans import recovering
from renben.services.support.loans.models import Loan
from tests import build
from tests.channels.loans.test_loan_pages import CATALOG, district, post, signed_in, street, text_of  # noqa: F401
from tests.robot.clerk import Clerk, current
from tests.robot.handing import act
from tests.services.support_loans.conftest import FIRM, day, office  # noqa: F401

pytestmark = pytest.mark.django_db


def community_case(office, loan: Loan, clerk: Clerk) -> Case:  # noqa: F811
    """The community's case of the loan's journey."""
    case = clerk.start(current("C-7.1.2.1"), office.place.villages[0], person=loan.person)
    Case.objects.filter(pk=case.pk).update(journey_id=loan.journey_id)
    case.refresh_from_db()
    return case


@pytest.fixture
def lent(office) -> Loan:  # noqa: F811
    definitions.sync_definitions(CATALOG)
    loan = office.lent()
    loan.journey_id = uuid.uuid4()
    loan.save()
    return loan


def test_a_visit_of_the_community_is_on_the_loan_and_its_problem_is_a_task(office, lent, street):  # noqa: F811
    clerk = Clerk(wanted={"business_state": "difficult", "loan_problem_seen": True, "loan_problems": "货款收不回"})
    clerk.wanted |= {"recovery_asked": True, "recommends_loan": False}
    clerk.wanted["recovery_visits"] = [
        {"done_on": "2026-11-23", "way": "上门", "reply": "先还一些", "repaid_fen": "1000"}
    ]
    case = community_case(office, lent, clerk)
    act(clerk, case, "track", "report", "verify", "publicise", "recover")
    check = lent.checks.get()
    assert (check.occasion, check.problem) == ("community", "货款收不回")
    assert Task.objects.get(key=f"loan.report:{check.pk}").organization == office.place.streets[0]
    assert recovering.account_of(lent).repaid == 100_000
    shown = text_of(street.get(f"/loans/{lent.pk}/"))
    assert "经营困难" in shown and "借款人属实" in shown and "催收：上门" in shown and "1,000.00" in shown
    lent.refresh_from_db()
    assert lent.state == "disbursed", "the street's first inspection is still owed"


def test_more_than_is_owed_cannot_be_collected(office, lent):  # noqa: F811
    clerk = Clerk(wanted={"recovery_asked": True, "recommends_loan": False, "loan_problem_seen": False})
    clerk.wanted["recovery_visits"] = [{"done_on": "2026-11-23", "way": "上门", "repaid_fen": "80000.01"}]
    case = community_case(office, lent, clerk)
    act(clerk, case, "track", "verify", "publicise")
    with pytest.raises(AssertionError, match="还欠80,000.00元"):
        act(clerk, case, "recover")
    assert not lent.moneys.exists()


def test_the_quarters_visits_of_firms_land_on_their_loans(office):  # noqa: F811
    definitions.sync_definitions(CATALOG)
    loan = office.lent(facts=FIRM)
    duties.open_due()
    case = Case.objects.get(procedure_id="Q-1.3.3", duty="quarterly_loan_visits", organization=office.place.centre)
    line = {"employer": "顺达食品加工厂", "visited_day": "2026-11-20", "state": "serious", "used_for": "购买原料"}
    clerk = Clerk(wanted={"loan_visits": [line], "loans_running": "1", "loans_visited": "1"})
    clerk.finish(case)
    case.refresh_from_db()
    assert case.state == "done"
    check = loan.checks.get()
    assert (check.occasion, check.on, check.has_changed) == ("on_site", day("2026-11-20"), True)
    assert "严重变化" in check.note
    assert Task.objects.filter(key=f"loan.report:{check.pk}").exists()


def test_the_firm_is_linked_and_its_file_shows_the_loan(office, street):  # noqa: F811
    firm = build.employer(office.place.streets[0], "顺达食品加工有限公司")
    loan = office.lent(facts=FIRM)
    assert f"/loans/{loan.pk}/" not in text_of(street.get(f"/employers/{firm.pk}/"))
    assert "没有找到这家单位的档案" in post(street, loan, "link", uscc="91110113MA00000000")
    assert "已关联顺达食品加工有限公司" in post(street, loan, "link", uscc=firm.uscc)
    assert f"/loans/{loan.pk}/" in text_of(street.get(f"/employers/{firm.pk}/"))


def test_the_list_asks_no_more_for_many_loans(office, street):  # noqa: F811
    office.apply(office.person("人甲"))

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            text_of(street.get("/loans/"))
        return len(seen)

    asked()
    one = asked()
    for number in range(6):
        loan = office.lent(office.apply(office.person(f"人{number}"), business_name=f"店{number}"))
        office.inspect(loan, "2026-11-20")
    assert asked() == one


def test_merging_two_files_with_running_loans_is_refused(office):  # noqa: F811
    from renben.kernel.merge import merge_people
    from renben.kernel.merging import MergeRefused

    kept, merged = office.person("王秀兰"), office.person("王秀兰")
    office.apply(kept)
    loan = office.apply(merged)
    with pytest.raises(MergeRefused, match="小额担保贷款"):
        merge_people(kept=kept, merged=merged, reason="同一个人", by=office.clerk)
    loan.state = "withdrawn"
    loan.save()
    merge_people(kept=kept, merged=merged, reason="同一个人", by=office.clerk)
    loan.refresh_from_db()
    assert loan.person == kept


def test_a_withdrawn_case_withdraws_the_loan(office, street):  # noqa: F811
    from renben.engines.procedures import actions

    definitions.sync_definitions(CATALOG)
    clerk = Clerk(wanted={"business_project": "餐饮", "own_share": "40"})
    case = clerk.start(current("J-4.3.3"), office.place.streets[0], person=office.person())
    act(clerk, case, "accept")
    actions.withdraw(case_id=case.pk, by=office.clerk, reason="不贷了")
    loan = Loan.objects.get(journey_id=case.journey_id)
    assert loan.state == "withdrawn"
    assert loan.events.order_by("-id").first().kind == "withdrawn"
    office.apply(loan.person)
