"""用人单位补贴 through the pages: taken in, roster, reviewed by two, listed, paid, left, recovered; and what everybody is told."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.channels.workbench.downloads import workbook
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel.models import AuditEvent
from renben.kernel.people import full_number
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson
from tests.services.support.hiring.conftest import A_YEAR_OF_THE_POST, ACCOUNT, FLOOR_MONTH, day, months

pytestmark = pytest.mark.django_db
TOTAL = f"{(6 * FLOOR_MONTH + A_YEAR_OF_THE_POST) / 100:,.2f}"


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def say(client, url: str, **data) -> str:
    return text_of(client.post(url, data, follow=True))


def take_in(clerk, firm, **changes) -> HiringClaim:
    given = {
        "unit": firm.uscc, "first_month": "2026-05", "last_month": "2026-10", "items": ["si", "post"],
        "applied_on": "2026-11-20",
    }  # fmt: skip
    assert "已受理" in say(clerk, "/hiring/new/", **given | changes)
    return HiringClaim.objects.latest("id")


CONTRACT = {"contract_from": "2025-09-01", "contract_to": "2028-08-31", "wage": "6000", "base": "8000"}


def test_the_empty_list_says_what_to_do_and_what_is_not_on_file(clerk):
    text = text_of(clerk.get("/hiring/"))
    assert "还没有单位申请" in text
    assert "没有找到文件" in text, "how often a firm applies is not on file"


def test_from_the_application_to_the_money_and_back(office, clerk, reviewer, maker, checker):
    firm = office.firm()
    person = office.hire(firm)
    assert "没有找到这个单位" in text_of(clerk.post("/hiring/new/", {"unit": "没有的单位"}))
    claim = take_in(clerk, firm)
    base = f"/hiring/{claim.pk}/"

    page = text_of(clerk.get(f"{base}roster/"))
    assert "登记在这个单位就业的人" in page and person.id_masked in page, "whom the register knows is offered"
    assert "还没有勾选人员" in say(clerk, f"{base}roster/known/")
    typed = {f"{name}-{person.pk}": value for name, value in CONTRACT.items()}
    assert "请核对月工资" in say(
        clerk, f"{base}roster/known/", person=person.pk, **typed | {f"wage-{person.pk}": "六千"}
    )
    assert "1人已放进花名册" in say(clerk, f"{base}roster/known/", person=person.pk, **typed)
    row = HiringPerson.objects.get()
    assert row.origin == "known"

    assert "初审通过" in say(clerk, f"{base}first/", opinion="材料齐全")
    assert clerk.get(f"{base}second/").status_code == 403, "a street does not review twice"
    assert f"应发{TOTAL}元" in say(reviewer, f"{base}second/", opinion="同意")
    letter = text_of(reviewer.get(f"{base}letter/"))
    assert f'合计 <strong class="num">{TOTAL}</strong> 元' in letter and "可以补贴 1 人" in letter
    assert "依据：" in letter

    account = {"holder": "别的单位", "bank": "北京农村商业银行", "number": ACCOUNT}
    assert "只能存入单位自己的账户" in say(maker, f"{base}list/", **account)
    assert "已列入2份名录" in say(maker, f"{base}list/", **account | {"holder": firm.name})
    assert "没有待拨付的月份" in say(maker, f"{base}list/", **account | {"holder": firm.name})
    assert PaymentLine.objects.count() == 7
    for batch in PaymentBatch.objects.order_by("id"):
        assert "名录已确认" in say(checker, f"/support/lists/{batch.pk}/confirm/")
        assert "用人单位" in text_of(maker.get(f"/support/lists/{batch.pk}/"))
        say(maker, f"/support/lists/{batch.pk}/paid/", on="2026-11-23")
    page = text_of(clerk.get(base))
    assert page.count(TOTAL) >= 2, "granted and paid"

    assert "要追回9,440.44元" in say(clerk, f"/hiring/rows/{row.pk}/leave/", on="2026-08-20", reason="本人辞职")
    month = HiringMonth.objects.filter(state="recover").order_by("month").first()
    assert clerk.post(f"/hiring/months/{month.pk}/recover/", {}).status_code == 403
    given = {"amount": "5000", "on": "2026-11-23", "note": "进账单0012"}
    assert "这一笔追清了" in say(maker, f"/hiring/months/{month.pk}/recover/", **given)
    assert AuditEvent.objects.filter(action="hiring.recover").exists()
    assert months(row, "post") == {"2026-08": (A_YEAR_OF_THE_POST, "recovered")}


def test_a_roster_is_read_with_its_headings_anywhere_and_wrong_rows_are_told_by_number(office, clerk):
    firm = office.firm()
    good, other = office.hire(firm), office.hire(firm, "李小红", sex="F")
    claim = take_in(clerk, firm)
    base = f"/hiring/{claim.pk}/roster/"
    template = clerk.post(f"{base}template/")
    heads = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(template.content)).active[2]]
    assert heads == ["姓名", "证件号码", "合同起始日期", "合同终止日期", "月工资", "缴费基数"]
    number = full_number(good)
    broken = number[:-1] + ("0" if number[-1] != "0" else "1")
    rows = [
        ["张卫东", number, "2025年9月1日", "无固定期限", "6000", "8,000"],
        ["张卫东", broken, "2025-09-01", "", "6000", "8000"],
        ["王某", full_number(other), "2025-09-01", "", "6000", "8000"],
        ["李小红", full_number(other), "去年九月", "", "6000", "8000"],
        ["合计", "", "", "", "12000", ""],
    ]
    book = workbook("职工花名册", [(name, 12) for name in heads], rows)
    answer = say(clerk, f"{base}file/", file=SimpleUploadedFile("花名册.xlsx", book))
    assert "读入1人，3行没有读入" in answer
    assert (
        "第4行张卫东：" in answer
        and "第5行王某：姓名“王某”" in answer
        and "第6行李小红：合同起始日期“去年九月”看不懂" in answer
    )
    row = HiringPerson.objects.get()
    assert (row.person, row.contract_to, row.base_fen, row.origin) == (good, None, 800_000, "imported")
    say(clerk, f"{base}file/", file=SimpleUploadedFile("花名册.xlsx", book))
    assert HiringPerson.objects.count() == 1, "reading it again adds nobody twice"
    junk = say(clerk, f"{base}file/", file=SimpleUploadedFile("a.xlsx", b"PK\x03\x04junk"))
    assert "花名册" in junk and HiringPerson.objects.count() == 1
    empty = workbook("别的表", [("部门", 12)], [["人事"]])
    assert "没有找到“证件号码" in say(clerk, f"{base}file/", file=SimpleUploadedFile("b.xlsx", empty))


def test_somebody_is_typed_by_number_confirmed_and_struck(office, clerk):
    firm = office.firm()
    claim = take_in(clerk, firm)
    base = f"/hiring/{claim.pk}/roster/"
    person = office.hire(firm, "孙大山", birth_on=day("1970-06-20"))
    assert "没有这个证件号码" in text_of(clerk.post(base, {**CONTRACT, "number": "110113"}))
    assert "类别：还要核实" in say(clerk, base, **CONTRACT, number=full_number(person))
    row = HiringPerson.objects.get()
    page = f"/hiring/rows/{row.pk}/"
    assert "可能是就业困难人员" in text_of(clerk.get(page))
    assert "核实为登记失业人员" in say(clerk, f"{page}group/", group="registered_unemployed", note="失业登记证")
    assert "不计算" in say(clerk, f"{page}strike/", reason="合同是假的")
    assert "恢复计算" in text_of(clerk.get(page))
    say(clerk, f"{page}unstrike/")
    assert "金额已重新计算" in say(clerk, f"{page}change/", **CONTRACT | {"base": "5000"})
    assert months(HiringPerson.objects.get())["2026-05"] == (155_000, "due")
    say(clerk, f"{page}take-off/", reason="录错了人")
    assert not HiringPerson.objects.exists()


def test_an_application_is_sent_back_or_refused_with_words_for_the_firm(office, clerk, reviewer):
    firm = office.firm()
    claim = take_in(clerk, firm)
    office.put(claim, office.hire(firm))
    base = f"/hiring/{claim.pk}/"
    say(clerk, f"{base}first/")
    assert "已退回" in say(reviewer, f"{base}back/", reason="缺劳动合同")
    assert "缺劳动合同" in text_of(clerk.get(base))
    assert "已作不予补贴" in say(clerk, f"{base}refuse/", reason="单位不在补贴范围")
    assert "经审核不予补贴。理由：单位不在补贴范围" in text_of(clerk.get(f"{base}letter/"))


def test_the_list_is_searched_by_firm_and_person_and_goes_out_as_a_workbook(office, clerk):
    firm = office.firm()
    claim = take_in(clerk, firm)
    person = office.hire(firm)
    office.put(claim, person)
    take_in(clerk, office.firm("北京别家商贸有限公司"), items=["si"])
    assert "北京别家" not in text_of(clerk.get("/hiring/", {"q": "顺通物流"}))
    assert "北京别家" not in text_of(clerk.get("/hiring/", {"q": full_number(person)}))
    assert "顺通物流" not in text_of(clerk.get("/hiring/", {"item": "post", "q": "别家"}))
    answer = clerk.post("/hiring/export/", {"item": "post"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[3]][:2] == [firm.name, firm.uscc] and sheet["H3"].value == float(
        TOTAL.replace(",", "")
    )
    roster = clerk.post(f"/hiring/{claim.pk}/roster/export/")
    assert openpyxl.load_workbook(io.BytesIO(roster.content)).active["B3"].value == full_number(person)


def test_a_long_roster_costs_no_more_statements(office, clerk):
    firm = office.firm()
    claim = take_in(clerk, firm)
    office.put(claim, office.hire(firm))

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            text_of(clerk.get(f"/hiring/{claim.pk}/"))
        return len(seen)

    before = cost()
    for number in range(5):
        office.put(claim, office.hire(firm, f"张{'一二三四五'[number]}"))
    assert cost() <= before + 1


def test_the_firm_s_and_the_person_s_file_show_the_application(office, clerk):
    firm = office.firm()
    page = text_of(clerk.get(f"/employers/{firm.pk}/"))
    assert "还没有申请过" in page and f"/hiring/new/?unit={firm.uscc}" in page
    assert f'value="{firm.uscc}"' in text_of(clerk.get(f"/hiring/new/?unit={firm.uscc}"))
    claim = take_in(clerk, firm)
    person = office.hire(firm)
    row = office.put(claim, person)
    assert f"/hiring/{claim.pk}/" in text_of(clerk.get(f"/employers/{firm.pk}/"))
    page = text_of(clerk.get(f"/people/{person.pk}/"))
    assert f"/hiring/rows/{row.pk}/" in page and "2026年05月至2026年10月" in page
