"""The checklist of a step: what the definition asks for, merged with what was handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renben.engines.procedures.contracts import Reason
from renben.engines.procedures.models import EvidenceItem
from renben.engines.procedures.schema import Procedure, Step

SATISFIED = frozenset({EvidenceItem.State.RECEIVED, EvidenceItem.State.WAIVED, EvidenceItem.State.DEFERRED})


@dataclass(frozen=True)
class EvidenceLine:
    """One line. `is_needed` is None while the fact that decides it is unknown; `item` is the stored row, if any."""

    name: str
    copies: int
    when: str
    group: str
    group_label: str
    condition: str
    is_needed: bool | None
    state: str
    is_deferrable: bool
    item: EvidenceItem | None

    @property
    def is_satisfied(self) -> bool:
        return self.state in SATISFIED


def lines(procedure: Procedure, spec: Step, facts: dict[str, Any], items: list[EvidenceItem]) -> list[EvidenceLine]:
    """The whole checklist of a step in the order of the definition."""
    stored = {item.name: item for item in items}
    labels = {group.code: group.label for group in spec.evidence_groups}
    made = []
    for piece in spec.evidence:
        item = stored.get(piece.name)
        code = piece.when.code if piece.when else ""
        condition = procedure.condition(code) if code else None
        made.append(
            EvidenceLine(
                name=piece.name,
                copies=piece.copies,
                when=(piece.when.text if piece.when else "") or (condition.text if condition else ""),
                group=piece.group,
                group_label=labels.get(piece.group, ""),
                condition=code,
                is_needed=procedure.holds(code, facts),
                state=item.state if item else EvidenceItem.State.NEEDED,
                is_deferrable=piece.deferrable,
                item=item,
            )
        )
    return made


def gate(procedure: Procedure, spec: Step, facts: dict[str, Any], items: list[EvidenceItem]) -> list[Reason]:
    """Why an approving outcome is not possible yet; an unknown condition counts as not fulfilled (fails closed)."""
    reasons, asked = [], set()
    for line in lines(procedure, spec, facts, items):
        if line.is_needed is None:
            condition = procedure.condition(line.condition)
            field = procedure.field(condition.field) if condition else None
            label = field.label if field else line.condition
            if label not in asked:
                asked.add(label)
                reasons.append(
                    Reason("condition_unknown", f"还不知道“{label}”，无法判断要交哪些材料", f"请先填写“{label}”")
                )
        elif line.is_needed and not line.is_satisfied:
            count = f"（{line.copies}份）" if line.copies > 1 else ""
            reasons.append(
                Reason("evidence_missing", f"还缺“{line.name}”{count}", "收到后勾选，或出具一次性告知单让本人补交")
            )
    return reasons
