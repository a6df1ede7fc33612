"""What happens elsewhere ends a finding at once: a case closes, a benefit is determined, a file moves (listeners)."""

from __future__ import annotations

import numpy as np

from renben.engines.procedures.models import Case, CaseStep
from renben.engines.rules import columns, searching
from renben.engines.rules.searching import Search
from renben.kernel import clock, events
from renben.kernel.models import Person
from renben.services.registration.models import UnemploymentBenefit
from renben.services.support.finding import running, tasks
from renben.services.support.finding.models import Finding

BENEFIT = "ui.benefit"
REGISTRATION = "J-4.2.1"
"""Its refusal refuses the registration; about the benefit the district decides."""


def _of_procedure(procedure_id: str) -> list[Search]:
    return [search for search in searching.searches() if search.procedure == procedure_id]


def look_again(person_id: int, policies: list[Search]) -> None:
    """Bring this person's open findings of these policies up to date; nothing new is looked for."""
    keys = set(
        Finding.objects.open()
        .filter(person_id=person_id, policy__in=[search.key for search in policies])
        .order_by("policy")
        .values_list("policy", flat=True)
    )
    if keys:
        ids = np.asarray([person_id], dtype=np.int64)
        running.look(ids, clock.today(), [search for search in policies if search.key in keys])


def refuse(person_id: int, policies: list[Search], reason: str) -> None:
    """An application was refused: a "no" is kept on these facts, also when nobody had been found before."""
    on, ids = clock.today(), np.asarray([person_id], dtype=np.int64)
    for search in policies:
        finding = Finding.objects.open().filter(person_id=person_id, policy=search.key).order_by("id").first()
        if finding is None:
            table = columns.read(ids, on, search.columns)
            judged = searching.judge(search, ids, table, on)
            if not judged.holds[0]:
                continue
            finding = Finding.objects.create(
                person_id=person_id,
                policy=search.key,
                found_on=on,
                judged_on=on,
                reason=reason[:400],
                inputs=judged.inputs(0),
                missing=judged.missing(0),
                is_sure=bool(judged.sure[0]),
                facts=running.digest(judged.rests_on(0)),
            )
        running.end(finding, Finding.State.DECLINED, reason, on=on, no_reason=Finding.No.REFUSED)


def on_case_closed(event: events.CaseClosed) -> None:
    """A closed case of a policy's procedure: granted, refused, or withdrawn."""
    policies = _of_procedure(event.procedure_id)
    if not policies:
        return
    case = Case.objects.only("person_id", "state", "opened_at").get(pk=event.case_id)
    if case.person_id is None:
        return
    if case.state == Case.State.REFUSED and event.procedure_id != REGISTRATION:
        asked = Finding.objects.filter(case_id=event.case_id).order_by("policy").values_list("policy", flat=True)
        last = CaseStep.objects.filter(case_id=event.case_id, state=CaseStep.State.DONE).order_by("-done_at", "-id")
        reason = last.values_list("reason", flat=True).first() or "申请未批准"
        refuse(case.person_id, [search for search in policies if search.key in set(asked)] or policies, reason)
    else:
        look_again(case.person_id, policies)


def on_benefit_determined(event: events.BenefitDetermined) -> None:
    """The district has decided: granted, or not eligible on the facts it saw."""
    policies = [search for search in searching.searches() if search.key == BENEFIT]
    benefit = UnemploymentBenefit.objects.filter(determination_id=event.determination_id).order_by("-id").first()
    if benefit is not None and benefit.state == UnemploymentBenefit.State.INELIGIBLE:
        refuse(event.person_id, policies, "区里核定不符合领取条件")
    else:
        look_again(event.person_id, policies)


def on_facts_changed(event: events.PersonFactsChanged) -> None:
    """A corrected fact: what was found is judged again."""
    look_again(event.person_id, searching.searches())


def on_moved(event: events.PersonMoved) -> None:
    """The file lies elsewhere now; whoever holds it tells the person."""
    findings = Finding.objects.open().filter(person_id=event.person_id).select_related("person").order_by("id")
    office = None
    for finding in findings:
        office = office or Person.objects.select_related("organization").get(pk=event.person_id).organization
        tasks.move(finding, office)


def listen() -> None:
    """Connect the listeners; safe to call again."""
    events.listen(events.CaseClosed, on_case_closed)
    events.listen(events.BenefitDetermined, on_benefit_determined)
    events.listen(events.PersonFactsChanged, on_facts_changed)
    events.listen(events.PersonMoved, on_moved)
