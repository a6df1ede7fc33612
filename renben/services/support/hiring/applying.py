"""The application of a firm: opened, its roster put together, every person of it checked and computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import acts, audit, clock
from renben.kernel.models import Employer, Organization, Person
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants.checks import against_firm
from renben.services.support.hiring import groups, reckoning
from renben.services.support.hiring.codes import Item, Origin
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson
from renben.services.support.months import between, first_of

PERIOD = "subsidy.employer.period_months"
LONGEST = 12
"""A form for more than a year is a typing mistake; how often firms apply is the parameter above."""
State = HiringClaim.State


@dataclass(frozen=True)
class Line:
    """One line of a roster as it comes in. Money in fen; no end of the contract means none is fixed."""

    person: Person
    contract_from: dt.date
    contract_to: dt.date | None
    wage_fen: int
    base_fen: int
    origin: str = Origin.TYPED


def lock(claim: HiringClaim) -> HiringClaim:
    held = HiringClaim.objects.select_for_update(of=("self",)).select_related("organization", "employer")
    return held.get(pk=claim.pk)


def demand(claim: HiringClaim, *states: str) -> None:
    """NotPossible unless the application is in one of the states."""
    if claim.state not in states:
        text = f"这份申请现在是“{claim.get_state_display()}”，不能办这一步。"
        raise NotPossible(Why("claim_state", text, "请按录入名单、初审、复审、列入名录的顺序办理。"))


def period_on_file(on: dt.date) -> tuple[int | None, str]:
    """How many months an application covers by the standard of a day; or why that is not known."""
    try:
        return int(Reader(load_parameters(), on)(PERIOD)), ""
    except NoStandardOnFile as error:
        return None, str(error)


def _period_faults(first: dt.date, last: dt.date, on: dt.date) -> list[Why]:
    count = between(first, last) + 1
    if count < 1:
        return [Why("period", "申请期间的终止月早于起始月。")]
    if first_of(last) > first_of(on):
        return [Why("future", f"{last:%Y年%m月}还没有到，不能申请。", "请等这个月过了再申请。")]
    length, _ = period_on_file(on)
    if length is not None and count != length:
        return [Why("period", f"按规定每次申请{length}个月，现在填的是{count}个月。")]
    if count > LONGEST:
        return [Why("period", f"一次最多申请{LONGEST}个月，现在填的是{count}个月。", "请核对起止月，或分成几份申请。")]
    return []


@acts.whole
def open_claim(
    *, employer: Employer, organization: Organization, first_month: dt.date, last_month: dt.date,
    items: Sequence[str], applied_on: dt.date, by: Any,
) -> HiringClaim:  # fmt: skip
    """受理: a firm asks for a period. NotPossible for a period that is not over, one that overlaps another application of the firm
    for the same item, or a firm that is gone."""
    first, last = first_of(first_month), first_of(last_month)
    Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
    wrong = _period_faults(first, last, applied_on)
    if applied_on > clock.today():
        wrong.append(Why("future", "申请日期还没到，请核对。"))
    if not items:
        wrong.append(Why("items", "没有选申请哪一种补贴。", "请至少选一种。"))
    asked = Q(asks_si=True) if Item.SI in items else Q(pk=None)
    asked |= Q(asks_post=True) if Item.POST in items else Q(pk=None)
    running = HiringClaim.objects.filter(asked, employer=employer, first_month__lte=last, last_month__gte=first)
    if other := running.exclude(state=State.REFUSED).order_by("id").first():
        text = f"{employer.name}已有{other.period}的申请（{other.get_state_display()}），期间重叠。"
        wrong.append(Why("overlap", text, "请在那一份里补人，或改起止月。"))
    wrong += against_firm(employer, applied_on)
    if wrong:
        raise NotPossible(*wrong)
    claim = HiringClaim.objects.create(
        employer=employer,
        organization=organization,
        first_month=first,
        last_month=last,
        asks_si=Item.SI in items,
        asks_post=Item.POST in items,
        applied_on=applied_on,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    trail(claim, "open", by, period=claim.period, items=list(claim.items))
    return claim


@acts.whole
def put_lines(*, claim: HiringClaim, lines: Sequence[Line], by: Any) -> list[HiringPerson]:
    """Lines onto the roster: who is there already is brought up to date, the kind of each person judged, every month computed."""
    held = lock(claim)
    demand(held, State.DRAFT)
    standing = {row.person_id: row for row in held.people.select_related("person")}
    put, changed = {}, 0
    for line in lines:
        _demand_order(line)
        row = standing.get(line.person.pk) or HiringPerson(claim=held, person=line.person, origin=line.origin)
        before = (row.contract_from, row.contract_to, row.wage_fen, row.base_fen) if row.pk else None
        row.contract_from, row.contract_to = line.contract_from, line.contract_to
        row.wage_fen, row.base_fen = line.wage_fen, line.base_fen
        changed += before != (row.contract_from, row.contract_to, row.wage_fen, row.base_fen)
        judge_group(row)
        row.save()
        put[row.person_id] = row
    reckoning.reckon(held, put.values(), by=by)
    if changed:
        trail(held, "roster", by, people=len(put), changed=changed)
    return list(put.values())


def _demand_order(line: Line) -> None:
    if line.contract_to is not None and line.contract_to < line.contract_from:
        raise NotPossible(Why("contract", f"{line.person.name}：合同终止日期早于起始日期。", "请核对合同。"))


def judge_group(row: HiringPerson) -> None:
    """What the platform knows about the person's kind on the day they were hired."""
    found = groups.judge(row.person, row.claim.employer, row.contract_from)
    row.group, row.group_text = found.group, found.text[:500]


