"""What the steps of a procedure file are written with: conditions, limits, standards, papers, fields."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Tier = Literal["city", "district", "street", "community"]
Kind = Literal["cycle", "case", "campaign", "desk", "monitoring", "facility", "publication"]
Unit = Literal["working_day", "day", "hour", "week", "month", "year"]
AnchorKind = Literal["", "step_opened", "step_done", "case_done", "correction", "recorded", "office"]
Rounds = Literal["", "first", "later"]
"""Of a step that is done again and again: in every round, in the first only, from the second on."""
Scalar = str | int | bool


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Source(Strict):
    """Where the regulation says it."""

    document: str
    chapter: str
    section: str
    item: str = ""


class Decision(Strict):
    """A default taken where the text is silent. `covers` names deviations from the inventory that it explains."""

    decision: str
    what: str
    covers: list[str] = []


class Condition(Strict):
    """A named condition over one fact of the case: true when the fact's value is one of `in`."""

    code: str
    text: str
    field: str
    values: list[Scalar] = Field(alias="in")

    def holds(self, facts: dict[str, Any]) -> bool | None:
        """True or false, or None while the fact is unknown."""
        value = facts.get(self.field)
        if value is None or value == "":
            return None
        if isinstance(value, list):
            return any(item in self.values for item in value)
        return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for wanted in self.values)


class When(Strict):
    """Condition of one piece of evidence: the code, and the regulation's own words when it has some."""

    code: str
    text: str = ""


class Calendar(Strict):
    period: Literal["week", "month", "quarter", "half_year", "year"]
    position: str = ""
    offset: str = ""


class Deadline(Strict):
    """One named limit. Exactly one of `n`+`unit`, `calendar`, `soft`, or none of them (a limit without a date).

    `scope` says whose time runs: the person's, the office's, or a batch's. `watch` names the step on whose clock it is
    shown when that is not the step of the text. `standing` says in words why a recurring limit opens no duty of its own (it
    holds for every case, or the work of another duty fulfils it). `when` names a condition: the limit applies only to cases
    where it holds, and waits while nobody knows. `rounds` narrows it to rounds of a step that repeats.
    """

    key: str
    rule: Literal["within", "by", "every", "at_least", "during", "on"]
    text: str
    scope: Literal["person", "office", "batch"] = "office"
    n: int | None = None
    unit: Unit | None = None
    calendar: Calendar | None = None
    anchor: str = ""
    before: str = ""
    holds_for: str = ""
    soft: str = ""
    watch: str = ""
    standing: str = ""
    when: str = ""
    rounds: Rounds = ""
    decision: str = ""
    anchor_term: str = ""
    anchor_when: AnchorKind = ""
    soft_word: str = ""
    soft_n: int | None = None
    soft_unit: Unit | None = None

    @property
    def counts_from(self) -> str:
        """The event after which the limit counts; empty when the event stands in `before`."""
        return "" if self.anchor_term == self.before else self.anchor_term


class Threshold(Strict):
    """A standard in figures. `field` names the field of the step whose recorded number (of a table: its lines) it judges: an
    act that misses the standard needs an explanation, and with `must` it is refused. `between` takes two values.
    `counts: rounds` judges how often a step that repeats was done; nobody types that number."""

    what: str
    op: str
    value: int | float | str | list[int | float]
    unit: str = ""
    text: str
    derived: bool = False
    parameter: str = ""
    field: str = ""
    counts: Literal["", "rounds"] = ""
    must: bool = False

    @property
    def bounds(self) -> tuple[float, float]:
        """The two ends of `between` ([3, 5]) or `range` ("3-5")."""
        ends = self.value if isinstance(self.value, list) else str(self.value).split("-")
        return float(ends[0]), float(ends[-1])


class Evidence(Strict):
    name: str
    copies: int = 1
    when: When | None = None
    group: str = ""
    item_no: int | None = None
    deferrable: bool = False


class EvidenceGroup(Strict):
    """Of the pieces in this group one is handed in; which one follows from `field`."""

    code: str
    label: str
    field: str
    note: str = ""


class Branch(Strict):
    condition: str = Field(alias="if")
    then: str


class Choice(Strict):
    value: Scalar
    label: str


FieldType = Literal[
    "text", "long_text", "choice", "choices", "bool", "date", "time", "int", "number", "money_fen", "rows", "files"
]


class FieldColumn(Strict):
    """A column of a field of type `rows`."""

    name: str
    label: str
    type: Literal["text", "choice", "bool", "date", "int", "number", "money_fen"] = "text"
    required: bool = False
    choices: list[Choice] = []


class CaseField(Strict):
    """A fact of the case. `source_fact` names where it is read when already known (a known fact is shown, not asked).

    `rows` is a small table (list of mappings by column name), `files` ids of stored files, `number` a decimal figure,
    `unit` what stands behind a figure. `rounds`: in which rounds of a step that repeats it is asked; `each` asks it anew
    every time, otherwise what was typed stands until somebody changes it.
    """

    name: str
    label: str
    type: FieldType
    required: bool = False
    unit: str = ""
    columns: list[FieldColumn] = []
    required_when: str = ""
    source_fact: str = ""
    writer: str = ""
    anchor: str = ""
    default: Scalar | None = None
    help: str = ""
    choices: list[Choice] = []
    rounds: Literal["", "first", "later", "each"] = ""
