"""A small district whose three procedures run with stand-in actions: the engine is tested without any service."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from renben.engines.procedures import actions, definitions, registry
from renben.engines.procedures.contracts import Done, StepContext
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel.models import User
from tests import build

CATALOG = Path(__file__).resolve().parents[3] / "catalog"
ACTIONS = [
    *(f"archives.{name}" for name in ("review", "record", "transfer", "collect")),
    *(f"registration.{name}" for name in ("inform_person", "register_unemployment", "issue_certificate")),
    *(f"registration.{name}" for name in ("enrol_benefit", "offer_job_service", "start_dynamic_record")),
    *(f"benefit.{name}" for name in ("check_archive", "determine", "file_notice")),
]
GUARDS = ["registration.conditions", "certificate.in_stock"]
REGISTRATION_PAPERS = (
    "用人单位终止解除劳动关系（聘用关系）的书面证明复印件",
    "本人的《居民身份证》复印件",
    "失业人员的身份证明材料复印件",
)
REGISTRATION_DATA = {
    "prior_status": "employed",
    "is_hardship": False,
    "wants_benefit": False,
    "wants_job_service": False,
}


@dataclass
class Stage:
    """What the stand-in actions were asked to do, and what they answer instead when a test says so."""

    ran: list[tuple[str, StepContext]] = field(default_factory=list)
    answers: dict[str, Callable[[StepContext], object]] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [name for name, _ in self.ran]

    def action(self, name: str) -> Callable[[StepContext], object]:
        def run(context: StepContext):
            self.ran.append((name, context))
            answer = self.answers.get(name)
            return answer(context) if answer else Done(refs={"did": name})

        return run


@pytest.fixture
def stage(monkeypatch) -> Stage:
    made = Stage()
    monkeypatch.setattr(registry, "_actions", {name: made.action(name) for name in ACTIONS})
    monkeypatch.setattr(registry, "_undo", {})
    monkeypatch.setattr(registry, "_guards", {name: lambda context: [] for name in GUARDS})
    monkeypatch.setattr(registry, "_sources", {})
    return made


@dataclass
class World:
    district: build.District
    reviewer: User
    second: User
    clerk: User
    other_clerk: User

    @property
    def centre(self):
        return self.district.centre

    @property
    def street(self):
        return self.district.streets[0]

    def person(self, name: str = "李建国"):
        return build.person(self.district.villages[0], name)

    def archive_case(self, person=None) -> Case:
        return actions.start(
            procedure_id="Q-1.2.2", organization=self.centre, by=self.reviewer, person=person or self.person()
        )

    def unemployment_case(self, person=None, **more) -> Case:
        return actions.start(
            procedure_id="J-4.2.1", organization=self.street, by=self.clerk, person=person or self.person(), **more
        )

    def at_registration(self, **more) -> Case:
        """A J-4.2.1 case whose person has been told and now comes to register."""
        case = self.unemployment_case(**more)
        done(
            actions.act(
                step_id=step(case, "collect").pk,
                outcome="done",
                by=self.clerk,
                data={"roster_checked_on": "2026-11-23"},
            )
        )
        told = {"informed_on": "2026-11-23", "informed_way": "phone"}
        done(actions.act(step_id=step(case, "inform").pk, outcome="done", by=self.clerk, data=told))
        return case

    def register(self, case: Case, **data):
        return actions.act(
            step_id=step(case, "register").pk,
            outcome="done",
            by=self.clerk,
            data=REGISTRATION_DATA | data,
            received=REGISTRATION_PAPERS,
        )


def step(case: Case, key: str) -> CaseStep:
    """The latest round of a step."""
    return CaseStep.objects.filter(case=case, key=key).order_by("-round").select_related("case", "organization").first()


def done(answer) -> Done:
    assert isinstance(answer, Done), answer
    return answer


def codes(answer) -> set[str]:
    assert isinstance(answer, actions.Blocked), answer
    return {reason.code for reason in answer.reasons}


def make_world() -> World:
    district = build.district()
    definitions.sync_definitions(CATALOG)
    return World(
        district,
        reviewer=build.staff("first_review", district.centre, "王芳"),
        second=build.staff("second_review", district.centre, "陈立"),
        clerk=build.staff("counter", district.streets[0], "赵敏"),
        other_clerk=build.staff("counter", district.streets[1], "孙丽"),
    )


def in_thread(function: Callable, *args):
    """Run on a connection of its own, outside the transaction that wraps a test, and hand back what it answers."""
    answers: list = []

    def run() -> None:
        try:
            answers.append((function(*args), None))
        except BaseException as error:
            answers.append((None, error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    answer, error = answers[0]
    if error is not None:
        raise error
    return answer


LOADED = {"procedures_definition", "procedures_definitionactivation", "kernel_auditevent", "kernel_audithead"}
"""Filled when the test database was made; they refer to users, so they are emptied too and filled again."""


def _empty_tables() -> list[str]:
    with connection.cursor() as cursor:
        empty = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT NOT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0] or table in LOADED:
                empty.append(f'"{table}"')
        return empty


def _restore(empty: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditevent DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(empty)}")
        cursor.execute("ALTER TABLE kernel_auditevent ENABLE TRIGGER USER")
        definitions.sync_definitions(CATALOG)  # what the database began with
        cursor.execute("ALTER TABLE kernel_auditevent DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM kernel_auditevent")
        cursor.execute("DELETE FROM kernel_audithead")
        cursor.execute("ALTER TABLE kernel_auditevent ENABLE TRIGGER USER")


@pytest.fixture
def committed(db):
    """`committed(function)` runs it with real commits; afterwards every table is as it was.

    pytest-django's own flush cannot be used: the audit trail refuses to be emptied, so its guard is lifted to clean up.
    """
    assert "test" in connection.settings_dict["NAME"], "this fixture empties tables"
    before = in_thread(_empty_tables)
    yield in_thread
    in_thread(_restore, before)


@pytest.fixture
def world(db, stage) -> World:
    return make_world()
