"""就业困难认定 and 零就业家庭认定 look for people (J-5.5.1): a person by columns, a family by all its members."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from renben.engines.rules import searching
from renben.engines.rules.columns import Table, full_months
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import Parameters, Reader, load_parameters
from renben.engines.rules.searching import Judged, Need, Search
from renben.kernel import rows
from renben.kernel.models import LabourSpell
from renben.services.assistance.fact_columns import PROCEDURE
from renben.services.assistance.rules import CATEGORY_WORDS
from renben.services.registration.searches import REGISTER_FIRST, SEEKS

Status = LabourSpell.Status
NOT_A_DAY = np.datetime64("NaT")


def _jobless(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    birth = table["person.birth"]
    return table["labour.jobless"].is_true() & birth.known & (birth.values <= np.datetime64(on, "D"))


def jobless_since(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    """The first day of the present joblessness; none where the file names a day before birth."""
    since, birth = table["labour.jobless_since"], table["person.birth"]
    is_told = since.known & (since.values >= birth.values) & (since.values <= np.datetime64(on, "D"))
    return np.where(is_told, since.values, NOT_A_DAY)


def _kinds(inputs: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Of which kinds the person is, for the first step of the recognition."""
    found = evaluate("hardship", on, inputs).result.get("categories", [])
    return _case_facts("、".join(CATEGORY_WORDS[code] for code in found), inputs)


def _case_facts(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"hardship_type": kind, "hardship_source": "rural" if inputs["household"] == "rural" else "unemployed"}


HARDSHIP = Search(
    key="hardship",
    label="就业困难人员认定",
    domain="hardship",
    answer="hardship",
    procedure=PROCEDURE,
    whom="现在没有工作、想找工作的人",
    among=_jobless,
    standing="hardship.standing",
    needs={
        "sex": Need(("person.sex",), "F", "性别"),
        "birth": Need(("person.birth",)),
        "hukou_beijing": Need(("person.hukou_beijing",), True, "户口在哪里（看户口簿）"),
        "household": Need(("person.household",), "urban", "户口性质（看户口簿）"),
        "jobless": Need(("labour.jobless",)),
        "willing": Need(("registration.is_seeking",), True, SEEKS),
        "able": Need(("registration.is_able",), True, "确认本人有劳动能力"),
        "registered": Need(("registration.is_registered",), True, "失业登记的情况", first=REGISTER_FIRST),
        "dibao": Need(("family.dibao",), False),
        "disabled": Need(("person.disabled",), False),
        "zero_family_member": Need(("family.is_zero",), False),
        "continuous_jobless_since": Need(("labour.jobless_since",), NOT_A_DAY, derive=jobless_since),
    },
    carry=_kinds,
)

AS_JOBLESS = {"urban": "registered_unemployed", "rural": "transfer_registered_jobless"}
"""How the rule names a member who has registered and has no work, by the kind of household."""
MEMBER = {
    Status.EMPLOYED: "employed",
    Status.PUBLIC_POST: "employed",
    Status.SELF_EMPLOYED: "self_employed",
    Status.FLEXIBLE: "flexible_employed",
    Status.FARMING: "own_farming",
    Status.RURAL_TRANSFER: "nonfarm_employed",
    Status.STUDENT: "student",
    Status.RETIRED: "pensioner",
    Status.OUT_OF_FORCE: "unable_to_work",
}
UNKNOWN = "unable_to_work"
"""Taken for a member nobody knows about, and asked."""

_FAMILIES = """
SELECT h.id, h.kind, m.person_id, p.sex, p.birth_on,
       (SELECT s.status FROM kernel_labourspell s WHERE s.person_id = p.id AND s.start_on <= %(on)s
          AND (s.end_on IS NULL OR s.end_on > %(on)s) ORDER BY s.start_on DESC, s.id DESC LIMIT 1)
FROM kernel_householdmember m
JOIN kernel_household h ON h.id = m.household_id
JOIN kernel_person p ON p.id = m.person_id AND p.merged_into_id IS NULL
WHERE m.end_on IS NULL AND h.id IN (SELECT household_id FROM kernel_householdmember WHERE end_on IS NULL AND person_id = ANY(%(people)s))
ORDER BY h.id, p.birth_on, p.id
"""


