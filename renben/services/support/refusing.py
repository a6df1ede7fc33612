"""未批准: a case that ends in a refusal ends the application with its reason (listener of CaseClosed)."""

from __future__ import annotations

from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import events
from renben.services.support import messages
from renben.services.support.codes import PROCEDURE
from renben.services.support.models import InsuranceSubsidy

State = InsuranceSubsidy.State
PROCEDURES = {"J-4.3.2", *PROCEDURE.values()}
BEFORE_MONEY = (
    State.APPLIED,
    State.VERIFIED,
    State.SUBMITTED,
    State.REVIEWED,
    State.REPORTED,
    State.APPROVED,
)


def on_case_closed(event: events.CaseClosed) -> None:
    """A refused case refuses the application of its journey; doing so again changes nothing."""
    if event.procedure_id not in PROCEDURES:
        return
    case = Case.objects.get(pk=event.case_id)
    if case.state != Case.State.REFUSED:
        return
    subsidy = InsuranceSubsidy.objects.of_journey(case.journey_id)
    if subsidy is None or subsidy.state not in BEFORE_MONEY:
        return
    last = CaseStep.objects.filter(case=case, state=CaseStep.State.DONE).order_by("-done_at", "-id").first()
    subsidy.state = State.REFUSED
    subsidy.refusal = (last.reason if last is not None else "")[:500]
    subsidy.version += 1
    subsidy.save(update_fields=["state", "refusal", "version"])
    messages.subsidy_decided(subsidy)
