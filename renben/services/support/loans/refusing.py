"""不予办理 and 撤回: a case that ends before any money ends the loan with its reason (listener of CaseClosed)."""

from __future__ import annotations

from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import clock, events
from renben.services.support.loans.keeping import tell
from renben.services.support.loans.models import Loan, LoanEvent

PROCEDURES = {"J-4.3.3", "J-5.4.5", "Q-1.3.3", "Q-1.3.4"}
ENDS = {Case.State.REFUSED: Loan.State.REFUSED, Case.State.WITHDRAWN: Loan.State.WITHDRAWN}


def on_case_closed(event: events.CaseClosed) -> None:
    """A case refused or withdrawn ends the loan of its journey while no money has flowed; doing so again changes nothing."""
    if event.procedure_id not in PROCEDURES:
        return
    case = Case.objects.get(pk=event.case_id)
    if case.state not in ENDS:
        return
    loan = Loan.objects.of_journey(case.journey_id)
    if loan is None or loan.state not in Loan.BEFORE_MONEY:
        return
    last = CaseStep.objects.filter(case=case, state=CaseStep.State.DONE).order_by("-done_at", "-id").first()
    loan.state = ENDS[Case.State(case.state)]
    loan.refusal = (last.reason if last is not None else "")[:500]
    loan.version += 1
    loan.save(update_fields=["state", "refusal", "version"])
    kind = LoanEvent.Kind.REFUSED if loan.state == Loan.State.REFUSED else LoanEvent.Kind.WITHDRAWN
    tell(loan, kind, clock.today(), last.done_by if last is not None else None, text=loan.refusal, case=case)
