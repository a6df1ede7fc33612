"""公益性岗位 through the pages: a post, a person on it, the unit's sheet, the month's 审批表, paid once, left, recovered."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.channels.workbench.downloads import workbook
from renben.engines.payments.models import PaymentLine
from renben.kernel.models import AuditEvent, LabourSpell, Task
from renben.kernel.people import full_number
from renben.services.support.posts.models import PostAmount, PostPayroll, PostPlacement, PublicPost
from tests import build
from tests.services.support.posts.conftest import UNIT_INSURANCE, day, due

pytestmark = pytest.mark.django_db

NET = 116_000 + 10_000 - 15_500
"""Base and floating wage less the person's housing fund of 2011."""


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def say(client, url: str, **data) -> str:
    return text_of(client.post(url, data, follow=True))


def sign(client, payroll: PostPayroll, on: str) -> str:
    return say(client, f"/posts/payrolls/{payroll.pk}/confirm/", approved_on=on, signed_on=on)


def pay(maker, checker, month: str, on: str) -> PostPayroll:
    """The month's 审批表 made, signed and paid through the pages."""
    assert "审批表已生成" in say(maker, "/posts/payrolls/make/", month=month)
    payroll = PostPayroll.objects.get(state="draft")
    assert "可以随表拨款" in sign(checker, payroll, on)
    assert "已登记拨付" in say(maker, f"/posts/payrolls/{payroll.pk}/paid/", on=on)
    return payroll


def test_empty_pages_say_what_to_do(maker):
    assert "还没有人在公益性岗位上" in text_of(maker.get("/posts/"))
    assert "还没有登记岗位" in text_of(maker.get("/posts/jobs/"))
    assert "还没有登记岗位" in text_of(maker.get("/posts/wages/"))
    assert "还没有生成过审批表" in text_of(maker.get("/posts/payrolls/"))
    assert "没有应当拨付的钱" in say(maker, "/posts/payrolls/make/", month="2011-03")


def test_from_the_post_to_the_payment(office, maker, checker):
    unit = office.unit()
    given = {
        "name": "社区治安协管员",
        "headcount": "1",
        "approved_from": "2011-02-15",
        "approval": "顺人社字〔2010〕49号",
    }
    assert "没有找到这个单位" in text_of(maker.post("/posts/jobs/new/", {**given, "unit": "没有的组织"}))
    assert "名称相近的有：光明街道社区公益性就业组织" in text_of(
        maker.post("/posts/jobs/new/", {**given, "unit": "光明街道"})
    )
    assert "2011年第1季度" in say(maker, "/posts/jobs/new/", **given, unit=unit.uscc)
    post = PublicPost.objects.get()
    one, other = office.person(), office.person("刘桂英")
    terms = {"started_on": "2011-02-01", "ends_on": "2012-12-31", "base": "1160", "number": full_number(one)}
    assert "没有这个证件号码" in text_of(maker.post(f"/posts/jobs/{post.pk}/place/", {**terms, "number": "110113"}))
    assert "在“光明街道社区公益性就业组织 社区治安协管员”上岗" in say(maker, f"/posts/jobs/{post.pk}/place/", **terms)
    assert LabourSpell.objects.get(person=one, end_on=None).status == "public_post"
    assert "已经满员" in say(maker, f"/posts/jobs/{post.pk}/place/", **terms | {"number": full_number(other)})
    placement = PostPlacement.objects.get()

    assert "没有应当拨付" not in say(maker, "/posts/payrolls/make/", month="2011-03"), "insurance needs no sheet"
    assert "这个月的工资表还没有报" in text_of(maker.get("/posts/payrolls/"))
    sheet = f"/posts/wages/?unit={unit.pk}&month=2011-03"
    assert "还没有报" in text_of(maker.get(sheet))
    base, floating = f"base-{placement.pk}", f"floating-{placement.pk}"
    assert "不是金额" in say(maker, sheet, **{base: "一千", floating: "0"})
    assert "不低于当年最低工资1160元：不符合" in say(maker, sheet, **{base: "1159.99", floating: "0"})
    assert "浮动工资174.01元" in say(maker, sheet, **{base: "1160", floating: "174.01"})
    assert "1人有变动" in say(maker, sheet, **{base: "1160", floating: "１00"})

    assert "1人，合计2,355.32元" in say(maker, "/posts/payrolls/make/", month="2011-03"), (
        "wage and two months' insurance"
    )
    payroll = PostPayroll.objects.get()
    assert "不能由谁签批" in sign(maker, payroll, "2011-03-20")
    assert "可以随表拨款" in sign(checker, payroll, "2011-03-20")
    assert "已列入签批的审批表，不能再改" in say(maker, sheet, **{base: "1160", floating: "0"})
    assert "已登记拨付" in say(maker, f"/posts/payrolls/{payroll.pk}/paid/", on="2011-03-20")
    shown = due(placement)
    assert shown["2011-03", "wage"] == (NET, "paid") and shown["2011-03", "insurance"] == (UNIT_INSURANCE, "paid")
    assert shown["2011-02", "wage"] == (None, "waiting") and shown["2011-03", "fund"] == (31_000, "due")
    assert "没有新的应拨款" in say(maker, "/posts/payrolls/make/", month="2011-03")
    assert PaymentLine.objects.count() == 3 and PostPayroll.objects.count() == 1, "nobody is paid twice"
    line = PaymentLine.objects.get(heading="post_wage")
    determination = PostAmount.objects.get(payment_line=line).determination
    assert line.determination_id == determination.pk and determination.result["gross"] == 1260

    page = text_of(maker.get(f"/posts/people/{placement.pk}/"))
    for part in determination.parts:
        assert part["text"] in page
    assert "养老保险（个人）" in page and "134.44" in page
    assert "郑**" in text_of(maker.get("/posts/?q=zsq")) and "2011年3月" in text_of(maker.get("/posts/"))
    assert "没有符合条件的人" in text_of(maker.get("/posts/?q=zsq&state=left"))


