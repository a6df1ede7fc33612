"""Two streets with registrations, archives and payments on known days, written as history has them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import clock
from renben.services.registration.models import (
    ArchiveHandover,
    ArchiveMovement,
    PersonnelArchive,
    RegistrationChange,
    UnemploymentRegistration,
)
from tests import build


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(11), tzinfo=clock.ZONE)


class Writer:
    """Writes rows of registration with their history."""

    def __init__(self, place):
        self.place = place

    def registration(self, person, street, on, closed_on=None, recorded=None):
        made = UnemploymentRegistration.objects.create(
            person=person,
            organization=street,
            registered_on=on,
            prior_status="employed",
            state="closed" if closed_on else "active",
            closed_on=closed_on,
            close_reason="hired" if closed_on else "",
            recorded_at=at(recorded or on),
        )
        self.change(made, "registered", on, street, recorded)
        if closed_on:
            self.change(made, "closed", closed_on, street)
        return made

    def change(self, registration, kind, on, street, recorded=None):
        RegistrationChange.objects.create(
            registration=registration, kind=kind, on=on, at=at(recorded or on), organization=street
        )

    def archive(self, person, street, received_on, kind="unemployed", number="DA-1"):
        made = PersonnelArchive.objects.create(
            person=person,
            kind=kind,
            archive_number=number,
            employer_name="北京某纺织有限公司",
            received_on=received_on,
            organization=self.place.centre,
            target_organization=street,
            recorded_at=at(received_on),
        )
        self.move(made, "received", received_on, to=self.place.centre)
        return made

    def move(self, archive, kind, on, *, giver=None, to=None, handover=None):
        ArchiveMovement.objects.create(
            archive=archive, kind=kind, on=on, at=at(on), from_organization=giver, to_organization=to, handover=handover
        )

    def handover(self, street, on, number):
        return ArchiveHandover.objects.create(
            number=number,
            from_organization=self.place.centre,
            organization=street,
            sent_on=on,
            sent_by=self.place.clerk,
            sent_at=at(on),
        )

    def paid(self, street, people, month, fen, paid_on, heading="ui_monthly", state="paid"):
        batch = PaymentBatch.objects.create(
            heading=heading,
            month=month,
            organization=street,
            state=state,
            made_at=at(month),
            confirmed_at=at(month),
            paid_on=paid_on,
        )
        PaymentLine.objects.bulk_create(
            PaymentLine(
                batch=batch, person=p, heading=heading, month=month, fen=fen + i, key=f"{heading}:{p.pk}:{month:%Y-%m}"
            )
            for i, p in enumerate(people)
        )
        return batch


@pytest.fixture
def place(db):
    made = build.district(with_calendar=False)
    return SimpleNamespace(
        centre=made.centre,
        street=made.streets[0],
        other=made.streets[1],
        village=made.villages[0],
        other_village=made.villages[2],
        clerk=build.staff("counter", made.centre),
        all=[made.centre.path],
        mine=[made.streets[0].path],
    )


@pytest.fixture
def write(place):
    return Writer(place)
