"""Step actions of Q-1.2.2, Q-1.2.3 and J-4.2.1: they read the case, call the business act and answer Done or Blocked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps

from renben.engines.documents.forms import FormError
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext
from renben.engines.procedures.evidence import SATISFIED
from renben.kernel import taskboard
from renben.kernel.models import Mandate
from renben.services.registration import (
    archives,
    benefits,
    certificates,
    contacts,
    determining,
    papers,
    registering,
)
from renben.services.registration.codes import PriorStatus
from renben.services.registration.conditions import unmet
from renben.services.registration.known_facts import archive_of
from renben.services.registration.models import (
    CertificateStock,
    DynamicRecord,
    PersonnelArchive,
    UnemploymentBenefit,
    UnemploymentRegistration,
)
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import NoSuchOffice, district_of, street_of

KIND_OF_SOURCE = {
    "employer": PersonnelArchive.Kind.UNEMPLOYED,
    "deposit": PersonnelArchive.Kind.UNEMPLOYED,
    "rural_to_urban": PersonnelArchive.Kind.NEW,
    "college": PersonnelArchive.Kind.STUDENT,
    "middle_school": PersonnelArchive.Kind.STUDENT,
    "school_unfinished": PersonnelArchive.Kind.STUDENT,
    "special_school": PersonnelArchive.Kind.STUDENT,
}


def as_reason(why: Why) -> Reason:
    """A reason of this service in the engine's words; the article stays in the sentence."""
    return Reason(why.code, str(why), why.fix)


def step_action(function: Callable[[StepContext], Done]) -> Callable[[StepContext], Done | Blocked]:
    """Turn a refused business act into `Blocked`; a case without a person is blocked at once."""

    @wraps(function)
    def wrapped(ctx: StepContext) -> Done | Blocked:
        if ctx.case.person_id is None:
            return Blocked([Reason("no_person", "办件还没有确定服务对象", "请先在人员档案中选定本人")])
        try:
            return function(ctx)
        except NotPossible as refused:
            return Blocked([as_reason(why) for why in refused.reasons])
        except NoSuchOffice as error:
            return Blocked([Reason("no_office", str(error))])
        except FormError as error:
            return Blocked([Reason("form_incomplete", str(error), "请先在人员档案中补齐")])

    return wrapped


def _day(value: str | None, default: dt.date) -> dt.date:
    return dt.date.fromisoformat(value) if value else default


def _archive(ctx: StepContext) -> PersonnelArchive:
    archive = archive_of(ctx.case)
    if archive is None:
        raise NotPossible(Why("no_archive", "还没有登记本人的档案。", "请先在“审核档案”环节接收。"))
    return archive


def _running(ctx: StepContext) -> UnemploymentRegistration | None:
    """The running registration, with what the act has read already."""
    registration = UnemploymentRegistration.objects.running_of(ctx.person)
    if registration is not None:
        registration.person = ctx.person
        if registration.organization_id == ctx.organization.pk:
            registration.organization = ctx.organization
    return registration


def _registration(ctx: StepContext) -> UnemploymentRegistration:
    registration = _running(ctx)
    if registration is None:
        raise NotPossible(Why("not_registered", "本人没有有效的失业登记。", "请先办理失业登记。"))
    return registration


@step_action
def review_archive(ctx: StepContext) -> Done:
    """Q-1.2.2 审核档案: take the archive in where that has not happened yet, and mark it reviewed."""
    archive = archive_of(ctx.case)
    if archive is None:
        archive = archives.receive_archive(
            person=ctx.person,
            organization=ctx.organization,
            by=ctx.by,
            kind=KIND_OF_SOURCE.get(ctx.facts.get("archive_source", ""), PersonnelArchive.Kind.UNEMPLOYED),
            received_on=ctx.on,
            case=ctx.case,
        )
    elif archive.case_id is None:
        archive.case = ctx.case
        archive.save(update_fields=["case"])
    reviewed = archives.review_archive(archive=archive, by=ctx.by, on=ctx.on, note=ctx.reason)
    return Done(refs={"archive": reviewed.pk, "transfer_due_on": reviewed.transfer_due_on.isoformat()})


@step_action
def record_archive(ctx: StepContext) -> Done:
    """Q-1.2.2 录入系统: the archive's own number; whatever else the papers say is recorded on the archive page."""
    archive = _archive(ctx)
    number = str(ctx.facts.get("archive_number") or "").strip()
    if number and number != archive.archive_number:
        archive = archives.record_facts(archive=archive, by=ctx.by, archive_number=number)
    return Done(refs={"archive": archive.pk, "still_missing": archives.facts_missing(archive)})


