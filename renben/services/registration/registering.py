"""失业登记: told on record, registered with proof, refused with the article and the way to appeal, deregistered by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from renben.engines.rules.evaluation import evaluate
from renben.kernel import acts, audit, calendar_table, clock, labour, rows, settings_store
from renben.kernel.models import LabourSpell, Mandate, Organization, Person
from renben.services.registration import benefits, contacts, limits, mandates
from renben.services.registration import rules as _rules  # noqa: F401 - importing registers unemp_reg.deregister
from renben.services.registration.codes import Channel, CloseReason, PriorStatus
from renben.services.registration.conditions import (
    EVIDENCE_ARTICLE,
    Applicant,
    Condition,
    registration_conditions,
    required_evidence,
    unmet,
)
from renben.services.registration.models import (
    InformRecord,
    PersonnelArchive,
    RegistrationChange,
    UnemploymentRegistration,
)
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import street_of

State, Change = UnemploymentRegistration.State, RegistrationChange.Kind
_STANDING = "t.person_id = %s AND (t.state <> %s OR t.case_id = %s) ORDER BY t.id"
WITHOUT_RULE = (CloseReason.DIED, CloseReason.DUPLICATE)

STATUS_AFTER = {
    CloseReason.HIRED: LabourSpell.Status.EMPLOYED,
    CloseReason.SELF_EMPLOYED: LabourSpell.Status.SELF_EMPLOYED,
    CloseReason.STABLE_INCOME: LabourSpell.Status.FLEXIBLE,
    CloseReason.PENSION: LabourSpell.Status.RETIRED,
    CloseReason.DISABLED: LabourSpell.Status.OUT_OF_FORCE,
    CloseReason.LEFT: LabourSpell.Status.OUT_OF_FORCE,
    CloseReason.IMPRISONED: LabourSpell.Status.OUT_OF_FORCE,
    CloseReason.REFUSED_SERVICE: LabourSpell.Status.JOBLESS,
    CloseReason.NO_CONTACT: LabourSpell.Status.JOBLESS,
    CloseReason.DIED: LabourSpell.Status.OUT_OF_FORCE,
}


@dataclass(frozen=True)
class Refusal:
    """不予登记: what a refused person is told. `text` is the whole notice in sentences."""

    reasons: tuple[Why, ...]
    article: str
    appeal: str
    text: str


def appeal_text() -> str:
    """How to appeal, as every refusal and determination says it."""
    office = settings_store.get("office.appeal")
    return f"如不服本决定，可以自收到之日起依法向{office}申请行政复议，也可以向人民法院提起行政诉讼。"


def refusal_of(reasons: Sequence[Why]) -> Refusal:
    """Reasons with their articles, what to do, and where to appeal (行政复议、行政诉讼)."""
    appeal = appeal_text()
    articles = dict.fromkeys(reason.article for reason in reasons if reason.article)
    lines = [f"{i}. {reason}{reason.fix}" for i, reason in enumerate(reasons, start=1)]
    return Refusal(tuple(reasons), "；".join(articles) or EVIDENCE_ARTICLE, appeal, "\n".join([*lines, appeal]))


@acts.whole
def inform(
    *,
    person: Person,
    organization: Organization,
    by: Any,
    channel: str = Channel.IN_PERSON,
    on: dt.date | None = None,
    content: str = "",
    result: str = "",
    case: Any = None,
) -> InformRecord:
    """Tell a person what to bring and by when, and keep the record (J-4.2.1 建立制度).

    `register_by` is the last of the working days the procedure gives, counted from the day after telling (D-01).
    """
    on = on or clock.today()
    last_day = calendar_table.current().add_working_days(on, limits.register_working_days())
    record = InformRecord(
        person=person,
        case=case,
        organization=organization,
        channel=channel,
        told_at=clock.now() if on == clock.today() else dt.datetime.combine(on, dt.time(12), tzinfo=clock.ZONE),
        told_by=by,
        content=content or inform_text(person, last_day),
        register_by=last_day,
        result=result,
    )
    rows.insert([record])
    audit.record(
        action="registration.inform",
        subject=f"person:{person.pk}",
        detail={"channel": channel, "register_by": last_day},
        by=by,
        organization=organization,
    )
    return record


def inform_text(person: Person, register_by: dt.date) -> str:
    """What is said once, in full: date, papers by case, and the duty to keep in touch."""
    proofs = "；".join(
        f"{label}的带{required_evidence(code)[0].removesuffix('复印件')}原件和复印件"
        for code, label in PriorStatus.choices
        if code != PriorStatus.FIRST_TIME
    )
    return (
        f"{person.name}：请于{register_by:%Y年%m月%d日}前带居民身份证和失业人员身份证明，到所属街镇社会保障事务所办理失业登记。"
        f"另按失业前的情况带一种证明：{proofs}。登记后每月报告一次求职情况，本人信息有变化的当月报告。"
    )


def conditions_for(
    *,
    person: Person,
    prior_status: str,
    evidence: Sequence[str],
    on: dt.date | None = None,
    separated_on: dt.date | None = None,
    draws_pension: bool = False,
    is_hardship: bool = False,
) -> list[Condition]:
    """What the clerk sees before deciding: each condition with its answer and article. Changes nothing."""
    archive = PersonnelArchive.objects.latest_of(person)
    spell = LabourSpell.objects.filter(person=person, end_on=None).order_by("-start_on", "-id").first()
    applicant = Applicant(
        birth_on=person.birth_on,
        labour_status=spell.status if spell else "",
        status_since=spell.start_on if spell else None,
        prior_status=prior_status,
        separated_on=separated_on or (archive.separated_on if archive else None),
        draws_pension=draws_pension,
        is_hardship=is_hardship,
        is_registered=UnemploymentRegistration.objects.running_of(person) is not None,
    )
    return registration_conditions(applicant=applicant, evidence=evidence, on=on or clock.today())


@acts.whole
def register_unemployment(
    *,
    person: Person,
    organization: Organization,
    prior_status: str,
    evidence: Sequence[str],
    by: Any,
    on: dt.date | None = None,
    separated_on: dt.date | None = None,
    separation_reason: str = "",
    is_hardship: bool = False,
    draws_pension: bool = False,
    mandate: Mandate | None = None,
    case: Any = None,
) -> UnemploymentRegistration:
    """Register (J-4.2.1 失业登记). Date and reason of the separation come from the archive when it knows them.

    NotPossible with every unmet condition, its article and what to do; `refusal_of(error.reasons)` is the notice.
    The same case again returns the registration it made.
    """
    on = on or clock.today()
    rows.value("SELECT id FROM kernel_person WHERE id = %s FOR UPDATE", str(person.pk))
    case_id = case and str(case.pk)
    standing = rows.fetch(UnemploymentRegistration, _STANDING, str(person.pk), State.CLOSED.value, case_id)
    made = next((row for row in standing if case is not None and row.case_id == case.pk), None)
    if made is not None:
        return made
    if mandate is not None:
        mandates.demand(mandate=mandate, person=person, matter=mandates.UNEMPLOYMENT_REGISTRATION, on=on)
    archive = PersonnelArchive.objects.latest_of(person)
    if archive is not None and prior_status == PriorStatus.EMPLOYED:
        separated_on = separated_on or archive.separated_on
        separation_reason = separation_reason or archive.separation_reason
    spell = labour.last_spell(person)
    runs = spell is not None and spell.end_on is None
    applicant = Applicant(
        birth_on=person.birth_on,
        labour_status=spell.status if runs else "",
        status_since=spell.start_on if runs else None,
        prior_status=prior_status,
        separated_on=separated_on or (archive.separated_on if archive is not None else None),
        draws_pension=draws_pension,
        is_hardship=is_hardship,
        is_registered=bool(standing),
    )
    if reasons := unmet(registration_conditions(applicant=applicant, evidence=evidence, on=on)):
        raise NotPossible(*reasons)
    office = street_of(organization)
    registration = UnemploymentRegistration(
        person=person,
        organization=office,
        case=case,
        archive=archive,
        mandate=mandate,
        registered_on=on,
        prior_status=prior_status,
        separation_reason=separation_reason,
        separated_on=separated_on,
        evidence=list(evidence),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    rows.insert([registration])
    note_change(registration, Change.REGISTERED, on=on, by=by)
    labour.follow_spell(
        spell,
        person=person,
        status=LabourSpell.Status.REGISTERED_UNEMPLOYED,
        start_on=on,
        source="registration",
        by=by,
        evidence="；".join(evidence)[:200],
        case_number=case.number if case is not None else "",
        separation_reason=separation_reason,
        contribution_months=archive.contribution_months if archive is not None else None,
    )
    audit.record(
        action="registration.register",
        subject=f"person:{person.pk}",
        detail={"registration": registration.pk, "prior_status": prior_status, "agent": mandate and mandate.agent_id},
        by=by,
        organization=office,
    )
    return registration


def note_change(
    registration: UnemploymentRegistration, kind: str, *, on: dt.date, by: Any, reason: str = ""
) -> RegistrationChange:
    """One line of the registration's own history, at the office that looks after it from then on."""
    change = RegistrationChange(
        registration=registration,
        kind=kind,
        on=on,
        at=clock.now(),
        by=by,
        organization_id=registration.organization_id,
        reason=reason[:300],
    )
    rows.insert([change])
    return change


