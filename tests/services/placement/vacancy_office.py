"""An office that takes in vacancies, for tests: an employer whose licence was seen, and an advertisement nobody objects to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from renben.kernel.models import Employer, EmployerLicence
from renben.services.placement import vacancies
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import Ad
from tests import build

TODAY = dt.date(2026, 11, 23)


@dataclass
class Office:
    place: Any
    clerk: Any
    employer: Employer

    @property
    def street(self) -> Any:
        return self.place.streets[0]

    def firm(
        self, name: str = "北京顺通物流有限公司", *, licence_until: dt.date | None = None, **fields: Any
    ) -> Employer:
        """An employer whose business licence is on file."""
        made = build.employer(fields.pop("organization", self.street), name, **fields)
        licence(made, licence_until)
        return made

    def ad(self, **changes: Any) -> Ad:
        given = {
            "title": "仓库分拣员",
            "duties": "按单分拣、打包、装车，保持库区整洁。",
            "requirements": "能上两班，初中以上。",
            "headcount": 3,
            "wage_low_fen": 450_000,
            "wage_high_fen": 600_000,
            "benefits": "包工作餐",
            "region_id": self.street.region_id,
            "place": "胜利街道幸福路8号",
            "contact_name": "周海燕",
            "contact_phone": "13911112222",
        }
        return Ad(**given | changes)

    def register(self, employer: Employer | None = None, **changes: Any) -> Vacancy:
        keys = ("valid_until", "source", "organization", "on")
        given = {key: changes.pop(key) for key in keys if key in changes}
        return vacancies.register(
            employer=employer or self.employer,
            organization=given.pop("organization", self.street),
            ad=self.ad(**changes),
            by=self.clerk,
            **given,
        )

    def published(self, employer: Employer | None = None, **changes: Any) -> Vacancy:
        return vacancies.publish(vacancy=self.register(employer, **changes), by=self.clerk)


def licence(employer: Employer, until: dt.date | None = None, kind: str = "business") -> EmployerLicence:
    return EmployerLicence.objects.create(
        employer=employer,
        kind=kind,
        number=employer.uscc,
        valid_until=until,
        recorded_at=dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC),
    )


@pytest.fixture
def desk(db) -> Office:
    place = build.district()
    made = Office(place, place.staff("counter", place.streets[0], "李敏"), None)
    made.employer = made.firm()
    return made


def why(refused: Any) -> str:
    """Everything a refusal says."""
    return "；".join(f"{reason.code}：{reason}" for reason in refused.value.reasons)
