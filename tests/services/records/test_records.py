"""Recorded work: what a case leaves behind is read by name, on forms and in ledgers, as of any day."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import time_machine

from renben.engines.documents.forms import load_forms
from renben.engines.documents.typst_engine import render
from renben.engines.ledgers.definitions import find, load_ledgers
from renben.engines.ledgers.engine import open_ledger
from renben.engines.ledgers.workbook import to_xlsx
from renben.engines.procedures import actions, definitions, queries
from renben.engines.procedures.contracts import Done
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import clock
from renben.services.records import papers, vocabulary
from renben.services.records.facts import CaseFacts
from tests import build

pytestmark = pytest.mark.django_db
SHANGHAI = clock.ZONE


@pytest.fixture
def district():
    made = build.district()
    made.clerk = made.staff("counter", made.streets[0], "王芳")
    made.person = build.person(made.villages[0], "李建国", address="裕龙一区3号楼")
    return made


def recorded(district, **values) -> CaseStep:
    """A finished step of J-5.2.4 for the district's person, written as the engine writes it."""
    case = actions.start(
        procedure_id="J-5.2.4", organization=district.streets[0], by=district.clerk, person=district.person
    )
    step = CaseStep.objects.create(
        case=case,
        key="follow",
        position=4,
        title="跟踪",
        role="counter",
        roles=["counter"],
        organization=district.streets[0],
        state="done",
        outcome="done",
        opened_at=clock.now(),
        done_at=clock.now(),
        done_by=district.clerk,
        data={"values": values, "on": clock.today().isoformat()},
    )
    case.data = case.data | values
    case.save()
    return step


SLUG = "unemployed_referral_statistics"


def test_a_recorded_step_is_a_row_with_what_was_recorded(district):
    step = recorded(district, recommended_employer="北京顺义某食品有限公司", recommended_job="包装工")
    page = open_ledger(SLUG, as_of=clock.today(), scope_paths=[district.centre.path])
    (row,) = page.rows
    assert row["_url"] == f"/cases/{step.case_id}/?step=follow"
    assert "李建国" in row.values() and "包装工" in row.values()
    assert district.person.id_masked in row.values(), "numbers stay masked on the page"


def test_another_street_does_not_see_it(district):
    recorded(district)
    assert open_ledger(SLUG, as_of=clock.today(), scope_paths=[district.streets[1].path]).total_rows == 0


def test_the_ledger_of_an_earlier_day_does_not_know_it_yet(district):
    recorded(district)
    with time_machine.travel(dt.datetime(2026, 11, 25, 9, tzinfo=SHANGHAI), tick=False):
        recorded(district)
        assert open_ledger(SLUG, as_of=dt.date(2026, 11, 24), scope_paths=[district.centre.path]).total_rows == 1
        assert open_ledger(SLUG, as_of=dt.date(2026, 11, 25), scope_paths=[district.centre.path]).total_rows == 2


def test_what_was_refused_is_no_entry(district):
    step = recorded(district)
    Case.objects.filter(pk=step.case_id).update(state=Case.State.REFUSED)
    assert open_ledger(SLUG, as_of=clock.today(), scope_paths=[district.centre.path]).total_rows == 0


def test_a_ledger_of_lines_has_one_row_for_each_line_and_adds_them_up(district):
    """设备使用和库存统计 (J-6.3.1): a table recorded once, a row for each device."""
    ledger = find("device_stock")
    counted = next(column for column in ledger.columns if column.fact == "row.in_use")
    case = actions.start(procedure_id="J-6.3.1", organization=district.streets[0], by=district.clerk)
    field = ledger.records.rows_field
    lines = [{"device": "触摸屏", "in_use": 2, "in_stock": 1}, {"device": "电脑", "in_use": 5, "in_stock": 0}]
    CaseStep.objects.create(
        case=case, key="manage", position=3, title="强化管理", role="counter", roles=["counter"],
        organization=district.streets[0], state="done", outcome="done", opened_at=clock.now(), done_at=clock.now(),
        data={"values": {field: lines}, "on": clock.today().isoformat()},
    )  # fmt: skip
    page = open_ledger(ledger, as_of=clock.today(), scope_paths=[district.centre.path])
    assert page.total_rows == 2
    if counted.total == "sum":
        assert page.totals[counted.key] == 7
    book = io.BytesIO()
    assert to_xlsx(ledger, page.rows, book, office_name="区", as_of=clock.today(), made_by="王芳") == 2


