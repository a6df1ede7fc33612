"""就业援助 in the browser: a community's survey finds somebody in hardship, street and community help, the work is followed."""

from __future__ import annotations

import pytest

from tests.journeys.clerk import one_timeline, until, workday_after
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser


def test_somebody_in_hardship_is_found_helped_and_followed(staff, village, street, stranger):
    helper, leader = staff("street", "case_worker"), staff("street", "leader")
    person = village.opens_a_file("周桂珍")
    survey = village.starts("C-8.4.1")
    village.does(survey, "调查完毕", yearly_coverage="100")
    village.does(survey, "已录入")
    found = [
        {
            "name": "周桂珍",
            "address": "幸福西街3号楼",
            "phone": "13800000001",
            "reason": "照顾老人",
            "eligible": "true",
        },
        {
            "name": "张大勇",
            "address": "幸福西街9号楼",
            "phone": "13800000003",
            "reason": "在家务农",
            "eligible": "false",
        },
    ]
    village.types(has_eligible="true", hardship_people=found)
    looked_at(village.one, "walk-hardship-survey")
    village.does(survey, "已汇总上报", has_eligible="true", hardship_people=found)
    village.is_closed(survey)
    village.finds_in_ledger("就业困难人员统计台账", "周桂珍", survey)

    case = street.finds("J-5.5.1")
    assert "幸福西街3号楼" in street.page.content(), "报来的情况不再问"
    street.page.get_by_role("link", name="补上服务对象").click()
    street.page.fill("[name=number]", person.number)
    street.one.press("补上服务对象")
    looked_at(street.one, "walk-hardship-street")
    street.does(case, "认定为就业援助对象")
    assert until(workday_after(2)) in street.due("指派人员"), "2个工作日内联系"
    assert stranger.go(case) == 404

    leader.does(case, "方案已定", step="confer")
    assert "个性化就业援助方案" in leader.prints(case, "confer")
    helper.does(case, "已联系", step="assign", assistants="1", assistance_agreed="true")
    assert "就业援助协议书" in helper.prints(case, "assign")
    helper.does(case, "已指导", step="guide", wants_training="false")

    visit = village.finds("C-8.4.2", person)
    assert until(workday_after(2)) in village.due("实地入户")
    looked_at(village.one, "walk-hardship-visit")
    village.does(visit, "已入户", accepts_help="true")
    village.sends_back(visit, "情况没摸清，再入户", "家里老人的情况没问清")
    village.does(visit, "已入户", accepts_help="true")
    village.does(visit, "方案已定", job_intention="保洁")
    assert "就业帮扶方案" in village.prints(visit, "plan")
    village.does(visit, "已指导，接着推荐岗位")
    village.is_closed(visit)

    offer = village.finds("C-8.4.3", person)
    assert village.page.input_value("[name=job_intention]") == "保洁"
    village.does(offer, "已了解")
    assert until(workday_after(5)) in village.due("匹配岗位"), "认定后5个工作日内提供岗位"
    village.does(offer, "介绍信已交本人", offered_openings="2")
    assert "推荐介绍信" in village.prints(offer, "match")
    village.does(offer, "已陪同面试")
    village.does(offer, "跟踪完毕", job_result="hired")
    village.is_closed(offer)

    helper.does(case, "已推荐", step="recommend", recommendation_count="2", placed_in_public_post="false")
    helper.does(case, "已就业", step="register", employment_kind="employer", placed_by="community")
    helper.does(case, "已稳岗", step="stabilise", wavers="false", joins_upgrade="false")
    helper.is_closed(case)
    helper.finds_in_ledger("就业困难人员服务台帐", "周桂珍", case)

    followed = village.finds("C-8.4.4", person)
    village.does(followed, "已回访", job_now="working")
    village.does(followed, "已记手册", step="record")
    village.does(followed, "已走访", step="workplace")
    village.does(followed, "已回访，按期再访", step="classify", stability="stable")
    village.go(f"{followed}?step=classify")
    assert "第2次。已做1次" in village.reads("form-title"), "按月再访，去一次记一次"
    looked_at(village.one, "walk-hardship-followed")
    village.does(followed, "不再跟踪", step="classify", tracking_ended_because="已稳定就业半年")
    village.does(followed, "已答复协调", step="after_service")
    village.is_closed(followed)
    one_timeline(
        (village, survey), (street, case), (village, visit), (village, offer), (helper, case), (village, followed)
    )
