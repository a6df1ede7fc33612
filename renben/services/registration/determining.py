"""核定失业保险待遇: the district decides once, from the facts of the archive, and the decision explains itself (Q-1.2.3, D-29)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from renben.engines.rules.determinations import store
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Part, evaluate
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import acts, audit, clock, events
from renben.kernel.models import Person
from renben.services.registration.codes import BENEFIT_FARM_LUMP_SUM, BENEFIT_MONTHLY, StopEvent
from renben.services.registration.models import (
    BenefitOpening,
    PersonnelArchive,
    UnemploymentBenefit,
    UnemploymentRegistration,
)
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.rules import BenefitDecision, benefit_decision
from renben.services.registration.territory import street_of

State = UnemploymentBenefit.State
KIND = "ui.benefit_decision"
MONTH_OF_REGISTRATION = "month_of_registration"


def first_month_of(*, registered_on: dt.date | None, on: dt.date) -> dt.date:
    """First of the month in which payment begins: that of registration, or from 2025 that of the decision (`ui.payment_start`)."""
    registered_on = registered_on or on
    try:
        start = Reader(load_parameters(), on).version("ui.payment_start").value
    except NoStandardOnFile:
        start = MONTH_OF_REGISTRATION
    return (registered_on if start == MONTH_OF_REGISTRATION else on).replace(day=1)


@dataclass(frozen=True)
class Claim:
    """What is decided about: facts of archive and registration, and the unused rest of an earlier benefit."""

    archive: PersonnelArchive
    registration: UnemploymentRegistration | None
    earlier: UnemploymentBenefit | None


def claim_of(person: Person) -> Claim:
    """The facts as the platform knows them. NotPossible lists each fact that is missing, none is guessed."""
    archive = PersonnelArchive.objects.latest_of(person)
    if archive is None:
        raise NotPossible(Why("no_archive", f"{person.name}的档案还没有登记，不能核定待遇。", "请先接收并审核档案。"))
    missing = []
    if archive.contribution_months is None:
        missing.append(Why("contribution_months", "档案里没有失业保险累计缴费月数。", "请核对缴费记录后补录。"))
    if not archive.separation_reason:
        missing.append(Why("separation_reason", "档案里没有离职原因。", "请按解除或终止劳动关系的证明补录。"))
    if missing:
        raise NotPossible(*missing)
    earlier = (
        UnemploymentBenefit.objects.filter(person=person, eligible=True, heading=BENEFIT_MONTHLY)
        .exclude(state__in=UnemploymentBenefit.RUNNING)
        .exclude(stop_event=StopEvent.LUMP_SUM)
        .order_by("-determined_on", "-id")
        .first()
    )
    return Claim(archive, UnemploymentRegistration.objects.running_of(person), earlier)


class _Merged:
    """A decision whose months include the unused rest of an earlier benefit; stored like any other decision."""

    def __init__(self, decision: BenefitDecision, record: dict[str, Any]) -> None:
        self.decision, self._record = decision, record

    def as_json(self) -> dict[str, Any]:
        return self._record


def _merge(decision: BenefitDecision, claim: Claim, on: dt.date) -> tuple[Any, int]:
    """Add the unused months of an earlier benefit (`ui.duration_merge`). Returns what to store and the months."""
    earlier = claim.earlier
    if earlier is None or not earlier.months_left or decision.kind != "monthly":
        return decision, decision.months
    found = evaluate(
        "ui.duration_merge",
        on,
        {
            "first_entitled": earlier.months_entitled,
            "first_received": earlier.months_received,
            "new_contribution_months": claim.archive.contribution_months,
        },
    )
    if not found.is_answered:
        return decision, decision.months
    months = int(found.result["months"])
    continues = not decision.eligible and set(decision.failed) == {"contribution"} and months > 0
    if not decision.eligible and not continues:
        return decision, 0
    record = decision.as_json()
    result = {**record["result"], "eligible": True, "failed": [], "months": months, "new_months": decision.months}
    parts = record["parts"] + [part.as_json() for part in found.parts]
    if continues:
        parts.append(
            Part("续领", "本次缴费不满一年，符合其余条件，续领前次剩余月数。", months, found.parameters).as_json()
        )
    known = {(row["name"], row["from"]) for row in record["parameters"]}
    versions = [v.as_json() for v in found.parameters if (v.name, v.valid_from.isoformat()) not in known]
    record = {**record, "result": result, "parts": parts, "parameters": record["parameters"] + versions}
    return _Merged(replace(decision, eligible=True, failed=(), months=months), record), months


def _opening(person: Person, first_month: dt.date) -> BenefitOpening | None:
    """Months drawn before the platform that belong to this time without work and were not counted yet."""
    return BenefitOpening.objects.filter(person=person, benefit=None, through__gte=first_month).first()


@acts.whole
def determine_benefit(
    *,
    person: Person,
    by: Any,
    on: dt.date | None = None,
    seeks_work: bool = True,
    farm_contract: bool = False,
    first_month: dt.date | None = None,
    case: Any = None,
) -> UnemploymentBenefit:
    """Determine eligibility, months, amounts, total and medical cover from the facts on file; nothing is keyed in (Q-1.2.3).

    The decision is stored once with every article (D-29). A month without a standard on file is marked and not paid (D-07).
    Months of this time without work that were drawn before the platform come from the import (`BenefitOpening`). NotPossible when a fact is
    missing; a person who does not meet the conditions gets a stored determination with state 不符合条件, not an error.
    The same case again returns what it made.
    """
    on = on or clock.today()
    Person.objects.select_for_update().get(pk=person.pk)
    if case is not None:
        made = UnemploymentBenefit.objects.filter(case=case).order_by("id").first()
        if made is not None:
            return made
    running = UnemploymentBenefit.objects.filter(person=person, state__in=UnemploymentBenefit.RUNNING).first()
    if running is not None:
        raise NotPossible(Why("running", f"已有正在执行的待遇（{running.get_state_display()}），不能重复核定。"))
    claim = claim_of(person)
    registration, archive = claim.registration, claim.archive
    registered_on = registration.registered_on if registration else None
    first = (first_month or first_month_of(registered_on=registered_on, on=on)).replace(day=1)
    decision = benefit_decision(
        contribution_months=archive.contribution_months,
        registered_on=registered_on,
        separation_reason=archive.separation_reason,
        registered=registration is not None,
        seeks_work=seeks_work,
        first_paid_month=f"{first:%Y-%m}",
        farm_contract=farm_contract,
        as_of=on,
    )
    found, months = _merge(decision, claim, on)
    final = found.decision if isinstance(found, _Merged) else decision
    determination = store(person=person, kind=KIND, found=found, case=case, decided_by=by)
    if not final.eligible:
        state = State.INELIGIBLE
    elif final.blocked and all(row.amount_fen is None for row in final.schedule):
        state = State.BLOCKED
    else:
        state = State.DETERMINED
    opening = _opening(person, first) if final.eligible else None
    drawn = min(opening.months, months) if opening is not None else 0
    benefit = UnemploymentBenefit.objects.create(
        person=person,
        archive=archive,
        registration=registration,
        organization=registration.organization if registration else street_of(person.organization),
        case=case,
        determination=determination,
        heading=BENEFIT_FARM_LUMP_SUM if farm_contract else BENEFIT_MONTHLY,
        eligible=final.eligible,
        contribution_months=archive.contribution_months,
        separation_reason=archive.separation_reason,
        months_entitled=months if final.eligible else 0,
        opening_months_received=drawn,
        months_received=drawn,
        first_month=first if final.eligible else None,
        lump_sum_fen=decision.total_fen if farm_contract and final.eligible else None,
        determined_on=on,
        determined_by=by,
        state=state,
        note="；".join(blocked.text for blocked in final.blocked)[:500],
        recorded_at=clock.now(),
    )
    if opening is not None:
        opening.benefit = benefit
        opening.save(update_fields=["benefit"])
    events.emit(events.BenefitDetermined(person.pk, determination.pk, case.pk if case is not None else 0))
    audit.record(
        action="benefit.determine",
        subject=f"person:{person.pk}",
        detail={
            "benefit": benefit.pk,
            "determination": determination.pk,
            "eligible": benefit.eligible,
            "months": benefit.months_entitled,
        },
        by=by,
        organization=benefit.organization,
    )
    return benefit


def why_not(benefit: UnemploymentBenefit) -> list[Why]:
    """The reasons of an unfavourable determination with their articles, for the refusal notice."""
    parts = benefit.determination.parts if benefit.determination else []
    return [Why("not_eligible", part["text"], article=part["article"]) for part in parts if part["value"] is False] or [
        Why("not_eligible", "不符合领取失业保险金的条件。")
    ]
