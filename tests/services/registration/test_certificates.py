from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.documents import issuing
from renben.kernel.models import Task
from renben.services.registration import certificates, papers
from renben.services.registration.models import CertificateStock, StockMovement
from renben.services.registration.reasons import NotPossible
from tests import build


@given(st.text("0123456789", min_size=6, max_size=15), st.data())
def test_a_wrong_digit_is_noticed(digits, data):
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    wrong = digits[:place] + other + digits[place + 1 :]
    assert certificates.check_digit(wrong) != certificates.check_digit(digits)


@pytest.mark.django_db
def test_issuing_takes_one_blank_and_numbers_by_the_pattern(place, registration, stock):
    made = certificates.issue_certificate(registration=registration, by=place.clerk)
    assert len(made.number) == 16
    assert made.number[:7] == "1101131" and made.number[8:10] == "26" and made.number[10:] == "000001"
    assert CertificateStock.objects.get(organization=place.street).on_hand == 49
    registration.refresh_from_db()
    assert registration.certificate == made


@pytest.mark.django_db
def test_issuing_again_gives_the_same_certificate(place, registration, stock):
    first = certificates.issue_certificate(registration=registration, by=place.clerk)
    assert certificates.issue_certificate(registration=registration, by=place.clerk).pk == first.pk
    assert StockMovement.objects.filter(kind="issued").count() == 1


@pytest.mark.django_db
def test_a_reissue_keeps_the_number_and_uses_a_blank(place, registration, stock):
    made = certificates.issue_certificate(registration=registration, by=place.clerk)
    again = certificates.reissue_certificate(
        certificate=made, organization=place.street, reason="遗失", by=place.clerk, on=dt.date(2026, 11, 24)
    )
    assert (again.number, again.state, again.reissue_count) == (made.number, "reissued", 1)
    assert CertificateStock.objects.get(organization=place.street).on_hand == 48


@pytest.mark.django_db
def test_without_a_blank_nothing_is_issued(place, registration):
    with pytest.raises(NotPossible, match="不够用"):
        certificates.issue_certificate(registration=registration, by=place.clerk)
    registration.refresh_from_db()
    assert registration.certificate is None


@pytest.mark.django_db
def test_below_ten_the_office_is_warned_once_per_shortage(place):
    def open_tasks():
        return Task.objects.filter(organization=place.street, cleared_by="CertificatesReceived", cleared_at=None)

    def book(delta, kind="spoiled"):
        certificates.move_stock(organization=place.street, delta=delta, kind=kind, by=place.clerk)

    book(11, "received")
    book(-1)
    assert not open_tasks().exists()  # ten are left
    book(-1)
    book(-1)
    assert open_tasks().count() == 1
    certificates.move_stock(organization=place.centre, delta=100, kind="received", by=place.district_clerk)
    certificates.hand_out_blanks(
        from_organization=place.centre, to_organization=place.street, count=20, by=place.district_clerk
    )
    assert not open_tasks().exists()
    book(-20)
    assert open_tasks().count() == 1
    assert Task.objects.filter(organization=place.street, cleared_by="CertificatesReceived").count() == 2


@pytest.mark.django_db
def test_stock_is_the_sum_of_its_movements(place, stock):
    certificates.move_stock(organization=place.street, delta=-3, kind="spoiled", by=place.clerk)
    assert certificates.stock_on(place.street, dt.date(2026, 11, 23)) == 47
    assert certificates.stock_on(place.street, dt.date(2026, 11, 22)) == 0
    with pytest.raises(NotPossible):
        certificates.move_stock(organization=place.street, delta=-48, kind="spoiled", by=place.clerk)


@pytest.mark.django_db
def test_a_revoked_certificate_stays_revoked(place, registration, stock):
    made = certificates.issue_certificate(registration=registration, by=place.clerk)
    paper = papers.print_certificate(certificate=made, by=place.clerk)
    certificates.revoke_certificate(certificate=made, reason="登记有误", by=place.clerk)
    assert issuing.verify(paper.number, paper.short_hash).state == "revoked"
    with pytest.raises(NotPossible, match="已于"):
        certificates.reissue_certificate(certificate=made, organization=place.street, reason="遗失", by=place.clerk)
    other = build.person(place.village, "王秀兰", "F")
    assert certificates.certificate_of(other) is None


@pytest.mark.django_db
def test_the_yearly_check_notes_each_year_once(place, registration, stock):
    made = certificates.issue_certificate(registration=registration, by=place.clerk)
    for on in (dt.date(2027, 3, 1), dt.date(2027, 4, 1), dt.date(2026, 12, 1)):
        made = certificates.verify_year(certificate=made, by=place.clerk, on=on)
    assert made.verified_years == [2026, 2027]