def test_the_export_of_a_payroll_adds_up(office, maker):
    unit = office.unit()
    post = office.post(unit)
    people = [office.place_on(post, office.person(name)) for name in ("郑淑琴", "刘桂英")]
    office.sheet("2011-03", *((one, 116_000, 10_000) for one in people))
    say(maker, "/posts/payrolls/make/", month="2011-03")
    payroll = PostPayroll.objects.get()
    book = openpyxl.load_workbook(io.BytesIO(maker.post(f"/posts/payrolls/{payroll.pk}/export/").content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3, max_row=6)]
    assert {row[2] for row in rows} == {full_number(one.person) for one in people}
    total = sum(round(row[-1] * 100) for row in rows)
    assert total == sum(batch.total_fen for batch in payroll.batches.all()) == 2 * (NET + 2 * UNIT_INSURANCE)
    march = next(row for row in rows if row[3] == "2011-03")
    assert march[4:8] == [1260, 155, 191.22, NET / 100]
    assert AuditEvent.objects.filter(action="list.export").exists()
    shown = text_of(maker.get(f"/posts/payrolls/{payroll.pk}/"))
    assert shown.count(f"{total // 100:,}.{total % 100:02d}") >= 3, "page, units and total say the same"


def test_the_sheet_of_the_unit_is_read_whole_or_not_at_all(office, maker):
    unit = office.unit()
    post = office.post(unit)
    one, two = (office.place_on(post, office.person(name)) for name in ("郑淑琴", "刘桂英"))
    address = f"/posts/wages/import/?unit={unit.pk}&month=2011-03"
    headings = [("姓名", 10), ("身份证号码", 22), ("基本工资（元）", 10), ("浮动工资", 10)]

    def send(*rows: tuple) -> str:
        content = workbook("三月工资表", headings, [*rows, ("合计", "", 2320.0, None)])
        return say(maker, address, file=SimpleUploadedFile("工资表.xlsx", content))

    good = ("郑淑琴", full_number(one.person), 1160.0, 100.0)
    said = send(good, ("刘桂花", full_number(two.person), 1160.0, None))
    assert "姓名“刘桂花”与证件号码对不上" in said and not one.wages.exists()
    said = send(good, ("刘桂英", full_number(two.person), 1100.0, None))
    assert "刘桂英：基本工资1100元" in said and not one.wages.exists()
    assert "不在本组织" in send(("张三", "110113197001010018", 1160.0, 0.0))
    assert "写了两遍" in send(good, good)
    assert "读入2人，2人有变动" in send(good, ("刘桂英", full_number(two.person), 1160.0, None))
    assert (one.wages.get().floating_fen, two.wages.get().floating_fen) == (10_000, 0)
    assert "读入1人，0人有变动" in send(good)
    content = maker.post("/posts/wages/export/", {"unit": unit.pk, "month": "2011-03"}).content
    said = say(maker, address, file=SimpleUploadedFile("工资表.xlsx", content))
    assert "读入2人，0人有变动" in said, "what is exported can be read back"


