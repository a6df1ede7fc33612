"""劳动密集型小企业: from the firm's wish to the interest, through the case and the loan's page (Q-1.3.4)."""

from __future__ import annotations

import re

import pytest

from renben.engines.procedures import actions, definitions
from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.kernel.people import full_number
from renben.services.records.papers import fill
from renben.services.support.loans import applying, firms, inspecting, lending, limits
from renben.services.support.loans.models import Loan
from tests import build
from tests.channels.loans.test_loan_pages import CATALOG, district, post, signed_in, text_of  # noqa: F401
from tests.robot.clerk import Clerk, Stuck, current, entries
from tests.robot.handing import act, page_of
from tests.services.support.standards import put_in_force
from tests.services.support_loans.conftest import WAN, Office, day, office  # noqa: F401

pytestmark = pytest.mark.django_db
HIRED = ["王秀英", "李桂兰", "张玉珍", "刘淑华", "陈凤英", "赵玉兰"]
WISH = {"trade": "other", "loan_amount": "3000000", "agreed_amount": "3000000", "staff_before": "60"}
WISH |= {"staff_counted_on": "2026-01-05", "hired_proofs": ["certificate", "graduate", "veteran", "transfer"]}
WISH |= {"recognition_number": "顺密认2026-008"}


def line(name: str, number: str, **changes) -> dict:
    row = {"name": name, "id_number": number, "proof": "certificate", "hired_on": "2026-03-02"}
    return row | {"contract_months": "12"} | changes


def roster(office: Office, names=HIRED) -> list[dict]:  # noqa: F811
    return [line(name, full_number(office.person(name))) for name in names]


def begun(office: Office, hired: list[dict], **changes) -> tuple[Clerk, Case]:  # noqa: F811
    """The firm's case at the district, received."""
    definitions.sync_definitions(CATALOG)
    firm = build.employer(office.place.streets[0], "北京顺衣服装有限公司", industry="C18")
    clerk = Clerk(wanted=WISH | {"hired_people": hired} | changes)
    case = clerk.start(current("Q-1.3.4"), office.place.centre, employer=firm)
    act(clerk, case, "receive")
    return clerk, case


def refused(clerk: Clerk, case: Case) -> str:
    """The page that says why the review is not possible."""
    step, spec = case.steps.get(key="review", state="ready"), current("Q-1.3.4").step("review")
    data = {"outcome": "recognised", "_once": "refused", "received": [piece.name for piece in spec.evidence]}
    for item in spec.fields:
        data |= entries(spec, item, clock.today(), clerk.wanted)
    client = clerk.client_at(case.organization)
    return text_of(client.post(f"/cases/{case.pk}/steps/{step.pk}/act/", data))


def begin(office: Office, firm) -> Case:  # noqa: F811
    """Another case of a firm."""
    return actions.start(procedure_id="Q-1.3.4", organization=office.place.centre, by=office.reviewer, employer=firm)


def loan_of(case: Case) -> Loan:
    return Loan.objects.get(journey_id=case.journey_id)


def lent(office: Office, client) -> tuple[Clerk, Case, Loan]:  # noqa: F811
    """Recognised, reviewed by the finance bureau, and paid out on the loan's page."""
    clerk, case = begun(office, roster(office))
    act(clerk, case, "review", "submit")
    loan = loan_of(case)
    post(client, loan, "recommend", guarantor="顺义担保公司", on="2026-11-23")
    post(client, loan, "guarantee", on="2026-11-23")
    given = {"bank": "农商行顺义支行", "amount": "3000000", "issued_on": "2026-11-20", "arrived_on": "2026-11-23"}
    assert "放款已登记" in post(client, loan, "lend", **given, due_on="2028-11-19")
    loan.refresh_from_db()
    return clerk, case, loan


