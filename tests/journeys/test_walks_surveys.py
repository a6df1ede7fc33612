"""Surveys across the tiers, in the browser: the yearly one goes down to every community and back, the skills one goes up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.journeys.clerk import Clerk, one_timeline, until, workday_after
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser

AS_OWNER = """
import os, sys; os.environ["RENBEN_AS_OWNER"] = "1"; os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
from renben.kernel.models import Organization, Post
"""
SMALLER = (
    AS_OWNER
    + """
streets = list(Organization.objects.filter(tier="street", is_active=True).order_by("path"))
named = Organization.objects.get(posts__staff__user__username="village")
first, other = streets[0], Organization.objects.get(posts__staff__user__username="clerk2")
stations = Organization.objects.filter(tier="community", is_active=True).order_by("path")
second = stations.filter(path__startswith=first.path).exclude(pk=named.pk).first()
theirs = stations.filter(path__startswith=other.path).first()
kept = [first, other, named, second, theirs]
closed = Organization.objects.filter(tier__in=["street", "community"], is_active=True).exclude(pk__in=[o.pk for o in kept])
print(*closed.values_list("pk", flat=True))
closed.update(is_active=False)
for station in (second, theirs):
    print(Post.objects.filter(organization=station, role="community_worker").order_by("id").first().staff.user.username)
"""
)
WHOLE = AS_OWNER + "Organization.objects.filter(pk__in=sys.argv[1].split()).update(is_active=True)"


@pytest.fixture
def stations(site, visitor) -> Iterator[list[Clerk]]:
    """For a while the district has two streets, one with two stations and one with one; the workers of the latter two."""
    closed, *names = site.script(SMALLER).decode().splitlines()
    try:
        workers = [Clerk(visitor()) for _ in names]
        for worker, name in zip(workers, names, strict=True):
            worker.one.sign_in_with_password(name)
        yield workers
    finally:
        site.script(WHOLE, closed)


def surveyed(worker: Clerk) -> str:
    """A community does its part of the survey."""
    case = worker.finds("C-7.1.1")
    worker.does(case, "调查完毕", survey_coverage="100", surveyed_total="600")
    worker.does(case, "已录入", entered_total="600")
    worker.does(case, "汇总完毕，本次调查办结", employed_total="500", jobless_total="40")
    worker.is_closed(case)
    return case


def begun(clerk: Clerk) -> str:
    """A street plans, calls everybody together and trains the surveyors."""
    case = clerk.finds("J-4.1.1")
    assert until(workday_after(3)) in clerk.due("制定方案"), "接到任务后3个工作日内订方案"
    clerk.does(case, "领导同意，已报区")
    clerk.does(case, "已动员")
    clerk.does(case, "都已合格，开始调查")
    return case


def test_the_yearly_survey_goes_down_to_every_community_and_comes_back(staff, stations, village, street, stranger):
    district, (second, theirs) = staff("district", "information"), stations
    year = district.starts("Q-1.1.1")
    start = dt.date.today()
    period = {"survey_from": start.isoformat(), "survey_until": (start + dt.timedelta(days=30)).isoformat()}
    district.does(year, "领导确认并下发", **period)
    assert "接着由胜利街道办理“劳动力状况调查与管理”" in district.reads()
    assert "劳动力就业情况年度调查方案" in district.prints(year, "plan")
    district.does(year, "培训完成", surveyors_expected="30", surveyors_qualified="30")

    street.finds("J-4.1.1")
    assert street.page.input_value("[name=survey_until]") == period["survey_until"], "区里定的日子不再填"
    looked_at(street.one, "walk-survey-street")
    here = begun(street)
    street.go(here)
    assert "等社区（村）查完并录入系统" in street.reads()
    there = begun(stranger)
    assert stranger.go(here) == street.go(there) == 404, "两个街（镇）互不相见"

    village.finds("C-7.1.1")
    assert until(start + dt.timedelta(days=15)) in village.due("开展调查"), "15日内查完"
    looked_at(village.one, "walk-survey-village")
    below = surveyed(village)
    street.go(here)
    assert "等社区（村）查完并录入系统" in street.reads(), "还有一个社区（村）没查完"
    assert second.go(below) == 404, "社区（村）之间互不相见"
    surveyed(second)
    street.go(here)
    assert until(workday_after(5)) in street.due("分析汇总"), "查完后5个工作日内写报告"
    street.does(here, "领导签发，已报区", labour_count="1200", employed_count="1000")
    assert "就业需求分析报告" in street.prints(here, "analyse")
    willing = [{"name": "王秀英", "id_number": "110102197403020024", "community": "幸福西街社区"}]
    street.does(here, "已备案", willing=willing)
    street.is_closed(here)
    street.finds_in_ledger("有劳动能力和就业意愿的劳动力信息台账", "幸福西街社区", here)

    surveyed(theirs)
    stranger.does(there, "领导签发，已报区")
    stranger.does(there, "已备案")
    district.does(year, "调查结束", surveyed_people="1800", entered_people="1800")
    district.does(year, "报告写成")
    assert "顺义区劳动力就业情况分析报告" in district.prints(year, "analyse")
    district.does(year, "已调整", need_from="none")
    district.is_closed(year)
    one_timeline((district, year), (street, here), (stranger, there), (village, below))


def test_the_skill_needs_of_a_street_go_to_the_district(staff, street, stranger):
    writer, district = staff("street", "first_review"), staff("district", "counsellor")
    case = street.starts("J-4.1.4")
    street.does(case, "已备好")
    demands = [{"employer": "顺义汽车零部件厂", "occupation": "焊工", "current": "12", "needed": "5"}]
    street.does(case, "已调查", rounds="1", skill_demands=demands)
    assert until(workday_after(5)) in street.due("调查统计"), "调查结束后5个工作日内统计"
    looked_at(street.one, "walk-skills-street")
    street.go(case)
    street.sends_back(case, "表没收齐或填错，补调查", "两家没交表")
    assert street.page.input_value("[name=skill_demands-0-employer]") == "顺义汽车零部件厂", "填过的还在"
    street.does(case, "已调查", rounds="1")
    street.does(case, "已统计")
    street.does(case, "已汇总")
    writer.does(case, "领导签发，已报区")
    assert "技能需求调查分析报告" in writer.prints(case, "write")

    above = district.finds("Q-2.3.1")
    district.does(above, "已备好")
    assert district.page.input_value("[name=skill_demands-0-employer]") == "顺义汽车零部件厂", "街（镇）查到的带上来"
    looked_at(district.one, "walk-skills-district")
    district.does(above, "已走访")
    district.does(above, "报告已写成")
    district.does(above, "审定，转入组织培训", plan_years="3", plan_from="2027")
    district.is_closed(above)
    assert "劳动力技能结构发展规划" in district.prints(above, "plan")

    writer.does(case, "规划和计划已定", plan_years="3")
    street.does(case, "已宣传")
    street.is_closed(case)
    assert {stranger.go(one) for one in (case, above)} == {404}
    one_timeline((street, case), (district, above))
