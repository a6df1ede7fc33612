"""What the platform knows against a month of a hired person: insurance, death, other money, other firms. A handful of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Max, Q

from renben.kernel.employer_names import plain_name
from renben.kernel.models import Employer, LabourSpell
from renben.services.exchange import crosschecks
from renben.services.exchange.models import OutsideFact
from renben.services.registration.models import BenefitMonth
from renben.services.support.hiring.codes import HEADING, Item
from renben.services.support.hiring.decision import Against, months_between
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson
from renben.services.support.models import SubsidyMonth
from renben.services.support.months import shifted
from renben.services.support.posts.models import PostAmount

Asked = dict[int, list[dt.date]]
"""Months asked for, by person id."""

ELSEWHERE = {
    LabourSpell.Status.PUBLIC_POST: "在公益性岗位",
    LabourSpell.Status.SELF_EMPLOYED: "自谋职业",
    LabourSpell.Status.FLEXIBLE: "灵活就业",
    LabourSpell.Status.RETIRED: "已退休",
    LabourSpell.Status.REGISTERED_UNEMPLOYED: "登记失业",
}


class _Found:
    """Reasons by person and month; a sure one goes before one that has to be looked into, else the first stays."""

    def __init__(self) -> None:
        self.by: dict[int, dict[dt.date, Against]] = defaultdict(dict)

    def say(self, person: int, month: dt.date, text: str, *, is_sure: bool = False) -> None:
        held = self.by[person].get(month)
        if held is None or (is_sure and not held.is_sure):
            self.by[person][month] = Against(text, is_sure)


def _months(asked: Asked) -> list[dt.date]:
    return sorted({month for months in asked.values() for month in months})


def is_this(fact: OutsideFact, employer: Employer) -> bool:
    """Whether the file means this firm: by its code, and where it names none by its name or a former one."""
    if fact.body_code:
        return fact.body_code == employer.uscc
    names = [employer.name, *employer.former_names.replace(";", "；").split("；")]
    return plain_name(fact.body) in {plain_name(name) for name in names if name.strip()}


def _insurance(asked: Asked, employer: Employer, found: _Found) -> None:
    """Insured by this firm in the month, by the social insurance office's file; a month the file has not reached waits."""
    kind = OutsideFact.Kind.CONTRIBUTIONS
    told_to = OutsideFact.objects.filter(kind=kind).aggregate(last=Max("as_of"))["last"]
    facts: dict[int, list[OutsideFact]] = defaultdict(list)
    rows = OutsideFact.objects.filter(kind=kind, role="employer", person__in=asked)
    for fact in rows.exclude(verdict=OutsideFact.Verdict.FALSE).order_by("start_on", "id"):
        facts[fact.person_id].append(fact)
    for person, months in asked.items():
        for month in months:
            after = shifted(month, 1)
            covering = [f for f in facts[person] if f.start_on < after and (f.end_on is None or f.end_on > month)]
            if any(is_this(fact, employer) for fact in covering):
                continue
            if covering:
                found.say(person, month, f"社会保险数据说这个月由“{covering[0].body}”缴费，不是申请单位", is_sure=True)
            elif told_to is None or told_to < month:
                found.say(person, month, "社会保险缴费数据还没有到这个月，导入以后重新计算")
            else:
                found.say(person, month, "社会保险数据里没有申请单位这个月为他缴费", is_sure=True)


def _deaths(asked: Asked, found: _Found) -> None:
    pairs = [(person, month) for person, months in asked.items() for month in months]
    for heading in HEADING.values():
        for (person, month), why in crosschecks.objections(heading, pairs).items():
            found.say(person, month, why[0].text.rstrip("。"), is_sure=True)


