"""Shape of a procedure file. Strict: an unknown key or a wrong type is an error, so a slip of the pen never runs.

The loader (catalogue.py) adds the `anchor_*`, `soft_*` and `marks*` values from catalog/events.yaml and
catalog/procedures/soft_limits.yaml, so that a frozen definition stands on its own.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from renben.engines.procedures.schema_parts import (
    AnchorKind,
    Branch,
    Calendar,
    CaseField,
    Choice,
    Condition,
    Deadline,
    Decision,
    Evidence,
    EvidenceGroup,
    FieldColumn,
    FieldType,
    Kind,
    Rounds,
    Scalar,
    Source,
    Strict,
    Threshold,
    Tier,
    Unit,
    When,
)

__all__ = [
    "AnchorKind",
    "Branch",
    "Calendar",
    "CaseField",
    "Choice",
    "Condition",
    "Continuation",
    "Deadline",
    "Decision",
    "Duty",
    "Evidence",
    "EvidenceGroup",
    "FieldColumn",
    "FieldType",
    "FollowUpRule",
    "Kind",
    "Outcome",
    "Period",
    "Procedure",
    "Rounds",
    "Scalar",
    "ServiceGuide",
    "Source",
    "Step",
    "Strict",
    "Threshold",
    "Tier",
    "Unit",
    "WaitsFor",
    "When",
    "in_round",
]


class Continuation(Strict):
    """The procedure that takes the journey on, at the office of that tier which the person belongs to.

    `carry` are facts that go along. With `each`, a table field, one case begins for every line whose column `only` holds;
    `line` says which column becomes which fact there.
    """

    procedure: str
    tier: Tier
    when: str = ""
    carry: list[str] = []
    each: str = ""
    only: str = ""
    line: dict[str, str] = {}


class Outcome(Strict):
    """`advance` needs the evidence and runs the action; `return` sends back to `to`; `refuse` ends the case.

    `again` does what `advance` does for this round and opens the step anew, until somebody chooses an ending outcome; with
    `until` (a standard of the step that counts rounds) it goes on to `to` by itself once the number is reached, with `while`
    (a condition) when that no longer holds. `beside` names steps opened with each round. `rounds` narrows in which rounds an
    outcome is offered, `asks` names fields only this outcome needs, `emits` events that clear or end follow-ups.
    """

    code: str
    label: str
    kind: Literal["advance", "again", "return", "refuse"] = "advance"
    to: list[str] = []
    beside: list[str] = []
    until: str = ""
    only_while: str = Field(default="", alias="while")
    rounds: Rounds = ""
    asks: list[str] = []
    emits: list[str] = []
    continues_as: list[Continuation] = []
    article: str = ""

    @property
    def goes_on(self) -> bool:
        """The step was done with it, whether or not it is done again."""
        return self.kind in ("advance", "again")

    @property
    def opens(self) -> list[str]:
        """Every other step that it may open."""
        return [*self.beside, *self.to]


class WaitsFor(Strict):
    """The step rests until that procedure of the same journey is done. `if_refused: skip` passes over it then."""

    procedure: str
    reason: str
    when: str = ""
    if_refused: Literal["skip", "ready"] = "ready"


class FollowUpRule(Strict):
    """A recurring duty that starts when the step is done: due by `deadline`, doable `window_days` before."""

    kind: str
    title: str
    deadline: str
    window_days: int = 0
    cleared_by: list[str]
    ends_with: list[str] = []


def in_round(rounds: str, nth: int | None) -> bool:
    """Whether what is written for `rounds` belongs to the `nth` round; None for a step that does not repeat."""
    return rounds in ("", "each") or (rounds == "first") == ((nth or 1) == 1)


class Step(Strict):
    key: str
    name: str
    does: str
    roles: list[str]
    tier: Tier | Literal[""] = ""
    when: str = ""
    waits_for: WaitsFor | None = None
    join: list[str] = []
    deadlines: list[Deadline] = []
    thresholds: list[Threshold] = []
    evidence: list[Evidence] = []
    evidence_groups: list[EvidenceGroup] = []
    forms: list[str] = []
    ledgers: list[str] = []
    systems: list[str] = []
    channels: list[str] = []
    handoff: str = ""
    record: str = ""
    branches: list[Branch] = []
    note: str = ""
    fields: list[CaseField] = []
    guards: list[str] = []
    action: str = ""
    outcomes: list[Outcome]
    follow_ups: list[FollowUpRule] = []
    marks: list[str] = []

    def outcome(self, code: str) -> Outcome | None:
        return next((o for o in self.outcomes if o.code == code), None)

    @property
    def repeats(self) -> bool:
        """Done in rounds: one of its outcomes opens it anew."""
        return any(outcome.kind == "again" for outcome in self.outcomes)

    def standard(self, what: str) -> Threshold | None:
        return next((t for t in self.thresholds if t.what == what), None)

    @property
    def times(self) -> int | None:
        """How many rounds the regulation asks for, when it gives a number."""
        return next((int(t.value) for t in self.thresholds if t.counts and not isinstance(t.value, list)), None)

    def fields_in(self, nth: int | None) -> list[CaseField]:
        """The fields asked in the `nth` round; all of them for a step that does not repeat."""
        return [field for field in self.fields if in_round(field.rounds, nth)]

    def outcomes_in(self, nth: int | None) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if in_round(outcome.rounds, nth)]

    def as_of(self, nth: int | None) -> Step:
        """The step as it is in its `nth` round."""
        if not self.repeats:
            return self
        return self.model_copy(update={"fields": self.fields_in(nth), "outcomes": self.outcomes_in(nth)})


class ServiceGuide(Strict):
    """办事指南, for a procedure that concerns the public: who may ask, under which conditions, where, and what comes of it."""

    who: str
    conditions: list[str] = []
    where: str
    result: str
    fee: str = "不收费"


Period = Literal["day", "week", "month", "quarter", "half_year", "year"]


class Duty(Strict):
    """定期职责: what every office of the procedure's tier owes once in each period, opened as a case by itself.

    Either `steps`, a part of the procedure's own flow (the case begins at the first; ways to steps outside are cut), or `own`,
    one step that exists only for this duty. `covers` names the recurring limits it fulfils as `step/limit`; their dates count
    from the beginning of the period. `months` narrows a yearly or monthly duty to those months; `opens` is when in the period
    it appears (a place like 首月1日; the first day by default).
    """

    key: str
    title: str
    period: Period
    covers: list[str]
    steps: list[str] = []
    own: Step | None = None
    opens: str = ""
    months: list[int] = []
    note: str = ""

    @property
    def first_step(self) -> str:
        """Key of the step a case of this duty begins with."""
        return self.own.key if self.own is not None else self.steps[0]


class Procedure(Strict):
    """A 工作项: what the agency promises to do, in order."""

    id: str
    title: str
    tier: Tier
    kind: Kind
    subject: str
    source: Source
    purpose: str
    steps: list[Step]
    duties: list[Duty] = []
    conditions: list[Condition] = []
    service: ServiceGuide | None = None
    policy_basis: list[str] = []
    policy_titles: dict[str, str] = {}
    kpi: list[Threshold] = []
    decisions: list[Decision] = []
    note: str = ""
    marks_on_done: list[str] = []

    def step(self, key: str) -> Step:
        """The step with this key, one that only a duty has included; KeyError when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        for duty in self.duties:
            if duty.own is not None and duty.own.key == key:
                return duty.own
        raise KeyError(f"{self.id} has no step {key}")

    def position(self, key: str) -> int:
        return next((i for i, step in enumerate(self.steps, 1) if step.key == key), 1)

    def duty(self, key: str) -> Duty | None:
        return next((d for d in self.duties if d.key == key), None)

    def condition(self, code: str) -> Condition | None:
        return next((c for c in self.conditions if c.code == code), None)

    def holds(self, code: str, facts: dict[str, Any]) -> bool | None:
        """True, false, or None while unknown. No code means always; a code nobody defined counts as unknown."""
        if not code:
            return True
        condition = self.condition(code)
        return condition.holds(facts) if condition else None

    def watched(self, key: str) -> list[Deadline]:
        """Limits whose clock is shown on step `key`: its own, and those of other steps that name it in `watch`."""
        return list(self.watched_places(key).values())

    def watched_places(self, key: str) -> dict[str, Deadline]:
        """The same by `step/limit`, the place where the text has them."""
        own = {f"{key}/{d.key}": d for d in self.step(key).deadlines if not d.watch or d.watch == key}
        return own | {f"{s.key}/{d.key}": d for s in self.steps if s.key != key for d in s.deadlines if d.watch == key}

    def limit(self, place: str) -> Deadline:
        """The limit at `step/limit`; KeyError when there is none."""
        key, _, name = place.partition("/")
        for limit in self.step(key).deadlines:
            if limit.key == name:
                return limit
        raise KeyError(f"{self.id} has no limit {place}")

    def field(self, name: str) -> CaseField | None:
        return next((f for s in self.steps for f in s.fields if f.name == name), None)

    def any_field(self, name: str) -> CaseField | None:
        """A field of the flow or of a duty's own step."""
        own = [d.own for d in self.duties if d.own is not None]
        return self.field(name) or next((f for s in own for f in s.fields if f.name == name), None)

    def steps_of(self, duty: str) -> list[Step]:
        """The steps a case goes through: all of them, or those of the duty with this key."""
        found = self.duty(duty) if duty else None
        if found is None:
            return self.steps
        return [found.own] if found.own is not None else [step for step in self.steps if step.key in found.steps]
