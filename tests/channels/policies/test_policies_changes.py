"""A figure is changed: drafted, compared over the register, approved by another, in force; the past stays as it was."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from renben.engines.rules import changing, in_force
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.models import Determination, ParameterChange
from renben.engines.rules.parameters import Scale, from_files, load_parameters
from renben.engines.rules.register import compare, populations_of
from renben.kernel.models import AuditEvent
from renben.services.registration import paying
from renben.services.registration.models import BenefitMonth
from tests.channels.policies.conftest import signed_in

pytestmark = pytest.mark.django_db

MONTHLY, CAP = "ui.benefit.monthly", "ui.duration.cap"
DAY = dt.date(2026, 12, 1)
PAPER = {"document": "京人社就发〔2026〕1号", "article": "第二条"}


def amounts() -> list:
    return list(load_parameters()[MONTHLY].at(dt.date(2026, 11, 23)).value.amounts)


def typed(form, **changes) -> dict:
    """Everything a form holds, with the changes."""
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in (values | changes).items() if value is not None}


def raised(by: int) -> dict:
    return {f"amount_{place}": str(amount + by) for place, amount in enumerate(amounts())}


class Change:
    """One change through the pages."""

    def __init__(self, desk, name: str = MONTHLY) -> None:
        self.desk = desk
        assert desk.writer.post(reverse("policies:open_draft", args=[name]), {}).status_code == 302
        self.row = ParameterChange.objects.get(parameter=name, state="draft")

    def url(self, page: str) -> str:
        return reverse(f"policies:{page}", args=[self.row.pk])

    def fill(self, **changes):
        form = self.desk.writer.get(self.url("edit")).context["form"]
        return self.desk.writer.post(self.url("edit"), typed(form, **changes))

    def problems(self) -> str:
        return "".join(self.desk.writer.get(self.url("draft")).context["problems"])

    def approved(self, **changes) -> ParameterChange:
        assert self.fill(**{"valid_from": "2026-12-01", **PAPER, **changes}).status_code == 302, "filled"
        assert self.desk.writer.post(self.url("submit"), {"reason": "标准调整"}).status_code == 302, "submitted"
        answer = self.desk.leader.post(self.url("review"), {"decision": "approve", "opinion": "同意"})
        assert answer.status_code == 302, answer.context["form"].errors
        self.row.refresh_from_db()
        return self.row


def test_from_the_draft_to_the_payment(desk, benefit, frozen_time):
    """The month before the day is paid by the old standard, the months from the day on by the new one."""
    change = Change(desk)
    assert change.fill(valid_from="2026-12-01", **PAPER, **raised(100)).status_code == 302
    page = desk.writer.get(change.url("draft"))
    cost = next(one for one in page.context["compared"] if one.outcome.population.key == "ui.months")
    months = BenefitMonth.objects.filter(benefit=benefit, month__gte=DAY)
    assert (cost.gains, cost.loses, cost.people) == (1, 0, 1)
    assert cost.difference == 100_00 * months.count()
    assert cost.by_street == [{"street": "胜利街道", "gains": 1, "loses": 0, "difference": cost.difference}]
    assert desk.writer.get(change.url("review")).status_code in (302, 403), "who drafted does not approve"
    change.approved(**raised(100))
    old, new = (
        evaluate("ui.amount_month", day, {"contribution_months": 74, "benefit_month_index": 1}).result["amount"]
        for day in (dt.date(2026, 11, 30), DAY)
    )
    assert new == old + 100
    stored = Determination.objects.get(pk=benefit.determination_id)
    assert {row["from"] for row in stored.parameter_versions if row["name"] == MONTHLY} == {
        load_parameters()[MONTHLY].at(dt.date(2026, 11, 23)).valid_from.isoformat()
    }
    paid = {}
    for day in (dt.date(2026, 11, 25), dt.date(2026, 12, 15)):
        frozen_time.move_to(dt.datetime.combine(day, dt.time(10), dt.timezone(dt.timedelta(hours=8))))
        batch, _ = paying.make_month_list(organization=desk.place.street, month=day.replace(day=1), by=desk.clerk_user)
        paid |= {line.month: line.fen for line in batch.lines.order_by("month")}
    assert paid[dt.date(2026, 12, 1)] == paid[dt.date(2026, 11, 1)] + 100_00


def test_the_page_of_the_parameter_tells_the_change(desk):
    Change(desk).approved(**raised(50))
    text = desk.clerk.get(reverse("policies:parameter", args=[MONTHLY])).text
    for words in ("2026年12月1日", "还没到", PAPER["document"], "周敏起草，陈立批准"):
        assert words in text, words
    assert AuditEvent.objects.filter(action="policy.change_approve").count() == 1


def test_every_process_notices(desk, django_assert_num_queries):
    before = load_parameters()
    with django_assert_num_queries(1):
        assert load_parameters() is before
    change = Change(desk).approved(**raised(1))
    after = load_parameters()
    assert after is not before and after.digest != before.digest
    assert after[MONTHLY].at(DAY).document == change.document
    assert from_files()[MONTHLY].versions == before[MONTHLY].versions, "the files stay what they are"
    with in_force.steady(), django_assert_num_queries(1):
        assert load_parameters() is load_parameters()


def test_a_value_in_a_transaction_that_failed_was_never_in_force(desk):
    from django.db import transaction

    before = load_parameters().digest
    with pytest.raises(RuntimeError), transaction.atomic():
        Change(desk).approved(**raised(1))
        assert load_parameters().digest != before
        raise RuntimeError
    assert load_parameters().digest == before


def refused(desk, name: str = MONTHLY, **changes) -> str:
    """What stands against a change, on the form or on the page of the draft."""
    change = Change(desk, name)
    answer = change.fill(**{"valid_from": "2026-12-01", **PAPER, **changes})
    if answer.status_code == 422:
        return answer.context["form"].errors.as_text()
    said = change.problems()
    sent = desk.writer.post(change.url("submit"), {"reason": "标准调整"})
    assert sent.status_code == 422, "it must not go to the leader"
    return said


def test_money_with_three_decimals_is_refused(desk):
    assert "最多两位小数" in refused(desk, **raised(0) | {"amount_0": "2000.005"})


def test_a_new_value_without_its_document_or_article_is_refused(desk):
    assert "没有写文件" in refused(desk, **raised(1), document="", article="第二条")


def test_a_new_value_without_its_article_is_refused(desk):
    assert "没有写条款" in refused(desk, **raised(1), article="")


def test_a_day_that_has_a_value_is_refused(desk):
    newest = load_parameters()[MONTHLY].versions[-1].valid_from
    assert "日期重叠" in refused(desk, valid_from=newest.isoformat(), **raised(1))


def test_a_day_between_two_values_is_refused(desk):
    day = load_parameters()[MONTHLY].versions[-1].valid_from - dt.timedelta(days=30)
    assert "日期重叠" in refused(desk, valid_from=day.isoformat(), **raised(1))


def test_a_day_before_what_was_decided_is_refused(desk, benefit):
    assert "已经按原来的值" in refused(desk, valid_from="2026-11-20", **raised(1))


def test_a_month_already_on_a_list_is_not_changed(desk, benefit, frozen_time):
    frozen_time.move_to(dt.datetime(2026, 12, 20, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    paying.make_month_list(organization=desk.place.street, month=DAY, by=desk.clerk_user)
    desk.writer = signed_in(desk.writer_user)
    assert "2026-12-01" in refused(desk, valid_from="2026-12-01", **raised(1))


def test_the_same_value_is_no_change(desk):
    assert "一样" in refused(desk)


def test_a_table_out_of_order_is_refused(desk):
    assert "从小到大" in refused(desk, low_0="600")


def test_no_standard_needs_its_reason(desk):
    assert "写明原因" in refused(desk, has_standard="none", note="")
    ParameterChange.objects.all().delete()
    Change(desk).approved(has_standard="none", note="旧文件已废止，新文件没有发布。")
    found = evaluate("ui.amount_month", DAY, {"contribution_months": 74, "benefit_month_index": 1})
    assert not found.is_answered and "旧文件已废止" in found.missing[0]


def test_somebody_else_saved_meanwhile(desk):
    change = Change(desk)
    first = typed(desk.writer.get(change.url("edit")).context["form"], valid_from="2026-12-01", **PAPER)
    assert desk.writer.post(change.url("edit"), first | raised(1)).status_code == 302
    answer = desk.writer.post(change.url("edit"), first | raised(2))
    assert answer.status_code == 422 and "另一个窗口" in answer.text


def test_given_back_changed_and_withdrawn(desk):
    change = Change(desk, CAP)
    assert change.fill(valid_from="2026-12-01", value="30", **PAPER).status_code == 302
    desk.writer.post(change.url("submit"), {"reason": "标准调整"})
    assert desk.leader.post(change.url("review"), {"decision": "reject", "opinion": ""}).status_code == 422
    desk.leader.post(change.url("review"), {"decision": "reject", "opinion": "文号不对"})
    assert "文号不对" in desk.writer.get(change.url("draft")).text
    assert desk.writer.post(reverse("policies:open_draft", args=[CAP]), {}).status_code == 302
    assert ParameterChange.objects.filter(parameter=CAP).count() == 1, "one open draft for a parameter"
    assert desk.writer.post(change.url("withdraw"), {}).status_code == 302
    assert load_parameters()[CAP].at(DAY).document != PAPER["document"]


def test_a_street_reads_but_does_not_change(desk):
    assert "修改" not in desk.clerk.get(reverse("policies:parameter", args=[CAP])).context["may_edit"].__repr__()
    assert desk.clerk.post(reverse("policies:open_draft", args=[CAP]), {}).status_code == 403
    assert desk.clerk.get(reverse("policies:drafts")).status_code == 403


def test_who_is_touched_can_be_taken_along(desk, benefit, worker):
    change = Change(desk)
    change.fill(valid_from="2026-12-01", **PAPER, **raised(100))
    answer = desk.writer.post(change.url("export_people"), {})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=3, values_only=True))
    mine = [row for row in rows if row[1] == worker.name and row[0] == "正在领取失业保险金的人"]
    assert len(mine) == 1 and mine[0][3] == "胜利街道" and mine[0][6] > 0
    assert worker.id_masked == mine[0][2]


def test_there_and_back_is_no_difference(desk, benefit):
    """Old → new → old again: nobody gains, nobody loses; and each half of the way is the other's opposite."""
    files = from_files()
    here = files[MONTHLY].at(dt.date(2026, 11, 23)).value
    there = Scale(here.thresholds, tuple(amount + 7 for amount in here.amounts))
    new = files.what_if(MONTHLY, there, from_on=DAY)
    back = new.what_if(MONTHLY, here, from_on=DAY)
    for population in populations_of(MONTHLY):
        assert not compare(population, before=files, after=back, on=DAY).changed.any()
        up = compare(population, before=files, after=new, on=DAY)
        down = compare(population, before=new, after=files, on=DAY)
        assert (up.after - up.before == down.before - down.after).all()
        assert (up.gains == down.loses).all()


