"""The pages of guaranteed loans, and the procedures that fill them, worked as a clerk does."""

from __future__ import annotations

import html
import io
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from renben.engines.procedures import definitions, duties
from renben.engines.procedures.models import Case
from renben.services.support.loans.models import Loan
from tests.robot.clerk import Clerk, current
from tests.robot.handing import FIRM_LOAN, SHOP_LOAN, act, follows, page_of
from tests.services.support_loans.conftest import FIRM, WAN, Office, office  # noqa: F401

CATALOG = Path(__file__).resolve().parents[3] / "catalog"
pytestmark = pytest.mark.django_db


@pytest.fixture
def street(office) -> Client:  # noqa: F811
    return signed_in(office.clerk)


@pytest.fixture
def district(office) -> Client:  # noqa: F811
    return signed_in(office.reviewer)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return html.unescape(answer.content.decode())


def test_an_empty_list_says_what_to_do(street):
    assert "还没有人申请贷款" in text_of(street.get("/loans/"))


def test_the_list_finds_by_person_business_and_state_and_is_exported(office, street):  # noqa: F811
    office.apply()
    office.apply(office.person("孙得利"), facts=FIRM)
    office.apply(office.person("钱大成"), industry="网吧")
    shown = text_of(street.get("/loans/"))
    assert "顺义老王面馆" in shown and "顺达食品加工厂" in shown and "未批准 1" in shown
    assert "顺达食品加工厂" not in text_of(street.get("/loans/", {"q": "王秀兰"}))
    assert "顺达食品加工厂" in text_of(street.get("/loans/", {"q": "顺达"}))
    assert "顺义老王面馆" not in text_of(street.get("/loans/", {"kind": "company"}))
    assert "没有符合条件的贷款" in text_of(street.get("/loans/", {"state": "repaid"}))
    book = openpyxl.load_workbook(io.BytesIO(street.post("/loans/export/", {"state": "applied"}).content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3, max_row=4)]
    assert {row[2] for row in rows} == {"顺义老王面馆", "顺达食品加工厂"}
    assert {row[6] for row in rows} == {80_000, 500_000}


def test_other_streets_do_not_see_it(office):  # noqa: F811
    loan = office.apply()
    other = signed_in(office.place.staff("counter", office.place.streets[1], "外街"))
    assert other.get(f"/loans/{loan.pk}/").status_code == 404
    assert "顺义老王面馆" not in text_of(other.get("/loans/"))


def test_the_page_tells_every_condition_with_its_article(office, street):  # noqa: F811
    loan = office.apply(own_fen=2 * WAN)
    shown = text_of(street.get(f"/loans/{loan.pk}/"))
    for part in loan.determination.parts:
        assert part["text"] in shown
        assert part["article"] in shown
    assert "未批准" in shown and "行政复议" in shown


FIT = {"loan_amount": "80000", "mortgage_value": "200000", "business_project": "餐饮", "own_share": "40"}


def test_the_counter_takes_a_loan_and_the_street_sends_it_up(office):  # noqa: F811
    definitions.sync_definitions(CATALOG)
    clerk = Clerk(wanted=FIT | {"recommended_amount": "70000"})
    case = clerk.start(current("J-4.3.3"), office.place.streets[0], person=office.person())
    act(clerk, case, "accept", "verify", "report")
    loan = Loan.objects.get(journey_id=case.journey_id)
    assert (loan.state, loan.amount_fen, loan.recommended_fen) == ("reviewed", 8 * WAN, 7 * WAN)
    assert loan.own_fen == 3_200_000, "40% of what is asked for"
    assert [event.kind for event in loan.events.all()] == ["applied", "verified", "sent_up"]


def test_the_rule_refuses_at_the_counter_and_the_case_says_why(office):  # noqa: F811
    definitions.sync_definitions(CATALOG)
    clerk = Clerk(wanted=FIT | {"business_project": "网吧"})
    case = clerk.start(current("J-4.3.3"), office.place.streets[0], person=office.person())
    act(clerk, case, "accept")
    assert case.state == "refused"
    shown = text_of(clerk.client_at(office.place.streets[0]).get(f"/cases/{case.pk}/"))
    assert "不予支持的“网吧”" in shown
    assert Loan.objects.get(journey_id=case.journey_id).state == "refused"


def post(client, loan, act, **data):
    return text_of(client.post(f"/loans/{loan.pk}/{act}/", data, follow=True))


