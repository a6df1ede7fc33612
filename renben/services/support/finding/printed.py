"""What 《政策告知单》 says about a finding, in plain words (`finding.*` of a form)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case
from renben.engines.procedures.schema import Procedure
from renben.engines.rules import searching
from renben.engines.rules.errors import RuleError
from renben.engines.rules.evaluation import Determination
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.services.support.finding.models import Finding
from renben.services.support.finding.tasks import label_of


def procedure_of(policy: str) -> Procedure | None:
    """The procedure a policy is applied for by, as in force; None when either is gone."""
    search = searching.search_of(policy)
    try:
        return definitions.current(search.procedure)[1] if search is not None else None
    except definitions.ProcedureUnknown:
        return None


def explained(finding: Finding) -> Determination | None:
    """The determination as it was judged, told again; None when the rule no longer takes these facts."""
    search = searching.search_of(finding.policy)
    try:
        return searching.explain(search, finding.inputs, finding.judged_on) if search is not None else None
    except RuleError:
        return None


def _papers(finding: Finding) -> list[dict[str, str]]:
    procedure, found = procedure_of(finding.policy), {}
    for step in procedure.steps if procedure is not None else ():
        for piece in step.evidence:
            named = procedure.condition(piece.when.code) if piece.when is not None else None
            when = (named.text if named else piece.when.text) if piece.when is not None else "都要"
            found.setdefault(piece.name, {"paper": piece.name, "when": when})
    return list(found.values())


def _place(finding: Finding) -> str | None:
    procedure = procedure_of(finding.policy)
    return procedure.service.where if procedure is not None and procedure.service is not None else None


def _basis(finding: Finding) -> str:
    found = explained(finding)
    return "；".join(dict.fromkeys(part.citation for part in found.parts if part.citation)) if found else ""


FACTS: dict[str, Callable[[Finding], Any]] = {
    "policy": lambda finding: label_of(finding.policy),
    "reason": lambda finding: f"如果下面的都符合：{finding.reason}" if finding.missing else finding.reason,
    "missing": lambda finding: "；".join(finding.missing) or "没有，条件都已知道",
    "papers": _papers,
    "place": _place,
    "basis": _basis,
}


def notice(finding: Finding, office: Organization) -> dict[str, Any]:
    """Everything the notice prints for one finding; what nobody knows stays out."""
    facts = {name: read(finding) for name, read in FACTS.items()} | {
        "name": finding.person.name,
        "office": office.name,
        "phone": office.phone,
        "printed_on": clock.today().isoformat(),
    }
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def fact(case: Case, name: str) -> Any:
    """One fact of the finding that a case was started from; None for a case begun otherwise."""
    finding = Finding.objects.filter(case=case).select_related("person").order_by("-id").first()
    return FACTS[name](finding) if finding is not None else None