def test_the_streets_and_the_people_add_up_to_the_whole(desk, benefit):
    change = Change(desk)
    change.fill(valid_from="2026-12-01", **PAPER, **raised(33))
    for one in desk.writer.get(change.url("draft")).context["compared"]:
        assert sum(row["difference"] for row in one.by_street) == one.difference
        assert sum(row["gains"] for row in one.by_street) == one.gains
        assert one.gains + one.loses == int(one.outcome.changed.sum())


def test_each_shape_of_value_is_typed_its_own_way(desk):
    """A figure, several cases, words to look for: what the form gives is what the rules read."""
    for name, changes, wanted in (
        (CAP, {"value": "25"}, 25),
        ("ui.payment_start", {"value": "month_of_registration"}, "month_of_registration"),
        ("ui.stop_events", {"value": ["reemployed", "imprisoned"]}, ("reemployed", "imprisoned")),
        ("ad.hints.zodiac", {"value": "属相\n星座\n\n属相"}, ("属相", "星座")),
        ("subsidy.archive_fee_discount", {"value": "0.4"}, 0.4),
    ):
        Change(desk, name).approved(**changes)
        assert load_parameters()[name].at(DAY).value == wanted, name


def test_the_day_before_the_change_is_read_as_before(desk):
    change = Change(desk).approved(**raised(10))
    before = changing.before_change(change)
    eve = DAY - dt.timedelta(days=1)
    assert load_parameters()[MONTHLY].at(eve).value == before[MONTHLY].at(eve).value
    assert load_parameters()[MONTHLY].at(eve).valid_to == DAY