def test_what_is_written_on_the_page_stands_in_the_step_and_the_other_way_round(office, street):  # noqa: F811
    definitions.sync_definitions(CATALOG)
    clerk = Clerk(
        wanted=FIT | SHOP_LOAN | {"recommended_amount": "80000", "bank_result": "lent", "loan_file_number": "DK-7"}
    )
    clerk.wanted |= {"needs_community_check": False, "approved_amount": "80000", "borrower_kind": "individual"}
    case = clerk.start(current("J-4.3.3"), office.place.streets[0], person=office.person())
    act(clerk, case, "accept", "verify", "report")
    lent = follows(case, "J-5.4.5", office.place.streets[0])
    loan = Loan.objects.get(journey_id=case.journey_id)
    assert "不能办这一步" in post(street, loan, "guarantee", on="2026-11-23"), "first the recommendation"
    assert "餐饮" in page_of(clerk, lent, "review"), "known from the counter, not asked again"
    act(clerk, lent, "review")
    assert "推荐给顺义担保公司" in post(street, loan, "recommend", guarantor="顺义担保公司", on="2026-11-20")
    assert "等银行放款" in post(street, loan, "guarantee", on="2026-11-23", text="保字8号")
    shown = page_of(clerk, lent, "sign")
    assert "顺义担保公司" in shown and "2026-11-20" in shown
    clerk.wanted["guarantor"] = "顺义担保公司"
    act(clerk, lent, "sign")
    shown = text_of(street.get(f"/loans/{loan.pk}/"))
    assert "首次贷后检查" in shown and "12月2日" in shown, "7 working days"
    assert "建立贷款档案" in shown and "12月7日" in shown, "10 working days"
    clerk.wanted |= {"material_change": False, "sudden_problem": True, "problem_text": "店铺停业"}
    act(clerk, lent, "post_loan")
    loan.refresh_from_db()
    assert (loan.state, loan.file_number) == ("repaying", "DK-7")
    assert loan.checks.count() == 2
    assert loan.checks.filter(problem="店铺停业").count() == 1, "told once"
    for page in (f"/people/{loan.person_id}/", "/ledgers/loan_files/", "/ledgers/loan_check_register/"):
        assert f"/loans/{loan.pk}/" in text_of(street.get(page)), page


def test_from_default_to_the_last_fen_through_the_pages(office, street):  # noqa: F811
    loan = office.lent()
    assert "还欠50,000.00元" in post(street, loan, "repay", amount="30000", on="2026-11-10", note="回单1")
    assert "还欠50,000.00元，登记的是" in post(street, loan, "repay", amount="50000.01", on="2026-11-10", note="回单2")
    assert "请填写实际发生的日期" in post(street, loan, "default", on="2026-11-24", reason="没有还")
    assert "已登记逾期" in post(street, loan, "default", on="2026-11-16", reason="没有还")
    assert "已登记代偿" in post(street, loan, "pay-out", amount="50123.45", on="2026-11-18", note="代偿3号")
    assert "共3期" in post(street, loan, "plan", count="3", first_on="2026-11-23")
    shown = text_of(street.get(f"/loans/{loan.pk}/"))
    assert shown.count("16,707.00") >= 2 and "16,709.45" in shown and "欠担保机构" in shown
    assert "还欠33,416.45元" in post(street, loan, "repay", amount="16707", on="2026-11-23", note="收据1")
    assert "全部还清" in post(street, loan, "repay", amount="33416.45", on="2026-11-23", note="收据2")
    loan.refresh_from_db()
    assert loan.state == "recovered"
    assert "追偿完毕" in text_of(street.get("/loans/", {"state": "recovered"}))


def test_a_check_on_the_page_and_its_report(office, street):  # noqa: F811
    loan = office.lent()
    given = {
        f"seen_{name}": "没有变化"
        for name in ("funds", "business", "health", "conduct", "guarantor", "pledge", "change")
    }
    given |= {"on": "2026-11-18", "occasion": "first", "way": "on_site", "inspector": "李敏", "note": "店里只有一人"}
    assert "请填发现日期" in post(street, loan, "check", **given, has_changed="no", problem="要关门")
    assert "已列入待办" in post(
        street, loan, "check", **given, has_changed="no", problem="要关门", found_on="2026-11-18"
    )
    check = loan.checks.get()
    assert "11月23日 前书面报告" in text_of(street.get(f"/loans/{loan.pk}/"))
    address = f"/loans/checks/{check.pk}/report/"
    assert "报告日期已登记" in text_of(street.post(address, {"on": "2026-11-20"}, follow=True))
    assert "已经报告过" in text_of(street.post(address, {"on": "2026-11-21"}, follow=True)), "once"


