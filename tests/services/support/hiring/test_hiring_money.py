"""The firm's money leaves once, to its own account; what the bank sends back is due again, what should not have gone is owed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from renben.engines.messaging.models import Message
from renben.engines.payments import returns
from renben.engines.payments.actions import PaymentRefused
from renben.engines.payments.models import PaymentLine
from renben.kernel import clock, employer_merge, merge
from renben.kernel.merging import MergeRefused
from renben.kernel.models import LabourSpell, Task
from renben.services.exchange.models import OutsideFact
from renben.services.registration.reasons import NotPossible
from renben.services.support import paying as lists
from renben.services.support.hiring import applying, paying, reviewing, settling, watching
from renben.services.support.hiring.models import HiringClaim, HiringMonth
from tests.services.support.hiring.conftest import A_YEAR_OF_THE_POST, ACCOUNT, FLOOR_MONTH, day, months, reason


def ready(office, name: str = "张卫东", items=("si", "post")):
    firm = office.firm()
    claim = office.claim(firm, items=items)
    row = office.put(claim, office.hire(firm, name))
    return office.approve(claim), row


def test_the_money_goes_to_the_firm_s_account_with_control_totals_and_never_twice(office):
    claim, row = ready(office)
    batches = office.hand_over(claim)
    assert [(batch.heading, batch.count, batch.total_fen) for batch in batches] == [
        ("employer_si", 6, 6 * FLOOR_MONTH),
        ("employer_post", 1, A_YEAR_OF_THE_POST),
    ]
    line = batches[0].lines.order_by("month").first()
    row.refresh_from_db()
    assert (line.account.employer_id, line.account.holder) == (claim.employer_id, claim.employer.name)
    assert line.determination_id == row.determination_id is not None
    with pytest.raises(NotPossible, match="没有待拨付的月份"):
        office.hand_over(claim)
    assert PaymentLine.objects.count() == 7
    with pytest.raises(NotPossible, match="不能由谁确认"):
        lists.confirm_list(batch=batches[0], by=office.maker)
    for batch in batches:
        lists.confirm_list(batch=batch, by=office.checker)
        lists.pay_list(batch=batch, by=office.maker, on=clock.today())
    assert {state for _, state in months(row).values()} == {"paid"}
    assert paying.paid_fen(claim) == 6 * FLOOR_MONTH + A_YEAR_OF_THE_POST


def test_a_foreign_account_or_none_is_refused(office):
    claim, _ = ready(office)
    with pytest.raises(NotPossible, match="没有登记收款账户"):
        paying.hand_over(claim=claim, organization=office.place.centre, account=None, by=office.maker)
    foreign = paying.Account("王经理", "北京农村商业银行", ACCOUNT)
    with pytest.raises(PaymentRefused, match="只能存入单位自己的账户"):
        paying.hand_over(claim=claim, organization=office.place.centre, account=foreign, by=office.maker)
    assert HiringClaim.objects.get(pk=claim.pk).state == "approved"


def test_a_second_firm_gets_nothing_for_the_same_person_and_month(office):
    firm, other, person = office.firm(), office.firm("北京别家商贸有限公司"), office.person()
    office.insure(person, firm)
    office.insure(person, other)
    claim = office.claim(firm, items=("si",))
    row = office.put(claim, person)
    office.approve(claim)
    second = office.claim(other, items=("si",))
    late = office.put(second, row.person)
    assert {state for _, state in months(late).values()} == {"none"}
    assert "已经由“北京顺通物流有限公司”申请" in reason(late, "2026-05")
    claim.refresh_from_db()
    office.pay(claim)
    mine = HiringMonth.objects.get(row=row, month=day("2026-05-01"))
    with pytest.raises(IntegrityError), transaction.atomic():
        HiringMonth.objects.filter(row=late, month=mine.month).update(state="paid")


def test_what_the_bank_sends_back_is_due_again_with_a_task_and_is_paid_once(office):
    claim, row = ready(office, items=("si",))
    (batch,) = office.hand_over(claim)
    lists.confirm_list(batch=batch, by=office.checker)
    lines = list(batch.lines.order_by("id"))
    results = [
        returns.Result(line.pk, line.fen, line is not lines[0], "" if line is not lines[0] else "账号不存在")
        for line in lines
    ]
    lists.read_return(batch=batch, results=results, on=clock.today(), by=office.maker)
    assert months(row)["2026-05"] == (FLOOR_MONTH, "due")
    task = Task.objects.get(key__startswith="hiring.returned:")
    assert "账号不存在" in task.reason and task.cleared_at is None
    (again,) = office.hand_over(claim)
    assert (again.sequence, again.count) == (2, 1)
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert PaymentLine.objects.exclude(state="returned").count() == 6


def test_who_left_before_the_money_went_is_owed_back_in_parts(office):
    claim, row = ready(office)
    office.pay(claim)
    owing = settling.leave(row=row, on=day("2026-08-20"), reason="本人辞职", by=office.clerk)
    assert [(f"{one.month:%Y-%m}", one.item, one.owed_fen) for one in owing] == [
        ("2026-08", "post", A_YEAR_OF_THE_POST),
        ("2026-09", "si", FLOOR_MONTH),
        ("2026-10", "si", FLOOR_MONTH),
    ]
    task = Task.objects.get(key__startswith="hiring.recover:")
    assert "9,440.44元" in task.reason
    first = owing[0]
    with pytest.raises(NotPossible, match="还应追回5,000.00元"):
        settling.record_recovery(month=first, fen=500_001, on=clock.today(), note="进账单1", by=office.maker)
    half = settling.record_recovery(month=first, fen=200_000, on=clock.today(), note="进账单1", by=office.maker)
    assert (half.state, half.owed_fen) == ("recover", 300_000)
    assert sum(one.owed_fen for one in settling.review(claim=claim, by=office.maker)) == 300_000 + 2 * FLOOR_MONTH
    for month in HiringMonth.objects.filter(state="recover").order_by("id"):
        settling.record_recovery(month=month, fen=month.owed_fen, on=clock.today(), note="进账单2", by=office.maker)
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert months(row)["2026-10"] == (FLOOR_MONTH, "recovered")
    assert settling.review(claim=claim, by=office.maker) == []


def test_a_fact_that_came_late_is_owed_back_when_the_list_is_paid(office):
    claim, row = ready(office, items=("si",))
    (batch,) = office.hand_over(claim)
    OutsideFact.objects.filter(person=row.person).update(end_on=day("2026-10-01"))
    lists.confirm_list(batch=batch, by=office.checker)
    lists.pay_list(batch=batch, by=office.maker, on=clock.today())
    assert months(row)["2026-10"] == (FLOOR_MONTH, "recover")
    assert Task.objects.filter(key__startswith="hiring.recover:", cleared_at=None).count() == 1


def test_a_month_that_was_waiting_for_data_is_paid_later(office):
    firm = office.firm()
    person = office.person(firm=firm)
    office.insure(person, firm, end="2026-10-01", as_of="2026-09-30")
    claim = office.claim(firm, items=("si",))
    row = office.put(claim, person)
    claim = office.approve(claim)
    office.pay(claim)
    assert months(row)["2026-10"] == (None, "waiting")
    OutsideFact.objects.filter(person=person).update(end_on=None, as_of=day("2026-11-01"))
    assert settling.review(claim=claim, by=office.clerk) == []
    assert months(row)["2026-10"] == (FLOOR_MONTH, "due")
    (batch,) = office.pay(claim)
    assert (batch.count, batch.sequence) == (1, 2)


def test_merging_two_files_tells_of_a_month_paid_under_both(office):
    claim, row = ready(office, items=("si",))
    office.pay(claim)
    other = office.firm("北京别家商贸有限公司")
    twin = office.hire(other, "张卫东")
    second = office.claim(other, items=("si",))
    office.put(second, twin)
    office.pay(office.approve(second))
    with pytest.raises(MergeRefused, match="2026-05.*用人单位补贴"):
        merge.merge_people(kept=row.person, merged=twin, reason="同一个人", by=office.reviewer)


def test_merging_two_firms_takes_the_applications_along(office):
    claim, _ = ready(office)
    kept = office.firm("北京顺通物流有限责任公司")
    employer_merge.merge_employers(kept=kept, merged=claim.employer, reason="同一家单位", by=office.reviewer)
    assert HiringClaim.objects.get(pk=claim.pk).employer == kept


def test_an_approved_application_needs_no_open_question(office):
    firm = office.firm()
    claim = office.claim(firm)
    office.put(claim, office.hire(firm))
    asked = office.put(claim, office.hire(firm, "孙大山", birth_on=day("1970-06-20")))
    assert asked.group == "ask"
    reviewing.first_review(claim=claim, opinion="", by=office.clerk)
    with pytest.raises(NotPossible, match="1个人的类别还没有核实"):
        reviewing.second_review(claim=claim, opinion="", by=office.reviewer)
    applying.confirm_group(row=asked, group="registered_unemployed", note="失业登记证", by=office.reviewer)
    assert reviewing.second_review(claim=claim, opinion="", by=office.reviewer).state == "approved"


def test_each_night_who_seems_to_have_left_becomes_a_task_until_it_is_settled(office):
    claim, row = ready(office, items=("si",))
    office.pay(claim)
    assert watching.watch() == 0
    fact = OutsideFact.objects.get(person=row.person)
    fact.end_on = day("2026-10-01")
    fact.save()
    assert watching.watch() == 1 and watching.watch() == 1
    task = Task.objects.get(key__startswith="hiring.stopped:")
    assert "自2026年10月起没有为他缴费" in task.reason and task.url == f"/hiring/rows/{row.pk}/"
    assert months(row)["2026-10"] == (FLOOR_MONTH, "recover"), "what was paid for the month is owed back by itself"
    fact.end_on = None
    fact.save()
    assert watching.watch() == 0
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert months(row)["2026-10"] == (FLOOR_MONTH, "paid")


def test_registered_work_that_ended_is_asked_about_and_settled_by_the_leave(office):
    claim, row = ready(office, items=("si",))
    office.pay(claim)
    LabourSpell.objects.filter(person=row.person, status="employed").update(end_on=day("2026-11-10"))
    assert watching.watch() == 1
    settling.leave(row=row, on=day("2026-11-09"), reason="本人辞职", by=office.clerk)
    assert Task.objects.get(key__startswith="hiring.stopped:").cleared_at is not None
    assert watching.watch() == 0


def test_the_firm_is_told_what_was_granted_refused_and_sent_back(office):
    claim, _ = ready(office, items=("si",))
    told = Message.objects.get(template="hiring.granted")
    assert told.employer == claim.employer and "合计13,321.32元" in told.text and "花名册1人" in told.text
    (batch,) = office.hand_over(claim)
    lists.confirm_list(batch=batch, by=office.checker)
    results = [returns.Result(line.pk, line.fen, False, "账号不存在") for line in batch.lines.order_by("id")]
    lists.read_return(batch=batch, results=results, on=clock.today(), by=office.maker)
    assert "账号不存在" in Message.objects.get(template="hiring.returned").text, "once, however many lines came back"
    other = office.claim(office.firm("北京别家商贸有限公司"))
    reviewing.refuse(claim=other, reason="单位不在补贴范围。", by=office.clerk)
    assert "理由：单位不在补贴范围。有疑问" in Message.objects.get(template="hiring.refused").text
