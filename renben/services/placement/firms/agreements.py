"""空岗信息报告协议: signed, renewed, ended; each period's report asked for when it does not come (Q-1.1.2).

Acts are whole and audited; NotPossible says in Chinese why something cannot be done.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.kernel import acts, audit, clock, crypto, numbering, settings_store, taskboard
from renben.kernel.models import Employer, Organization, Task
from renben.services.placement.firms import reports
from renben.services.placement.firms.models import Statement, VacancyAgreement
from renben.services.placement.models import Vacancy
from renben.services.registration.reasons import NotPossible, Why

REPORTED, SETTLED = "EmployerReported", "AgreementSettled"
"""What clears the task of asking for a report, and the one of renewing an agreement."""
PHONE = "firms.VacancyAgreement.contact_phone"
_WARN = "%Y年%m月%d日"


@dataclass(frozen=True)
class Terms:
    """What the paper says. The agreement holds from `starts_on` to `until`, both included."""

    signed_on: dt.date
    starts_on: dt.date
    until: dt.date
    rhythm: str
    contact_name: str
    contact_phone: str = ""


def note(agreement: VacancyAgreement, what: str, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"agreement.{what}",
        subject=f"employer:{agreement.employer_id}",
        detail={"number": agreement.number, **detail},
        by=by,
        organization=agreement.organization,
    )


def phone_of(agreement: VacancyAgreement) -> str:
    """The readable telephone of who reports; empty when none is on file."""
    return crypto.decrypt(agreement.contact_phone_enc, PHONE) if agreement.contact_phone_enc else ""


def usual_end(starts_on: dt.date) -> dt.date:
    """The last day of an agreement of the usual number of years."""
    years = int(settings_store.get("agreement.years"))
    first_after = starts_on.replace(year=starts_on.year + years, day=min(starts_on.day, 28))
    return first_after + dt.timedelta(days=starts_on.day - first_after.day - 1)


def current_of(employer: Employer, day: dt.date) -> VacancyAgreement | None:
    """The agreement of a firm that holds on a day, else the last one; None when there never was one."""
    rows = VacancyAgreement.objects.filter(employer=employer).select_related("organization")
    return rows.of_state("running", day).order_by("-until", "-id").first() or rows.order_by("-until", "-id").first()


def _faults(employer: Employer, terms: Terms) -> list[Why]:
    found = []
    if employer.merged_into_id:
        found.append(Why("merged", "这家单位已并入另一份档案。", "请用保留的那一份签协议。"))
    if terms.signed_on > clock.today():
        found.append(Why("future", "签订日期不能晚于今天。"))
    if terms.starts_on < terms.signed_on:
        found.append(Why("before", "起始日期不能早于签订日期。"))
    if terms.until < terms.starts_on:
        found.append(Why("term", "截止日期不能早于起始日期。"))
    if not terms.contact_name.strip():
        found.append(Why("contact", "没有写单位的报告联系人。"))
    others = VacancyAgreement.objects.filter(employer=employer, ended_on=None)
    if one := others.filter(starts_on__lte=terms.until, until__gte=terms.starts_on).order_by("id").first():
        text = f"这家单位的协议{one.number}管到{one.until:{_WARN}}，日期重了。"
        found.append(Why("double", text, "请从它的截止日期以后起签，或先解除它。"))
    return found


@acts.whole
def sign(
    *,
    employer: Employer,
    organization: Organization,
    terms: Terms,
    by: Any,
    replaces: VacancyAgreement | None = None,
    is_demo: bool = False,
) -> VacancyAgreement:
    """签订协议, or 续签 what it `replaces`. NotPossible with every reason: dates the wrong way round, another one in force."""
    held = Employer.objects.select_for_update().get(pk=employer.pk)
    if why := _faults(held, terms):
        raise NotPossible(*why)
    phone = terms.contact_phone.strip()
    agreement = VacancyAgreement.objects.create(
        number=numbering.next("agreement", organization, terms.signed_on, "KG"),
        employer=held,
        organization=organization,
        signed_on=terms.signed_on,
        starts_on=terms.starts_on,
        until=terms.until,
        rhythm=terms.rhythm,
        contact_name=terms.contact_name.strip()[:50],
        contact_phone_enc=crypto.encrypt(phone, PHONE) if phone else "",
        replaces=replaces,
        is_demo=is_demo,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    note(agreement, "signed", by, until=agreement.until.isoformat())
    if replaces is not None:
        _settle(replaces, "已续签")
    return agreement


def _settle(agreement: VacancyAgreement, outcome: str) -> None:
    taskboard.clear(key=_renewal_key(agreement), event=SETTLED, outcome=outcome)


def _renewal_key(agreement: VacancyAgreement) -> str:
    return f"agreement.renew:{agreement.pk}"


def _report_key(agreement: VacancyAgreement, start: dt.date) -> str:
    return f"agreement.report:{agreement.pk}:{start}"


def _lock(agreement: VacancyAgreement) -> VacancyAgreement:
    rows = VacancyAgreement.objects.select_for_update(of=("self",)).select_related("employer", "organization")
    return rows.get(pk=agreement.pk)


@acts.whole
def end(*, agreement: VacancyAgreement, on: dt.date, why: str, by: Any) -> VacancyAgreement:
    """解除. NotPossible without a reason, for a day to come, or when it is over anyway."""
    held = _lock(agreement)
    if held.ended_on or held.until < clock.today():
        raise NotPossible(Why("over", "协议已经结束，不用解除。"))
    if not why.strip():
        raise NotPossible(Why("no_reason", "没有写解除的原因。"))
    if not held.signed_on <= on <= clock.today():
        raise NotPossible(Why("day", "解除日期要在签订以后、今天以前，请核对。"))
    held.ended_on, held.ended_why = on, why.strip()[:200]
    held.save(update_fields=["ended_on", "ended_why"])
    note(held, "ended", by, why=held.ended_why)
    _settle(held, "已解除")
    owed = {start for start, _ in reports.spans(held, clock.today())}
    for key in _open_reports(held):
        if dt.date.fromisoformat(key.rpartition(":")[2]) not in owed:
            taskboard.clear(key=key, event=REPORTED, outcome="协议已解除")
    return held


def _open_reports(agreement: VacancyAgreement) -> list[str]:
    rows = Task.objects.filter(key__startswith=f"agreement.report:{agreement.pk}:", cleared_at=None)
    return list(rows.order_by("id").values_list("key", flat=True))


@dataclass(frozen=True)
class Said:
    """What the firm told of a period: `kind` and `way` of Statement, by whom, on which day."""

    kind: str
    said_on: dt.date
    said_by: str
    way: str
    note: str = ""


@acts.whole
def say(*, agreement: VacancyAgreement, start: dt.date, said: Said, by: Any) -> Statement:
    """登记报告: none in the period, or posts that came late. NotPossible for a period that is not owed or is answered already,
    and 补报 without a vacancy registered since."""
    held, today = _lock(agreement), clock.today()
    period = next((one for one in reports.periods_of([held], today)[held.pk] if one.start == start), None)
    if period is None:
        raise NotPossible(Why("period", "这一期不用报告，请从协议的报告表里选。"))
    if period.state not in reports.OPEN:
        raise NotPossible(Why("told", f"{period.label}已经有报告：{period.word}。"))
    if not said.said_by.strip():
        raise NotPossible(Why("who", "没有写单位谁报告的。"))
    if not period.start <= said.said_on <= today:
        raise NotPossible(Why("day", "报告日期要在这一期开始以后、今天以前，请核对。"))
    if said.kind == Statement.Kind.NONE and period.state == "running" and said.said_on < period.end - _WEEK:
        raise NotPossible(Why("early", f"{period.label}还早，期末一周内再问有没有空岗。"))
    late = Vacancy.objects.filter(employer=held.employer, registered_on__gte=period.end)
    if said.kind == Statement.Kind.LATE and not late.exists():
        raise NotPossible(Why("no_vacancy", "还没有登记补报的空岗。", "请先到“招聘岗位”里登记，再回来记补报。"))
    made = Statement.objects.create(
        agreement=held,
        period=start,
        kind=said.kind,
        said_on=said.said_on,
        said_by=said.said_by.strip()[:50],
        way=said.way,
        note=said.note.strip()[:300],
        recorded_by=by,
        recorded_at=clock.now(),
    )
    note(held, "said", by, period=start.isoformat(), kind=said.kind)
    taskboard.clear(key=_report_key(held, start), event=REPORTED, outcome=made.get_kind_display())
    return made


_WEEK = dt.timedelta(days=7)


@dataclass
class Chased:
    """What a night did: reports asked for, renewals asked for."""

    reports: int = 0
    renewals: int = 0


@acts.whole
def chase(today: dt.date | None = None) -> Chased:
    """每晚: a report that did not come by its last day becomes a task of the office that signed, and so does an agreement that
    ends soon. What came meanwhile is cleared. A second run changes nothing."""
    today = today or clock.today()
    done = Chased()
    rows = VacancyAgreement.objects.filter(employer__merged_into=None).select_related("employer", "organization")
    agreements = list(rows.order_by("id"))
    for agreement, periods in zip(agreements, reports.periods_of(agreements, today).values(), strict=True):
        done.reports += sum(_ask(agreement, period) for period in periods)
    soon = today + dt.timedelta(days=int(settings_store.get("agreement.renew_days")))
    ending = rows.of_state("running", today).filter(until__lte=soon, renewal=None).order_by("id")
    for agreement in ending:
        _ask_renewal(agreement)
    done.renewals = len(ending)
    return done


def _ask(agreement: VacancyAgreement, period: reports.Period) -> bool:
    """Whether a report is missing; its task stands then, else it is cleared."""
    if period.state != "missing":
        if period.state not in reports.OPEN:
            taskboard.clear(key=_report_key(agreement, period.start), event=REPORTED, outcome=period.word)
        return False
    taskboard.open_task(
        key=_report_key(agreement, period.start),
        title=f"催报空岗：{agreement.employer.name}",
        reason=f"按协议{agreement.get_rhythm_display()}报一次空岗，{period.label}到{period.due_on:{_WARN}}还没有报。"
        f"请问一问{agreement.contact_name}：有空岗就登记，没有也记一笔。",
        organization=agreement.organization,
        cleared_by=REPORTED,
        due_on=period.due_on,
        url=f"/agreements/{agreement.pk}/",
    )
    return True


def _ask_renewal(agreement: VacancyAgreement) -> None:
    taskboard.open_task(
        key=_renewal_key(agreement),
        title=f"续签空岗报告协议：{agreement.employer.name}",
        reason=f"协议{agreement.number}到{agreement.until:{_WARN}}为止，请问单位续不续。",
        organization=agreement.organization,
        cleared_by=SETTLED,
        due_on=agreement.until,
        url=f"/agreements/{agreement.pk}/",
    )