@acts.whole
def take_off(*, row: HiringPerson, reason: str, by: Any) -> None:
    """A line entered by mistake goes; only while the roster is being put together."""
    held = lock(row.claim)
    demand(held, State.DRAFT)
    person = row.person_id
    row.months.all().delete()
    HiringPerson.objects.filter(pk=row.pk).delete()
    trail(held, "take_off", by, person=person, reason=reason.strip()[:300])


@acts.whole
def confirm_group(*, row: HiringPerson, group: str, note: str, by: Any) -> HiringPerson:
    """Somebody looked into the person's kind; what proves it is kept. NotPossible without a proof."""
    claim = lock(row.claim)
    demand(claim, State.DRAFT, State.FIRST)
    if not note.strip():
        raise NotPossible(Why("no_note", "没有写核实的凭据。", "例如：《就业困难人员认定表》编号。"))
    held = claim.people.select_related("person", "determination").get(pk=row.pk)
    held.confirmed_group, held.confirmed_note, held.confirmed_by = group, note.strip()[:300], by
    held.save(update_fields=["confirmed_group", "confirmed_note", "confirmed_by"])
    reckoning.reckon(claim, [held], by=by)
    trail(claim, "group", by, person=held.person_id, group=group)
    return held


@acts.whole
def strike(*, row: HiringPerson, reason: str, by: Any) -> HiringPerson:
    """不计算某人, with the reason; an empty reason counts the person again."""
    claim = lock(row.claim)
    demand(claim, State.DRAFT, State.FIRST)
    held = claim.people.select_related("person", "determination").get(pk=row.pk)
    held.struck_reason, held.struck_by = reason.strip()[:300], by if reason.strip() else None
    held.save(update_fields=["struck_reason", "struck_by"])
    reckoning.reckon(claim, [held], by=by)
    trail(claim, "strike" if held.struck_reason else "unstrike", by, person=held.person_id)
    return held


@acts.whole
def recheck(*, claim: HiringClaim, by: Any) -> HiringClaim:
    """Look at every person again, after data came in or a file was corrected."""
    held = lock(claim)
    demand(held, State.DRAFT, State.FIRST, State.APPROVED)
    for row in held.people.select_related("person", "claim__employer"):
        judge_group(row)
        row.save(update_fields=["group", "group_text"])
    reckoning.reckon(held, by=by)
    trail(held, "recheck", by)
    return held


def payable(claim: HiringClaim) -> Any:
    """Months with an amount to pay."""
    return HiringMonth.objects.filter(row__claim=claim, state=HiringMonth.State.DUE)


def total_fen(claim: HiringClaim) -> int:
    """What the application brings as far as it can be told, paid or to be paid."""
    rows = HiringMonth.objects.filter(row__claim=claim, state__in=["due", *HiringMonth.HELD])
    return rows.aggregate(total=Sum("fen"))["total"] or 0


def moved(claim: HiringClaim, state: str) -> HiringClaim:
    claim.state = state
    claim.version += 1
    claim.save()
    return claim


def trail(claim: HiringClaim, action: str, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"hiring.{action}",
        subject=f"employer:{claim.employer_id}",
        detail={"claim": claim.pk, **detail},
        by=by,
        organization=claim.organization,
    )
