"""Public-benefit posts of the demonstration: a unit in each street, its sheets of two months, both paid, this month under way."""

from __future__ import annotations

import datetime as dt

from renben.channels.demo.work import District
from renben.engines.payments import accounts
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import clock
from renben.kernel.employers import open_employer
from renben.kernel.models import LabourSpell, Organization, User
from renben.kernel.roles import Role
from renben.kernel.uscc import make_uscc
from renben.services.registration.reasons import NotPossible
from renben.services.support.months import first_of, shifted
from renben.services.support.posts import paying, placing, wages
from renben.services.support.posts.models import PostPlacement, PublicPost

KINDS = ("社区治安协管员", "社区保洁协管员", "劳动保障协管员", "河道管护员")
MOST = 120
PAY_DAY = 20
MONTHS_PAID = 2


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=clock.ZONE)


def _unit_post(street: Organization, number: int, headcount: int, by: User) -> PublicPost:
    """The street's unit with its account and its post."""
    name = f"{street.short_name}社区公益性就业组织"
    unit = open_employer(
        uscc=make_uscc(900_000 + number), name=name, organization=street, by=by, kind="民办非企业单位", is_demo=True
    )
    accounts.set_payee_account(owner=unit, holder=name, bank="北京农村商业银行", number=f"0200{number:010d}", by=by)
    return placing.open_post(
        employer=unit,
        name=KINDS[number % len(KINDS)],
        headcount=headcount,
        approved_from=clock.today() - dt.timedelta(days=400),
        approval="顺人社字〔2010〕49号",
        by=by,
    )


def _place(district: District, spells: list[LabourSpell], post: PublicPost, by: User) -> list[PostPlacement]:
    """People whose status says so already get the post that goes with it; who is over age stays without one."""
    base = Reader(load_parameters(), first_of(district.today)).fen("wage.minimum.monthly")
    placed = []
    for number, spell in enumerate(spells):
        terms = placing.Agreement(
            started_on=spell.start_on,
            ends_on=district.today + dt.timedelta(days=150 + 90 * (number % 6)),
            base_fen=base + 10_000 * (number % 3),
            number=f"GY{spell.person_id % 1_000_000:06d}",
            first_month=max(first_of(spell.start_on), shifted(first_of(district.today), -MONTHS_PAID)),
        )
        try:
            placed.append(placing.place(post=post, person=spell.person, agreement=terms, by=by))
        except NotPossible:
            district.log["public posts: over age"] += 1
    return placed


def _sheets(placements: list[PostPlacement], month: dt.date, by: User) -> None:
    """The units' sheets: the base wage of the agreement and a floating one within its share."""
    lines = [
        wages.Wage(one, one.base_fen, (number % 4) * 8_000)
        for number, one in enumerate(placements)
        if first_of(one.started_on) <= month and (one.left_on is None or one.left_on >= month)
    ]
    if lines:
        wages.record_sheet(month=month, wages=lines, by=by)


def _pay(district: District, placements: list[PostPlacement], month: dt.date, maker: User, checker: User) -> None:
    """A month gone by: sheets, 审批表, signature and transfer on the day of payment."""
    day = district.calendar.next_workday(month.replace(day=PAY_DAY))
    with clock.as_of(_moment(day)):
        _sheets(placements, month, maker)
        payroll = paying.make_payroll(organization=district.centre, month=month, by=maker)
        if payroll is not None:
            paying.confirm_payroll(payroll=payroll, approved_on=day, signed_on=day, by=checker)
            paying.pay_payroll(payroll=payroll, on=day, by=maker)
            district.log["public posts: months paid"] += 1


def public_posts(district: District) -> int:
    """How many people stand on public-benefit posts."""
    maker = district.desk.at(district.centre.pk, [Role.FIRST_REVIEW])
    checker = district.desk.at(district.centre.pk, [Role.SECOND_REVIEW])
    found = LabourSpell.objects.filter(status="public_post", end_on=None, start_on__lte=district.today)
    found = found.select_related("person__organization__parent").order_by("person__organization__path", "id")[:MOST]
    by_street: dict[Organization, list[LabourSpell]] = {}
    for spell in found:
        by_street.setdefault(spell.person.organization.parent, []).append(spell)
    placed: list[PostPlacement] = []
    for number, (street, spells) in enumerate(by_street.items()):
        placed += _place(district, spells, _unit_post(street, number, len(spells) + 1, maker), maker)
    this_month = first_of(district.today)
    for back in range(MONTHS_PAID, 0, -1):
        _pay(district, placed, shifted(this_month, -back), maker, checker)
    if len(placed) > 3:
        last_on = this_month - dt.timedelta(days=5)
        placing.leave(placement=placed[0], event="hired", last_on=last_on, note="到单位就业，有劳动合同", by=maker)
    _sheets(placed[1 : len(placed) // 2], this_month, maker)
    return len(placed)
