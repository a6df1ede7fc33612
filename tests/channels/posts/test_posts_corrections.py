"""What was wrong about a post, put right through the pages: a leave taken back, a wage corrected after the list was signed."""

from __future__ import annotations

import pytest

from renben.engines.payments.models import PaymentLine
from renben.kernel.models import AuditEvent, LabourSpell, Task
from renben.services.support.posts.models import PostAmount, PostPayroll
from tests.channels.posts.test_posts_pages import NET, pay, say, text_of
from tests.services.support.posts.conftest import UNIT_INSURANCE, day

pytestmark = pytest.mark.django_db


def left(office, maker, checker):
    """March and April paid, then a leave of 31 March registered: April is to be recovered."""
    placement = office.place_on(office.post(headcount=1))
    for month in ("2011-03", "2011-04"):
        office.go(f"{month}-20")
        office.sheet(month, (placement, 116_000, 10_000))
        pay(maker, checker, month, f"{month}-20")
    url = f"/posts/people/{placement.pk}/"
    assert "要追回" in say(maker, f"{url}leave/", event="hired", note="听说", last_on="2011-03-31")
    return placement, url


def test_a_leave_that_never_was_is_taken_back(office, maker, checker):
    placement, url = left(office, maker, checker)
    assert "撤销离岗" in text_of(maker.get(url))
    assert "必填" in text_of(maker.post(f"{url}leave/take-back/", {"reason": ""}))
    assert "已撤销离岗" in say(maker, f"{url}leave/take-back/", reason="同名同姓，登记错了人")
    placement.refresh_from_db()
    assert (placement.left_on, placement.leave_event) == (None, "")
    assert not PostAmount.objects.filter(state="recover").exists()
    assert not Task.objects.filter(key__startswith="public_post.recover:", cleared_at=None).exists()
    spell = LabourSpell.objects.get(person=placement.person)
    assert (spell.status, spell.start_on, spell.end_on) == ("public_post", placement.started_on, None)
    placement.person.refresh_from_db()
    assert placement.person.labour_status == "public_post"
    shown = text_of(maker.get(url))
    assert "更正记录" in shown and "同名同姓，登记错了人" in shown and "2011年03月31日离岗，被单位招用" in shown
    assert AuditEvent.objects.filter(action="public_post.leave_back").count() == 1
    assert "没有登记离岗" in say(maker, f"{url}leave/take-back/", reason="再撤一次")


def test_the_months_in_between_are_paid_once(office, maker, checker):
    """April came back already, May's list went out without the person: both are paid with June's list, and nothing twice."""
    placement, url = left(office, maker, checker)
    for amount in PostAmount.objects.filter(state="recover").order_by("id"):
        say(maker, f"/posts/amounts/{amount.pk}/recover/", on="2011-04-20", note="收据")
    other = office.place_on(office.post(office.unit("胜利街道社区公益性就业组织", 1)), office.person("刘桂英"))
    office.go("2011-05-20")
    office.sheet("2011-05", (other, 116_000, 0))
    pay(maker, checker, "2011-05", "2011-05-20")
    said = say(maker, f"{url}leave/take-back/", reason="登记错了人")
    assert "2011年04月、2011年05月的审批表已经签批，请补报工资表" in said
    task = Task.objects.get(key__startswith="public_post.missed:")
    assert task.cleared_at is None and task.organization == placement.post.organization
    office.go("2011-06-01")
    office.sheet("2011-05", (placement, 116_000, 10_000))
    pay(maker, checker, "2011-06", "2011-06-01")
    lines = PaymentLine.objects.filter(person=placement.person, heading="post_wage", state="paid")
    assert sorted((f"{line.month:%Y-%m}", line.fen) for line in lines) == [
        ("2011-03", NET),
        ("2011-04", NET),
        ("2011-04", NET),
        ("2011-05", NET),
    ], "April came back and is paid anew"
    task.refresh_from_db()
    assert task.cleared_at is not None


def test_a_draft_follows_a_leave_taken_back_at_once(office, maker, checker):
    placement, url = left(office, maker, checker)
    office.go("2011-05-20")
    office.place_on(office.post(office.unit("胜利街道社区公益性就业组织", 1)), office.person("刘桂英"))
    say(maker, "/posts/payrolls/make/", month="2011-05")
    assert not PaymentLine.objects.filter(person=placement.person, month=day("2011-05-01")).exists()
    say(maker, f"{url}leave/take-back/", reason="登记错了人")
    line = PaymentLine.objects.get(person=placement.person, month=day("2011-05-01"))
    assert (line.heading, line.fen, line.batch.state) == ("post_insurance", UNIT_INSURANCE, "draft")
    assert not Task.objects.filter(key__startswith="public_post.missed:").exists(), "May is not signed yet"


def test_a_leave_is_not_taken_back_over_the_next_post(office, maker, checker):
    placement, url = left(office, maker, checker)
    office.place_on(placement.post, office.person("刘桂英"))
    assert "核定1人，已经满员" in say(maker, f"{url}leave/take-back/", reason="登记错了人")
    office.place_on(
        office.post(office.unit("胜利街道社区公益性就业组织", 1)), placement.person, started_on=day("2011-04-10")
    )
    assert "本人现在胜利街道社区公益性就业组织" in say(maker, f"{url}leave/take-back/", reason="登记错了人")
    placement.refresh_from_db()
    assert placement.left_on == day("2011-03-31")


def test_a_status_recorded_since_is_not_overwritten(office, maker, checker):
    placement, url = left(office, maker, checker)
    LabourSpell.objects.filter(person=placement.person, end_on=None).update(evidence="用人单位就业登记")
    say(maker, f"{url}leave/take-back/", reason="登记错了人")
    assert LabourSpell.objects.get(person=placement.person, end_on=None).status == "employed"
    assert Task.objects.filter(key__startswith="public_post.status:", cleared_at=None).count() == 1


