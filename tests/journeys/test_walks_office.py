"""Journeys of offices across the tiers, in the browser: a broken device, full employment, a question, hard vacancies."""

from __future__ import annotations

import pytest

from tests.journeys.clerk import one_timeline, until, workday_after
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser

FAULTS = [{"device": "电子显示屏", "symptom": "黑屏不亮"}]


def test_a_broken_device_is_reported_and_repaired(staff, village, street, stranger):
    check = village.starts("C-9.2.1")
    assert not village.page.get_by_label("发现故障日期").is_visible(), "没有故障就不问"
    village.does(check, "已检查", device_fault="true", led_state="faulty", device_faults=FAULTS)
    looked_at(village.one, "walk-fault-report")
    village.does(check, "已上报")
    assert "接着由胜利街道办理“设备管理”" in village.reads()
    village.is_closed(check)

    inspection = street.finds("J-6.3.1")
    assert "黑屏不亮" in street.reads("form-title"), "街（镇）一打开就看到报来的故障"
    looked_at(street.one, "walk-fault-street")
    street.does(inspection, "已检查", inspection_kind="fault")
    assert stranger.go(inspection) == 404

    repair = village.finds("C-9.2.2")
    village.does(repair, "设备已坏，直接报修", ledger_devices=["led"])
    assert until(workday_after(1)) in village.due("设备维修"), "1个工作日内报修"
    village.does(repair, "维修了结", damage_from="daily_check", repaired_state="good")
    village.is_closed(repair)
    village.finds_in_ledger("设备维护台账", "LED 显示屏", repair)

    staff("street", "first_review").does(inspection, "已统计")
    street.is_closed(inspection)
    assert "检查记录" in street.prints(inspection, "inspect")
    one_timeline((village, check), (village, repair), (street, inspection))


def test_full_employment_grows_from_the_community_to_the_street(staff, village, stranger):
    leader, reviewer = staff("street", "leader"), staff("street", "first_review")
    made = village.starts("C-9.1.1")
    figures = {"labour_total": "500", "willing_total": "400", "employed_now": "395"}
    village.does(made, "台账已建", **figures, hardship_total="20", hardship_employed="20")
    village.does(made, "已开展")
    village.does(made, "达到标准", willing_rate="98.75", hardship_rate="100")
    village.does(made, "已提交", applies_now="true", community_head="赵主任")
    looked_at(village.one, "walk-full-applied")
    assert "接着由胜利街道办理" in village.reads()
    village.does(made, "已上报")
    village.is_closed(made)
    assert "北京市充分就业社区（村）创建申请表" in village.prints(made, "apply")
    village.finds_in_ledger("社区（村）劳动力基本情况台账", "500", made)

    above = reviewer.finds("J-6.2.1")
    assert reviewer.page.input_value("[name=community_head]") == "赵主任", "报过的数不再填"
    assert reviewer.page.input_value("[name=employed_now]") == "395"
    looked_at(reviewer.one, "walk-full-street")
    reviewer.does(above, "已上报", meets_standard="true")
    assert "充分就业创建申请" in reviewer.prints(above, "apply")
    rates = {"willing_rate": "98", "hardship_rate": "100", "satisfaction_rate": "97"}
    leader.does(above, "指标保持", **rates, street_ready="true")
    leader.is_closed(above)

    whole = leader.finds("J-6.2.2")
    leader.does(whole, "已成立")
    leader.does(whole, "方案已定")
    assert "充分就业街（镇）创建活动方案" in leader.prints(whole, "plan")
    reviewer.does(whole, "已宣传，接着申报", briefings_held="1")
    reviewer.does(whole, "已上报", street_meets_standard="true")
    reviewer.does(whole, "已总结", has_highlights="false")
    kept = {"street_willing_rate": "98", "street_hardship_rate": "100", "communities_kept_rate": "100"}
    reviewer.does(whole, "指标保持", **kept, street_satisfaction_rate="97")
    reviewer.is_closed(whole)
    assert stranger.go(above) == stranger.go(whole) == 404
    one_timeline((village, made), (reviewer, above), (leader, whole))


