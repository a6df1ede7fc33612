"""Two people on a public-benefit post in November 2026, their sheet, and the month's 审批表."""

from __future__ import annotations

import datetime as dt

from renben.engines.payments import accounts
from renben.kernel import clock
from renben.services.support.posts import paying, placing, wages
from renben.services.support.posts.models import PostPlacement
from tests import build


def on_posts(district: build.District, *, is_signed: bool = True) -> tuple[PostPlacement, PostPlacement]:
    """郑淑琴 with a floating wage of 200 yuan and 刘桂英 without, both since this month."""
    maker, checker = build.staff("first_review", district.centre), build.staff("second_review", district.centre)
    today = clock.today()
    month = today.replace(day=1)
    unit = build.employer(district.villages[0], "光明街道社区公益性就业组织")
    accounts.set_payee_account(owner=unit, holder=unit.name, bank="北京银行", number="0200000112233", by=maker)
    post = placing.open_post(
        employer=unit,
        name="社区治安协管员",
        headcount=5,
        approved_from=today,
        approval="",
        by=maker,
    )
    terms = placing.Agreement(started_on=month, ends_on=dt.date(today.year + 2, 12, 31), base_fen=254_000)
    one, two = (
        placing.place(
            post=post,
            person=build.person(district.villages[0], name, "F", birth_on=dt.date(1985, 5, 6)),
            agreement=terms,
            by=maker,
        )
        for name in ("郑淑琴", "刘桂英")
    )
    sheet = [wages.Wage(one, 254_000, 20_000), wages.Wage(two, 254_000, 0)]
    wages.record_sheet(month=month, wages=sheet, by=maker)
    payroll = paying.make_payroll(organization=district.centre, month=month, by=maker)
    if is_signed:
        paying.confirm_payroll(payroll=payroll, approved_on=today, signed_on=today, by=checker)
    return one, two
