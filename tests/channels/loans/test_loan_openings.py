"""在贷的贷款 at go-live: running loans come from a spreadsheet with their evidence, go on like any other, and can be taken back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.channels.workbench.downloads import workbook
from renben.kernel.models import ImportBatch
from renben.kernel.people import full_number
from renben.services.support.loans import inspecting, recovering
from renben.services.support.loans.models import Loan, LoanOpening
from tests import build
from tests.channels.loans.test_loan_pages import district, post, signed_in, street, text_of  # noqa: F401
from tests.services.support_loans.conftest import day, office  # noqa: F401

pytestmark = pytest.mark.django_db
NAMES = (
    "姓名", "身份证号", "贷款类别", "字号", "放款金额", "发放日期", "到期日", "已还金额", "代偿金额", "已追回金额", "担保机构", "经办银行",
    "档案号", "依据",
)  # fmt: skip
HEADINGS = [(name, 14) for name in NAMES]


def line(person, **changes) -> tuple:
    given = {
        "name": person.name, "number": full_number(person), "kind": "个体", "business": "顺义老王面馆", "lent": "80,000.00",
        "issued": "2025-12-01", "due": "2027-11-30", "repaid": 20000, "paid_out": "", "recovered": "", "guarantor": "顺义担保公司",
        "bank": "农商行", "file": "DK-旧-8", "evidence": "借款合同2025-118号",
    }  # fmt: skip
    return tuple((given | changes).values())


def upload(client, *rows: tuple) -> ImportBatch:
    file = SimpleUploadedFile("在贷.xlsx", workbook("在贷的小额担保贷款", HEADINGS, list(rows)))
    answer = client.post("/imports/new/", {"kind": "loan_openings", "file": file})
    assert answer.status_code == 302, text_of(answer)
    batch = ImportBatch.objects.latest("id")
    client.post(f"/imports/{batch.pk}/confirm/")
    batch.refresh_from_db()
    return batch


def test_a_running_loan_comes_in_and_goes_on(office, street):  # noqa: F811
    person = office.person()
    batch = upload(street, line(person))
    assert (batch.good, batch.bad) == (1, 0)
    loan = Loan.objects.get(person=person)
    assert (loan.state, loan.lent_fen, loan.file_number) == ("repaying", 8_000_000, "DK-旧-8")
    assert recovering.account_of(loan).owed == 6_000_000
    shown = text_of(street.get(f"/loans/{loan.pk}/"))
    assert "借款合同2025-118号" in shown and "启用平台前放款" in shown
    assert [one.code for one in inspecting.owed_of(loan, day("2026-11-23"))] == ["monthly", "on_site"]
    assert f"/loans/{loan.pk}/" in text_of(street.get("/ledgers/loan_files/"))
    assert "还欠50,000.00元" in post(street, loan, "repay", amount="10000", on="2026-11-20", note="回单")
    street.post(f"/imports/{batch.pk}/undo/")
    assert Loan.objects.filter(pk=loan.pk).exists(), "it has been worked on"


def test_what_the_guarantor_paid_is_owed_to_it_and_a_past_last_day_is_overdue(office, street):  # noqa: F811
    paid, late = office.person("孙得利"), office.person("周海燕")
    upload(
        street,
        line(paid, paid_out=60500.5, recovered=500.5, file="DK-1"),
        line(late, due="2026-10-31", file="DK-2"),
    )
    held = Loan.objects.get(person=paid)
    assert (held.state, recovering.account_of(held).owed) == ("paid_out", 6_000_000)
    assert "共6期" in post(street, held, "plan", count="6", first_on="2026-12-01")
    assert Loan.objects.get(person=late).state == "defaulted"


def test_rows_that_cannot_be_are_refused_with_the_reason(office, street):  # noqa: F811
    people = [office.person(name) for name in ("人甲", "人乙", "人丙", "人丁", "人戊", "人己")]
    office.apply(people[5])
    batch = upload(
        street,
        line(people[0], repaid=80000, file="A"),
        line(people[1], due="2025-11-30", file="B"),
        line(people[2], recovered=5, file="C"),
        line(people[3], kind="房贷", file="D"),
        line(people[4], evidence="", file="E"),
        line(people[5], file="F"),
    )
    assert (batch.good, batch.bad) == (0, 6)
    shown = text_of(street.get(f"/imports/{batch.pk}/?show=all"))
    for said in (
        "已经还清",
        "到期日要在发放日期之后",
        "没有代偿就没有追回",
        "没认出是哪种贷款",
        "没有填依据",
        "系统里已有一笔贷款",
    ):
        assert said in shown, said
    assert Loan.objects.count() == 1


def test_the_same_file_changes_nothing_and_it_can_be_taken_back(office, street):  # noqa: F811
    person = office.person()
    build.employer(office.place.streets[0], "顺达食品加工厂")
    row = line(person, kind="小企业", business="顺达食品加工厂")
    first = upload(street, row)
    assert Loan.objects.get().employer.name == "顺达食品加工厂"
    assert upload(street, row).unchanged == 1
    street.post(f"/imports/{first.pk}/undo/")
    assert not Loan.objects.exists() and not LoanOpening.objects.exists()
    assert upload(street, row).good == 1


def test_two_rows_about_one_person_or_one_file_number(office, street):  # noqa: F811
    one, other = office.person(), office.person("孙得利")
    batch = upload(street, line(one), line(one, file="DK-2"), line(other))
    assert (batch.good, batch.bad) == (1, 2)
