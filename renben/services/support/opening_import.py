"""期初月数 of an imported file: months drawn before the platform, with what proves them (go-live).

Exchange lies below support, so it knows this sink only by its registered name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from renben.kernel import audit, clock
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.hooks import SinkRow
from renben.services.support.codes import Kind
from renben.services.support.models import InsuranceSubsidy, SubsidyOpening
from renben.services.support.months import between, first_of

OWNED = {"support.SubsidyOpening"}


def _held(rows: Sequence[SinkRow]) -> dict[tuple[int, str], SubsidyOpening]:
    found = SubsidyOpening.objects.filter(person__in={row.person.pk for row in rows}).order_by("id")
    return {(one.person_id, one.kind): one for one in found}


def _fault(row: SinkRow, held: dict[tuple[int, str], SubsidyOpening], drawing: set[int]) -> CellProblem | None:
    values = row.values
    if "kind" not in values:
        return CellProblem("kind", "补贴类别", "没认出是哪种补贴，请写“自谋职业”或“灵活就业”。")
    if values["months"] < 1:
        return CellProblem("months", "已享受月数", "没有享受过的不用导入。")
    if between(row.person.birth_on, values["through"]) < values["months"]:
        return CellProblem("months", "已享受月数", "比出生到那时的月数还多，请核对。")
    one = held.get((row.person.pk, values["kind"]))
    if one is not None and (one.months, one.through) != (values["months"], first_of(values["through"])):
        text = f"系统里已登记{one.months}个月、到{one.through:%Y年%m月}；要改的，请先撤销那一批导入。"
        return CellProblem("months", "已享受月数", text)
    if one is None and row.person.pk in drawing:
        return CellProblem("name", "姓名", "此人在平台上的补贴已经签了协议，期初月数要在申请以前导入。")
    return None


class OpeningSink:
    """The sink of rows of kind `subsidy_opening`; the contract is `renben.services.exchange.hooks.Sink`."""

    def owned(self) -> set[str]:
        return OWNED

    def objections(self, rows: Sequence[SinkRow]) -> dict[int, CellProblem]:
        """Rows that cannot be taken, by key; also the second of two rows about one person and kind."""
        held = _held(rows)
        agreed = InsuranceSubsidy.objects.filter(person__in={row.person.pk for row in rows}, agreed_on__isnull=False)
        drawing = set(agreed.order_by("id").values_list("person_id", flat=True))
        found: dict[int, CellProblem] = {}
        seen: set[tuple[int, str]] = set()
        for row in rows:
            fault = _fault(row, held, drawing)
            key = (row.person.pk, row.values.get("kind", ""))
            if fault is None and key in seen:
                fault = CellProblem("name", "姓名", "表里这个人这种补贴写了两遍，只能留一行。")
            if fault is not None:
                found[row.key] = fault
            seen.add(key)
        return found

    def existing(self, rows: Sequence[SinkRow]) -> set[int]:
        held = _held(rows)
        return {row.key for row in rows if (row.person.pk, row.values["kind"]) in held}

    def write(self, rows: Sequence[SinkRow], batch: Any, by: Any) -> None:
        now = clock.now()
        made = SubsidyOpening.objects.bulk_create(
            SubsidyOpening(
                person=row.person,
                kind=Kind(row.values["kind"]),
                months=row.values["months"],
                through=first_of(row.values["through"]),
                evidence=row.values["evidence"],
                batch_id=batch.pk,
                recorded_at=now,
                recorded_by=by,
            )
            for row in rows
        )
        audit.record(
            action="subsidy.opening",
            subject=f"import:{batch.pk}",
            detail={"openings": [one.pk for one in made][:50], "count": len(made)},
            by=by,
            organization=batch.organization,
        )

    def blocked(self, batch: Any, person_ids: Collection[int]) -> dict[int, str]:
        """Whoever was decided about since: the months have been counted."""
        later = InsuranceSubsidy.objects.filter(person__in=list(person_ids), recorded_at__gte=batch.created_at)
        return dict.fromkeys(
            later.order_by("id").values_list("person_id", flat=True), "导入后已按这些月数判定过补贴，不能撤销。"
        )

    def undo(self, batch: Any, by: Any, *, erase: Collection[int], cancel: Collection[int]) -> None:
        gone = SubsidyOpening.objects.filter(batch=batch, person__in={*erase, *cancel})
        keys = sorted(gone.values_list("pk", flat=True))
        gone.delete()
        audit.record(
            action="subsidy.opening_undone",
            subject=f"import:{batch.pk}",
            detail={"openings": keys[:50], "count": len(keys)},
            by=by,
            organization=batch.organization,
        )


sink = OpeningSink()
