"""Running loans of an imported file: what was lent, paid back, paid out by the guarantor and recovered before the platform (go-live).

Exchange lies below support, so it knows this sink only by its registered name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F

from renben.kernel import audit, clock
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.hooks import SinkRow
from renben.services.registration.territory import street_of
from renben.services.support.loans import plan as plans
from renben.services.support.loans.applying import firm_of
from renben.services.support.loans.codes import LoanKind
from renben.services.support.loans.keeping import money, tell
from renben.services.support.loans.models import Loan, LoanEvent, LoanMoney, LoanOpening

OWNED = {"loans.Loan", "loans.LoanEvent", "loans.LoanMoney", "loans.LoanOpening"}
WORKED_ON = "导入后已在平台上办过这笔贷款，不能撤销。"
PAID = {
    "repaid_fen": LoanMoney.Kind.REPAID,
    "paid_out_fen": LoanMoney.Kind.PAID_OUT,
    "recovered_fen": LoanMoney.Kind.RECOVERED,
}
"""Columns of the file and the money they stand for, in the order it flowed."""


def _running(rows: Sequence[SinkRow]) -> dict[int, Loan]:
    found = Loan.objects.running().filter(person__in={row.person.pk for row in rows})
    return {one.person_id: one for one in found.select_related("opening").order_by("id")}


def _is_same(loan: Loan, values: dict[str, Any]) -> bool:
    opening = getattr(loan, "opening", None)
    return opening is not None and (loan.lent_fen, loan.issued_on) == (values["lent_fen"], values["issued_on"])


def _owed(values: dict[str, Any]) -> int:
    paid_out, recovered = values.get("paid_out_fen", 0), values.get("recovered_fen", 0)
    return plans.owed(values["lent_fen"], values["repaid_fen"], paid_out, recovered)


def _fault(row: SinkRow, running: dict[int, Loan], numbers: set[str]) -> CellProblem | None:
    values = row.values
    if "kind" not in values:
        return CellProblem("kind", "贷款类别", "没认出是哪种贷款，请写“个体工商户”或“小企业”。")
    if values["lent_fen"] <= 0:
        return CellProblem("lent_fen", "放款金额", "放款金额要大于零。")
    if values["due_on"] <= values["issued_on"]:
        return CellProblem("due_on", "到期日", "到期日要在发放日期之后，请核对借款合同。")
    if values["repaid_fen"] > values["lent_fen"]:
        return CellProblem("repaid_fen", "已还金额", "已还的比放的还多，请核对。")
    if values.get("recovered_fen") and not values.get("paid_out_fen"):
        return CellProblem("recovered_fen", "已追回金额", "没有代偿就没有追回，请填代偿金额。")
    if _owed(values) <= 0:
        return CellProblem("repaid_fen", "已还金额", "已经还清（追回）的不用导入。")
    loan = running.get(row.person.pk)
    if loan is not None and not _is_same(loan, values):
        text = f"此人在系统里已有一笔贷款（{loan.get_state_display()}），不能再导入一笔。"
        return CellProblem("name", "姓名", text)
    if loan is None and values.get("file_number") in numbers:
        return CellProblem("file_number", "贷款档案号", "这个档案号已经用在另一笔贷款上。")
    return None


class LoanOpeningSink:
    """The sink of rows of kind `loan_opening`; the contract is `renben.services.exchange.hooks.Sink`."""

    def owned(self) -> set[str]:
        return OWNED

    def objections(self, rows: Sequence[SinkRow]) -> dict[int, CellProblem]:
        """Rows that cannot be taken, by key; also the second of two rows about one person or with one file number."""
        running = _running(rows)
        asked = {row.values["file_number"] for row in rows if row.values.get("file_number")}
        taken = Loan.objects.filter(file_number__in=asked).order_by("id")
        numbers = set(taken.values_list("file_number", flat=True))
        found: dict[int, CellProblem] = {}
        seen: set[int] = set()
        for row in rows:
            fault = _fault(row, running, numbers)
            if fault is None and row.person.pk in seen:
                fault = CellProblem("name", "姓名", "表里这个人写了两笔，一个人只能有一笔没还清的贷款。")
            if fault is not None:
                found[row.key] = fault
                continue
            seen.add(row.person.pk)
            numbers |= {row.values["file_number"]} if row.values.get("file_number") else set()
        return found

    def existing(self, rows: Sequence[SinkRow]) -> set[int]:
        running = _running(rows)
        return {row.key for row in rows if row.person.pk in running}

    def write(self, rows: Sequence[SinkRow], batch: Any, by: Any) -> None:
        made = [_loan(row, batch, by) for row in rows]
        _audit("loan.opening", [loan.pk for loan in made], batch, by)

    def blocked(self, batch: Any, person_ids: Collection[int]) -> dict[int, str]:
        """Whoever's loan has been worked on since."""
        worked = LoanOpening.objects.filter(batch=batch, loan__person__in=list(person_ids))
        worked = worked.exclude(loan__version=F("version")).order_by("id")
        return dict.fromkeys(worked.values_list("loan__person_id", flat=True), WORKED_ON)

    def undo(self, batch: Any, by: Any, *, erase: Collection[int], cancel: Collection[int]) -> None:
        openings = LoanOpening.objects.filter(
            batch=batch, loan__person__in={*erase, *cancel}, loan__version=F("version")
        )
        keys = sorted(openings.values_list("loan_id", flat=True))
        openings.delete()
        LoanEvent.objects.filter(loan__in=keys).delete()
        LoanMoney.objects.filter(loan__in=keys).delete()
        Loan.objects.filter(pk__in=keys).delete()
        _audit("loan.opening_undone", keys, batch, by)


