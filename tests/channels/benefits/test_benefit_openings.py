"""失业保险金期初月数: months drawn before go-live come from a spreadsheet, are not paid again, and can be taken back unused."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from renben.channels.workbench.downloads import workbook
from renben.kernel.models import ImportBatch
from renben.kernel.people import full_number
from renben.services.registration.models import BenefitOpening, UnemploymentBenefit
from tests import build

pytestmark = pytest.mark.django_db
HEADINGS = [(name, 14) for name in ("姓名", "身份证号", "已领月数", "领到哪个月", "依据")]


@pytest.fixture
def place():
    return build.district()


@pytest.fixture
def street(place) -> Client:
    client = Client()
    client.force_login(place.staff("counter", place.streets[0]))
    return client


def upload(client, *rows: tuple) -> ImportBatch:
    file = SimpleUploadedFile("期初.xlsx", workbook("失业保险金期初月数", HEADINGS, list(rows)))
    answer = client.post("/imports/new/", {"kind": "benefit_openings", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    batch = ImportBatch.objects.latest("id")
    client.post(f"/imports/{batch.pk}/confirm/")
    batch.refresh_from_db()
    return batch


def row(person, months=5, through="2026-10-31", evidence="旧系统发放表") -> tuple:
    return (person.name, full_number(person), months, through, evidence)


def test_rows_come_in_with_their_evidence_and_bad_ones_say_why(place, street):
    one, other, drawing = (build.person(place.villages[0], name) for name in ("王秀兰", "刘桂英", "赵玉兰"))
    UnemploymentBenefit.objects.create(
        person=drawing,
        organization=place.streets[0],
        eligible=True,
        state="paying",
        determined_on="2026-01-01",
        recorded_at="2026-01-01T08:00Z",
    )
    batch = upload(
        street,
        row(one),
        row(other, months=0),
        row(drawing),
        ("刘桂英", full_number(other), 3, "2026-09-30", ""),
        row(one),
    )
    assert (batch.good, batch.bad) == (1, 4)
    held = BenefitOpening.objects.get()
    assert (held.person, held.months, f"{held.through:%Y-%m}", held.evidence) == (one, 5, "2026-10", "旧系统发放表")
    shown = html.unescape(street.get(f"/imports/{batch.pk}/?show=all").content.decode())
    assert "没有领过的不用导入" in shown and "已经核定了待遇" in shown and "写了两遍" in shown


def test_another_figure_is_refused_the_same_changes_nothing(place, street):
    one = build.person(place.villages[0], "王秀兰")
    first = upload(street, row(one))
    assert upload(street, row(one)).unchanged == 1
    assert upload(street, row(one, months=6)).bad == 1
    street.post(f"/imports/{first.pk}/undo/")
    assert not BenefitOpening.objects.exists()
    assert upload(street, row(one, months=6)).good == 1


def test_what_was_counted_is_not_taken_back(place, street):
    one = build.person(place.villages[0], "王秀兰")
    batch = upload(street, row(one))
    benefit = UnemploymentBenefit.objects.create(
        person=one, organization=place.streets[0], eligible=True, state="determined", months_entitled=12, months_received=5,
        opening_months_received=5, determined_on="2026-11-01", recorded_at="2026-11-01T08:00Z",
    )  # fmt: skip
    BenefitOpening.objects.update(benefit=benefit)
    street.post(f"/imports/{batch.pk}/undo/")
    assert BenefitOpening.objects.count() == 1
    shown = html.unescape(street.get(f"/benefits/{benefit.pk}/").content.decode())
    assert "启用平台前已领" in shown and "2026年10月" in shown and "旧系统发放表" in shown