def lock(registration: UnemploymentRegistration) -> UnemploymentRegistration:
    """The registration as it stands now, locked until the transaction ends."""
    return (
        UnemploymentRegistration.objects.select_for_update(of=("self",))
        .select_related("person", "organization")
        .get(pk=registration.pk)
    )


def judge_close(
    reason: str,
    *,
    on: dt.date,
    months_without_contact: int | None = None,
    monthly_income_yuan: float | None = None,
    retraining: bool = False,
) -> tuple[bool, str]:
    """Does the rule end the registration for this reason on this day? Returns the answer and its explanation with article.

    A missing minimum wage answers no with 无现行标准 (D-07).
    """
    if reason in WITHOUT_RULE:
        return True, f"{CloseReason(reason).label}，登记随之结束。"
    given: dict[str, Any] = {"retraining": True} if retraining else {}
    if reason == CloseReason.NO_CONTACT:
        given["no_contact_months"] = months_without_contact or 0
    elif reason == CloseReason.STABLE_INCOME:
        given["stable_income"] = monthly_income_yuan or 0
    else:
        given[reason] = True
    found = evaluate("unemp_reg.deregister", on, given)
    text = "；".join(part.text + (f"（{part.citation}）" if part.citation else "") for part in found.parts)
    return bool(found.result.get("deregister")), text or f"依据{found.basis}。"


