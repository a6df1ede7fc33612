"""How forms and ledgers of the catalogue name a fact: `person.name`, `field.visited`, `journey.J-4.3.2.bank_book` …

Without a database and without Django, so that `catalog check` can tell a slip of the pen. `facts.py` reads the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from renben.engines.procedures.schema import Procedure

PERSON = frozenset(
    [
        "name",
        "sex",
        "birth_on",
        "age",
        "id_number",
        "phone",
        "address",
        "hukou_address",
        "hukou_kind",
        "education",
        "ethnicity",
        "health",
        "office",
        "community",
        "labour_status",
    ]
)
EMPLOYER = frozenset(["name", "uscc", "legal_person", "contact", "phone", "address", "industry", "kind"])
OFFICE = frozenset(["name", "short_name", "phone", "address", "parent"])
CASE = frozenset(["number", "title", "opened_on", "closed_on", "opened_by", "outcome", "period", "evidence"])
STEP = frozenset(["done_on", "done_by", "outcome", "reason", "office", "missed"])
FILLS_FIELDS = frozenset(["person", "employer", "journey"])
"""First words that a procedure's field may name as its `source_fact`."""
SUBSIDY = frozenset(
    [
        "kind",
        "decision",
        "reasons",
        "ceiling",
        "months_before",
        "months",
        "first_month",
        "last_month",
        "monthly",
        "periods",
        "total",
        "insurances",
        "reply_number",
        "approved_on",
        "agreed_on",
        "account",
        "appeal",
        "determined_on",
    ]
)
FINDING = frozenset(["policy", "reason", "missing", "papers", "place", "basis"])
SEEKER = frozenset(
    [
        "about",
        "history",
        "skills",
        "wanted_job",
        "wanted_pay",
        "wanted_place",
        "seeker_class",
        "difficulties",
        "number",
        "valid_until",
        "registered_on",
    ]
)
PUBLIC_POST = frozenset(["staff"])
LOAN = frozenset(
    [
        "interest",
        "staff_before",
        "new_hires",
        "hire_share",
        "contract_years",
        "staff_size",
        "lender",
        "lent",
        "issued_on",
    ]
)
AGREEMENT = frozenset(["number", "signed_on", "starts_on", "until", "rhythm", "contact", "phone", "in_force", "silent"])
WORDS = {
    "person": PERSON,
    "employer": EMPLOYER,
    "office": OFFICE,
    "case": CASE,
    "subsidy": SUBSIDY,
    "finding": FINDING,
    "seeker": SEEKER,
    "public_post": PUBLIC_POST,
    "loan": LOAN,
    "agreement": AGREEMENT,
}
OF_SERVICES = frozenset(["subsidy", "finding", "seeker", "public_post", "loan", "agreement"])
"""First words whose facts a service above reads (`facts.provide`): for forms, not for ledgers, which read row by row."""


@cache
def alternatives(expression: str) -> tuple[str, ...]:
    """`甲|乙` one by one; the first that has a value counts."""
    return tuple(part.strip() for part in expression.split("|") if part.strip())


@cache
def parts(path: str) -> tuple[str, str]:
    """`person.name` → ("person", "name"); a word alone has no second part."""
    head, _, rest = path.partition(".")
    return head, rest


def problems(
    expression: str,
    procedures: Iterable[str],
    known: Mapping[str, Procedure],
    ledgers: Iterable[str] = (),
    row_columns: Iterable[str] | None = None,
) -> list[str]:
    """Why a fact could not be read, one sentence each. `procedures` are the ids the form or ledger says it belongs to;
    `row_columns` the columns of the table field a ledger lists (None elsewhere)."""
    own = [known[id_] for id_ in procedures if id_ in known]
    found = []
    for path in alternatives(expression):
        if fault := _fault(path, own, known, set(ledgers), row_columns):
            found.append(f"事实 {path}：{fault}")
    return found


def _fault(
    path: str,
    own: list[Procedure],
    known: Mapping[str, Procedure],
    ledgers: set[str],
    row_columns: Iterable[str] | None,
) -> str:
    head, _, rest = path.partition(".")
    if path in ("today", "blank"):
        return ""
    if head in WORDS:
        return "" if rest in WORDS[head] else "没有这个叫法"
    if head == "field":
        return "" if any(_has_field(p, rest) for p in own) else "所列的工作项里没有这个字段"
    if head == "row":
        return "" if row_columns is not None and rest in set(row_columns) else "明细表里没有这一列"
    if head == "step":
        return _step_fault(rest, own)
    if head == "journey":
        id_, _, name = rest.rpartition(".")
        if id_ not in known:
            return f"没有工作项 {id_}"
        return "" if _has_field(known[id_], name) else f"{id_} 没有字段 {name}"
    if head == "ledger":
        return "" if rest in ledgers else "没有这本台账"
    return "没有这个叫法"


def _step_fault(rest: str, own: list[Procedure]) -> str:
    key, _, name = rest.rpartition(".")
    if name not in STEP:
        return "没有这个叫法"
    return "" if not key or any(_has_step(p, key) for p in own) else f"所列的工作项里没有环节 {key}"


def _has_field(procedure: Procedure, name: str) -> bool:
    own = [duty.own for duty in procedure.duties if duty.own is not None]
    return any(field.name == name for step in [*procedure.steps, *own] for field in step.fields)


def _has_step(procedure: Procedure, key: str) -> bool:
    try:
        procedure.step(key)
    except KeyError:
        return False
    return True
