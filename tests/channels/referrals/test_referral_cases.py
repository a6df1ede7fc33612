"""J-5.2.4 and C-8.1.2.2 walked with a real referral: what is on record fills the steps, and the case's result is the referral's."""

from __future__ import annotations

import pytest
from django.urls import reverse

from renben.engines.ledgers.definitions import find
from renben.engines.ledgers.engine import open_ledger
from renben.engines.procedures import actions, definitions
from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.services.placement import referral_facts
from renben.services.placement.models import Referral
from tests import build
from tests.robot.clerk import Clerk

pytestmark = pytest.mark.django_db


POST = {
    "recommended_employer": "employer",
    "recommended_job": "job",
    "recommended_on": "made_on",
    "recommended_way": "way",
}
STATION_POST = {"referred_employer": "employer", "referred_job": "job", "job_source": "source"}


def kept(case: Case, names: dict[str, str]) -> dict:
    """What the page fills in of the referral, left as it stands."""
    return {field: referral_facts.known(case, f"referral.{name}") for field, name in names.items()}


@pytest.fixture
def walked(world):
    """A case of the street at 匹配推荐, and the clerk who works it."""
    definitions.sync_definitions()
    seeker, vacancy = world.seeker(), world.vacancy()
    case = actions.start(procedure_id="J-5.2.4", organization=world.street, by=world.clerk, person=seeker.person)
    return seeker, vacancy, case


def test_the_referral_fills_the_steps_and_its_case_takes_it_in(world, walked):
    seeker, vacancy, case = walked
    referral = world.refer(seeker, vacancy)
    assert referral.case == case
    told = kept(case, POST) | {"interview_result": "hired", "hired_on": "2026-11-23"}
    assert told["recommended_employer"] == vacancy.employer.name and told["recommended_way"] == "system"
    Clerk(outcomes={"follow": "hired"}, wanted=told).finish(case)
    referral.refresh_from_db()
    case.refresh_from_db()
    assert case.state == Case.State.DONE
    assert case.data["recommended_employer"] == vacancy.employer.name
    assert case.data["recommended_job"] == vacancy.title
    assert (referral.state, referral.hired_on.isoformat()) == ("hired", "2026-11-23")
    seeker.person.refresh_from_db()
    assert seeker.person.labour_status == "employed"


def test_a_failure_told_in_the_case_is_the_referrals(world, walked):
    seeker, vacancy, case = walked
    referral = world.refer(seeker, vacancy)
    told = kept(case, POST) | {
        "interview_result": "declined",
        "failure_kind": "distance",
        "failure_reason": "坐车要两小时",
    }
    Clerk(outcomes={"follow": "ended"}, wanted=told).finish(case)
    referral.refresh_from_db()
    assert (referral.state, referral.unfit, referral.result_note) == ("declined", "distance", "坐车要两小时")


def test_the_station_prints_the_letter_and_follows_to_the_end(world):
    definitions.sync_definitions()
    village = world.place.villages[0]
    worker = build.staff("community_worker", village, "周村")
    seeker, vacancy = world.seeker(), world.vacancy()
    case = actions.start(procedure_id="C-8.1.2.2", organization=village, by=worker, person=seeker.person)
    referral = world.refer(seeker, vacancy, organization=village, by=worker)
    told = kept(case, STATION_POST) | {"job_result": "hired", "hired_on": "2026-11-23"}
    Clerk(wanted=told).finish(case)
    referral.refresh_from_db()
    assert (referral.state, referral.case) == ("hired", case)


def test_the_roster_of_an_employers_case_holds_the_people_recommended(world, sign_in):
    definitions.sync_definitions()
    vacancy = world.vacancy()
    case = actions.start(procedure_id="J-5.3.3", organization=world.street, by=world.clerk, employer=vacancy.employer)
    world.refer(world.seeker(), vacancy)
    world.refer(world.seeker("李红"), vacancy)
    clerk = sign_in(world.clerk)
    step = case.steps.get(state="ready")
    actions.act(
        step_id=step.pk,
        by=world.clerk,
        outcome="done",
        data={
            "jobs_offered": [{"job": "包装工", "openings": 2, "pay": "4500"}],
            "job_categories": "生产",
            "recruit_by": "2026-12-20",
        },
    )
    page = clerk.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "王秀兰" in page and "李红" in page
    assert Referral.objects.count() == 2


def test_the_roster_ledger_is_filled_from_the_referrals_and_from_cases_that_have_none(world):
    definitions.sync_definitions()
    village = world.place.villages[0]
    worker = build.staff("community_worker", village, "周村")
    vacancy = world.vacancy()
    world.refer(world.seeker(skills=["装箱"]), vacancy, organization=village, by=worker)
    world.refer(world.seeker("李红"), vacancy)
    case = actions.start(procedure_id="C-8.1.2.1", organization=village, by=worker, employer=vacancy.employer)
    line = {"job": "保洁员", "phone": "13800000009", "source": "local"}
    told = {"recommended_people": [{"name": "王秀兰", **line, "job": "包装工"}, {"name": "赵强", **line}]}
    Clerk(wanted=told).finish(case)
    page = open_ledger(find("recommended_people"), as_of=clock.today(), scope_paths=[world.street.path])
    assert [(row["name"], row["job"], row["skill"] or "") for row in page.rows] == [
        ("王秀兰", "包装工", "装箱"),
        ("赵强", "保洁员", ""),
    ], "the street's own referral of 李红 is no station's, and 王秀兰 stands once"
