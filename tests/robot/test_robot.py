"""The robot clerk walks every procedure through the pages; the forms and ledgers it must leave behind are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from renben.channels.workbench.case_start import concerns
from renben.engines.documents.forms import find_form
from renben.engines.ledgers.definitions import find
from renben.engines.ledgers.engine import open_ledger
from renben.engines.procedures import catalogue, definitions, queries
from renben.engines.procedures.models import Case
from renben.kernel import clock, people
from renben.services.registration.case_papers import SUPPLEMENT
from renben.services.registration.models import RegistrationCertificate
from tests import build
from tests.robot.clerk import Clerk
from tests.robot.handing import FIRM_HIRES, FIRM_LOAN, SHOP_LOAN, SUBSIDY
from tests.robot.posts_world import on_posts

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
PROCEDURES = catalogue.load(CATALOG).procedures
OWN_JOURNEY = {"Q-1.2.2", "Q-1.2.3", "J-4.2.1", "Q-1.3.6"}
"""Walked with real archives, registrations and benefits in tests/journeys and tests/services/registration; the grants, whose
reviews are of three people and whose notice lasts a week, in test_grants."""
WALKED = sorted(PROCEDURES.keys() - OWN_JOURNEY)

PRINTED_ON_OCCASION = {SUPPLEMENT}
"""Owed only after a 一次性告知, which a walk without a hitch does not give."""

ONLY_LOOKED_AT = {
    ("J-4.3.1/guide", "北京市农村劳动力转移就业证"),
    ("J-5.4.4/track", "创业培训合格证书"),
}
"""The step looks at a certificate that another one issues; the page says what is still missing instead of printing it."""

WANTED = dict.fromkeys(["J-4.3.2", "Q-1.3.1", "Q-1.3.2"], SUBSIDY) | {"J-5.4.5": SHOP_LOAN, "Q-1.3.3": FIRM_LOAN}
"""Where a rule decides, the robot tells facts that meet it; the account is the person's own."""

PREPARED = {"Q-1.3.5": on_posts}
"""What has to stand before the walk: rows of a service that its steps read."""
OUTCOMES = {"Q-1.3.3": {"after_care": "no_interest"}, "Q-1.3.4": {"submit": "agreed_only"}}
"""Without a standard on file no interest is granted; tests/channels/loans walks that way with one."""
WITHOUT_LOANS = {"check_round": "none", "loan_checks": [], "loan_visits": []}
DUTIES_WANT = {
    "J-5.4.5": WITHOUT_LOANS | {"material_change": False, "sudden_problem": False},
    "Q-1.3.3": WITHOUT_LOANS,
}
"""Nobody has borrowed here; tests/channels/loans does these duties with loans."""

WANTED["Q-1.3.4"] = FIRM_HIRES
WANTED["J-5.3.1"] = {
    "jobs_offered": [{"job": "包装工", "openings": "5", "requirement": "能上两班", "pay": "4500-5500元/月"}],
    "brochure_valid_until": "2026-12-20",
}
"""A post as an employer tells it: the rules of words and wages are asked."""

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


@pytest.fixture
def district():
    made = build.district()
    definitions.sync_definitions(CATALOG)
    return made


def office_of(district, tier: str):
    return {"district": district.centre, "street": district.streets[0], "community": district.villages[0]}[tier]


def guided_by(district) -> dict:
    """One person guided, so that the draw of the telephone check can only mean this one."""
    person = build.person(district.villages[0])
    number = people.full_number(person)
    line = {"name": person.name, "id_number": number, "guided_on": clock.today().isoformat(), "hours": "2"}
    call = {"name": person.name, "tail": number[-4:], "called_on": clock.today().isoformat(), "answer": "yes"}
    return {"institution": "胜利街道社会保障事务所", "guided": [line], "calls": [call]}


