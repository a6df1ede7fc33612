"""The pages of the insurance subsidy: a clerk sees why, checks passbooks, pays once, reads the bank's answer, recovers."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.documents import issuing
from renben.engines.documents.models import IssuedDocument
from renben.engines.payments import accounts
from renben.engines.payments.models import PaymentBatch
from renben.kernel.models import AuditEvent
from renben.services.support.models import InsuranceSubsidy, SubsidyAdjustment
from tests import build
from tests.services.support.conftest import MONTH_FEN, day, states

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def check(client, office, subsidy, month: str, answer: str = "yes", **more):
    row = subsidy.months.get(month=day(f"{month}-01"))
    data = {f"answer-{row.pk}": answer} | {f"{name}-{row.pk}": value for name, value in more.items()}
    place = office.place.streets[0].pk
    return client.post(f"/support/checks/?office={place}&month={month}", data, follow=True)


def test_empty_pages_say_what_to_do(office, street, maker):
    assert "还没有人申请补贴" in text_of(street.get("/support/"))
    assert "没有要核对的" in text_of(street.get("/support/checks/"))
    assert "还没有生成过名录" in text_of(maker.get("/support/lists/"))
    assert street.get("/support/lists/").status_code == 403, "the street does not pay"


def test_the_page_explains_every_part_and_prints_it_for_the_citizen(office, street):
    subsidy = office.approve(office.apply())
    shown = text_of(street.get(f"/support/{subsidy.pk}/"))
    for part in subsidy.determination.parts:
        assert part["text"] in shown
    assert "36 个月" in shown and "160号" in shown and "312.84" in shown
    answer = street.post(f"/support/{subsidy.pk}/explain/")
    paper = IssuedDocument.objects.get(form="社会保险补贴判定告知书")
    assert answer.url == f"/cases/documents/{paper.pk}.pdf"
    assert street.get(answer.url)["Content-Type"] == "application/pdf"
    printed = issuing.content_of(paper)
    assert printed["decision"] == "符合享受条件，可享受36个月"
    assert any("须满40周岁" in row["text"] for row in printed["reasons"])


def test_a_refusal_shows_reason_article_and_appeal(office, street):
    subsidy = office.apply(is_registered=False)
    shown = text_of(street.get(f"/support/{subsidy.pk}/"))
    assert "没有办理就业登记" in shown and "行政复议" in shown and "未批准" in shown


def test_from_the_passbook_to_the_bank_and_back(office, street, maker, checker):
    subsidy = office.drawing()
    office.go("2007-05-20")
    assert "没有扣款的，请写明原因" in text_of(check(street, office, subsidy, "2007-04", "no"))
    assert "不是金额" in text_of(check(street, office, subsidy, "2007-04", amount="三百"))
    assert "已核对1个月：扣款正常1" in text_of(check(street, office, subsidy, "2007-04", amount="３12.84"))
    assert "王**" in text_of(street.get("/support/checks/?month=2007-05"))
    made = text_of(maker.post("/support/lists/make/", {"month": "2007-05"}, follow=True))
    assert "名录共1人次，合计312.84元" in made and "请换一位复核人员" in made
    batch = PaymentBatch.objects.get()
    assert "不能由谁确认" in text_of(maker.post(f"/support/lists/{batch.pk}/confirm/", follow=True))
    assert "名录已确认" in text_of(checker.post(f"/support/lists/{batch.pk}/confirm/", follow=True))
    content = maker.post(f"/support/lists/{batch.pk}/export/").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    line = batch.lines.get()
    assert [sheet.cell(3, place).value for place in (1, 2, 4, 5)] == [
        str(line.pk), "王秀兰", "6222020200112233", MONTH_FEN / 100,
    ]  # fmt: skip
    assert AuditEvent.objects.filter(action="list.export").exists()
    sheet.cell(3, 9).value, sheet.cell(3, 10).value = "失败", "账号已销户"
    target = io.BytesIO()
    book.save(target)
    answer = _return(maker, batch, target.getvalue())
    assert "到账0笔" in answer and "退回1笔，312.84元" in answer and "账号已销户" in answer
    assert states(subsidy)["2007-04"] == "returned"
    new = {"holder": "王秀兰", "bank": "北京银行", "number": "9988 7766 5544 33"}
    assert "收款账户已登记" in text_of(street.post(f"/support/{subsidy.pk}/account/", new, follow=True))
    again = text_of(maker.post("/support/lists/make/", {"month": "2007-05"}, follow=True))
    assert "名录共1人次" in again
    second = PaymentBatch.objects.get(sequence=2)
    checker.post(f"/support/lists/{second.pk}/confirm/")
    rows = f"流水号,金额,结果\n{second.lines.get().pk},312.84,成功\n合计,312.84,\n"
    assert "到账1笔，312.84元，没有退回" in _return(maker, second, rows.encode(), "huipan.csv")
    assert states(subsidy)["2007-04"] == "paid"
    assert "还没有扣款" not in text_of(maker.post("/support/lists/make/", {"month": "2007-05"}, follow=True))
    assert PaymentBatch.objects.count() == 2, "nobody is paid twice"


def _return(client, batch, content: bytes, name: str = "回盘.xlsx") -> str:
    upload = SimpleUploadedFile(name, content)
    data = {"file": upload, "on": "2007-05-20"}
    return text_of(client.post(f"/support/lists/{batch.pk}/return/", data, follow=True))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("流水号,金额,结果\n{pk},312.85,成功\n", "名录里是312.84元"),
        ("流水号,金额,结果\n{pk},312.84,也许\n", "看不懂，应写“成功”或“失败”"),
        ("流水号,金额,结果\n甲,312.84,成功\n", "流水号“甲”不是数字"),
        ("流水号,金额,结果\n{pk},312.845,成功\n", "金额“312.845”看不懂"),
        ("姓名,金额\n王秀兰,312.84\n", "没有找到“流水号、金额、结果”三列"),
        ("%PDF-1.4", "PDF"),
    ],
)
def test_an_answer_that_cannot_be_right_is_not_read(content, said, office, maker, checker):
    subsidy = office.drawing()
    office.go("2007-05-20")
    office.debit(subsidy, "2007-04")
    batch = office.lists("2007-05").batch
    checker.post(f"/support/lists/{batch.pk}/confirm/")
    shown = _return(maker, batch, content.format(pk=batch.lines.get().pk).encode(), "回盘.csv")
    assert said in shown
    batch.refresh_from_db()
    assert batch.state == "confirmed"


def test_stop_recover_and_take_the_stop_back(office, street):
    subsidy = office.drawing()
    office.go("2007-07-20")
    for month in ("2007-04", "2007-05", "2007-06"):
        office.debit(subsidy, month)
    office.pay("2007-07")
    early = street.post(f"/support/{subsidy.pk}/stop/", {"event": "hired", "on": "2007-08-01", "reason": "x"})
    assert early.status_code == 422 and "还没到" in text_of(early)
    stop = {"event": "hired", "on": "2007-05-08", "reason": "单位已为其缴费"}
    shown = text_of(street.post(f"/support/{subsidy.pk}/stop/", stop, follow=True))
    assert "自2007年06月起不再发放" in shown and "已经发出的1个月要追回" in shown
    one = SubsidyAdjustment.objects.get()
    wrong = text_of(
        street.post(f"/support/recoveries/{one.pk}/", {"amount": "400", "on": "2007-07-20", "note": "收据"})
    )
    assert "还应追回312.84元" in wrong
    part = street.post(
        f"/support/recoveries/{one.pk}/", {"amount": "100", "on": "2007-07-20", "note": "收据1"}, follow=True
    )
    assert "还差212.84元" in text_of(part)
    back = text_of(street.post(f"/support/{subsidy.pk}/resume/", {"reason": "查错了人"}, follow=True))
    assert "已撤销停发" in back
    assert "重算出1笔差额" in text_of(street.post(f"/support/{subsidy.pk}/recompute/", follow=True))
    assert list(subsidy.adjustments.filter(state="open").values_list("kind", "fen")) == [("difference", 10000)]


def test_a_visit_that_finds_no_work_leads_on_to_the_stop(office, street):
    subsidy = office.drawing()
    data = {"on": "2007-04-10", "visitors": "李敏", "is_working": "no", "findings": "店已转让", "income": "0"}
    assert "请接着办停发" in text_of(street.post(f"/support/{subsidy.pk}/visit/", data, follow=True))
    assert "店已转让" in text_of(street.get(f"/support/{subsidy.pk}/"))


def test_somebody_elses_account_is_not_taken(office, street):
    subsidy = office.drawing()
    data = {"holder": "王秀芳", "bank": "北京银行", "number": "99887766554433"}
    assert "补贴只能存入本人账户" in text_of(street.post(f"/support/{subsidy.pk}/account/", data))
    assert accounts.current([subsidy.person_id])[subsidy.person_id].bank == "北京农村商业银行"


def test_search_filter_pages_and_export(office, street):
    for number in range(25):
        office.apply(
            office.person(f"王秀{'兰英芳珍'[number % 4]}"), kind="self_employed" if number % 5 == 0 else "flexible"
        )
    first = text_of(street.get("/support/"))
    assert "全部 25" in first and "1–20" in first.replace(" ", "") or "25" in first
    assert text_of(street.get("/support/?kind=self_employed")).count("data-row-link") == 5
    assert text_of(street.get("/support/?q=王秀珍")).count("data-row-link") == 6
    assert text_of(street.get("/support/?page=2")).count("data-row-link") == 5
    assert "没有符合条件的补贴" in text_of(street.get("/support/?q=赵无"))
    sheet = openpyxl.load_workbook(
        io.BytesIO(street.post("/support/export/", {"kind": "self_employed"}).content)
    ).active
    assert sheet.cell(3, 3).value == "自谋职业（自主创业）" and sheet.max_row >= 8


def test_more_rows_need_no_more_queries(office, street):
    def queries(path: str) -> int:
        street.get(path)
        with CaptureQueriesContext(connection) as caught:
            street.get(path)
        return len(caught)

    subsidy = office.drawing(number="1000200030004000")
    office.go("2007-05-20")
    counted = {path: queries(path) for path in ("/support/", "/support/checks/?month=2007-05")}
    for number in range(8):
        office.drawing(
            office.person(f"王秀{number}".replace(str(number), "兰英芳珍玉梅香云"[number])),
            number=f"100020003000500{number}",
        )
    office.go("2007-05-20")
    assert {path: queries(path) for path in counted} == counted
    assert subsidy.pk


def test_another_street_and_its_people_are_out_of_sight(office, sign_in):
    subsidy = office.drawing()
    other = sign_in(build.staff("counter", office.place.streets[1], "别所"))
    office.since_2000()
    assert other.get(f"/support/{subsidy.pk}/").status_code == 404
    assert "王" not in text_of(other.get("/support/")).split("<main")[1]
    assert InsuranceSubsidy.objects.count() == 1


def test_the_person_file_tells_where_the_subsidy_stands(office, street):
    subsidy = office.drawing()
    shown = text_of(street.get(f"/people/{subsidy.person_id}/"))
    assert "灵活就业社会保险补贴" in shown and "享受中" in shown and f"/support/{subsidy.pk}/" in shown


def test_the_subsidy_leads_to_its_determination(office, street):
    subsidy = office.approve(office.apply())
    link = f"/policies/determinations/{subsidy.determination_id}/"
    assert link in text_of(street.get(f"/support/{subsidy.pk}/"))
    assert street.get(link).status_code == 200
