"""A standard that is approved for months already paid: the difference is shown, listed, signed by another person and paid once."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from renben.engines.payments.models import PaymentLine
from renben.engines.rules import changing, in_force
from renben.engines.rules.models import ParameterChange
from renben.kernel.models import Task
from renben.kernel.people import full_number
from renben.services.support.posts.models import PostAmount
from tests.channels.policies.test_policies_changes import typed
from tests.channels.posts.test_posts_pages import pay, say, sign, text_of
from tests.services.support.posts.conftest import day

pytestmark = pytest.mark.django_db

BASE, OLD, NEW = 254_000, 30_480, 25_400
"""Base wage and the person's housing fund of a month at 12 % and at 10 %."""


@pytest.fixture(autouse=True)
def figures_as_on_file():
    """What a test approves is forgotten with its rows."""
    in_force.touch()
    yield
    in_force.touch()


def approve(maker, checker, name: str, **changes) -> ParameterChange:
    """A value drafted by one and approved by another, through the pages."""
    assert maker.post(reverse("policies:open_draft", args=[name])).status_code == 302
    row = ParameterChange.objects.get(parameter=name, state="draft")
    edit = reverse("policies:edit", args=[row.pk])
    form = maker.get(edit).context["form"]
    paper = {"has_standard": "value", "document": "京人社发〔2026〕9号", "article": "第一条"}
    answer = maker.post(edit, typed(form, **paper, **changes))
    assert answer.status_code == 302, answer.context["form"].errors
    assert "还不能送审" not in say(maker, reverse("policies:submit", args=[row.pk]), reason="标准调整")
    decided = {"decision": "approve", "opinion": "同意"}
    answer = checker.post(reverse("policies:review", args=[row.pk]), decided)
    assert answer.status_code == 302, answer.content.decode()
    row.refresh_from_db()
    assert row.state == "in_force"
    return row


def paid_in_autumn(office, maker, checker, **terms):
    """September and October 2026, paid on 20 October."""
    office.go("2026-10-20")
    given = {"started_on": day("2026-09-01"), "ends_on": day("2027-12-31"), "base_fen": BASE} | terms
    person = office.person(birth_on=day("1985-05-06"))
    placement = office.place_on(office.post(), person, **given)
    for month in ("2026-09", "2026-10"):
        office.sheet(month, (placement, BASE, 0))
    pay(maker, checker, "2026-10", "2026-10-20")
    office.go("2026-11-10")
    return placement


def test_a_figure_approved_for_paid_months(office, maker, checker):
    placement = paid_in_autumn(office, maker, checker)
    assert "这几个月没有差额" in text_of(maker.get("/posts/differences/"))
    assert changing.decided_until("public_post.housing_fund_rate") is None, "what was paid is compared anew instead"
    approve(maker, checker, "public_post.housing_fund_rate", valid_from="2026-10-01", value="0.10")

    task = Task.objects.get(key__startswith="public_post.differences:")
    assert "2026年10月以来已签批的月份有1人要调整：补发50.80元，追回0.00元" in task.reason
    shown = text_of(maker.get(task.url))
    assert "还没登记" in shown and "2,286.00" in shown and "2,235.20" in shown and "50.80" in shown
    assert not PostAmount.objects.filter(kind="difference").exists(), "looking writes nothing"
    content = maker.post("/posts/differences/export/", {"first": "2026-10"}).content
    row = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content)).active[3]]
    assert row[2:] == [full_number(placement.person), "2026-10", "工资", 2286, 2235.2, 50.8, "还没登记"]
    assert "没有这个人或组织的差额" in text_of(maker.get("/posts/differences/?q=张三"))

    assert "已登记：补发50.80元" in say(maker, "/posts/differences/list/", first="2026-10", last="2026-11")
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert "已登记，随下一张审批表补发" in text_of(maker.get("/posts/differences/"))
    say(maker, "/posts/differences/list/", first="2026-09", last="2026-11")
    owed = PostAmount.objects.get(kind="difference")
    assert (owed.heading, owed.month, owed.fen, owed.state) == ("post_wage", day("2026-10-01"), OLD - NEW, "due")

    office.go("2026-11-20")
    office.sheet("2026-11", (placement, BASE, 0))
    say(maker, "/posts/payrolls/make/", month="2026-11")
    payroll = placement.amounts.get(kind="difference").payment_line.batch.post_payrolls.get()
    assert "不能由谁签批" in sign(maker, payroll, "2026-11-20")
    assert "可以随表拨款" in sign(checker, payroll, "2026-11-20")
    say(maker, f"/posts/payrolls/{payroll.pk}/paid/", on="2026-11-20")
    assert "这几个月没有差额" in text_of(maker.get("/posts/differences/"))
    say(maker, "/posts/differences/list/", first="2026-09", last="2026-11")
    assert "没有新的应拨款" in say(maker, "/posts/payrolls/make/", month="2026-11")
    lines = PaymentLine.objects.filter(heading="post_wage").order_by("month", "id")
    assert [(f"{line.month:%m}", line.fen) for line in lines] == [
        ("09", BASE - OLD),
        ("10", BASE - OLD),
        ("10", OLD - NEW),
        ("11", BASE - NEW),
    ]


def test_a_figure_that_takes_back(office, maker, checker):
    """The fund's share rises for paid months: the wage handed out was too high."""
    paid_in_autumn(office, maker, checker)
    approve(maker, checker, "public_post.housing_fund_rate", valid_from="2026-09-01", value="0.13")
    said = say(maker, "/posts/differences/list/", first="2026-09", last="2026-11")
    assert "应追回50.80元" in said
    assert list(PostAmount.objects.filter(state="recover").order_by("month").values_list("fen", flat=True)) == [
        2540,
        2540,
    ]
    assert Task.objects.filter(key__startswith="public_post.recover:", cleared_at=None).count() == 1


def test_a_standard_that_was_missing_pays_every_month_since(office, maker, checker):
    """No sum of the only-child money was on file: the months wait, and come with the next list once it is approved."""
    placement = paid_in_autumn(office, maker, checker, child_birth_on=day("2015-05-05"))
    waiting = placement.amounts.filter(heading="post_child", state="waiting").order_by("month")
    assert [row.fen for row in waiting] == [None, None]
    approve(maker, checker, "public_post.only_child_amount", valid_from="2026-09-01", value="10")
    assert not Task.objects.filter(key__startswith="public_post.differences:").exists(), "nothing signed differs"
    office.sheet("2026-11", (placement, BASE, 0))
    pay(maker, checker, "2026-11", "2026-11-10")
    lines = PaymentLine.objects.filter(heading="post_child", state="paid").order_by("month")
    assert [(f"{line.month:%m}", line.fen) for line in lines] == [("09", 1_000), ("10", 1_000), ("11", 1_000)]


def test_months_that_make_no_sense_are_answered(office, maker):
    office.go("2026-11-10")
    assert "这几个月没有差额" in text_of(maker.get("/posts/differences/?first=2030-13&last=9999-99"))
    assert "月份请写成 2026-11 这样" in say(maker, "/posts/differences/list/", first="2026-13", last="2026-11")