def undo_record_archive(ctx: StepContext) -> Done:
    """Nothing to take back: the number stays correctable on the archive page."""
    return Done()


@step_action
def transfer_archive(ctx: StepContext) -> Done:
    """Q-1.2.2 转移档案: onto the day's list of the person's street. One already sent from the list page is done."""
    archive = _archive(ctx)
    if archive.state in (PersonnelArchive.State.IN_TRANSFER, PersonnelArchive.State.COLLECTED):
        return Done(refs={"archive": archive.pk, "handover": archive.handover_id})
    handover = archives.transfer_archives(
        archives=[archive], to_organization=archive.target_organization, by=ctx.by, on=ctx.on
    )
    return Done(refs={"archive": archive.pk, "handover": handover.pk, "number": handover.number})


@step_action
def collect_archive(ctx: StepContext) -> Done:
    """J-4.2.1 提取档案. Somebody without an archive in the district (e.g. never employed) passes on."""
    archive = archive_of(ctx.case)
    if archive is None or archive.state == PersonnelArchive.State.COLLECTED:
        return Done(refs={"archive": archive.pk if archive else None})
    if archive.handover_id is None or archive.state != PersonnelArchive.State.IN_TRANSFER:
        raise NotPossible(
            Why(
                "archive_not_sent",
                f"档案还在{archive.organization}（{archive.get_state_display()}）。",
                "请等区里转出。",
            )
        )
    on = _day(ctx.facts.get("roster_checked_on"), ctx.on)
    archives.collect_archives(handover=archive.handover_id, checked=[archive], by=ctx.by, on=on)
    return Done(refs={"archive": archive.pk, "handover": archive.handover_id})


@step_action
def inform_person(ctx: StepContext) -> Done:
    """J-4.2.1 建立制度: the record of what was said, and the day by which to register."""
    record = registering.inform(
        person=ctx.person,
        organization=ctx.organization,
        by=ctx.by,
        channel=ctx.facts["informed_way"],
        on=_day(ctx.facts.get("informed_on"), ctx.on),
        case=ctx.case,
    )
    return Done(refs={"inform_record": record.pk, "register_by": record.register_by.isoformat()})


def _handed_in(ctx: StepContext) -> list[str]:
    return [item.name for item in sorted(ctx.items, key=lambda item: item.pk) if item.state in SATISFIED]


def _mandate(ctx: StepContext) -> Mandate | None:
    """The mandate named when the case was opened for somebody else."""
    key = ctx.facts.get("mandate_id")
    return Mandate.objects.filter(pk=key).first() if key else None


@step_action
def register_unemployment(ctx: StepContext) -> Done:
    """J-4.2.1 失业登记: blocked with each unmet condition and its article; the clerk then refuses with these words or asks
    for what is missing. The forms are filled from the registration when they are printed."""
    registration = registering.register_unemployment(
        person=ctx.person,
        organization=ctx.organization,
        prior_status=PriorStatus(ctx.facts["prior_status"]),
        evidence=_handed_in(ctx),
        by=ctx.by,
        on=ctx.on,
        separated_on=_day(ctx.facts["unemployed_on"], ctx.on) if ctx.facts.get("unemployed_on") else None,
        is_hardship=bool(ctx.facts.get("is_hardship")),
        mandate=_mandate(ctx),
        case=ctx.case,
    )
    return Done(refs={"registration": registration.pk})


@step_action
def issue_certificate(ctx: StepContext) -> Done:
    """J-4.2.1 发证: number and stock; the paper gets its QR when it is printed. Whoever holds a valid certificate keeps it."""
    on = _day(ctx.facts.get("certificate_printed_on"), ctx.on)
    certificate = certificates.issue_certificate(registration=_registration(ctx), by=ctx.by, on=on)
    return Done(
        refs={"certificate": certificate.pk, "number": certificate.number},
        anchors={"certificate_printed": on.isoformat()},
    )


@step_action
def enrol_benefit(ctx: StepContext) -> Done:
    """J-4.2.1 失业保险金发放: the district's determination, identity and conditions checked; form and card are filled when
    they are printed."""
    benefit = UnemploymentBenefit.objects.to_enrol(ctx.person)
    if benefit is None:
        raise NotPossible(Why("not_determined", "区里还没有核定失业保险待遇。", "请等区中心核定后再办。"))
    enrolled = benefits.enrol_benefit(benefit=benefit, by=ctx.by, on=ctx.on)
    return Done(refs={"benefit": enrolled.pk})


