"""A survey across the tiers, in the browser: the skills that employers of a street need go up to the district."""

from __future__ import annotations

import pytest

from tests.journeys.clerk import one_timeline, until, workday_after
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser


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
