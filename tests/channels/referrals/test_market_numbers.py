"""市场数字: each number is the count of the list it opens, in every dimension, and what follows from the numbers is right."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from renben.kernel import clock
from renben.services.placement import results
from renben.services.placement.models import Seeker
from tests import build
from tests.services.placement.referral_world import TODAY, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(world):
    """Three vacancies of six places, four who look for work, two hired and one refused."""
    one, two = world.vacancy(headcount=1), world.vacancy("营业员", headcount=4, occupation="4-01-02-01")
    world.vacancy("老岗位", headcount=1, registered_on=day("2025-01-10"))
    world.vacancy("草稿", headcount=9, state="draft")
    first, second, third = (world.seeker(name) for name in ("王秀兰", "李红", "赵敏"))
    world.seeker("冯丽", seeker_class="difficult", person=build.person(world.place.villages[2], "冯丽", "F"))
    results.record_hired(referral=world.refer(first, one), hired_on=TODAY, by=world.clerk)
    results.record_hired(referral=world.refer(second, two), hired_on=TODAY, by=world.clerk)
    failed = world.refer(third, two)
    results.record_failed(referral=failed, outcome="rejected", unfit="skills", by=world.clerk)
    return world


def rows_of(page: str) -> int:
    return page.count("data-row-link")


def line(page: str, label: str) -> str:
    found = re.search(rf'<th scope="row">{label}</th>(.*?)</tr>', page, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]) if found else ""


def numbers(page: str, label: str) -> list[str]:
    return line(page, label).split()


def test_the_total_and_what_follows_from_it(market, sign_in):
    district = sign_in(build.staff("leader", market.place.centre))
    page = district.get("/referrals/numbers/").content.decode()
    # vacancies, seekers, placed, filled, decided, hired, places, taken, ratio, fill, days, placement, success
    assert numbers(page, "合计") == ["2", "4", "2", "1", "3", "2", "5", "2", "1.25", "40.0%", "13.0", "50.0%", "66.7%"]
    assert numbers(page, "光明街道")[:2] == ["0", "1"]


@pytest.mark.parametrize("by", ["street", "occupation", "industry", "group"])
def test_every_number_opens_as_many_rows(market, sign_in, by):
    district = sign_in(build.staff("leader", market.place.centre))
    page = district.get(f"/referrals/numbers/?by={by}").content.decode()
    links = re.findall(r'<a href="(\?[^"#]*list=[^"#]*)#rows" aria-label="[^"]*?(\d+)">', page)
    assert len(links) > 6
    for address, count in links:
        opened = district.get("/referrals/numbers/" + address.replace("&amp;", "&")).content.decode()
        assert rows_of(opened) == int(count), address


def test_a_street_counts_its_own_and_the_period_narrows(market, street, sign_in):
    page = street.get("/referrals/numbers/").content.decode()
    assert "光明街道" not in page and numbers(page, "合计")[1] == "3"
    page = street.get("/referrals/numbers/?since=2025-01-01&until=2025-02-01").content.decode()
    assert numbers(page, "合计")[:2] == ["1", "0"]
    assert street.get("/referrals/numbers/?since=x&until=9999&by=nothing&list=all&key=%27").status_code == 200


def test_the_table_as_a_workbook(market, street):
    book = street.post("/referrals/numbers/export/", {"by": "group"})
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.values)
    assert rows[1][0] == "求职人员类别" and rows[2][0] in ("一般求职人员", "未分")
    assert any(row[0] == "合计" for row in rows)
    assert Seeker.objects.count() == 4 and clock.today() == TODAY
