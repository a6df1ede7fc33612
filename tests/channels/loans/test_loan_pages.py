"""The pages of guaranteed loans, and the procedures that fill them, worked as a clerk does."""

from __future__ import annotations

import html
import io
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from renben.engines.procedures import definitions
from renben.services.support.loans.models import Loan
from tests.robot.clerk import Clerk, current
from tests.robot.handing import act
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
