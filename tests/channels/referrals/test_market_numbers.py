"""市场数字: each number is the count of the list it opens, in every dimension, and what follows from the numbers is right."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from renben.engines.ledgers.definitions import find
from renben.engines.ledgers.engine import open_ledger
from renben.kernel import clock
from renben.services.placement import results
from renben.services.placement.market import Market, lines
from renben.services.placement.models import Referral, Seeker, Vacancy
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


def test_the_ledger_of_recommendations_says_what_the_numbers_say(market):
    """失业人员推荐就业统计台账 counts the same referrals: with a result, hired, and those that still wait."""
    waiting = market.refer(market.seeker("周敏"), market.vacancy("保安员"))
    market.refer(market.seeker("孙丽"), market.vacancy("保洁员"), organization=market.place.villages[0])
    period = (day("2026-11-01"), TODAY)
    held = Market(Vacancy.objects.all(), Seeker.objects.all(), Referral.objects.filter(made_on__range=period))
    total = lines(held, "street")[1]

    def count(**filters: str) -> int:
        asked = {"as_of": TODAY, "scope_paths": [market.place.centre.path], "filters": filters}
        return open_ledger(find("失业人员推荐就业统计台账"), **asked).total_rows

    assert (total.hired, total.decided) == (2, 3)
    assert count(month="2026-11", result="hired") == total.hired
    assert count(month="2026-11", result="hired") + count(month="2026-11", result="failed") == total.decided
    assert count(result="waiting") == 2 and count() == total.decided + 2
    assert count(month="2026-10") == 0
    page = open_ledger(find("失业人员推荐就业统计台账"), as_of=TODAY, scope_paths=[market.street.path], text="周敏")
    (row,) = page.rows
    assert (row["_url"], row["result"], row["times"]) == (f"/referrals/{waiting.pk}/", "等结果", 1)
