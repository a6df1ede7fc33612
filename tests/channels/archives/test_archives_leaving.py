"""改转 and 转出: with confirmation, reason and paper; the slip says the same; only whoever holds the archive may."""

from __future__ import annotations

import pytest

from renben.kernel.models import AuditEvent
from renben.services.registration import archives
from renben.services.registration.models import PersonnelArchive
from tests.channels.archives.test_archives_pages import archive_of, centre, centre_clerk, street  # noqa: F401

State = PersonnelArchive.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(district, centre_clerk):  # noqa: F811
    return archive_of(district, centre_clerk)


@pytest.fixture
def reviewed(archive, centre_clerk):  # noqa: F811
    return archives.review_archive(archive=archive, by=centre_clerk)


def test_redirect_asks_for_reason_and_paper(centre, district, reviewed):  # noqa: F811
    url = f"/archives/{reviewed.pk}/redirect/"
    assert url in centre.get(f"/archives/{reviewed.pk}/").content.decode()
    page = centre.get(url).content.decode()
    assert "原定转往" in page and "胜利街道社会保障事务所" in page
    to = district.streets[1].pk
    assert centre.post(url, {"to": to, "reason": "户口已迁"}).status_code == 422
    same = centre.post(url, {"to": district.streets[0].pk, "reason": "户口已迁", "paper": "户口簿"})
    assert same.status_code == 422, "the street it goes to anyway is no choice"
    answer = centre.post(url, {"to": to, "reason": "户口已迁往光明街道", "paper": "户口簿原件"}, follow=True)
    text = answer.content.decode()
    assert "档案改转单" in text and "户口已迁往光明街道。凭：户口簿原件" in text and "光明街道社会保障事务所" in text
    reviewed.refresh_from_db()
    assert reviewed.target_organization == district.streets[1]
    assert AuditEvent.objects.filter(action="archive.redirect", subject=f"archive:{reviewed.pk}").exists()
    assert f"/archives/{reviewed.pk}/slip/" in centre.get(f"/archives/{reviewed.pk}/").content.decode()


@pytest.mark.parametrize(
    ("way", "to", "receiver"), [("unit", "北京新单位有限公司", "北京新单位有限公司"), ("self", "", "本人")]
)
def test_hand_out(centre, reviewed, way, to, receiver):  # noqa: F811
    url = f"/archives/{reviewed.pk}/hand-out/"
    fields = {"way": way, "to": to, "reason": "新单位调档", "paper": "调档函12号", "is_sealed": "on"}
    assert centre.get(url).status_code == 200
    assert centre.post(url, {**fields, "paper": ""}).status_code == 422
    assert centre.post(url, {**fields, "is_sealed": ""}).status_code == 422
    if way == "unit":
        assert "接收单位的全称" in centre.post(url, {**fields, "to": ""}).content.decode()
    text = centre.post(url, fields, follow=True).content.decode()
    assert "档案转出单" in text and f"{receiver}。新单位调档。凭：调档函12号" in text
    reviewed.refresh_from_db()
    assert reviewed.state == State.RETURNED
    again = centre.post(url, fields, follow=True).content.decode()
    assert "不能从您这里转出" in again
    assert reviewed.movements.filter(kind="returned").count() == 1


def test_only_whoever_holds_the_archive_may(street, centre, archive, district, sign_in):  # noqa: F811
    """The street that expects an archive sees it, and cannot send it away; another street does not see it."""
    text = street.get(f"/archives/{archive.pk}/").content.decode()
    assert "/redirect/" not in text and "/hand-out/" not in text
    for act in ("redirect", "hand-out"):
        answer = street.get(f"/archives/{archive.pk}/{act}/", follow=True)
        assert "不能从您这里" in answer.content.decode()
    assert "不能从您这里转出" in centre.get(f"/archives/{archive.pk}/hand-out/", follow=True).content.decode()
    assert "没有改转或转出过" in centre.get(f"/archives/{archive.pk}/slip/", follow=True).content.decode()
    other = sign_in(district.staff("counter", district.streets[1]))
    for act in ("redirect", "hand-out", "slip"):
        assert other.get(f"/archives/{archive.pk}/{act}/").status_code == 404