def test_who_left_is_not_paid_and_pays_back(office, maker, checker):
    post = office.post()
    placement = office.place_on(post)
    office.sheet("2011-03", (placement, 116_000, 10_000))
    pay(maker, checker, "2011-03", "2011-03-20")
    office.go("2011-04-20")
    office.sheet("2011-04", (placement, 116_000, 10_000))
    pay(maker, checker, "2011-04", "2011-04-20")
    leave = f"/posts/people/{placement.pk}/leave/"
    given = {"event": "hired", "note": "新单位的劳动合同"}
    assert "还没到" in text_of(maker.post(leave, {**given, "last_on": "2011-04-21"}))
    owed = (NET + UNIT_INSURANCE) / 100
    assert f"已经拨出{owed:,.2f}元，要追回" in say(maker, leave, **given, last_on="2011-03-31")
    assert LabourSpell.objects.get(person=placement.person, end_on=None).status == "employed"
    assert Task.objects.get(key__startswith="public_post.recover:").cleared_at is None
    page = text_of(maker.get(f"/posts/people/{placement.pk}/"))
    for amount in PostAmount.objects.filter(state="recover").order_by("id"):
        assert f"/posts/amounts/{amount.pk}/recover/" in page
        say(maker, f"/posts/amounts/{amount.pk}/recover/", on="2011-04-20", note="收据0012")
    assert not PostAmount.objects.filter(state="recover").exists()
    assert Task.objects.get(key__startswith="public_post.recover:").cleared_at is not None
    office.go("2011-05-20")
    assert "没有应当拨付的钱" in say(maker, "/posts/payrolls/make/", month="2011-05")
    fund = {key: value for key, value in due(placement).items() if key[1] == "fund"}
    assert fund == {("2011-02", "fund"): (31_000, "due"), ("2011-03", "fund"): (31_000, "due")}
    assert "已经登记2011-03-31离岗" in say(maker, leave, **given, last_on="2011-04-15")
    assert "已离岗 1" in text_of(maker.get("/posts/"))


def test_the_fund_is_deposited_at_the_end_of_the_half_year(office, maker, checker):
    placement = office.place_on(office.post())
    office.go("2011-06-20")
    for month in range(2, 7):
        office.sheet(f"2011-{month:02d}", (placement, 116_000, 0))
    payroll = pay(maker, checker, "2011-06", "2011-06-20")
    shown = text_of(maker.get(f"/posts/payrolls/{payroll.pk}/"))
    assert "区住房公积金管理中心（代缴公积金）" in shown and "1,550.00" in shown
    assert {value for key, value in due(placement).items() if key[1] == "fund"} == {(31_000, "paid")}


def test_a_units_money_that_came_back_is_paid_again(office, maker, checker):
    unit, other = office.unit(), office.unit("胜利街道社区公益性就业组织", 1)
    one = office.place_on(office.post(unit))
    two = office.place_on(office.post(other), office.person("刘桂英"))
    office.sheet("2011-03", (one, 116_000, 0), (two, 116_000, 0))
    payroll = pay(maker, checker, "2011-03", "2011-03-20")
    back = {"unit": unit.pk, "on": "2011-03-20", "reason": "账号已销户"}
    assert "已登记退回" in say(maker, f"/posts/payrolls/{payroll.pk}/return/", **back)
    assert due(one)["2011-03", "wage"] == (100_500, "due") and due(two)["2011-03", "wage"] == (100_500, "paid")
    assert "已登记退回" not in say(maker, f"/posts/payrolls/{payroll.pk}/return/", **back)
    office.go("2011-03-25")
    second = pay(maker, checker, "2011-03", "2011-03-25")
    assert second.sequence == 2 and {
        row.placement for row in PostAmount.objects.filter(payment_line__batch__post_payrolls=second)
    } == {one}
    assert Task.objects.get(key__startswith="public_post.returned:").cleared_at is not None


def test_something_that_speaks_against_paying_holds_the_month(office, maker):
    placement = office.place_on(office.post())
    office.sheet("2011-03", (placement, 116_000, 0))
    LabourSpell.objects.filter(person=placement.person).update(status="employed")
    say(maker, "/posts/payrolls/make/", month="2011-03")
    shown = text_of(maker.get("/posts/payrolls/"))
    assert "在别的单位就业" in shown and not PaymentLine.objects.exists()
    LabourSpell.objects.filter(person=placement.person).update(status="public_post")
    assert "审批表已生成" in say(maker, "/posts/payrolls/make/", month="2011-03")