def _act(clerk, case, **data):
    step = case.steps.get(state="ready")
    answer = clerk.client_at(case.organization).post(
        f"/cases/{case.pk}/steps/{step.pk}/act/",
        {"outcome": "done", "_once": str(len(data)) + data.get("reason", "")} | data,
    )
    return answer if answer.status_code == 302 else text_of(answer)


def test_the_months_duty_covers_every_running_loan(office, frozen_time):  # noqa: F811
    definitions.sync_definitions(CATALOG)
    place = office.place.streets[0]
    first = office.lent(office.apply(office.person("孙得利"), business_name="老孙面馆"))
    second = office.lent(office.apply(office.person("周海燕"), business_name="海燕花店"))
    duties.open_due()
    case = Case.objects.get(procedure_id="J-5.4.5", duty="monthly_checks", organization=place, period_on="2026-11-01")
    clerk = Clerk()
    office.inspect(second, "2026-11-12")
    assert "海燕花店" in page_of(clerk, case), "what was written on the loan's page stands in the duty"
    row = {"day": "2026-11-20", "way": "phone"} | dict.fromkeys(
        ["funds", "business", "health", "conduct", "guarantor", "pledge", "change"], "没有变化"
    )

    def lines(*names):
        return {
            f"loan_checks-{n}-{key}": text
            for n, name in enumerate(names)
            for key, text in ({"borrower": name} | row).items()
        }

    common = {"check_round": "monthly", "material_change": "false", "sudden_problem": "false"}
    assert "没有找到“老钱饭店”" in _act(clerk, case, **common, **lines("老钱饭店"))
    assert "还有1户本月没有检查：老孙面馆" in _act(clerk, case, **common, **lines("海燕花店"))
    assert _act(clerk, case, **common, **lines("老孙面馆", "周海燕")).status_code == 302
    assert first.checks.get().way == "phone"
    assert second.checks.count() == 2


def test_a_firms_loan_with_interest_once_the_standard_is_on_file(office, monkeypatch):  # noqa: F811
    from dataclasses import replace

    from renben.engines.rules.parameters import load_parameters
    from renben.services.support.loans import interest

    definitions.sync_definitions(CATALOG)
    clerk = Clerk(wanted=FIRM_LOAN | {"released_amount": "500000", "interest_paid": "20000.01"})
    case = clerk.start(current("Q-1.3.3"), office.place.centre, person=office.person())
    act(clerk, case, "receive", "review", "track", "archive", "after_care")
    loan = Loan.objects.get(journey_id=case.journey_id)
    assert (loan.state, loan.lent_fen, loan.recommended_fen) == ("repaying", 50 * WAN, 50 * WAN)
    assert "无现行标准" in text_of(clerk.client_at(office.place.centre).get(f"/loans/{loan.pk}/"))
    with pytest.raises(AssertionError, match="无现行标准"):
        act(clerk, case, "interest")
    loan.refresh_from_db()
    assert loan.state == "repaying", "nothing of a blocked step stays"
    held = load_parameters()["loan.interest_subsidy.share"].versions[0]
    monkeypatch.setattr(interest, "standard", lambda on, parameters=None: replace(held, value=0.5, document="试行文件"))
    act(clerk, case, "interest")
    assert case.state == "done"
    event = interest.granted(loan)
    assert event.fen == 1_000_001, "half of 20000.01 yuan, half a fen up"
    assert "试行文件" in text_of(clerk.client_at(office.place.centre).get(f"/loans/{loan.pk}/"))


def test_a_firm_that_hired_nobody_does_not_get_the_top_product(office):  # noqa: F811
    definitions.sync_definitions(CATALOG)
    clerk = Clerk(wanted=FIRM_LOAN | {"staff_proofs": ["none"]})
    case = clerk.start(current("Q-1.3.3"), office.place.centre, person=office.person())
    act(clerk, case, "receive")
    with pytest.raises(AssertionError, match="没有招用本市失业人员"):
        act(clerk, case, "review")
