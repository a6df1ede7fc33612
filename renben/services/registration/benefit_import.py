"""失业保险金期初月数 of an imported file: months drawn before the platform, with what proves them (go-live).

Exchange lies below registration, so it knows this sink only by its registered name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from renben.kernel import audit, clock
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.hooks import SinkRow
from renben.services.registration.models import BenefitOpening, UnemploymentBenefit

OWNED = {"registration.BenefitOpening"}
COUNTED = "导入后已按这些月数核定过待遇，不能撤销。"


def _held(rows: Sequence[SinkRow]) -> dict[int, BenefitOpening]:
    found = BenefitOpening.objects.filter(person__in={row.person.pk for row in rows}).order_by("id")
    return {one.person_id: one for one in found}


def _fault(row: SinkRow, held: dict[int, BenefitOpening], running: set[int]) -> CellProblem | None:
    values = row.values
    if values["months"] < 1:
        return CellProblem("months", "已领月数", "没有领过的不用导入。")
    first = row.person.birth_on
    through = values["through"]
    if (through.year - first.year) * 12 + through.month - first.month < values["months"]:
        return CellProblem("months", "已领月数", "比出生到那时的月数还多，请核对。")
    one = held.get(row.person.pk)
    if one is not None and (one.months, one.through) != (values["months"], through.replace(day=1)):
        text = f"系统里已登记{one.months}个月、到{one.through:%Y年%m月}；要改的，请先撤销那一批导入。"
        return CellProblem("months", "已领月数", text)
    if one is None and row.person.pk in running:
        return CellProblem("name", "姓名", "此人在平台上已经核定了待遇，期初月数要在核定以前导入。")
    return None


class OpeningSink:
    """The sink of rows of kind `benefit_opening`; the contract is `renben.services.exchange.hooks.Sink`."""

    def owned(self) -> set[str]:
        return OWNED

    def objections(self, rows: Sequence[SinkRow]) -> dict[int, CellProblem]:
        """Rows that cannot be taken, by key; also the second of two rows about one person."""
        held = _held(rows)
        benefits = UnemploymentBenefit.objects.filter(
            person__in={row.person.pk for row in rows}, state__in=UnemploymentBenefit.RUNNING
        )
        running = set(benefits.order_by("id").values_list("person_id", flat=True))
        found: dict[int, CellProblem] = {}
        seen: set[int] = set()
        for row in rows:
            fault = _fault(row, held, running)
            if fault is None and row.person.pk in seen:
                fault = CellProblem("name", "姓名", "表里这个人写了两遍，只能留一行。")
            if fault is not None:
                found[row.key] = fault
            seen.add(row.person.pk)
        return found

    def existing(self, rows: Sequence[SinkRow]) -> set[int]:
        held = _held(rows)
        return {row.key for row in rows if row.person.pk in held}

    def write(self, rows: Sequence[SinkRow], batch: Any, by: Any) -> None:
        now = clock.now()
        made = BenefitOpening.objects.bulk_create(
            BenefitOpening(
                person=row.person,
                months=row.values["months"],
                through=row.values["through"].replace(day=1),
                evidence=row.values["evidence"],
                batch_id=batch.pk,
                recorded_at=now,
                recorded_by=by,
            )
            for row in rows
        )
        _audit("benefit.opening", [one.pk for one in made], batch, by)

    def blocked(self, batch: Any, person_ids: Collection[int]) -> dict[int, str]:
        """Whoever was decided about since: the months have been counted."""
        counted = BenefitOpening.objects.filter(batch=batch, person__in=list(person_ids), benefit__isnull=False)
        return dict.fromkeys(counted.order_by("id").values_list("person_id", flat=True), COUNTED)

    def undo(self, batch: Any, by: Any, *, erase: Collection[int], cancel: Collection[int]) -> None:
        gone = BenefitOpening.objects.filter(batch=batch, person__in={*erase, *cancel}, benefit=None)
        keys = sorted(gone.values_list("pk", flat=True))
        gone.delete()
        _audit("benefit.opening_undone", keys, batch, by)


def _audit(action: str, keys: list[int], batch: Any, by: Any) -> None:
    audit.record(
        action=action,
        subject=f"import:{batch.pk}",
        detail={"openings": keys[:50], "count": len(keys)},
        by=by,
        organization=batch.organization,
    )


sink = OpeningSink()