def test_a_question_the_street_cannot_answer_is_answered_by_the_district(staff, street, stranger):
    desk = staff("district", "information")
    case = street.starts("J-4.1.2")
    street.does(case, "已摸清", employer_kind="existing")
    street.does(case, "已走访", missed_visits="0", repeat_visits="0")
    street.does(case, "已登记", has_openings="false")
    asked = "招用外省农民工能否享受岗位补贴？"
    wishes = {"wanted_services": ["neither"], "registration_way": "not_needed", "told_services": ["fair_terms"]}
    street.does(case, "已服务", **wishes, policy_question_state="raised", question=asked)
    assert "接着由顺义区中心办理" in street.reads()
    answer = workday_after(3)
    limit = street.page.locator("p.limit", has_text="3个工作日")
    assert f"{answer.month}月{answer.day}日止" in limit.inner_text(), "3个工作日内答复"
    looked_at(street.one, "walk-question-street")

    above = desk.finds("Q-3.2.6")
    assert desk.page.input_value("[name=question]") == asked
    desk.does(above, "已看清", question_level="simple", asker_kind="office")
    assert until(answer) in desk.due("编辑回复"), "一般问题3个工作日内回复"
    looked_at(desk.one, "walk-question-district")
    desk.does(above, "已回复", reply_text="外省农民工不在岗位补贴范围内。", reply_basis="京人社发文件")
    desk.does(above, "已归档", is_key_issue="false")
    desk.is_closed(above)

    street.go(case)
    assert "外省农民工不在岗位补贴范围内。" in street.page.content(), "街（镇）看得到区里的答复"
    street.does(case, "已跟踪", match_result="none", policy_answer="外省农民工不在岗位补贴范围内。")
    street.is_closed(case)
    street.finds_in_ledger("走访情况台帐", "", case)
    assert "企业招工信息登记表" in street.prints(case, "register")
    assert street.go(above) == 404, "区里的办件街（镇）看经过，不进去办"
    assert stranger.go(case) == 404
    one_timeline((street, case), (desk, above))


def test_vacancies_the_street_cannot_fill_go_to_the_district(staff, street, stranger):
    desk = staff("district", "counter")
    case = street.starts("J-5.3.3")
    jobs = [{"job": "数控车工", "openings": "8", "requirement": "中级工", "pay": "6000元"}]
    street.does(case, "已了解", jobs_offered=jobs)
    street.does(case, "已推荐", needs_fair="false")
    street.does(case, "已面试")
    street.sends_back(case, "未招到，继续推荐", "面试的人都嫌远")
    street.does(case, "已推荐", needs_fair="false")
    street.does(case, "已面试")
    street.does(case, "招聘服务结束", recruitment_result="no_labour")
    assert "接着由顺义区中心办理“洽谈式服务”" in street.reads()
    street.is_closed(case)
    assert "回访相关记录" in street.prints(case, "follow")

    above = desk.finds("Q-2.2.4")
    assert desk.page.input_value("[name=jobs_offered-0-job]") == "数控车工", "街（镇）登记的岗位不再填"
    looked_at(desk.one, "walk-vacancies-district")
    soon = workday_after(10).isoformat()
    desk.does(above, "材料齐备，已订展位", fair_kind="regular", fair_on=soon, attended_before="false")
    desk.does(above, "已建档")
    assert until(workday_after(3)) in desk.due("信息发布"), "接待结束后3个工作日内发布"
    desk.does(above, "已发布")
    desk.does(above, "洽谈会已结束")
    desk.does(above, "结果已入档", tracking_needed="false")
    desk.is_closed(above)
    assert "用人单位反馈回执单" in desk.prints(above, "feedback")
    desk.finds_in_ledger("洽谈会企业档案", "", above)
    assert stranger.go(case) == stranger.go(above) == 404
    one_timeline((street, case), (desk, above))