class Member(NamedTuple):
    """One living in a household now. ``status`` is the running spell's, None when nobody knows."""

    person: int
    sex: str
    birth_on: dt.date
    status: str | None


class Family(NamedTuple):
    """A household judged: for whom the task is, the inputs of the rule, what to ask or do first, and whether it holds."""

    person: int
    inputs: dict[str, Any]
    missing: list[str]
    holds: bool


def _age(birth_on: dt.date, on: dt.date) -> int:
    count = full_months(np.asarray([birth_on], dtype="datetime64[D]"), np.asarray([on], dtype="datetime64[D]"))
    return int(np.clip(count[0] // 12, 0, 150))


def judge_family(kind: str, members: Sequence[Member], on: dt.date, parameters: Parameters) -> Family | None:
    """One household by its members, the eldest first; None when nobody in it is without work."""
    kind = kind if kind in AS_JOBLESS else "urban"
    told, missing, jobless = [], [], []
    for member in members:
        who = f"家人（{'女' if member.sex == 'F' else '男'}，{_age(member.birth_on, on)}岁）"
        code = MEMBER.get(member.status, UNKNOWN) if member.status else UNKNOWN
        if member.status in (Status.JOBLESS, Status.REGISTERED_UNEMPLOYED):
            code = AS_JOBLESS[kind]
            jobless.append(member.person)
        if member.status == Status.JOBLESS:
            missing.append(f"{who}{REGISTER_FIRST}")
        elif member.status == Status.OUT_OF_FORCE:
            missing.append(f"核实{who}确实没有劳动能力")
        elif member.status is None:
            missing.append(f"问清{who}现在的就业情况")
        told.append({"age": _age(member.birth_on, on), "sex": member.sex, "status": code})
    if not jobless:
        return None
    inputs = {"household": kind, "members": told}
    found = evaluate("zero_family", on, inputs, parameters=parameters)
    return Family(jobless[0], inputs, missing, bool(found.result.get("zero")))


def _families(people: np.ndarray, on: dt.date) -> dict[int, Family]:
    """Judged households of these jobless people, by the person whose task it is."""
    members: dict[tuple[int, str], list[Member]] = defaultdict(list)
    for household, kind, *member in rows.all_of(_FAMILIES, {"people": people.tolist(), "on": on}):
        members[household, kind].append(Member(*member))
    parameters = load_parameters()
    judged = (judge_family(kind, found, on, parameters) for (_, kind), found in members.items())
    return {family.person: family for family in judged if family is not None}


def judge_families(search: Search, ids: np.ndarray, table: Table, on: dt.date) -> Judged:
    """The families in which somebody of these people has no work; one answer per family, at its eldest jobless member."""
    jobless = table["labour.jobless"].is_true()
    found = _families(ids[jobless], on) if jobless.any() else {}
    place = {int(person): row for row, person in enumerate(ids.tolist())}
    at = {place[person]: family for person, family in found.items() if person in place and family.holds}
    holds = np.zeros(ids.size, dtype=bool)
    holds[list(at)] = True
    sure = np.zeros(ids.size, dtype=bool)
    sure[[row for row, family in at.items() if not family.missing]] = True
    return Judged(
        holds, sure, lambda row: at[row].inputs, lambda row: at[row].missing,
        lambda row: [at[row].inputs["household"], [[m["sex"], m["status"]] for m in at[row].inputs["members"]]],
    )  # fmt: skip


ZERO_FAMILY = Search(
    key="zero_family",
    label="零就业家庭认定",
    domain="zero_family",
    answer="zero",
    procedure=PROCEDURE,
    whom="家里劳动年龄的人都没有工作的家庭",
    among=lambda table, on, reader: table["labour.jobless"].is_true(),
    standing="zero_family.standing",
    more=("labour.jobless",),
    carry=lambda inputs, on: _case_facts(CATEGORY_WORDS["zero_family"], inputs),
    judge=judge_families,
)


def load() -> None:
    """Make the searches known to the rules engine."""
    searching.register_search(HARDSHIP)
    searching.register_search(ZERO_FAMILY)
