"""Objects of the employers' space for the URL sweep: those of the firm whose contact looks at them."""

from __future__ import annotations

from renben.kernel import clock
from renben.kernel.models import ImportBatch, Organization, User
from renben.services.placement.space.models import EmployerRequest, FirmBatch
from tests.guards import objects_placement  # noqa: F401 - declares the objects seen here
from tests.guards.objects import DAY, FACTORIES, employer, factory

SAME = {
    "firm_vacancy": "own_vacancy",
    "firm_contact": "employer_contact",
    "firm_referral": "referral",
    "firm_booth": "fair_booth",
    "open_fair": "fair",
}
for _firm, _subject in SAME.items():
    FACTORIES[_firm] = FACTORIES[_subject]


@factory("firm_request")
@factory("employer_request")
def employer_request(office: Organization, by: User) -> EmployerRequest:
    return EmployerRequest.objects.create(
        employer=employer(office, by), organization=office, kind="guidance", text="招不到夜班的人", due_on=DAY,
        asked_by=by, asked_at=clock.now(),
    )  # fmt: skip


@factory("firm_batch")
def firm_batch(office: Organization, by: User) -> ImportBatch:
    batch = FACTORIES["import_batch"](office, by)
    FirmBatch.objects.create(batch=batch, employer=employer(office, by))
    return batch
