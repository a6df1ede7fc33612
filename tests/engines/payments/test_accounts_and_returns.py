"""Accounts are the person's own; the bank's answer is taken whole; what came back can be paid again, and only that."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.payments import accounts, actions, returns
from renben.engines.payments.actions import Due, PaymentRefused
from renben.engines.payments.models import PaymentAccount, PaymentLine
from tests import build

pytestmark = pytest.mark.django_db

MONTH, TODAY = dt.date(2026, 10, 1), dt.date(2026, 11, 23)
NUMBER = "6222020200112233445"


@pytest.fixture
def place():
    return build.district()


@pytest.fixture
def clerk(place):
    return place.staff("counter", place.centre)


@pytest.fixture
def two(place):
    return [build.person(place.villages[0], name) for name in ("李建国", "王秀英")]


def listed(place, clerk, people, fen=31280):
    return actions.make_batch(
        heading="trial", month=MONTH, organization=place.centre, dues=[Due(p.pk, MONTH, fen) for p in people], by=clerk
    )


def answers(batch, **failed):
    """The bank's answer for a whole list; `failed`: name → reason."""
    rows = batch.lines.select_related("person").order_by("id")
    return [
        returns.Result(row.pk, row.fen, row.person.name not in failed, failed.get(row.person.name, "")) for row in rows
    ]


def test_an_account_is_the_persons_own(two, clerk):
    with pytest.raises(PaymentRefused, match="不是本人（李建国）"):
        accounts.set_account(person=two[0], holder="李建华", bank="北京银行", number=NUMBER, by=clerk)
    for wrong in ("1234", "62220202AB112233", ""):
        with pytest.raises(PaymentRefused, match="8到30位数字"):
            accounts.set_account(person=two[0], holder="李建国", bank="北京银行", number=wrong, by=clerk)
    made = accounts.set_account(
        person=two[0], holder=" 李 建国 ", bank="北京银行", number="６２２２ 0202-0011 2233 445", by=clerk
    )
    assert accounts.number_of(made) == NUMBER
    assert NUMBER not in made.number_enc and made.number_masked.endswith("3445") and NUMBER not in made.number_masked
    again = accounts.set_account(person=two[0], holder="李建国", bank="北京银行", number=NUMBER, by=clerk)
    assert again.pk == made.pk
    other = accounts.set_account(person=two[0], holder="李建国", bank="工商银行", number="10203040506070", by=clerk)
    assert accounts.current([two[0].pk]) == {two[0].pk: other}
    assert PaymentAccount.objects.filter(person=two[0]).count() == 2


def test_one_account_for_two_people_comes_to_light(two, clerk):
    made = [
        accounts.set_account(person=person, holder=person.name, bank="北京银行", number=NUMBER, by=clerk)
        for person in two
    ]
    assert accounts.shared_with(made) == {made[0].pk: ["王秀英"], made[1].pk: ["李建国"]}
    accounts.set_account(person=two[1], holder="王秀英", bank="北京银行", number="99887766554433", by=clerk)
    assert accounts.shared_with(made[:1]) == {}


def test_the_answer_pays_the_list_and_frees_what_came_back(place, clerk, two):
    batch, _ = listed(place, clerk, two)
    with pytest.raises(PaymentRefused, match="还没有确认"):
        returns.take_return(batch=batch, results=answers(batch), on=TODAY, by=clerk)
    actions.confirm(batch=batch, by=clerk)
    taken = returns.take_return(batch=batch, results=answers(batch, 王秀英="账号已销户"), on=TODAY, by=clerk)
    assert (taken.paid, taken.paid_fen, taken.returned_fen) == (1, 31280, 31280)
    batch.refresh_from_db()
    assert (batch.state, batch.paid_on) == ("paid", TODAY)
    back = PaymentLine.objects.get(state="returned")
    assert (back.person, back.return_reason) == (two[1], "账号已销户")
    again, lines = listed(place, clerk, two)
    assert [line.person for line in lines] == [two[1]], "only what came back may be paid again"
    assert again.sequence == 2
    assert listed(place, clerk, two)[1] == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows[:1], "少了1笔"),
        (lambda rows: [*rows, rows[0]], "出现了两次"),
        (lambda rows: [returns.Result(rows[0].line_id, 1, True), rows[1]], "金额是0.01元"),
        (lambda rows: [*rows, returns.Result(999999, 1, True)], "不在这一批里"),
        (lambda rows: [returns.Result(rows[0].line_id, rows[0].fen, False), rows[1]], "没有写原因"),
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing(spoil, said, place, clerk, two):
    batch, _ = listed(place, clerk, two)
    actions.confirm(batch=batch, by=clerk)
    with pytest.raises(PaymentRefused, match=said):
        returns.take_return(batch=batch, results=spoil(answers(batch)), on=TODAY, by=clerk)
    batch.refresh_from_db()
    assert batch.state == "confirmed"
    assert set(batch.lines.values_list("state", flat=True)) == {"due"}


def test_a_line_may_come_back_after_the_list_was_paid(place, clerk, two):
    batch, _ = listed(place, clerk, two)
    actions.confirm(batch=batch, by=clerk)
    returns.take_return(batch=batch, results=answers(batch), on=TODAY, by=clerk)
    line = batch.lines.get(person=two[0])
    late = [returns.Result(line.pk, line.fen, False, "户名不符")]
    assert [one.pk for one in returns.take_return(batch=batch, results=late, on=TODAY, by=clerk).returned] == [line.pk]
    assert returns.take_return(batch=batch, results=late, on=TODAY, by=clerk).returned == [], "told twice, done once"