def _other_money(asked: Asked, found: _Found) -> None:
    """The same month under another heading, and the same person's month in another firm's list."""
    months = _months(asked)
    benefit = BenefitMonth.objects.filter(benefit__person__in=asked, month__in=months, state__in=["listed", "paid"])
    own = SubsidyMonth.objects.filter(person__in=asked, month__in=months, state__in=["listed", "paid"])
    posts = PostAmount.objects.filter(person__in=asked, month__in=months, state__in=["listed", "paid"])
    told = (
        (benefit.order_by("id").values_list("benefit__person_id", "month"), "这个月本人领取了失业保险金"),
        (own.order_by("id").values_list("person_id", "month"), "这个月本人享受了自谋职业、灵活就业社会保险补贴"),
        (posts.order_by("id").values_list("person_id", "month"), "这个月本人在公益性岗位上，已有专项补贴"),
    )
    for pairs, text in told:
        for person, month in set(pairs):
            found.say(person, month, text, is_sure=True)


def _work(asked: Asked, employer: Employer, found: _Found) -> None:
    """The register says something else all through the month."""
    months = _months(asked)
    spells = LabourSpell.objects.filter(person__in=asked, start_on__lte=months[-1])
    spells = spells.filter(Q(end_on=None) | Q(end_on__gt=months[0])).select_related("employer")
    for spell in spells.order_by("start_on", "id"):
        what = ELSEWHERE.get(LabourSpell.Status(spell.status))
        if spell.status == LabourSpell.Status.EMPLOYED and spell.employer_id not in (None, employer.pk):
            what = f"在“{spell.employer.name}”就业"
        if what is None:
            continue
        for month in asked[spell.person_id]:
            if spell.start_on <= month and (spell.end_on is None or spell.end_on >= shifted(month, 1)):
                text = f"就业登记里自{spell.start_on:%Y-%m-%d}起{what}，请核实后更正登记或改名单"
                found.say(spell.person_id, month, text)


def asked_of(claim: HiringClaim, rows: Iterable[HiringPerson]) -> Asked:
    """The months that count for each person: the period, and for the post the year of the contract before it."""
    first = shifted(claim.first_month, -12) if claim.asks_post else claim.first_month
    return {
        row.person_id: [
            m for m in months_between(first, claim.last_month) if m >= row.contract_from.replace(day=1)
        ] for row in rows
    }  # fmt: skip


def against(claim: HiringClaim, rows: Sequence[HiringPerson]) -> dict[int, dict[dt.date, Against]]:
    """`{person id: {month: why}}` for the months that must not be paid, or not yet."""
    asked = {person: months for person, months in asked_of(claim, rows).items() if months}
    found = _Found()
    if asked:
        _deaths(asked, found)
        _other_money(asked, found)
        _insurance(asked, claim.employer, found)
        _work(asked, claim.employer, found)
    return dict(found.by)


def drawn_before(claim: HiringClaim, people: Collection[int]) -> dict[int, dict[str, int]]:
    """`{person id: {item: count}}` of what any firm got, or is about to get, for a person outside this application."""
    rows = HiringMonth.objects.filter(person__in=people, part=0, state__in=HiringMonth.HELD).exclude(row__claim=claim)
    found: dict[int, dict[str, int]] = defaultdict(lambda: {Item.SI.value: 0, Item.POST.value: 0})
    for person, item in rows.order_by("id").values_list("person_id", "item"):
        found[person][item] += 1
    return dict(found)


def taken_elsewhere(claim: HiringClaim, people: Collection[int]) -> dict[tuple[int, str, dt.date], str]:
    """`{(person, item, month): firm}` of what another application has got already, or an earlier one was granted. Of two that
    were granted the same month the earlier one stands, so that they do not hold each other up."""
    rows = HiringMonth.objects.filter(person__in=people, part=0).exclude(row__claim=claim)
    granted = Q(state="due", row__claim__state__in=HiringClaim.GRANTED, row__claim__lt=claim.pk)
    rows = rows.filter(Q(state__in=HiringMonth.HELD) | granted).order_by("id")
    pairs = rows.values_list("person_id", "item", "month", "row__claim__employer__name")
    return {(person, item, month): name for person, item, month, name in pairs}
