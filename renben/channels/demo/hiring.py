"""A firm of the demonstration that hired people: last half year's subsidies paid, this half year's under review, one who left."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count

from renben.channels.demo.work import District
from renben.engines.payments import accounts
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import clock
from renben.kernel.models import Employer, ImportBatch, LabourSpell
from renben.kernel.roles import Role
from renben.services.exchange.models import OutsideFact
from renben.services.registration.reasons import NotPossible
from renben.services.support import paying as lists
from renben.services.support.hiring import applying, paying, reviewing
from renben.services.support.hiring.codes import Item, Origin
from renben.services.support.hiring.models import HiringClaim
from renben.services.support.months import first_of, shifted

MOST = 12
HALF_YEAR = 6
YOUNG_MEN, YOUNG_WOMEN = 45, 36
"""Below these ages nobody is taken for somebody in difficulty by age alone, so that the amounts have a standard on file."""


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=clock.ZONE)


def _hired(district: District) -> list[LabourSpell]:
    """Who works at the firm that hired most in the last three years; the young, a year ago at least."""
    running = LabourSpell.objects.filter(
        status=LabourSpell.Status.EMPLOYED, end_on=None, employer__isnull=False, person__merged_into=None,
        start_on__gte=shifted(district.today, -36), start_on__lt=shifted(district.today, -13),
    )  # fmt: skip
    found = running.order_by().values("employer").annotate(n=Count("id")).order_by("-n", "employer").first()
    if found is None:
        return []
    spells = running.filter(employer=found["employer"]).select_related("person", "employer__organization")
    year = district.today.year
    return [
        spell
        for spell in spells.order_by("start_on", "id")
        if year - spell.person.birth_on.year < (YOUNG_WOMEN if spell.person.sex == "F" else YOUNG_MEN)
    ][:MOST]


def _registered_before(spell: LabourSpell) -> None:
    """The registration as unemployed that ended with the job, where the file says nothing else of that time."""
    since = spell.start_on - dt.timedelta(days=200)
    others = LabourSpell.objects.filter(person=spell.person, start_on__lt=spell.start_on).exclude(end_on__lte=since)
    if not others.exists():
        LabourSpell.objects.create(
            person=spell.person, status=LabourSpell.Status.REGISTERED_UNEMPLOYED, start_on=since, end_on=spell.start_on,
            source="demo", recorded_at=clock.now(),
        )  # fmt: skip


def _contributions(district: District, spells: list[LabourSpell]) -> None:
    """The social insurance office's file of this month; it names the last of them no longer since two months."""
    this_month = first_of(district.today)
    batch = ImportBatch.objects.create(
        kind="contributions", file_name=f"社会保险缴费名单{this_month:%Y%m}.xlsx", file_sm3="demo", total=len(spells),
        good=len(spells), done_rows=len(spells), organization=district.centre, state=ImportBatch.State.DONE,
        created_at=clock.now(), finished_at=clock.now(),
    )  # fmt: skip
    for spell in spells:
        has_left = len(spells) > 2 and spell == spells[-1]
        OutsideFact.objects.create(
            kind="contributions", role="employer", person=spell.person, start_on=first_of(spell.start_on),
            end_on=shifted(this_month, -2) if has_left else None, body=spell.employer.name,
            body_code=spell.employer.uscc, as_of=district.today, batch=batch,
        )  # fmt: skip


def _claim(district: District, firm: Employer, spells: list[LabourSpell], last: dt.date, day: dt.date) -> HiringClaim:
    """A half year asked for, with its roster, at the firm's street."""
    street = firm.organization if firm.organization.tier == "street" else firm.organization.parent or district.centre
    clerk = district.desk.at(street.pk, [Role.COUNTER])
    wage = Reader(load_parameters(), day).fen("wage.minimum.monthly")
    claim = applying.open_claim(
        employer=firm, organization=street, first_month=shifted(last, 1 - HALF_YEAR), last_month=last,
        items=list(Item.values), applied_on=day, by=clerk,
    )  # fmt: skip
    lines = [
        applying.Line(
            spell.person, spell.start_on, shifted(spell.start_on, 60).replace(day=28), wage * (14 + number % 5) // 10,
            wage * 3 + 20_000 * (number % 4), Origin.KNOWN,
        )
        for number, spell in enumerate(spells)
    ]  # fmt: skip
    applying.put_lines(claim=claim, lines=lines, by=clerk)
    return reviewing.first_review(claim=claim, opinion="材料齐全，与就业登记一致。", by=clerk)


def _pay(district: District, claim: HiringClaim, day: dt.date) -> None:
    """Reviewed by the district, listed and paid on the day."""
    reviewer = district.desk.at(district.centre.pk, [Role.SECOND_REVIEW])
    maker = district.desk.at(district.centre.pk, [Role.FIRST_REVIEW])
    firm = claim.employer
    for row in claim.people.filter(group="ask").select_related("person"):
        applying.strike(row=row, reason="类别没有核实", by=reviewer)
    claim = reviewing.second_review(claim=claim, opinion="同意。", by=reviewer)
    accounts.set_payee_account(
        owner=firm, holder=firm.name, bank="北京农村商业银行", number=f"0201{firm.pk:010d}", by=maker
    )
    for batch in paying.hand_over(claim=claim, organization=district.centre, account=None, by=maker):
        lists.confirm_list(batch=batch, by=reviewer)
        lists.pay_list(batch=batch, by=maker, on=day)


def hiring(district: District) -> int:
    """How many people stand on the rosters of the demonstration's firm; 0 when nobody fits."""
    spells = _hired(district)
    if not spells:
        return 0
    firm = spells[0].employer
    for spell in spells:
        _registered_before(spell)
    _contributions(district, spells)
    this_month = first_of(district.today)
    earlier = district.calendar.next_workday(shifted(this_month, -HALF_YEAR) + dt.timedelta(days=4))
    try:
        with clock.as_of(_moment(earlier)):
            _pay(district, _claim(district, firm, spells, shifted(this_month, -HALF_YEAR - 1), earlier), earlier)
        _claim(district, firm, spells, shifted(this_month, -1), district.today)
    except NotPossible as refused:
        district.log[f"hiring: {refused}"[:60]] += 1
    return len(spells)