def test_the_firm_borrows_from_the_roster_to_the_first_inspection(office, district):  # noqa: F811
    clerk, case = begun(office, roster(office))
    loan = loan_of(case)
    assert (loan.person, loan.employer, loan.kind) == (None, case.employer, "intensive")
    assert loan.organization == office.place.streets[0], "the street of the firm sees it"
    act(clerk, case, "review")
    assert "区财政局还没有复审同意" in post(district, loan, "recommend", guarantor="顺义担保公司", on="2026-11-23")
    act(clerk, case, "submit")
    loan.refresh_from_db()
    assert (loan.state, loan.recommended_fen, loan.contract_months) == ("reviewed", 300 * WAN, 12)
    printed = page_of(clerk, case, "submit")
    assert "劳动密集型小企业吸纳失业人员认定证明" in printed
    assert "推荐给顺义担保公司" in post(district, loan, "recommend", guarantor="顺义担保公司", on="2026-11-23")
    post(district, loan, "guarantee", on="2026-11-23")
    given = {"bank": "农商行", "issued_on": "2026-11-20", "arrived_on": "2026-11-23", "due_on": "2028-11-19"}
    assert "放款不能超过推荐的数额" in post(district, loan, "lend", amount="3000000.01", **given)
    post(district, loan, "lend", amount="2900000", **given)
    shown = text_of(district.get(f"/loans/{loan.pk}/"))
    assert "北京顺衣服装有限公司的小额担保贷款" in shown and "新招用人员" in shown and "占 <strong" in shown
    assert limits.first_check_by("intensive", day("2026-11-23")) == day("2026-12-02"), "7 working days"
    assert limits.file_by("intensive", day("2026-11-20")) == day("2026-12-04"), "10 working days"
    assert "首次贷后检查" in shown and "12月2日" in shown and "12月4日" in shown
    assert "已建档" in post(district, loan, "file", number="DK-30", pieces="21", place="二层柜")
    office.inspect(loan, "2026-11-23")
    loan.refresh_from_db()
    assert (loan.state, loan.file_number) == ("repaying", "DK-30")
    for page in (f"/employers/{loan.employer_id}/", "/ledgers/loan_files/", "/loans/?q=顺衣"):
        assert f"/loans/{loan.pk}/" in text_of(district.get(page)), page


def test_the_certificate_is_printed_from_the_roster(office):  # noqa: F811
    hired = roster(office)
    hired[5]["contract_months"] = "11"
    clerk, case = begun(office, hired, staff_before="50")
    act(clerk, case, "review", "submit")
    held = fill("劳动密集型小企业吸纳失业人员认定证明", case)
    assert (held["before"], held["hired"], held["share"], held["size"]) == (50, 5, 10, "职工不超过100人")


def test_who_does_not_count_is_told_and_the_share_follows(office, district):  # noqa: F811
    hired = roster(office)
    hired[0]["name"] = "别的名字"
    hired[1]["hired_on"] = "2025-12-31"
    hired[2]["contract_months"] = "11"
    hired[3] = dict(hired[4])
    hired[5]["id_number"] = "110113197503020012"
    clerk, case = begun(office, hired)
    shown = refused(clerk, case)
    for said in ("须达到10%", "姓名与系统里", "不是2026年招用的", "不到12个月", "名单里写了两遍", "证件号码不对"):
        assert said in shown, said
    clerk.wanted["staff_before"] = "10"
    act(clerk, case, "review")
    shown = text_of(district.get(f"/loans/{loan_of(case).pk}/"))
    assert "不到12个月" in shown and "系统里没有失业登记的记录" in shown
    assert [row.is_counted for row in firms.hires_of(loan_of(case))] == [False, False, False, True, False, False]


def test_somebody_outside_the_register_counts_by_the_paper(office, district):  # noqa: F811
    hired = [line("外区人", build.resident_id(), proof="graduate")]
    clerk, case = begun(office, hired, staff_before="10", hired_proofs=["certificate"])
    with pytest.raises(Stuck, match="名单里有人持有效毕业证书"):
        act(clerk, case, "review")
    clerk.wanted["hired_proofs"] = ["graduate"]
    act(clerk, case, "review")
    assert "凭交来的证件算" in text_of(district.get(f"/loans/{loan_of(case).pk}/"))


def test_nobody_makes_two_firms_labour_intensive_in_one_year(office):  # noqa: F811
    hired = roster(office)
    clerk, case = begun(office, hired)
    act(clerk, case, "review")
    other = build.employer(office.place.streets[1], "北京另一家有限公司")
    again = Clerk(wanted=WISH | {"hired_people": hired[:1], "staff_before": "5"})
    second = begin(office, other)
    act(again, second, "receive")
    assert "今年已算在“北京顺衣服装有限公司”新招的人里" in refused(again, second)


def test_a_firm_of_an_excluded_trade_is_refused_at_the_counter(office):  # noqa: F811
    _, case = begun(office, [], trade="sauna")
    case.refresh_from_db()
    assert case.state == "refused"
    loan = loan_of(case)
    assert loan.state == "refused" and "桑拿" in loan.refusal
    assert loan.decisions.count() == 1 and loan.determination is None


def test_more_than_the_ceiling_and_a_second_loan_are_refused(office):  # noqa: F811
    _, case = begun(office, [], loan_amount="4000000.01")
    loan = loan_of(case)
    assert loan.state == "refused" and "最高400万元" in loan.refusal
    firm = loan.employer
    clerk = Clerk(wanted=WISH)
    first = begin(office, firm)
    act(clerk, first, "receive")
    second = begin(office, firm)
    with pytest.raises(Stuck, match="已有一笔小额担保贷款"):
        act(clerk, second, "receive")