def test_facts_are_read_by_name(district):
    step = recorded(district, recommended_job="包装工")
    facts = CaseFacts(step.case, step=step)
    assert facts.read("person.name") == "李建国"
    assert facts.read("person.address") == "裕龙一区3号楼"
    assert facts.read("person.community") == district.villages[0].name
    assert facts.read("office.name") == district.streets[0].name
    assert facts.read("step.done_by") == "王芳"
    assert facts.read("step.done_on") == clock.today()
    assert facts.read("field.nothing|field.recommended_job") == "包装工"
    assert facts.read("employer.name") is None
    assert facts.read("blank") is None, "left for a hand to write in"
    with pytest.raises(LookupError):
        facts.read("weather.today")


def test_a_name_nobody_can_read_is_told_without_a_database():
    known = {"J-5.2.4": definitions.current("J-5.2.4")[1]}
    assert vocabulary.problems("person.name|today", ["J-5.2.4"], known) == []
    for wrong in ("person.nickname", "field.nothing", "row.x", "ledger.none", "step.nowhere.done_on", "journey.X-1.a"):
        assert vocabulary.problems(wrong, ["J-5.2.4"], known), wrong


LAID_OUT = sorted(slug for slug, form in load_forms().items() if form.layout != "own")


@pytest.mark.parametrize("slug", LAID_OUT)
def test_every_form_prints_from_a_case_that_knows_little(district, slug):
    """Gaps are marked and listed, nothing fails; a certificate is not issued with them."""
    form = load_forms()[slug]
    procedure = definitions.current(next(id_ for id_ in form.procedures))[1]
    office = {"district": district.centre, "street": district.streets[0], "community": district.villages[0]}
    case = actions.start(
        procedure_id=procedure.id, organization=office[procedure.tier], by=district.clerk, person=district.person
    )
    data = papers.fill(slug, case)
    assert set(data) <= {field.name for field in form.filled_fields}
    done = render(form, data)
    assert done.pdf.startswith(b"%PDF")
    required = [field.label for field in form.filled_fields if field.required and field.name not in data]
    assert [label for label in required if label not in done.gaps] == []


def test_what_a_step_recorded_stands_on_its_form(district):
    """J-4.1.2: the employer's visit prints 《企业招工信息登记表》 with the employer of the case."""
    employer = build.employer(district.streets[0], name="北京顺义某食品有限公司")
    case = actions.start(procedure_id="J-4.1.2", organization=district.streets[0], by=district.clerk, employer=employer)
    assert "北京顺义某食品有限公司" in papers.fill("企业招工信息登记表", case).values()
    issued = papers.print_for_case(form="企业招工信息登记表", case=case, by=district.clerk)
    again = papers.print_for_case(form="企业招工信息登记表", case=case, by=district.clerk)
    assert issued.pk == again.pk, "the same content is not issued twice"


def test_the_ledgers_of_the_catalogue_name_steps_that_exist():
    for ledger in load_ledgers().values():
        for place in ledger.records.steps if ledger.records else []:
            procedure_id, _, key = place.partition("/")
            assert definitions.current(procedure_id)[1].step(key), ledger.slug


def test_a_follow_up_is_recorded_and_the_next_one_opens(district):
    step = recorded(district)
    rules = [
        (procedure_id, rule)
        for procedure_id in ("J-4.2.1",)
        for one in definitions.current(procedure_id)[1].steps
        for rule in one.follow_ups
    ]
    assert rules, "procedures with follow-ups exist"
    procedure_id, rule = rules[0]
    case = actions.start(
        procedure_id=procedure_id, organization=district.streets[0], by=district.clerk, person=district.person
    )
    first = actions.open_follow_up(case=case, kind=rule.kind, by=district.clerk)
    following = actions.record_follow_up(
        follow_up_id=first.pk, outcome="done", note="已电话联系，经营正常", by=district.clerk
    )
    assert following is not None and following.due_on > first.due_on
    assert (
        actions.record_follow_up(follow_up_id=following.pk, outcome="ended", note="结束", by=district.clerk, ends=True)
        is None
    )
    assert not case.follow_ups.filter(cleared_at=None).exists()
    assert step.case.pk != case.pk


def test_a_case_of_a_name_gets_its_person_once(district):
    case = actions.start(procedure_id="J-5.5.1", organization=district.streets[0], by=district.clerk)
    assert isinstance(actions.attach_person(case_id=case.pk, person=district.person, by=district.clerk), Done)
    other = build.person(district.villages[0], "赵红")
    refused = actions.attach_person(case_id=case.pk, person=other, by=district.clerk)
    assert [reason.code for reason in refused.reasons] == ["has_person"]
    case.refresh_from_db()
    assert case.person_id == district.person.pk
    assert any(event.note == "补上服务对象" for event in queries.timeline(case.journey_id))