@step_action
def offer_job_service(ctx: StepContext) -> Done:
    """J-4.2.1 求职服务: the wish is on record and becomes work of the counsellors (J-5.2.1 onwards)."""
    record = contacts.add_dynamic_record(
        person=ctx.person,
        registration=_running(ctx),
        kind=DynamicRecord.Kind.NEED,
        text="本人有就业意愿，转求职服务。",
        by=ctx.by,
        organization=ctx.organization,
        on=ctx.on,
        case=ctx.case,
    )
    taskboard.open_task(
        key=f"job_service:{ctx.case.pk}",
        title=f"为 {ctx.person.name} 提供求职服务",
        reason="登记失业人员有就业意愿，请登记求职意向并推荐岗位（J-5.2.1）。",
        organization=ctx.organization,
        person=ctx.person,
        cleared_by="JobseekerRegistered",
        url=f"/seekers/new/{ctx.person.pk}/",
    )
    return Done(refs={"dynamic_record": record.pk})


@step_action
def start_dynamic_record(ctx: StepContext) -> Done:
    """J-4.2.1 动态管理: the record sheet is opened on the day of registration."""
    registration = _registration(ctx)
    record = contacts.add_dynamic_record(
        person=ctx.person,
        registration=registration,
        kind=DynamicRecord.Kind.OPENED,
        text=f"于{registration.registered_on:%Y年%m月%d日}登记失业，建立就业动态管理记录单。",
        by=ctx.by,
        organization=ctx.organization,
        on=ctx.on,
        case=ctx.case,
    )
    return Done(refs={"dynamic_record": record.pk})


@step_action
def check_archive(ctx: StepContext) -> Done:
    """Q-1.2.3 审核档案: every fact the determination needs is on file; otherwise each missing one is named."""
    claim = determining.claim_of(ctx.person)
    return Done(refs={"archive": claim.archive.pk, "contribution_months": claim.archive.contribution_months})


@step_action
def determine_benefit(ctx: StepContext) -> Done:
    """Q-1.2.3 审核待遇: computed, stored once. Unmet conditions end the case as refused with their articles and the appeal."""
    benefit = determining.determine_benefit(person=ctx.person, by=ctx.by, on=ctx.on, case=ctx.case)
    refs = {"benefit": benefit.pk, "determination": benefit.determination_id, "months": benefit.months_entitled}
    if benefit.eligible:
        return Done(refs=refs)
    refusal = registering.refusal_of(determining.why_not(benefit))
    reason = "；".join(why.text for why in refusal.reasons)
    return Done(outcome="refused", refs=refs | {"reason": reason, "article": refusal.article, "appeal": refusal.appeal})


@step_action
def file_notice(ctx: StepContext) -> Done:
    """Q-1.2.3 系统归档: the notice is printed for the person and the archive."""
    benefit = UnemploymentBenefit.objects.filter(case=ctx.case).order_by("-id").first()
    if benefit is None:
        raise NotPossible(Why("not_determined", "还没有核定结果，不能打印通知单。"))
    document = papers.print_notice(benefit=benefit, by=ctx.by)
    return Done(refs={"benefit": benefit.pk, "documents": [document.pk], "number": document.number})


def registration_guard(ctx: StepContext) -> list[Reason]:
    """Unmet conditions of registration before the button is pressed; papers are the checklist's own matter."""
    if ctx.case.person_id is None or not ctx.facts.get("prior_status"):
        return []
    found = registering.conditions_for(
        person=ctx.person,
        prior_status=ctx.facts["prior_status"],
        evidence=_handed_in(ctx),
        on=ctx.on,
        separated_on=_day(ctx.facts["unemployed_on"], ctx.on) if ctx.facts.get("unemployed_on") else None,
        is_hardship=bool(ctx.facts.get("is_hardship")),
    )
    return [as_reason(why) for why in unmet(found) if not why.code.startswith("evidence:")]


def stock_guard(ctx: StepContext) -> list[Reason]:
    """A new certificate needs a blank at the street; a valid one already held needs none."""
    if ctx.case.person_id is not None and certificates.certificate_of(ctx.person) is not None:
        return []
    office = street_of(ctx.organization)
    left = CertificateStock.objects.filter(organization=office).values_list("on_hand", flat=True).first() or 0
    if left > 0:
        return []
    return [Reason("no_blank_certificate", "空白《就业失业登记证》已用完", f"请到{district_of(office)}申领并登记入库")]
