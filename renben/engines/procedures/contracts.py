"""What the engine and the services say to each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from renben.engines.procedures.models import Case, CaseStep, EvidenceItem
from renben.engines.procedures.schema import Procedure, Step


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done now: a stable code, a sentence for the clerk, and what to do about it."""

    code: str
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Done:
    """A finished act. An action may override the `outcome` asked for, add `facts` and `anchors` (code → ISO date) to the
    case and name what it made in `refs` (JSON). For an outcome of kind refuse, refs hold `reason`, `article`, `appeal`.
    `replayed` marks the repeated answer to an act that was already done."""

    outcome: str = ""
    refs: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True)
class Blocked:
    """Nothing was changed; each reason says what stands in the way."""

    reasons: list[Reason]

    def __str__(self) -> str:
        return "；".join(reason.text for reason in self.reasons)


class Stop(Exception):
    """Leaves a transaction without a trace; the public functions turn it into `Blocked`."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("；".join(reason.text for reason in reasons))
        self.reasons = list(reasons)


@dataclass
class StepContext:
    """What a step action, guard or undo is given. `facts` are the case's with this act's data already in it, `items` the
    evidence on file for the step."""

    case: Case
    step: CaseStep
    procedure: Procedure
    spec: Step
    outcome: str
    facts: dict[str, Any]
    data: dict[str, Any]
    by: Any
    on: dt.date
    at: dt.datetime
    reason: str = ""
    delegation_id: int | None = None
    missed: list[dict[str, Any]] = field(default_factory=list)
    items: list[EvidenceItem] = field(default_factory=list)

    @property
    def person(self) -> Any:
        return self.case.person

    @property
    def organization(self) -> Any:
        """The office whose step this is."""
        return self.step.organization
