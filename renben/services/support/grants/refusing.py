"""不予发放: a case that ends in a refusal ends the grant with its reason (listener of CaseClosed)."""

from __future__ import annotations

from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import events
from renben.services.support.grants.codes import PROCEDURE
from renben.services.support.grants.models import Grant
from renben.services.support.grants.noticing import withdraw


def on_case_closed(event: events.CaseClosed) -> None:
    """A refused case refuses its grant and takes the notice down; doing so again changes nothing."""
    if event.procedure_id != PROCEDURE:
        return
    grant = Grant.objects.filter(case_id=event.case_id, state__in=Grant.OPEN).select_related("case").first()
    if grant is None or grant.case.state != Case.State.REFUSED:
        return
    last = CaseStep.objects.filter(case=grant.case, state=CaseStep.State.DONE).order_by("-done_at", "-id").first()
    withdraw(grant)
    grant.state, grant.refusal = Grant.State.REFUSED, (last.reason if last is not None else "")[:500]
    grant.version += 1
    grant.save(update_fields=["state", "refusal", "version"])
