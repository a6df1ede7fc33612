"""Of which kind somebody was when the firm hired them: the rules of hardship asked about the day before, the registration of then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from renben.engines.rules import columns, searching
from renben.engines.rules.columns import Known, Table
from renben.kernel.models import Employer, LabourSpell, Person
from renben.services.registration.models import UnemploymentRegistration
from renben.services.support.hiring.codes import Group

HARDSHIP = "hardship"
RECOGNISED = "hardship.standing"


@dataclass(frozen=True)
class Judged:
    """The kind and why, in words."""

    group: str
    text: str


def hired_on(person: Person, employer: Employer, contract_from: dt.date) -> dt.date:
    """The day the work began: that of the registered work at the firm when it is earlier than the contract."""
    spells = LabourSpell.objects.filter(
        person=person, employer=employer, status=LabourSpell.Status.EMPLOYED, start_on__lte=contract_from
    ).exclude(end_on__lte=contract_from)
    spell = spells.order_by("-start_on", "-id").first()
    return spell.start_on if spell is not None else contract_from


def _registered(person: Person, on: dt.date) -> bool:
    """Whether a registration as unemployed ran on the day, even if it has ended since."""
    rows = UnemploymentRegistration.objects.filter(person=person, registered_on__lte=on)
    return rows.filter(Q(closed_on=None) | Q(closed_on__gte=on)).exists()


def _facts(person: Person, on: dt.date, search: searching.Search) -> Table:
    """The columns of the search as they were on the day; the registration of then instead of that of today."""
    ids = np.array([person.pk], dtype=np.int64)
    table = dict(columns.read(ids, on, search.columns))
    is_registered = np.array([_registered(person, on)])
    table["registration.is_registered"] = Known.of_all(is_registered)
    for name in ("registration.is_seeking", "registration.is_able"):
        table[name] = Known(is_registered, is_registered)
    return table


def judge(person: Person, employer: Employer, contract_from: dt.date) -> Judged:
    """The kind of the day before the work began. ASK, with what has to be found out, when the file does not say."""
    day = hired_on(person, employer, contract_from) - dt.timedelta(days=1)
    search = searching.search_of(HARDSHIP)
    missing: list[str] = []
    if search is not None:
        table = _facts(person, day, search)
        if int(table[RECOGNISED].values[0]) == searching.GRANTED:
            return Judged(Group.HARDSHIP, "已认定为就业困难人员")
        judged = searching.judge(search, np.array([person.pk], dtype=np.int64), table, day)
        if judged.holds[0]:
            found = searching.explain(search, judged.inputs(0), day)
            closing = found.parts[-1].text if found.parts else ""
            if judged.sure[0]:
                return Judged(Group.HARDSHIP, f"{day:%Y-%m-%d}：{closing}"[:500])
            missing = judged.missing(0)
    registered = _by_registration(person, day)
    if registered is not None and not missing:
        return registered
    if missing:
        return Judged(Group.ASK, f"可能是就业困难人员，还要：{'；'.join(missing)}"[:500])
    return Judged(Group.NONE, f"{day:%Y-%m-%d}没有失业登记或转移就业登记，规则也没有认定为就业困难人员")


def _by_registration(person: Person, day: dt.date) -> Judged | None:
    spells = LabourSpell.objects.filter(person=person, start_on__lte=day)
    spell = spells.filter(Q(end_on=None) | Q(end_on__gt=day)).order_by("-start_on", "-id").first()
    status = LabourSpell.Status
    is_unemployed = _registered(person, day) or (spell is not None and spell.status == status.REGISTERED_UNEMPLOYED)
    if not is_unemployed:
        return None
    if person.hukou_kind == "rural":
        return Judged(Group.TRANSFER, f"招用前（{day:%Y-%m-%d}）已登记，农村劳动力")
    return Judged(Group.REGISTERED, f"招用前（{day:%Y-%m-%d}）已办失业登记")