def test_a_sum_for_each_hire_limits_the_loan_once_it_is_registered(office):  # noqa: F811
    put_in_force(office.place, "loan.labour_intensive.cap_per_hire", 400_000)
    clerk, case = begun(office, roster(office), loan_amount="2500000", agreed_amount="2500000")
    with pytest.raises(Stuck, match="新招6人为240万元"):
        act(clerk, case, "review")
    clerk.wanted["agreed_amount"] = "2400000"
    act(clerk, case, "review")
    assert loan_of(case).recommended_fen == 240 * WAN


def test_the_bank_says_no_and_the_loan_ends(office, district):  # noqa: F811
    clerk, case = begun(office, roster(office))
    act(clerk, case, "review", "submit")
    loan = loan_of(case)
    post(district, loan, "recommend", guarantor="顺义担保公司", on="2026-11-23")
    assert "请把理由告诉企业" in post(district, loan, "decline", on="2026-11-23", reason="反担保不足")
    loan.refresh_from_db()
    assert (loan.state, loan.refusal) == ("refused", "反担保不足")
    assert "不能办这一步" in post(district, loan, "lend", bank="行", amount="1", **_days())


def _days() -> dict:
    return {"issued_on": "2026-11-20", "arrived_on": "2026-11-23", "due_on": "2028-11-19"}


def test_a_shopkeepers_money_is_not_registered_on_the_page(office, district):  # noqa: F811
    loan = office.apply()
    lending.review(loan=loan, text="材料真实", by=office.clerk, on=day("2026-11-20"))
    lending.recommend(loan=loan, guarantor="顺义担保公司", by=office.clerk, on=day("2026-11-20"))
    assert "在办件里登记" in post(district, loan, "lend", bank="行", amount="1", **_days())
    assert "登记放款" not in text_of(district.get(f"/loans/{loan.pk}/"))


def test_inspections_are_owed_monthly_and_on_the_spot_each_quarter(office, district):  # noqa: F811
    _, _, loan = lent(office, district)
    later = inspecting.owed_of(loan, day("2027-02-10"))
    assert [(one.code, one.by) for one in later] == [
        ("first", day("2026-12-02")),
        ("monthly", day("2027-02-28")),
        ("on_site", day("2027-03-31")),
    ]


def test_default_is_paid_out_and_recovered_by_plan(office, district):  # noqa: F811
    _, _, loan = lent(office, district)
    assert "已登记逾期" in post(district, loan, "default", on="2026-11-23", reason="停产")
    assert "已登记代偿" in post(district, loan, "pay-out", amount="3000000", on="2026-11-23", note="代偿1号")
    assert "共3期" in post(district, loan, "plan", count="3", first_on="2026-12-20")
    assert "1,000,000.00" in re.sub(r"\s", "", text_of(district.get(f"/loans/{loan.pk}/")))


def test_interest_is_blocked_without_a_standard_and_granted_with_one(office, district):  # noqa: F811
    clerk, case, loan = lent(office, district)
    clerk.wanted |= {"interest_paid": "100000", "repaid_way": "on_time", "clean_record": True}
    clerk.wanted["repaid_on"] = "2026-11-23"
    assert "贴息：无现行标准" in text_of(district.get(f"/loans/{loan.pk}/"))
    with pytest.raises(Stuck, match="无现行标准"):
        act(clerk, case, "interest")
    put_in_force(office.place, "loan.interest_subsidy.share", 0.5)
    act(clerk, case, "interest")
    case.refresh_from_db()
    loan.refresh_from_db()
    assert (case.state, loan.state) == ("done", "repaid")
    assert loan.events.get(kind="interest").fen == 5_000_000


def test_a_withdrawn_case_ends_the_firms_loan(office):  # noqa: F811
    _, case = begun(office, [])
    actions.withdraw(case_id=case.pk, by=office.clerk, reason="不贷了")
    assert loan_of(case).state == "withdrawn"


def test_two_firms_that_both_borrow_are_not_merged(office):  # noqa: F811
    from renben.kernel.employer_merge import merge_employers
    from renben.kernel.merging import MergeRefused

    _, case = begun(office, [])
    other = build.employer(office.place.streets[0], "北京顺衣服装厂")
    facts = applying.LoanFacts("intensive", WAN, business_name=other.name, industry="制造业")
    second = applying.apply_loan(
        person=None, employer=other, organization=office.place.centre, facts=facts, by=office.clerk
    )
    with pytest.raises(MergeRefused, match="小额担保贷款"):
        merge_employers(kept=case.employer, merged=other, reason="同一家", by=office.clerk)
    second.state = "withdrawn"
    second.save()
    merge_employers(kept=case.employer, merged=other, reason="同一家", by=office.clerk)
    second.refresh_from_db()
    assert second.employer == case.employer
