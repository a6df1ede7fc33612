"""一次性发给: the page tells the sum, asks for reason and paper, and leads to the list."""

from __future__ import annotations

import pytest

from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.services.registration import benefits, determining
from renben.services.registration.models import BenefitMonth

pytestmark = pytest.mark.django_db


@pytest.fixture
def benefit(place, worker, registration):
    return determining.determine_benefit(person=worker, by=place.reviewer)


@pytest.fixture
def street(place, sign_in):
    return sign_in(place.clerk)


FIELDS = {"reason": "领取营业执照自主创业", "paper": "营业执照 92110113MA01234567", "is_checked": "on"}


def test_not_before_enrolment(street, benefit):
    url = f"/benefits/{benefit.pk}/lump-sum/"
    assert url not in street.get(f"/benefits/{benefit.pk}/").content.decode()
    assert "没有可以一次性发给的月份" in street.post(url, FIELDS, follow=True).content.decode()
    assert not PaymentLine.objects.exists()


def test_the_sum_the_reason_and_the_paper(street, benefit, place):
    benefits.enrol_benefit(benefit=benefit, by=place.clerk)
    url = f"/benefits/{benefit.pk}/lump-sum/"
    assert url in street.get(f"/benefits/{benefit.pk}/").content.decode()
    page = street.get(url).content.decode()
    assert "14 个月" in page and "30,130.00" in page and "第二十条" in page
    assert not PaymentLine.objects.exists()
    for name in FIELDS:
        assert street.post(url, {**FIELDS, name: ""}).status_code == 422
    assert street.post(url, {**FIELDS, "reason": "other", "other": "x"}).status_code == 422
    text = street.post(url, FIELDS, follow=True).content.decode()
    line = PaymentLine.objects.get()
    assert line.fen == 215600 * 12 + 212900 * 2 == 3013000
    assert "已列入" in text and PaymentBatch.objects.get().heading == "ui_lump_sum"
    benefit.refresh_from_db()
    assert benefit.note == "一次性发给：领取营业执照自主创业。凭：营业执照 92110113MA01234567"
    again = street.post(url, FIELDS, follow=True).content.decode()
    assert "没有可以一次性发给的月份" in again and PaymentLine.objects.count() == 1


def test_without_a_standard_nothing_can_be_pressed(street, benefit, place, monkeypatch):
    benefits.enrol_benefit(benefit=benefit, by=place.clerk)
    monkeypatch.setattr(benefits, "amount_of_month", lambda *args: (None, "没有现行标准"))
    url = f"/benefits/{benefit.pk}/lump-sum/"
    assert "没有现行发放标准" in street.get(url).content.decode()
    assert "没有现行发放标准" in street.post(url, FIELDS, follow=True).content.decode()
    assert not PaymentLine.objects.exists() and BenefitMonth.objects.exists()


def test_another_street_does_not_see_it(benefit, place, sign_in):
    assert sign_in(place.other_clerk).get(f"/benefits/{benefit.pk}/lump-sum/").status_code == 404
