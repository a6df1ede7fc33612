"""Certificates: blanks on hand with their warning, hand-out, reissue, revocation."""

from __future__ import annotations

import pytest

from renben.services.registration import certificates
from renben.services.registration.models import CertificateStock, RegistrationCertificate, StockMovement


@pytest.fixture
def street(place, sign_in):
    return sign_in(place.clerk)


@pytest.fixture
def certificate(registration, stock, place):
    return certificates.issue_certificate(registration=registration, by=place.clerk)


def on_hand(office) -> int:
    return CertificateStock.objects.get(organization=office).on_hand


def test_receive_spoil_and_count(place, street):
    assert "不足，请申领" in street.get("/benefits/certificates/stock/").content.decode()
    book = {"office": place.street.pk, "count": "30", "note": "", "kind": "received"}
    assert "现有 30 本" in street.post("/benefits/certificates/stock/", book, follow=True).content.decode()
    assert "够用" in street.get("/benefits/certificates/stock/").content.decode()
    street.post("/benefits/certificates/stock/", book | {"kind": "spoiled", "count": "2"})
    assert on_hand(place.street) == 28
    unexplained = street.post("/benefits/certificates/stock/", book | {"kind": "counted", "count": "25"})
    assert unexplained.status_code == 422 and "写明原因" in unexplained.content.decode()
    street.post("/benefits/certificates/stock/", book | {"kind": "counted", "count": "25", "note": "盘点少三本"})
    assert on_hand(place.street) == 25
    assert StockMovement.objects.get(kind="counted").delta == -3
    too_many = street.post("/benefits/certificates/stock/", book | {"kind": "spoiled", "count": "99"})
    assert "只剩25本" in too_many.content.decode()


def test_only_the_district_hands_out(place, street, sign_in):
    book = {"office": place.street.pk, "count": "20", "note": "", "kind": "hand_out"}
    assert street.post("/benefits/certificates/stock/", book).status_code == 422
    centre = sign_in(place.district_clerk)
    centre.post("/benefits/certificates/stock/", book | {"office": place.centre.pk, "count": "100", "kind": "received"})
    assert "已拨付" in centre.post("/benefits/certificates/stock/", book, follow=True).content.decode()
    assert (on_hand(place.centre), on_hand(place.street)) == (80, 20)


def test_reissue_keeps_the_number_and_revoke_is_final(place, street, certificate):
    page = street.get("/benefits/certificates/").content.decode()
    assert certificate.number in page and "补发" in page
    assert street.post(f"/benefits/certificates/{certificate.pk}/reissue/", {}).status_code == 422
    before = on_hand(place.street)
    street.post(f"/benefits/certificates/{certificate.pk}/reissue/", {"reason": "遗失"})
    certificate.refresh_from_db()
    assert (certificate.reissue_count, on_hand(place.street)) == (1, before - 1)
    street.post(f"/benefits/certificates/{certificate.pk}/revoke/", {"reason": "已就业"})
    certificate.refresh_from_db()
    assert certificate.state == RegistrationCertificate.State.REVOKED
    again = street.post(f"/benefits/certificates/{certificate.pk}/revoke/", {"reason": "x"}, follow=True)
    assert "注销" in again.content.decode()


def test_search_and_territory(place, street, certificate, sign_in):
    assert certificate.number in street.get(f"/benefits/certificates/?q={certificate.number}").content.decode()
    assert "没有符合条件的证书" in street.get("/benefits/certificates/?state=revoked").content.decode()
    assert "还没有发过证" in sign_in(place.other_clerk).get("/benefits/certificates/").content.decode()
    assert street.post("/benefits/certificates/export/").content[:2] == b"PK"