def paid(office, maker, checker, base=116_000):
    placement = office.place_on(office.post())
    office.sheet("2011-03", (placement, base, 10_000))
    pay(maker, checker, "2011-03", "2011-03-20")
    office.go("2011-04-20")
    office.sheet("2011-04", (placement, base, 10_000))
    pay(maker, checker, "2011-04", "2011-04-20")
    return placement, f"/posts/people/{placement.pk}/"


WAGE = {"from_month": "2011-03", "base": "1200", "floating": "", "number": "补2011-7", "reason": "补充协议，自3月起"}


def wages(placement) -> list[tuple]:
    rows = placement.amounts.filter(heading="post_wage").order_by("month", "part", "id")
    return [(f"{row.month:%Y-%m}", row.kind, row.fen, row.state) for row in rows if row.state != "waiting"]


def test_a_wage_reported_too_low_is_paid_up(office, maker, checker):
    placement, url = paid(office, maker, checker)
    assert "更正工资" in text_of(maker.get(url))
    assert "少发80.00元，随下一张审批表补发" in say(maker, f"{url}wage/", **WAGE)
    months = [(month, "month", NET, "paid") for month in ("2011-03", "2011-04")]
    owed = [(month, "difference", 4_000, "due") for month in ("2011-03", "2011-04")]
    assert wages(placement) == sorted(months + owed, key=lambda row: (row[0], row[1] == "difference"))
    assert "没有变动" in say(maker, f"{url}wage/", **WAGE)
    office.go("2011-05-20")
    office.sheet("2011-05", (placement, 120_000, 0))
    say(maker, "/posts/payrolls/make/", month="2011-05")
    payroll = PostPayroll.objects.get(state="draft")
    assert text_of(maker.get(f"/posts/payrolls/{payroll.pk}/")).count("补发差额") == 2
    say(checker, f"/posts/payrolls/{payroll.pk}/confirm/", approved_on="2011-05-20", signed_on="2011-05-20")
    say(maker, f"/posts/payrolls/{payroll.pk}/paid/", on="2011-05-20")
    assert [row[2:] for row in wages(placement)] == [
        (NET, "paid"),
        (4_000, "paid"),
        (NET, "paid"),
        (4_000, "paid"),
        (104_500, "paid"),
    ]
    say(maker, "/posts/payrolls/make/", month="2011-05")
    assert PaymentLine.objects.filter(heading="post_wage").count() == 5, "paid once"
    shown = text_of(maker.get(url))
    assert "合同1160.00元；2011-03：1160.00+100.00；2011-04：1160.00+100.00" in shown and "补充协议 补2011-7" in shown


def test_a_wage_reported_too_high_comes_back(office, maker, checker):
    placement, url = paid(office, maker, checker, base=120_000)
    assert "多拨40.00元，要追回" in say(maker, f"{url}wage/", **WAGE | {"from_month": "2011-04", "base": "1160"})
    row = PostAmount.objects.get(state="recover")
    assert (f"{row.month:%Y-%m}", row.kind, row.fen) == ("2011-04", "recovery", 4_000)
    task = Task.objects.get(key__startswith="public_post.recover:")
    assert "多拨40.00元" in task.reason
    say(maker, f"/posts/amounts/{row.pk}/recover/", on="2011-04-20", note="收据8")
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert "少发40.00元" in say(maker, f"{url}wage/", **WAGE | {"from_month": "2011-04"}), (
        "and back again: what came back is due"
    )


def test_a_month_before_the_correction_keeps_the_agreement_of_its_time(office, maker, checker):
    """February had no sheet yet; its page still proposes the wage agreed then, May's the corrected one."""
    placement, url = paid(office, maker, checker)
    say(maker, f"{url}wage/", **WAGE | {"from_month": "2011-04"})
    unit = placement.post.employer_id
    assert f'name="base-{placement.pk}"' in text_of(maker.get(f"/posts/wages/?unit={unit}&month=2011-02"))
    for month, base in (("2011-02", "1160.00"), ("2011-03", "1160.00"), ("2011-04", "1200.00"), ("2011-05", "1200.00")):
        (line,) = maker.get(f"/posts/wages/?unit={unit}&month={month}").context["lines"]
        assert line.base == base, month


def test_two_corrections_before_the_next_list_leave_one_difference(office, maker, checker):
    placement, url = paid(office, maker, checker)
    say(maker, f"{url}wage/", **WAGE)
    assert "少发40.00元" in say(maker, f"{url}wage/", **WAGE | {"from_month": "2011-04", "base": "1160"})
    assert wages(placement) == [
        ("2011-03", "month", NET, "paid"),
        ("2011-03", "difference", 4_000, "due"),
        ("2011-04", "month", NET, "paid"),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base": "1159.99"}, "不低于当年最低工资1160元：不符合"),
        ({"floating": "180.01"}, "浮动工资180.01元"),
        ({"from_month": "2011-05"}, "2011年05月还没有到"),
        ({"from_month": "2011-01"}, "2011-02-01才上岗"),
        ({"base": "1200.005"}, "小数"),
        ({"base": "-1"}, "大于"),
        ({"reason": ""}, "必填"),
    ],
)
def test_a_correction_against_the_rule_changes_nothing(given, said, office, maker, checker):
    placement, url = paid(office, maker, checker)
    assert said in text_of(maker.post(f"{url}wage/", WAGE | given))
    assert {row[1] for row in wages(placement)} == {"month"} and not placement.changes.exists()
    assert set(placement.wages.order_by("id").values_list("base_fen", flat=True)) == {116_000}
