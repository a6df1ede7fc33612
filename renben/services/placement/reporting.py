"""举报虚假招聘: anybody tells, the office that registered the vacancy looks into it within a working day and answers on record.

A flood does no harm: so many reports of one vacancy a day are kept, the rest is answered that it is being looked into.
"""

from __future__ import annotations

from typing import Any

from renben.kernel import acts, audit, calendar_table, clock, crypto, taskboard
from renben.services.placement import vacancies
from renben.services.placement.models import Vacancy, VacancyReport
from renben.services.registration.reasons import NotPossible, Why

PHONE = "placement.VacancyReport.phone"
ANSWERED = "VacancyReportAnswered"
REASONS = {
    "fee": "要交押金、培训费等",
    "untrue": "岗位、工资和说的不一样",
    "fraud": "像诈骗、传销",
    "unfair": "歧视（性别、民族、户籍等）",
    "gone": "早就不招了",
    "other": "其他",
}
MOST_A_DAY = 20
"""Reports of one vacancy kept in a day: more tell the office nothing new."""
WORKING_DAYS = 1
"""及时 is one working day (D-03)."""

State = VacancyReport.State


@acts.whole
def report(*, vacancy: Vacancy, reason: str, text: str, phone: str = "") -> VacancyReport | None:
    """Keep a report and ask the office to look into it; the same words again are the same report. None when so many came today
    that one more changes nothing."""
    today = clock.today()
    Vacancy.objects.select_for_update(of=("self",)).get(pk=vacancy.pk)
    todays = list(VacancyReport.objects.filter(vacancy=vacancy, reported_at__date=today).order_by("id"))
    if same := next((row for row in todays if (row.reason, row.text) == (reason, text)), None):
        return same
    if len(todays) >= MOST_A_DAY:
        return None
    made = VacancyReport.objects.create(
        vacancy=vacancy,
        organization=vacancy.organization,
        reason=reason,
        text=text,
        phone_enc=crypto.encrypt(phone, PHONE) if phone else "",
        reported_at=clock.now(),
    )
    taskboard.open_task(
        key=f"vacancy-report:{made.pk}",
        title=f"核实招聘举报：{vacancy.title}",
        reason=f"{vacancy.employer.name}的岗位（{vacancy.number}）被举报：{REASONS[reason]}。请核实，属实的撤下。",
        organization=vacancy.organization,
        cleared_by=ANSWERED,
        due_on=calendar_table.current().add_working_days(today, WORKING_DAYS),
        url=f"/vacancy_reports/{made.pk}/",
    )
    return made


@acts.whole
def answer(*, report: VacancyReport, is_true: bool, text: str, by: Any) -> VacancyReport:
    """What the office found. A true report takes the vacancy down with these words; NotPossible when it was answered before."""
    held = VacancyReport.objects.select_for_update(of=("self",)).select_related("organization").get(pk=report.pk)
    if held.state != State.OPEN:
        raise NotPossible(Why("answered", f"这件举报已经核实过：{held.get_state_display()}。"))
    vacancy = Vacancy.objects.get(pk=held.vacancy_id)
    if is_true and vacancy.state in Vacancy.LIVE:
        vacancies.withdraw(vacancy=vacancy, reason=f"举报属实：{text}", by=by)
    held.state = State.TRUE if is_true else State.UNFOUNDED
    held.answer, held.answered_by, held.answered_at = text, by, clock.now()
    held.save()
    taskboard.clear(key=f"vacancy-report:{held.pk}", event=ANSWERED, outcome=held.get_state_display())
    audit.record(
        action="vacancy.report_answered",
        subject=f"vacancy:{held.vacancy_id}",
        detail={"report": held.pk, "is_true": is_true, "text": text},
        by=by,
        organization=held.organization,
    )
    return held


def phone_of(report: VacancyReport) -> str:
    """Whom to call back; empty when no number was left."""
    return crypto.decrypt(report.phone_enc, PHONE) if report.phone_enc else ""
