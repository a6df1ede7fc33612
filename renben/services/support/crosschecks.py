"""钱发出以前的比对: what else is known about the person in that month. One pass over a list, a handful of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from renben.engines.payments import accounts
from renben.engines.payments.models import PaymentAccount
from renben.kernel.models import LabourSpell
from renben.kernel.textnorm import clean_name
from renben.services.exchange import crosschecks as outside
from renben.services.registration.models import BenefitMonth
from renben.services.registration.reasons import Why
from renben.services.support.codes import BASIS, Kind
from renben.services.support.models import SubsidyMonth
from renben.services.support.months import first_of, shifted

AGAINST = {
    LabourSpell.Status.EMPLOYED: "被单位招用",
    LabourSpell.Status.PUBLIC_POST: "在公益性岗位",
    LabourSpell.Status.RETIRED: "已退休",
    LabourSpell.Status.REGISTERED_UNEMPLOYED: "登记失业",
}
"""Statuses that a subsidised month contradicts when they cover all of it."""


def _spells(rows: Sequence[SubsidyMonth]) -> dict[int, list[LabourSpell]]:
    first = min(row.month for row in rows)
    found: dict[int, list[LabourSpell]] = defaultdict(list)
    spells = LabourSpell.objects.filter(Q(end_on=None) | Q(end_on__gt=first), status__in=AGAINST)
    for spell in spells.filter(person__in={row.person_id for row in rows}).order_by("start_on", "id"):
        found[spell.person_id].append(spell)
    return found


def _benefit_months(rows: Sequence[SubsidyMonth]) -> set[tuple[int, dt.date]]:
    """Months in which unemployment benefit is listed or paid."""
    drawn = BenefitMonth.objects.filter(
        benefit__person__in={row.person_id for row in rows},
        month__in={row.month for row in rows},
        state__in=[BenefitMonth.State.LISTED, BenefitMonth.State.PAID],
    )
    return set(drawn.order_by("id").values_list("benefit__person_id", "month"))


def _account_faults(row: SubsidyMonth, account: PaymentAccount | None, others: Sequence[str]) -> list[Why]:
    if account is None:
        return [Why("no_account", "没有登记收款账户。", "请登记本人的存折或银行卡。")]
    found = []
    if clean_name(account.holder) != clean_name(row.person.name):
        found.append(
            Why("holder", f"账户户名“{account.holder}”与本人姓名“{row.person.name}”不一致。", "请核对后重新登记账户。")
        )
    if others:
        text = f"同一个账号还登记在{'、'.join(others[:3])}名下。"
        found.append(Why("shared_account", text, "请核实后让本人换用自己的账户。"))
    return found


def _work_faults(row: SubsidyMonth, spells: Sequence[LabourSpell]) -> list[Why]:
    """Something else all through the month: the month the change came in is still granted."""
    after = shifted(row.month, 1)
    for spell in spells:
        if first_of(spell.start_on) < row.month or spell.start_on == row.month:
            covers = spell.end_on is None or spell.end_on >= after
            if covers:
                what = AGAINST[LabourSpell.Status(spell.status)]
                text = f"就业状态里自{spell.start_on:%Y-%m-%d}起{what}，与享受补贴矛盾。"
                basis = BASIS[Kind(row.subsidy.kind)]
                return [Why("other_status", text, "属实的请登记停发；不属实的请先更正就业状态。", basis)]
    return []


def _outside(rows: Sequence[SubsidyMonth]) -> dict[int, list[Why]]:
    """What other bodies' data say against a month: social insurance by an employer, a firm, a death (catalogue crosschecks)."""
    found: dict[int, list[Why]] = {}
    for kind in Kind:
        mine = [row for row in rows if row.subsidy.kind == kind]
        objections = outside.objections(kind, [(row.person_id, row.month) for row in mine])
        for row in mine:
            why = objections.get((row.person_id, row.month), [])
            if why:
                found[row.pk] = [Why(one.code, one.text, one.fix, one.basis) for one in why]
    return found


def faults(rows: Sequence[SubsidyMonth]) -> dict[int, list[Why]]:
    """`{row id: reasons}` for the months that must not be paid now. Rows carry `subsidy` and `person`."""
    if not rows:
        return {}
    held = accounts.current({row.person_id for row in rows})
    shared = accounts.shared_with(held.values())
    spells, drawn, said = _spells(rows), _benefit_months(rows), _outside(rows)
    found = {}
    for row in rows:
        account = held.get(row.person_id)
        why = _account_faults(row, account, shared.get(account.pk, []) if account else [])
        why += _work_faults(row, spells[row.person_id]) + said.get(row.pk, [])
        if (row.person_id, row.month) in drawn:
            why.append(Why("benefit", "这个月同时列发了失业保险金。", "请核实应发哪一项，再停发另一项。"))
        if row.amount_fen is None:
            why.append(Why("no_standard", row.reason or "没有现行标准。", "查到文件以前不能发放（D-07）。"))
        if why:
            found[row.pk] = why
    return found
