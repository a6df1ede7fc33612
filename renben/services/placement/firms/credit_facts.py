"""诚信 facts of firms, read from the rows where they happened; nobody types a score (docs/decisions/0018).

Each source answers `(employer key, Fact)` for firms of a queryset and days of `[since, until)`. A fact's key names its row, so that
an appeal can point at it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from renben.kernel import clock
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent
from renben.services.placement.firms import reports
from renben.services.placement.firms.models import CreditAppeal, Inspection, VacancyAgreement
from renben.services.placement.models import Referral, VacancyEvent, VacancyReport
from renben.services.placement.reporting import REASONS


@dataclass(frozen=True)
class Fact:
    """What happened on a day, where it is written. `appeal`: what became of an appeal against it, None without one."""

    key: str
    kind: str
    on: dt.date
    text: str
    url: str = ""
    appeal: CreditAppeal | None = None

    @property
    def counts(self) -> bool:
        return self.appeal is None or self.appeal.state != CreditAppeal.State.UPHELD


Found = Iterator[tuple[int, Fact]]


def _between(since: dt.date, until: dt.date, name: str) -> Q:
    return Q(**{f"{name}__gte": since, f"{name}__lt": until})


def _instants(since: dt.date, until: dt.date, name: str) -> Q:
    """The days as instants of a column with a time."""
    first, last = (dt.datetime.combine(day, dt.time(), tzinfo=clock.ZONE) for day in (since, until))
    return Q(**{f"{name}__gte": first, f"{name}__lt": last})


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(clock.ZONE).date()


def false_reports(firms: QuerySet, since: dt.date, until: dt.date) -> Found:
    rows = VacancyReport.objects.filter(_instants(since, until, "answered_at"), state=VacancyReport.State.TRUE)
    for one in rows.filter(vacancy__employer__in=firms).select_related("vacancy").order_by("id"):
        text = f"岗位“{one.vacancy.title}”（{one.vacancy.number}）被举报{REASONS.get(one.reason, one.reason)}，核实属实：{one.answer}"
        url = f"/vacancy_reports/{one.pk}/"
        yield one.vacancy.employer_id, Fact(f"report:{one.pk}", "false_report", _day(one.answered_at), text, url)


def returned(firms: QuerySet, since: dt.date, until: dt.date) -> Found:
    """Sent back with words of the check in force; a return for another reason is no fault."""
    rows = VacancyEvent.objects.filter(_instants(since, until, "at"), what="returned", detail__faults__0__isnull=False)
    for one in rows.filter(vacancy__employer__in=firms).select_related("vacancy").order_by("id"):
        text = f"岗位“{one.vacancy.title}”（{one.vacancy.number}）有不许写的话，退回修改"
        url = f"/vacancies/{one.vacancy_id}/"
        yield one.vacancy.employer_id, Fact(f"returned:{one.pk}", "returned", _day(one.at), text, url)


def booths(firms: QuerySet, since: dt.date, until: dt.date) -> Found:
    """没到会, and receipts in time, late or never."""
    state, today = FairBooth.State, clock.today()
    held = FairBooth.objects.filter(_between(since, until, "fair__on"), employer__in=firms, fair__state__in=Fair.PAST)
    rows = held.filter(state__in=[state.NO_SHOW, state.ATTENDED]).select_related("fair").order_by("id")
    for one in rows:
        url, due = f"/fairs/{one.fair_id}/", one.fair.receipts_due
        if one.state == state.NO_SHOW:
            text = f"订了“{one.fair.title}”{one.places_text}展位，没有到会"
            yield one.employer_id, Fact(f"booth:{one.pk}", "no_show", one.fair.on, text, url)
        elif due and one.receipt_on and one.receipt_on <= due:
            text = f"“{one.fair.title}”的回执按时交了"
            yield one.employer_id, Fact(f"receipt:{one.pk}", "receipt", one.receipt_on, text, url)
        elif due and (one.receipt_on or due < today):
            text = f"“{one.fair.title}”的回执应在{due:%Y年%m月%d日}前交，{'晚交了' if one.receipt_on else '还没有交'}"
            yield one.employer_id, Fact(f"receipt:{one.pk}", "receipt_late", one.receipt_on or due, text, url)


def hires(firms: QuerySet, since: dt.date, until: dt.date) -> Found:
    """People taken on: referrals confirmed, and intents of a fair that no referral stands behind. Without names."""
    made = Referral.objects.filter(_between(since, until, "hired_on"), state=Referral.State.HIRED)
    for one in made.filter(vacancy__employer__in=firms).select_related("vacancy").order_by("id"):
        text = f"岗位“{one.vacancy.title}”经推荐录用1人"
        url = f"/referrals/{one.pk}/"
        yield one.vacancy.employer_id, Fact(f"hired:{one.pk}", "hired", one.hired_on, text, url)
    agreed = FairIntent.objects.filter(
        _between(since, until, "result_on"), state=FairIntent.State.HIRED, referral=None, booth__employer__in=firms
    )
    for intent in agreed.select_related("vacancy", "booth__fair").order_by("id"):
        text = f"“{intent.booth.fair.title}”上录用1人，岗位“{intent.vacancy.title}”"
        url = f"/fairs/{intent.booth.fair_id}/"
        yield intent.booth.employer_id, Fact(f"intent:{intent.pk}", "hired", intent.result_on, text, url)


def agreed_reports(firms: QuerySet, since: dt.date, until: dt.date) -> Found:
    """空岗 reported or not, by period of an agreement; a late word counts neither way."""
    held = list(VacancyAgreement.objects.filter(employer__in=firms, starts_on__lt=until).order_by("id"))
    found = reports.periods_of(held, clock.today())
    for one in held:
        for period in found[one.pk]:
            day = period.due_on if period.state == "missing" else period.end - dt.timedelta(days=1)
            if not since <= day < until or period.end > clock.today():
                continue
            kind = "report_missing" if period.state == "missing" else "reported"
            if period.state in (*reports.IN_TIME, "missing"):
                key, url = f"period:{one.pk}:{period.start}", f"/agreements/{one.pk}/"
                yield one.employer_id, Fact(key, kind, day, f"{period.label}{period.word}", url)


def inspections(firms: QuerySet, since: dt.date, until: dt.date) -> Found:
    for one in Inspection.objects.filter(_between(since, until, "on"), employer__in=firms).order_by("id"):
        kind = "inspection_fine" if one.is_fine else "inspection_fault"
        text = f"检查{'没有发现问题' if one.is_fine else '发现问题'}：{one.found}"
        yield one.employer_id, Fact(f"inspection:{one.pk}", kind, one.on, text)


SOURCES = (false_reports, returned, booths, hires, agreed_reports, inspections)


def _appeals(firms: QuerySet) -> dict[str, CreditAppeal]:
    """The latest appeal against each fact."""
    rows = CreditAppeal.objects.filter(employer__in=firms).select_related("decided_by").order_by("id")
    return {one.fact_key: one for one in rows}


def facts_of(firms: QuerySet, since: dt.date, until: dt.date) -> dict[int, list[Fact]]:
    """Facts of each firm that has any, in days `[since, until)`, the latest first. `firms`: a queryset of Employer."""
    keys = firms.order_by().values("pk")
    appeals = _appeals(keys)
    found: dict[int, list[Fact]] = defaultdict(list)
    for source in SOURCES:
        for employer_id, fact in source(keys, since, until):
            found[employer_id].append(_with_appeal(fact, appeals))
    return {pk: sorted(rows, key=lambda one: (one.on, one.key), reverse=True) for pk, rows in found.items()}


def _with_appeal(fact: Fact, appeals: dict[str, Any]) -> Fact:
    appeal = appeals.get(fact.key)
    return fact if appeal is None else Fact(fact.key, fact.kind, fact.on, fact.text, fact.url, appeal)


def find(facts: Iterable[Fact], key: str) -> Fact | None:
    return next((one for one in facts if one.key == key), None)