@pytest.mark.parametrize("procedure_id", WALKED)
def test_the_robot_walks_the_procedure(procedure_id, district):
    procedure = PROCEDURES[procedure_id]
    office, about = office_of(district, procedure.tier), concerns(procedure)
    subject = {}
    if "person" in about:
        subject["person"] = build.person(district.villages[0], address="北京市顺义区胜利街道3号楼", education="61")
        if procedure_id == "J-4.2.2":  # somebody who goes to work brings the certificate of the time without work
            RegistrationCertificate.objects.create(
                number="1101131926000001", person=subject["person"], organization=office, issued_on=clock.today()
            )
    elif "employer" in about:
        subject["employer"] = build.employer(district.villages[0])
    if procedure_id in PREPARED:
        PREPARED[procedure_id](district)
    wanted = WANTED.get(procedure_id, {})
    if procedure_id == "Q-1.3.7":  # whoever was guided is in the register, and the one drawn is called
        wanted = guided_by(district)
    clerk = Clerk(wanted=wanted, outcomes=OUTCOMES.get(procedure_id))
    case = clerk.start(procedure, office, **subject)
    walk = clerk.finish(case, journey=any(step.waits_for for step in procedure.steps))
    case.refresh_from_db()

    assert case.state == Case.State.DONE, f"停在 {[s.key for s in case.steps.filter(state__in=['ready', 'waiting'])]}"
    done = {key for worked, key in walk.acts if worked == procedure_id}
    skipped = set(case.steps.filter(state="skipped").values_list("key", flat=True))
    assert done | skipped <= {step.key for step in procedure.steps}
    printed = {find_form(name).name for _, name in walk.forms}
    for step in procedure.steps:
        if step.key not in done:
            continue
        missing = {find_form(name).name for name in step.forms} - printed - PRINTED_ON_OCCASION
        place = f"{procedure_id}/{step.key}"
        for name in [name for name in missing if (place, name) in ONLY_LOOKED_AT]:
            assert "还缺" in walk.unprinted.get((place, name), ""), f"{place} 没有说《{name}》缺什么"
            missing.discard(name)
        assert missing == set(), f"{step.key} 没有打印出 {missing}：{walk.unprinted}"
        for name in step.ledgers:
            ledger = find(name)
            if ledger.records is None or not any(
                place == f"{procedure_id}/{step.key}" for place in ledger.records.steps
            ):
                continue
            page = open_ledger(ledger, as_of=clock.today(), scope_paths=[office.path])
            assert page.total_rows >= 1, f"《{ledger.name}》里没有这次办理的记录"
            shown = step.key
            if ledger.records.by == "case":  # one line a case, which leads to the last of its steps
                shown = [
                    s.key
                    for s in procedure.steps
                    if s.key in done and f"{procedure_id}/{s.key}" in ledger.records.steps
                ][-1]
            assert any(line.url == f"/cases/{case.pk}/?step={shown}" for line in page.lines)


@pytest.mark.parametrize("procedure_id", [p.id for p in PROCEDURES.values() if p.duties])
def test_the_robot_does_every_duty(procedure_id, district):
    """Each duty opens at its office and is worked to its end through the pages."""
    from renben.engines.procedures import duties

    if procedure_id in PREPARED:
        PREPARED[procedure_id](district)
    opened = duties.open_due()
    assert opened.opened
    procedure, clerk = PROCEDURES[procedure_id], Clerk(wanted=DUTIES_WANT.get(procedure_id))
    office = office_of(district, procedure.tier)
    cases = Case.objects.filter(procedure_id=procedure_id, organization=office).exclude(duty="")
    owed = {duty.key for duty in procedure.duties if not duty.months or clock.today().month in duty.months}
    assert {case.duty for case in cases} <= {duty.key for duty in procedure.duties}
    assert owed - {case.duty for case in cases} <= {d.key for d in procedure.duties if d.period != "month" or d.opens}
    for case in cases.order_by("id"):
        clerk.finish(case)
        assert case.state == Case.State.DONE, (
            f"职责 {case.duty} 停在 {[s.key for s in case.steps.filter(state='ready')]}"
        )
        assert queries.procedure_of(case).duty(case.duty) is not None


def test_a_step_is_never_a_bare_button():
    """Every step records something or does something (issue: no step is a bare “done” button)."""
    bare = [f"{p.id}/{s.key}" for p in PROCEDURES.values() for s in p.steps if not s.fields and not s.action]
    assert bare == []
