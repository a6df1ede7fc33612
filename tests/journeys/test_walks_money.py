"""Journeys with money at their end, in the browser: insurance subsidies, the guidance subsidy, loans."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.journeys.clerk import one_timeline, until, workday_after
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser


LOOKED_AT = {
    "policies": "/policies/",
    "parameter": "/policies/ui.benefit.monthly/",
    "findings": "/findings/",
    "subsidies": "/support/",
    "outside": "/imports/outside/",
    "calculator": "/calculator/",
    "grants": "/grants/",
    "notices": "/notices/",
}
"""Pages about policies and their money that no walk passes, judged as a reviewer of the district sees them."""
MONTHS_AGO = (dt.date.today() - dt.timedelta(days=170)).isoformat()


@pytest.mark.parametrize(
    ("kind", "above_id", "record", "ledger"),
    [
        ("self_employed", "Q-1.3.1", "自谋职业人员核实记录", "享受自谋职业（自主创业）社会保险补贴人员台账"),
        ("flexible", "Q-1.3.2", "灵活就业人员核实记录", "享受灵活就业社会保险补贴人员台账"),
    ],
)
def test_an_insurance_subsidy_goes_from_the_street_to_the_district(
    kind, above_id, record, ledger, staff, village, street, stranger
):
    first, second, helper = (
        staff("district", "first_review"),
        staff("district", "second_review"),
        staff("street", "case_worker"),
    )
    person = village.opens_a_file("吴秀兰" if kind == "flexible" else "郑桂荣")
    case = street.starts("J-4.3.2", person)
    wish = {"subsidy_kind": kind, "person_category": "age_4050", "disability": "none", "started_on": MONTHS_AGO}
    insured = {"insurance_kinds": ["pension", "unemployment", "medical"], "retire_on": "2035-03-02"}
    known = {"employment_registered": "true", "archive_deposited": "true", "earlier_months": "0"}
    looked_at(street.one, f"walk-subsidy-{kind}-open")
    street.does(case, "已受理", **wish, **insured, **known)
    street.does(case, "属实，符合条件", work_place="幸福西街12号", work_content="缝补衣服")
    assert record in street.prints(case, "verify")
    street.does(case, "已报区")
    assert "接着由顺义区中心办理" in street.reads()
    street.go(case)
    early = street.page.locator("main .notice-info, main .notice-warning").all_inner_texts()
    assert any("批复" in words or "批准" in words for words in early), f"没批复前不能通知存款：{early}"
    looked_at(street.one, f"walk-subsidy-{kind}-waiting")
    street.finds_in_ledger("申请自谋、灵活就业社会保险补贴花名册", person.name[0])

    above = first.finds(above_id, person)
    assert until(workday_after(5)) in first.due("受理审核"), "5个工作日内审核"
    assert first.page.input_value("[name=work_place]") == "幸福西街12号", "街（镇）核实过的不再填"
    looked_at(first.one, f"walk-subsidy-{kind}-district")
    first.does(above, "材料真实")
    second.go(above)
    second.sends_back(above, "与材料不符，退回重审", "经营地点写得不一样")
    first.does(above, "材料真实")
    second.does(above, "网上审", system_match="same")
    assert "区县请示" in second.prints(above, "submit")
    second.does(above, "已报市局")
    first.does(above, "已批复，转入定期跟踪", city_reply_number="京人社复〔2026〕8号")
    first.is_closed(above)

    street.does(case, "已告知", bank="北京农商银行", account_number="6222020200112233")
    helper.does(case, "情况属实，继续享受")
    helper.is_closed(case)
    first.finds_in_ledger(ledger, person.name[0])
    assert {stranger.go(one) for one in (case, above)} == {404}
    one_timeline((street, case), (first, above))


def test_the_guidance_subsidy_goes_up_with_the_people_guided(staff, village, street, stranger):
    district, checker = staff("district", "first_review"), staff("district", "second_review")
    today = dt.date.today().isoformat()
    guided = [
        {
            "name": one.name,
            "id_number": one.number,
            "phone": "13800001234",
            "community": "幸福西街社区",
            "guided_on": today,
        }
        for one in (village.opens_a_file("王秀英"), village.opens_a_file("李桂兰"))
    ]
    guided = [line | {"sex": "female", "way": "single", "hours": "2.5"} for line in guided]
    case = street.starts("J-4.3.1")
    street.does(case, "已指导", had_clients="true", guided=guided, shortest_hours="2.5", course_fee="0")
    looked_at(street.one, "walk-guidance-street")
    street.does(case, "台账已记齐", self_written_count="2")
    street.does(case, "两账一致", entered_count="2", accounts_agree="true")
    street.does(case, "领导签发，已报区", applied_count="2", applied_amount="600")
    street.is_closed(case)
    assert "北京市职业指导机构职业指导培训补贴申请" in street.prints(case, "submit")
    street.finds_in_ledger("北京市职业指导培训手工台账", "王秀英", case)

    above = district.finds("Q-1.3.7")
    assert district.page.input_value("[name=guided-1-name]") == "李桂兰", "名单不用再录"
    looked_at(district.one, "walk-guidance-district")
    district.does(above, "材料相符")
    checker.go("/grants/guidance/")
    checker.go(checker.page.locator("table.list tbody a").first.get_attribute("href"))
    looked_at(checker.one, "walk-guidance-claim")
    checker.page.select_option("[name=answer]", "no")
    checker.one.press("登记")
    assert "下次抽查比例加倍" in checker.reads()
    checker.sends_back(above, "抽查不合格，整批退回", "有一个人说没有参加过")
    district.does(above, "材料相符")
    checker.go(above)
    assert checker.page.input_value("[name=sample_percent]") == "20", "上次不合格，抽查加倍"
    called = checker.page.input_value("[name=calls-0-name]")
    assert called in ("王秀英", "李桂兰"), "抽到的人已经写好"
    said = {"calls-0-called_on": today, "calls-0-answer": "yes", "reason": "上次不合格，按两成抽查"}
    checker.does(above, "抽查合格，随本季汇总上报", **said)
    checker.is_closed(above)
    assert stranger.go(case) == stranger.go(above) == 404
    one_timeline((street, case), (district, above))
    for name, path in LOOKED_AT.items():
        looked_at(checker.one, f"district-{name}", path)
    checker.go("/support/")
    looked_at(checker.one, "district-subsidy", checker.page.locator("table.list tbody a").first.get_attribute("href"))


def test_a_shopkeepers_loan_is_checked_by_the_community_and_lent_at_the_street(staff, village, street, stranger):
    leader = staff("street", "leader")
    person = village.opens_a_file("孙得利", sex="男")
    case = street.starts("J-4.3.3", person)
    wish = {"business_name": "顺义老孙面馆", "loan_amount": "80000", "loan_use": "添置设备", "own_share": "40"}
    looked_at(street.one, "walk-loan-street")
    street.does(
        case,
        "材料审完，转实地核实",
        borrower_kind="individual",
        is_married="false",
        needs_community_check="true",
        mortgage_value="200000",
        **wish,
    )
    assert until(workday_after(5)) in street.due("实地核实"), "5个工作日内核实"

    check = village.finds("C-7.1.2.1", person)
    assert village.page.input_value("[name=business_name]") == "顺义老孙面馆"
    looked_at(village.one, "walk-loan-village")
    village.does(check, "贷款还没批，只做协查", loan_problem_seen="false", recovery_asked="false")
    village.does(
        check, "协查完毕，结果交街（镇）", materials_presented="false", borrower_check="same", place_check="same"
    )
    village.is_closed(check)

    street.does(case, "属实，符合条件", verify_opinion="true_and_fit")
    street.does(case, "领导同意，已上报", recommended_amount="80000")
    street.is_closed(case)
    assert "小额担保贷款财政贴息申请表" in street.prints(case, "accept")

    loan = street.finds("J-5.4.5", person)
    assert street.page.input_value("[name=loan_use]") == "添置设备", "贷款用途不再填"
    street.does(loan, "真实有效", in_credit_community="false")
    ends = (dt.date.today() + dt.timedelta(days=730)).isoformat()
    leader.does(loan, "银行已放款", bank_result="lent", approved_amount="80000", loan_due_on=ends)
    assert until(workday_after(7)) in leader.due("贷后管理"), "资金到位后7个工作日内检查"
    looked_at(leader.one, "walk-loan-lent")
    street.does(loan, "已检查并建档", check_round="first", material_change="false", sudden_problem="false")
    street.finds_in_ledger("贷后检查登记", person.name)
    assert "还款中" in street.reads(), "the line leads to the loan's own page"
    leader.does(loan, "已还清，不需代偿", repayment_state="on_time")
    leader.is_closed(loan)
    street.finds_in_ledger("贷款档案", "顺义老孙面馆")
    assert "全部还清" in street.reads()

    followed = village.finds("C-7.1.2.1", person)
    assert followed != check
    village.does(followed, "已走访", business_state="normal", loan_problem_seen="false", recovery_asked="false")
    village.does(followed, "核实完毕", materials_presented="false")
    village.does(followed, "已宣传指导", recommends_loan="false")
    village.is_closed(followed)
    assert {stranger.go(one) for one in (case, check, loan, followed)} == {404}
    one_timeline((village, check), (street, case), (leader, loan), (village, followed))


def test_a_companys_loan_goes_to_the_district_and_is_followed_by_the_community(staff, village, street, stranger):
    district, files = staff("district", "first_review"), staff("district", "counter")
    person = village.opens_a_file("钱大成", sex="男")
    case = street.starts("J-4.3.3", person)
    wish = {"business_name": "顺达食品加工厂", "loan_amount": "300000", "loan_use": "购买原料", "own_share": "50"}
    street.does(
        case,
        "材料审完，转实地核实",
        borrower_kind="company",
        is_married="false",
        needs_community_check="false",
        mortgage_value="100000",
        **wish,
    )
    street.does(case, "属实，符合条件", verify_opinion="true_and_fit")
    street.does(case, "领导同意，已上报", recommended_amount="300000")
    street.is_closed(case)

    above = district.finds("Q-1.3.3", person)
    assert district.page.input_value("[name=business_name]") == "顺达食品加工厂"
    district.does(above, "受理", trade="other", is_special_trade="false", wants_top_loan="false")
    looked_at(district.one, "walk-loan-district")
    proofs = {"founder_proof": "certificate", "staff_proofs": ["none"], "stamped_percent": "100"}
    district.does(above, "审核通过，推荐担保放款", agreed_amount="30", own_funds_percent="50", **proofs)
    district.does(above, "已放款，转入贷后", released_amount="300000")
    assert until(workday_after(7)) in district.due("贷后管理")
    assert until(workday_after(10)) in district.due("建立档案")
    ends = (dt.date.today() + dt.timedelta(days=730)).isoformat()
    files.does(above, "已建档", step="archive", loan_file_number="DK-001", loan_due_on=ends)
    district.does(above, "已检查，企业不申请贴息", step="after_care")
    district.is_closed(above)
    assert "北京市小企业小额担保贷款申请、推荐书" in district.prints(above, "review")
    files.finds_in_ledger("贷款档案", "顺达食品加工厂")

    followed = village.finds("C-7.1.2.1", person)
    village.does(followed, "已走访", business_state="difficult", loan_problem_seen="true", recovery_asked="false")
    village.does(followed, "已报街（镇）")
    assert "书面报告" in village.prints(followed, "report")
    village.does(followed, "核实完毕", materials_presented="false")
    village.does(followed, "已宣传指导", recommends_loan="false")
    village.is_closed(followed)
    assert {stranger.go(one) for one in (case, above, followed)} == {404}
    one_timeline((street, case), (district, above), (village, followed))
