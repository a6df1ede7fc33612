"""拨付以前的比对: what else the platform knows about somebody in the month. One pass over a list, a handful of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q

from renben.kernel.models import LabourSpell
from renben.services.registration.models import BenefitMonth
from renben.services.support.models import SubsidyMonth
from renben.services.support.months import first_of, shifted

AGAINST = {
    LabourSpell.Status.EMPLOYED: "在别的单位就业",
    LabourSpell.Status.SELF_EMPLOYED: "自谋职业",
    LabourSpell.Status.FLEXIBLE: "灵活就业",
    LabourSpell.Status.REGISTERED_UNEMPLOYED: "登记失业",
    LabourSpell.Status.RETIRED: "退休",
}
"""Statuses that contradict a month on a public-benefit post when they cover all of it."""


def objections(people: Collection[int], month: dt.date) -> dict[int, str]:
    """`{person id: sentence}` for whoever must not be paid for the month before somebody has looked."""
    month = first_of(month)
    after = shifted(month, 1)
    found: dict[int, list[str]] = {}
    spells = LabourSpell.objects.filter(person__in=people, status__in=AGAINST, start_on__lte=month)
    for spell in spells.filter(Q(end_on=None) | Q(end_on__gte=after)).order_by("start_on", "id"):
        what = AGAINST[LabourSpell.Status(spell.status)]
        found.setdefault(spell.person_id, []).append(
            f"就业状态里自{spell.start_on:%Y-%m-%d}起{what}，请核实后更正或登记离岗"
        )
    drawn = BenefitMonth.objects.filter(
        benefit__person__in=people, month=month, state__in=[BenefitMonth.State.LISTED, BenefitMonth.State.PAID]
    )
    for person in drawn.order_by("id").values_list("benefit__person_id", flat=True):
        found.setdefault(person, []).append("这个月同时列发了失业保险金，请核实应发哪一项")
    subsidised = SubsidyMonth.objects.filter(
        person__in=people, month=month, state__in=[SubsidyMonth.State.LISTED, SubsidyMonth.State.PAID]
    )
    for person in subsidised.order_by("id").values_list("person_id", flat=True):
        found.setdefault(person, []).append("这个月同时列发了自谋或灵活就业社会保险补贴，请核实应发哪一项")
    return {person: "；".join(said)[:300] for person, said in found.items()}
