"""The insurance subsidy from the street's counter to the district and back, worked through the pages (J-4.3.2, Q-1.3.1, Q-1.3.2)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case
from renben.services.support.models import InsuranceSubsidy
from tests import build
from tests.robot.clerk import Clerk, current
from tests.robot.handing import SUBSIDY, act, assert_carried, follows, one_timeline, page_of, refuse

CATALOG = Path(__file__).resolve().parents[2] / "catalog"

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


@pytest.fixture
def district():
    made = build.district()
    definitions.sync_definitions(CATALOG)
    return made


@pytest.fixture
def street(district):
    return district.streets[0]


@pytest.fixture
def person(district):
    return build.person(district.villages[0])


@pytest.mark.parametrize(
    ("kind", "procedure_id", "names"),
    [
        ("self_employed", "Q-1.3.1", ["started_on", "work_content", "work_place", "subsidy_from"]),
        ("flexible", "Q-1.3.2", ["started_on", "work_content", "work_place", "subsidy_from", "earlier_months"]),
    ],
)
def test_an_insurance_subsidy_goes_from_the_street_to_the_district(kind, procedure_id, names, district, street, person):
    clerk = Clerk(wanted=SUBSIDY | {"subsidy_kind": kind})
    case = clerk.start(current("J-4.3.2"), street, person=person)
    act(clerk, case, "accept", "verify", "submit")
    above = follows(case, procedure_id, district.centre)
    assert Case.objects.filter(parent=case).count() == 1, "自谋和灵活只报一样"
    assert_carried(clerk, case, above, *names)
    assert above.steps.get().due_on == dt.date(2026, 11, 30), "5个工作日内审核"
    act(clerk, above, "accept", "system_check", "submit", "reply")
    assert above.state == Case.State.DONE
    assert "下达批复" in page_of(clerk, case), "街（镇）看得到批复"
    act(clerk, case, "deposit", "follow")
    assert case.state == Case.State.DONE
    subsidy = InsuranceSubsidy.objects.get(journey_id=case.journey_id)
    assert (subsidy.kind, subsidy.state, subsidy.months.count()) == (kind, "drawing", subsidy.months_granted)
    one_timeline(clerk, case, above)


def test_an_insurance_subsidy_is_sent_back_and_refused(district, street, person):
    clerk = Clerk(wanted=SUBSIDY, outcomes={"Q-1.3.1/system_check": "recheck"})
    case = clerk.start(current("J-4.3.2"), street, person=person)
    act(clerk, case, "accept", "verify", "submit")
    above = follows(case, "Q-1.3.1", district.centre)
    act(clerk, above, "accept", "system_check")
    assert above.steps.get(key="accept", state="ready").round == 2, "退回重审"
    refuse(clerk, above, "accept")
    assert above.state == Case.State.REFUSED
    assert "不予办理" in page_of(clerk, case)
    refuse(clerk, case, "deposit")
    assert case.state == Case.State.REFUSED
    assert InsuranceSubsidy.objects.get(journey_id=case.journey_id).state == "refused"
    one_timeline(clerk, case, above)
