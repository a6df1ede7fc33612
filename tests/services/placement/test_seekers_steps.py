"""求职登记 through its procedures: what the steps were told becomes one registration, and what is on record fills the steps."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.procedures import actions
from renben.engines.procedures.contracts import Blocked
from renben.kernel import taskboard
from renben.kernel.models import Task
from renben.services.placement import seekers_acts
from renben.services.placement.models import Seeker
from renben.services.records import papers
from tests import build

TALK = {"seeker_situation": "要接孩子", "job_intention": "想做库管", "work_history": "做过五年库管"}
FORM = {
    "wanted_job": "仓库保管员、叉车司机", "wanted_pay": 450000, "wanted_place": "胜利或者光明都行", "skills": "开叉车，盘点",
    "form_matches_papers": True, "seeker_class": "difficult", "difficulty_reason": ["care", "age"],
}  # fmt: skip


def act(case, key, outcome="done", *, by, reason="", **data):
    step = case.steps.get(key=key, state="ready")
    received = ["身份证"] if key == "check_papers" else []
    return actions.act(step_id=step.pk, outcome=outcome, by=by, data=data, received=received, reason=reason)


@pytest.fixture
def desk(district):
    """A case of J-5.2.1 worked as far as the form."""

    def to_the_form(person, **talk):
        case = actions.start(procedure_id="J-5.2.1", organization=district.street, by=district.clerk, person=person)
        assert not isinstance(act(case, "receive", by=district.clerk, **(talk or TALK)), Blocked)
        act(case, "check_papers", by=district.clerk, shown_papers=["identity"], papers_complete=True)
        return case

    return to_the_form


def test_the_desk_registers_what_it_was_told(district, desk):
    person = build.person(district.village, birth_on=dt.date(1985, 3, 2))
    taskboard.open_task(
        key="job_service:1", title="t", reason="r", organization=district.street, person=person,
        cleared_by="JobseekerRegistered",
    )  # fmt: skip
    case = desk(person)
    assert not isinstance(act(case, "fill_form", by=district.clerk, **FORM), Blocked)
    seeker = Seeker.objects.get()
    first, second = seekers_acts.wishes_of(seeker)
    assert (first.title, first.wage_min_fen, first.regions) == ("仓库保管员", 450000, ("110113001000", "110113002000"))
    assert (second.title, second.wage_min_fen) == ("叉车司机", 0) and first.occupation
    assert (seeker.seeker_class, seeker.difficulties, seeker.case) == ("difficult", ["care", "age"], case)
    assert (seeker.skills, seeker.history, seeker.about) == (["开叉车", "盘点"], "做过五年库管", "要接孩子")
    assert Task.objects.get().cleared_at is not None
    assert not isinstance(act(case, "enter", by=district.clerk), Blocked), "number and last day are filled in"
    case.refresh_from_db()
    assert (case.data["seeker_number"], case.data["seeker_valid_until"]) == (seeker.number, "2027-02-22")
    printed = papers.fill("求职登记表", case)
    assert printed["number"] == seeker.number and printed["wanted_job"] == "仓库保管员、叉车司机"
    assert (printed["wanted_pay"], printed["wanted_place"]) == (450000, "胜利街道、光明街道")


def test_whoever_is_registered_types_nothing_again_and_loses_nothing(district, desk, looking):
    seeker = looking(
        "仓库保管员", accepts_nights=True, history="做过库管", about="住得近", skills=("开叉车",), certificates=("叉车证",)
    )  # fmt: skip
    seeker.wishes.update(occupation_chosen=True, wage_min_fen=400000)
    case = actions.start(procedure_id="J-5.2.1", organization=district.street, by=district.clerk, person=seeker.person)
    assert not isinstance(act(case, "receive", by=district.clerk), Blocked), (
        "age, wish and jobs come from the registration"
    )
    act(case, "check_papers", by=district.clerk, shown_papers=["identity"], papers_complete=True)
    assert not isinstance(act(case, "fill_form", by=district.clerk, form_matches_papers=True), Blocked)
    seeker.refresh_from_db()
    assert Seeker.objects.count() == 1 and seeker.case == case
    assert (seeker.accepts_nights, seeker.certificates, seeker.skills) == (True, ["叉车证"], ["开叉车"])
    wish = seekers_acts.wishes_of(seeker)[0]
    assert (wish.occupation_chosen, wish.wage_min_fen) == (True, 400000)


def test_the_form_step_blocks_with_the_article_when_the_law_says_no(district, desk):
    case = desk(build.person(district.village, birth_on=dt.date(1985, 3, 2)))
    case.person.birth_on = dt.date(2012, 1, 1)
    case.person.save(update_fields=["birth_on"])
    refused = act(case, "fill_form", by=district.clerk, **FORM)
    assert isinstance(refused, Blocked) and "第十五条" in str(refused)
    assert not Seeker.objects.exists()


def test_a_mismatch_goes_back_and_registers_nothing(district, desk):
    case = desk(build.person(district.village, birth_on=dt.date(1985, 3, 2)))
    assert not isinstance(act(case, "fill_form", "mismatch", by=district.clerk, reason="姓名不符", **FORM), Blocked)
    assert not Seeker.objects.exists()


def test_the_station_registers_in_its_own_procedure(district):
    person = build.person(district.village, birth_on=dt.date(1985, 3, 2))
    case = actions.start(procedure_id="C-8.1.1", organization=district.village, by=district.worker, person=person)
    told = {"personal_conditions": "身体好", "job_intention": "保洁", "wanted_pay": 300000, "work_history": "没有"}
    act(case, "receive", by=district.worker, **told)
    done = act(
        case, "register", by=district.worker, resume_notes="没有", other_skills="做饭", identity_checked=["id_card"],
        told_information=["vacancies"], wants_referral=False,
    )  # fmt: skip
    assert not isinstance(done, Blocked)
    seeker = Seeker.objects.get()
    assert (seeker.organization, seeker.skills, seeker.about) == (district.village, ["做饭"], "身体好")
