"""申请和判定: facts are taken once, the rule decides, and a refusal says each reason with its article (J-4.3.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from renben.engines.rules.determinations import store
from renben.engines.rules.errors import InputError
from renben.kernel import acts, audit, clock
from renben.kernel.models import Organization, Person
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import street_of
from renben.services.support import claiming
from renben.services.support.codes import BASIS, Kind
from renben.services.support.decision import KIND, SubsidyDecision, subsidy_decision
from renben.services.support.models import InsuranceSubsidy, SubsidyOpening
from renben.services.support.months import first_of

State = InsuranceSubsidy.State


@dataclass(frozen=True)
class Facts:
    """What the clerk took from the applicant; the rest is on file."""

    kind: str
    started_on: dt.date
    disability: str
    is_registered: bool
    is_archive_deposited: bool
    insurances: list[str]
    retire_on: dt.date
    declared_months: int = 0
    work: str = ""
    place: str = ""


def _demand(person: Person, facts: Facts, on: dt.date) -> None:
    """NotPossible for facts that cannot be true."""
    found = []
    if facts.started_on > on:
        found.append(Why("started_later", f"开始日期{facts.started_on:%Y-%m-%d}还没到，请核对。"))
    if facts.started_on <= person.birth_on:
        found.append(Why("started_before_birth", "开始日期在出生日期之前，请核对。"))
    if facts.retire_on <= person.birth_on:
        found.append(Why("retire_before_birth", "达到法定退休年龄的日期在出生日期之前，请核对。"))
    if not facts.insurances:
        found.append(Why("no_insurance", "没有选申请补贴的险种。"))
    known = claiming.months_on_record(person)
    if facts.declared_months and facts.declared_months < known:
        text = f"平台记着此前已享受{known}个月，填的是{facts.declared_months}个月。"
        found.append(Why("fewer_months", text, "请与本人核对；平台记错了的，先更正期初月数。"))
    if found:
        raise NotPossible(*found)


def _standing(person: Person, journey_id: Any) -> InsuranceSubsidy | None:
    """The application of this journey; NotPossible when another one runs."""
    mine = InsuranceSubsidy.objects.of_journey(journey_id) if journey_id else None
    other = InsuranceSubsidy.objects.running().filter(person=person).exclude(pk=mine.pk if mine else None)
    running = other.order_by("id").first()
    if running is not None:
        text = f"已有{running.get_kind_display()}社会保险补贴（{running.get_state_display()}），不能重复申请。"
        raise NotPossible(Why("running", text, "请先办结或停发那一项。", BASIS[Kind(running.kind)]))
    return mine


@acts.whole
def apply_subsidy(
    *, person: Person, organization: Organization, facts: Facts, by: Any, on: dt.date | None = None, case: Any = None
) -> InsuranceSubsidy:
    """Take an application and decide it by the rule. The same journey again changes its facts and decides anew.

    NotPossible for facts that cannot be true or another running subsidy. Somebody who does not meet the conditions gets a
    stored determination and the state 未批准, not an error; `why_not` tells each reason.
    """
    on = on or clock.today()
    Person.objects.select_for_update().get(pk=person.pk)
    subsidy = _standing(person, case.journey_id if case is not None else None)
    _demand(person, facts, on)
    if subsidy is None:
        subsidy = InsuranceSubsidy(
            person=person,
            organization=street_of(organization) if organization.tier != "district" else street_of(person.organization),
            journey_id=case.journey_id if case is not None else None,
            case=case,
            applied_on=on,
            recorded_at=clock.now(),
            recorded_by=by,
        )
    elif subsidy.state not in InsuranceSubsidy.OPEN_TO_CHANGE:
        text = f"申请现在是“{subsidy.get_state_display()}”，不能再改申请内容。"
        raise NotPossible(Why("too_late", text))
    for name, value in asdict(facts).items():
        setattr(subsidy, name, value)
    subsidy.person, subsidy.state, subsidy.refusal = person, State.APPLIED, ""
    decide(subsidy=subsidy, by=by, on=on)
    audit.record(
        action="subsidy.apply",
        subject=f"person:{person.pk}",
        detail={"subsidy": subsidy.pk, "kind": subsidy.kind, "state": subsidy.state, "months": subsidy.months_granted},
        by=by,
        organization=subsidy.organization,
    )
    return subsidy


def decide(*, subsidy: InsuranceSubsidy, by: Any, on: dt.date) -> SubsidyDecision:
    """Decide by the rules of `on` and keep the determination; a later one supersedes the earlier. Saves the subsidy."""
    first = subsidy.first_month or first_of(on)
    try:
        decision = subsidy_decision(claim=claiming.claim_of(subsidy), first_month=first, on=on, today=clock.today())
    except InputError as error:
        raise NotPossible(Why("bad_input", str(error))) from error
    before = subsidy.determination
    subsidy.determination = store(
        person=subsidy.person, kind=KIND, found=decision, case=subsidy.case, decided_by=by, supersedes=before
    )
    subsidy.ceiling, subsidy.months_before, subsidy.months_granted = decision.ceiling, decision.used, decision.months
    if not decision.eligible:
        subsidy.state = State.REFUSED
        subsidy.refusal = "；".join(why.text for why in why_not(subsidy))[:500]
    subsidy.version += 1 if subsidy.pk else 0
    subsidy.save()
    return decision


def set_first_month(*, subsidy: InsuranceSubsidy, month: dt.date) -> None:
    """The month from which the subsidy is asked for. NotPossible before the work began or within months drawn already."""
    month = first_of(month)
    if month < first_of(subsidy.started_on):
        text = f"补贴起始月{month:%Y年%m月}早于开始经营或就业的{subsidy.started_on:%Y年%m月}。"
        raise NotPossible(Why("before_work", text, "请改正起始月。"))
    opening = SubsidyOpening.objects.filter(person=subsidy.person, through__gte=month).order_by("-through").first()
    if opening is not None:
        text = f"平台启用前已享受到{opening.through:%Y年%m月}，起始月要在这以后。"
        raise NotPossible(Why("drawn_already", text, "请改正起始月，或核对期初月数。"))
    subsidy.first_month = month


def why_not(subsidy: InsuranceSubsidy) -> list[Why]:
    """The reasons of an unfavourable determination with their articles."""
    parts = subsidy.determination.parts if subsidy.determination else []
    basis = BASIS[Kind(subsidy.kind)]
    failed = [
        Why("not_eligible", part["text"], article=part["article"] or basis) for part in parts if part["value"] is False
    ]
    missing = subsidy.determination.missing if subsidy.determination else []
    return (
        failed
        or [Why("no_standard", text, article=basis) for text in missing]
        or [Why("not_eligible", "不符合享受社会保险补贴的条件。", article=basis)]
    )
