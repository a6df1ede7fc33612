"""A ledger of recorded work asks the database no more often for many rows than for few, and its sums are those of its rows."""

from __future__ import annotations

import io
import weakref
from itertools import count

from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.ledgers.definitions import all_ledgers
from renben.engines.ledgers.engine import iter_rows, open_ledger
from renben.engines.ledgers.workbook import to_xlsx
from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import clock
from renben.services.records import subjects, vocabulary
from tests import build

FEW, MANY = 3, 30
RECORDED = [ledger for ledger in all_ledgers() if ledger.records is not None]
_serial = count(1)


def queries(ledger, path) -> tuple[int, int]:
    """Rows of a ledger and the questions put to the database for them, as a file and as a page."""
    with CaptureQueriesContext(connection) as asked:
        rows = list(iter_rows(ledger, as_of=clock.today(), scope_paths=[path]))
        open_ledger(ledger, as_of=clock.today(), scope_paths=[path], size=100)
    return len(rows), len(asked)


def value(field, number: int):
    """Something a clerk might have recorded in a field."""
    kinds = {"bool": True, "int": number, "money_fen": 100 * number, "number": 1.5, "date": "2026-11-02", "files": [1]}
    if field.type in kinds:
        return kinds[field.type]
    if field.type in ("choice", "choices"):
        first = field.choices[0].value if field.choices else "一"
        return [first] if field.type == "choices" else first
    if field.type == "rows":
        return [{column.name: value(column, number) for column in field.columns}]
    return f"文字{number}"


def record(ledger, person, employer, office, by) -> None:
    """One finished case of a ledger: every step of its procedure, each with every value."""
    procedure_id, _, own = ledger.records.steps[0].partition("/")
    definition_id, procedure = definitions.current(procedure_id)
    steps = [*procedure.steps, *(duty.own for duty in procedure.duties if duty.own is not None)]
    number = next(_serial)
    values = {field.name: value(field, number) for step in steps for field in step.fields}
    case = Case.objects.create(
        number=f"Z{number:08d}", definition_id=definition_id, procedure_id=procedure_id, title=procedure.title,
        person=person, employer=employer, organization=office, opened_organization=office, opened_at=clock.now(),
        opened_by=by, data=values, state="done",
    )  # fmt: skip
    CaseStep.objects.bulk_create(
        CaseStep(
            case=case, key=key, position=place, title=key, role="counter", organization=office, opened_at=clock.now(),
            state="done", outcome=(ledger.records.outcomes or ["done"])[0], done_at=clock.now(), done_by=by,
            data={"values": values if key == own else {}},
        )
        for place, key in enumerate(dict.fromkeys([*(step.key for step in steps), own]))
    )  # fmt: skip


def test_no_ledger_of_recorded_work_asks_once_per_row(db):
    made = build.district()
    people = [build.person(made.villages[n % 4]) for n in range(MANY)]
    employers = [build.employer(made.streets[0], f"北京甲{n}公司") for n in range(MANY)]
    clerks = [build.staff("counter", office) for office in made.streets]
    slow = {}
    for ledger in RECORDED:
        CaseStep.objects.all().delete()
        for n in range(FEW):
            record(ledger, people[n], employers[n], made.streets[n % 2], clerks[n % 2])
        queries(ledger, made.centre.path)  # texts of the catalogue are read once per process
        few, asked = queries(ledger, made.centre.path)
        for n in range(FEW, MANY):
            record(ledger, people[n], employers[n], made.streets[n % 2], clerks[n % 2])
        many, asked_again = queries(ledger, made.centre.path)
        assert (few, many) == (FEW, MANY), ledger.slug
        if asked != asked_again:
            slow[ledger.slug] = (asked, asked_again)
    assert not slow, "这些台账每多一行就多查一次数据库：给用到的事实在 subjects 写全 needs"


def test_the_sums_of_a_page_are_those_of_its_rows(db):
    """Also where an earlier step recorded the figure: the case knows it, the row shows it, the sum counts it."""
    made = build.district()
    clerk, person = build.staff("counter", made.streets[0]), build.person(made.villages[0])
    wrong = {}
    for ledger in (one for one in RECORDED if one.summed):
        CaseStep.objects.all().delete()
        for _ in range(FEW):
            record(ledger, person, None, made.streets[0], clerk)
        CaseStep.objects.update(data={})
        if ledger.records.by == "row":
            continue
        page = open_ledger(ledger, as_of=clock.today(), scope_paths=[made.centre.path])
        for column in ledger.summed:
            shown = sum(row[column.key] for row in page.rows)
            if not shown or page.totals[column.key] != shown:
                wrong[ledger.slug, column.key] = (page.totals[column.key], shown)
    assert not wrong


def test_every_word_of_the_vocabulary_can_be_read():
    read = (subjects.PERSON, subjects.EMPLOYER, subjects.OFFICE, subjects.CASE, subjects.STEP)
    words = (vocabulary.PERSON, vocabulary.EMPLOYER, vocabulary.OFFICE, vocabulary.CASE, vocabulary.STEP)
    assert [set(one) for one in read] == [set(one) for one in words]


def test_a_large_ledger_is_written_without_holding_its_rows(db):
    """Rows are taken one by one while the file is written; those before are no longer held."""

    class Row(dict):
        pass

    given, alive = [], []

    def rows():
        for n in range(500):
            row = Row(name=f"李{n}")
            given.append(weakref.ref(row))
            yield row
            alive.append(sum(one() is not None for one in given))

    ledger = RECORDED[0]
    assert to_xlsx(ledger, rows(), io.BytesIO(), office_name="区", as_of=clock.today(), made_by="王芳") == 500
    assert max(alive) <= 5