@acts.whole
def deregister(
    *,
    registration: UnemploymentRegistration,
    reason: str,
    by: Any,
    on: dt.date | None = None,
    note: str = "",
    employer_name: str = "",
    months_without_contact: int | None = None,
    monthly_income_yuan: float | None = None,
) -> UnemploymentRegistration:
    """Close a registration for a reason the rule accepts (`unemp_reg.deregister`); NotPossible with the explanation otherwise.

    Labour status moves on with it and a running benefit stops, each with the same reason.
    """
    held, on = lock(registration), on or clock.today()
    if held.state == State.CLOSED:
        return held
    if reason == CloseReason.NO_CONTACT and months_without_contact is None:
        months_without_contact = contacts.months_without_contact(held, on)
    ends, text = judge_close(
        reason, on=on, months_without_contact=months_without_contact, monthly_income_yuan=monthly_income_yuan
    )
    if not ends:
        raise NotPossible(Why("no_ground", f"按“{CloseReason(reason).label}”还不能注销：{text}"))
    held.state, held.closed_on, held.close_reason = State.CLOSED, on, reason
    held.close_note = f"{text}{note}"[:300]
    held.version += 1
    held.save()
    note_change(held, Change.CLOSED, on=on, by=by, reason=f"{CloseReason(reason).label}。{text}{note}")
    benefits.stop_with_registration(registration=held, close_reason=reason, on=on, by=by)
    contacts.close_contacts(registration=held, by=by)
    if (status := STATUS_AFTER.get(CloseReason(reason))) is not None:
        labour.set_status(
            person=held.person,
            status=status,
            start_on=on,
            source="registration",
            by=by,
            evidence=CloseReason(reason).label,
            employer_name=employer_name,
        )
    audit.record(
        action="registration.deregister",
        subject=f"person:{held.person_id}",
        detail={"registration": held.pk, "reason": reason, "on": on},
        by=by,
        organization=held.organization,
    )
    return held