def test_a_draft_follows_the_facts_of_today(office, maker):
    placement = office.place_on(office.post())
    office.sheet("2011-03", (placement, 116_000, 0))
    say(maker, "/posts/payrolls/make/", month="2011-03")
    assert PaymentLine.objects.get(heading="post_wage").fen == 100_500
    office.sheet("2011-03", (placement, 116_000, 5_000))
    say(maker, "/posts/payrolls/make/", month="2011-03")
    assert PaymentLine.objects.get(heading="post_wage").fen == 105_500
    payroll = PostPayroll.objects.get()
    assert sum(batch.total_fen for batch in payroll.batches.all()) == 105_500 + 2 * UNIT_INSURANCE


def test_the_list_costs_the_same_for_one_and_for_many(office, maker):
    post = office.post(headcount=30)
    office.place_on(post)

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert maker.get(url).status_code == 200
        return len(found)

    office.make("2011-03")
    payroll = PostPayroll.objects.get()
    urls = ["/posts/", "/posts/jobs/", f"/posts/jobs/{post.pk}/", "/posts/wages/", f"/posts/payrolls/{payroll.pk}/"]
    queries("/posts/")  # what is kept between pages is read once
    before = [queries(url) for url in urls]
    for number in range(15):
        office.place_on(post, build.person(office.place.villages[0], f"王{number}", "F", birth_on=day("1975-01-02")))
    office.make("2011-03")
    assert [queries(url) for url in urls] == before


def test_the_plan_of_the_next_quarter(office, maker):
    post = office.post()
    one, two = (office.place_on(post, office.person(name)) for name in ("郑淑琴", "刘桂英"))
    office.sheet("2011-03", (one, 116_000, 10_000))
    shown = text_of(maker.get("/posts/plan/"))
    total = 3 * (2 * (116_000 + UNIT_INSURANCE + 15_500) + 10_000)
    assert (
        "2011年第2季度" in shown and f'2 人，合计 <span class="num">{total // 100:,}.{total % 100:02d}</span>' in shown
    )
    content = maker.post("/posts/plan/export/", {"quarter": "2011-04-01"}).content
    rows = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=3, max_row=4)
    ]
    assert round(sum(row[-1] for row in rows) * 100) == total
    assert {row[2] for row in rows} == {full_number(one.person), full_number(two.person)}
    assert "用款计划里没有这个人" in text_of(maker.get("/posts/plan/?q=张三"))
    assert "2011年第1季度" in text_of(maker.get("/posts/plan/?quarter=2011-01-01"))


def test_a_wage_against_the_rule_is_named_in_the_plan(office, maker):
    """The minimum wage rises before the quarter begins."""
    office.place_on(office.post(), base_fen=116_000)
    office.go("2011-12-10")
    shown = text_of(maker.get("/posts/plan/"))
    assert "郑淑琴2012年01月：基本工资低于当年最低工资" in shown and "单位负担保险没有算进合计" in shown


def test_the_file_of_the_person_names_the_post(office, maker):
    placement = office.place_on(office.post())
    assert f"/posts/people/{placement.pk}/" in text_of(maker.get(f"/people/{placement.person_id}/"))


def test_a_units_money_goes_to_its_own_account(office, maker, checker):
    unit = office.unit(has_account=False)
    placement = office.place_on(office.post(unit))
    office.sheet("2011-03", (placement, 116_000, 0))
    say(maker, "/posts/payrolls/make/", month="2011-03")
    payroll = PostPayroll.objects.get()
    assert "没有收款账户，请登记" in text_of(maker.get(f"/posts/payrolls/{payroll.pk}/"))
    assert "光明街道社区公益性就业组织没有登记收款账户" in sign(checker, payroll, "2011-03-20")
    given = {"holder": unit.name, "bank": "北京银行", "number": "9988 7766 5544 33"}
    account = f"/posts/units/{unit.pk}/account/"
    assert "与“光明街道社区公益性就业组织”不一致" in say(maker, account, **given | {"holder": "某某公司"})
    assert "收款账户已登记" in say(maker, account, **given)
    assert "可以随表拨款" in sign(checker, payroll, "2011-03-20")
    assert set(PaymentLine.objects.order_by("id").values_list("account__employer", flat=True)) == {unit.pk}
    say(maker, account, **given | {"number": "1122334455667788"})
    book = openpyxl.load_workbook(io.BytesIO(maker.post(f"/posts/payrolls/{payroll.pk}/transfers/").content))
    row = [cell.value for cell in book.active[3]]
    assert row[:5] == [unit.name, unit.name, "北京银行", "99887766554433", 1], "the account that was signed"
    assert round(row[-1] * 100) == 100_500 + 2 * UNIT_INSURANCE