def _state(values: dict[str, Any], today: Any) -> str:
    """代偿 waits for a plan; past its last day it is overdue; otherwise it is being paid back."""
    if values.get("paid_out_fen"):
        return Loan.State.PAID_OUT
    return Loan.State.DEFAULTED if values["due_on"] < today else Loan.State.REPAYING


def _loan(row: SinkRow, batch: Any, by: Any) -> Loan:
    values, now = row.values, clock.now()
    kind = LoanKind(values["kind"])
    loan = Loan.objects.create(
        person=row.person,
        employer=firm_of(values["business_name"]) if kind == LoanKind.COMPANY else None,
        organization=street_of(row.person.organization),
        kind=kind,
        state=_state(values, clock.today()),
        applied_on=values["issued_on"],
        business_name=values["business_name"],
        amount_fen=values["lent_fen"],
        lent_fen=values["lent_fen"],
        guarantor=values["guarantor"],
        bank=values["bank"],
        issued_on=values["issued_on"],
        arrived_on=values["issued_on"],
        due_on=values["due_on"],
        file_number=values.get("file_number", ""),
        filed_on=values["issued_on"] if values.get("file_number") else None,
        recorded_at=now,
        recorded_by=by,
    )
    text = f"启用平台前放款{money(loan.lent_fen)}，期初导入；依据：{values['evidence']}"
    tell(loan, LoanEvent.Kind.LENT, loan.issued_on, by, text=text, fen=loan.lent_fen)
    for name, what in PAID.items():
        if values.get(name):
            LoanMoney.objects.create(
                loan=loan,
                kind=what,
                on=clock.today(),
                fen=values[name],
                note="启用平台前合计",
                recorded_at=now,
                recorded_by=by,
            )
    LoanOpening.objects.create(
        loan=loan, evidence=values["evidence"], version=loan.version, batch_id=batch.pk, recorded_at=now, recorded_by=by
    )
    return loan


def _audit(action: str, keys: list[int], batch: Any, by: Any) -> None:
    audit.record(
        action=action,
        subject=f"import:{batch.pk}",
        detail={"loans": keys[:50], "count": len(keys)},
        by=by,
        organization=batch.organization,
    )


sink = LoanOpeningSink()
