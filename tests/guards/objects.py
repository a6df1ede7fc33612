"""One object of each subject kind, standing in a named office, for the URL sweep. A new subject needs a line here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from renben.kernel import clock
from renben.kernel.models import Employer, Household, ImportBatch, Mandate, Organization, Person, StoredFile, Task, User
from tests import build

FACTORIES: dict[str, Callable[[Organization, User], object]] = {}


def factory(subject: str) -> Callable:
    def attach(function: Callable) -> Callable:
        FACTORIES[subject] = function
        return function

    return attach


@factory("person")
def person(office: Organization, by: User) -> Person:
    return build.person(office)


@factory("household")
def household(office: Organization, by: User) -> Household:
    return Household.objects.create(organization=office, book_number="1")


@factory("employer")
def employer(office: Organization, by: User) -> Employer:
    return Employer.objects.create(uscc="91110113MA00000000", name="北京某某有限公司", organization=office)


@factory("file")
def file(office: Organization, by: User) -> StoredFile:
    return StoredFile.objects.create(
        sm3="0" * 64,
        name="证明.pdf",
        mime="application/pdf",
        size=1,
        organization=office,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )


@factory("task")
def task(office: Organization, by: User) -> Task:
    return Task.objects.create(
        key="k", title="核对", reason="测试", organization=office, cleared_by="Seen", opened_at=clock.now()
    )


@factory("import_batch")
def import_batch(office: Organization, by: User) -> ImportBatch:
    return ImportBatch.objects.create(
        kind="people", file_name="a.xlsx", file_sm3="0", organization=office, created_by=by, created_at=clock.now()
    )


@factory("organization")
def organization(office: Organization, by: User) -> Organization:
    return office


@factory("mandate")
def mandate(office: Organization, by: User) -> Mandate:
    return Mandate.objects.create(
        person=build.person(office),
        agent=build.person(office, "王芳", "F"),
        matters="失业登记",
        start_on=dt.date(2026, 1, 1),
        end_on=dt.date(2027, 1, 1),
        recorded_by=by,
        recorded_at=clock.now(),
    )
