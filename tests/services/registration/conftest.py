"""A street with staff, stock and one dismissed worker whose archive the district holds."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from renben.engines.procedures import definitions
from renben.services.registration import archives, certificates, conditions, registering
from tests import build

SEPARATED = dt.date(2026, 10, 30)


@pytest.fixture
def place(db):
    """Two streets, a clerk in each and a reviewer of the district."""
    definitions.sync_definitions()
    made = build.district()
    return SimpleNamespace(
        centre=made.centre,
        street=made.streets[0],
        other=made.streets[1],
        village=made.villages[0],
        other_village=made.villages[2],
        clerk=build.staff("counter", made.streets[0], "王芳"),
        other_clerk=build.staff("counter", made.streets[1], "赵敏"),
        reviewer=build.staff("second_review", made.centre, "刘强"),
        reviewer_one=build.staff("first_review", made.centre, "周敏"),
        district_clerk=build.staff("counter", made.centre, "孙丽"),
    )


@pytest.fixture
def worker(place):
    """李建国, 51, dismissed on 30 October 2026 after six years and two months of contributions."""
    return build.person(place.village)


@pytest.fixture
def archive(place, worker):
    return archives.receive_archive(
        person=worker,
        organization=place.centre,
        by=place.district_clerk,
        archive_number="DA-001",
        employer_name="北京某纺织有限公司",
        separated_on=SEPARATED,
        separation_reason="contract_expired",
        contribution_months=74,
    )


@pytest.fixture
def evidence():
    return conditions.required_evidence("employed")


@pytest.fixture
def registration(place, worker, archive, evidence):
    return registering.register_unemployment(
        person=worker, organization=place.street, prior_status="employed", evidence=evidence, by=place.clerk
    )


@pytest.fixture
def stock(place):
    return certificates.move_stock(organization=place.street, delta=50, kind="received", by=place.clerk)
