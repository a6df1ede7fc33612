"""Step actions of 招聘登记 (J-5.3.1), of posts told on a visit (J-4.1.2, C-7.3.1) and of what became of them (J-5.1.2).

What is typed in the case becomes vacancies; nobody types it again. Posts of a visit that are not complete stay drafts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext
from renben.kernel.models import Employer
from renben.services.placement import station_visits, vacancies, visits
from renben.services.placement.codes import VacancySource
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import LONGEST, Ad
from renben.services.placement.vacancies_employers import MAIN, has_licence, note_licence, objections
from renben.services.placement.vacancies_places import place_of
from renben.services.placement.vacancies_typed import insurances_of, kind_of, wage_of
from renben.services.registration.reasons import NotPossible, Why

State = Vacancy.State


def step_action(function: Callable[[StepContext], Done]) -> Callable[[StepContext], Done | Blocked]:
    """A refused act becomes `Blocked` with its reasons."""

    @wraps(function)
    def wrapped(ctx: StepContext) -> Done | Blocked:
        try:
            return function(ctx)
        except NotPossible as refused:
            return Blocked([Reason(why.code, str(why), why.fix) for why in refused.reasons])

    return wrapped


def of_journey(case: Any) -> list[Vacancy]:
    """The vacancies of a matter, in the order they were told; those withdrawn are left out."""
    rows = Vacancy.objects.filter(case__journey_id=case.journey_id).exclude(state=State.WITHDRAWN)
    return list(rows.select_related("employer", "region", "organization").order_by("id"))


def _day(facts: Mapping[str, Any], name: str) -> dt.date | None:
    value = facts.get(name)
    return dt.date.fromisoformat(value) if value else None


def _refs(made: list[Vacancy]) -> dict[str, Any]:
    return {"vacancies": [one.pk for one in made], "numbers": [one.number for one in made]} if made else {}


@step_action
def check_employer(ctx: StepContext) -> Done:
    """J-5.3.1 审核资质: the licence seen is recorded on the employer's file; a firm struck off is refused with the reason."""
    employer = ctx.case.employer
    if employer is None or ctx.outcome != "done":
        return Done()
    if not ctx.facts.get("licence_complete"):
        raise NotPossible(Why("papers", "证件没有带齐，不能算“资质有效”。", "把要补的材料一次告知单位，补来再办。"))
    if not has_licence(employer, MAIN, ctx.on):
        note_licence(employer=employer, by=ctx.by)
    if why := objections(employer, ctx.on):
        raise NotPossible(*why)
    return Done()


def _job_ad(ctx: StepContext, row: Mapping[str, Any]) -> Ad:
    """One line of the case's table as a post. NotPossible when its wage cannot be read."""
    facts, wage = ctx.facts, wage_of(row.get("pay") or "")
    if wage is None:
        text = f"“{row['job']}”的工资“{row.get('pay') or ''}”看不出是多少"
        raise NotPossible(Why("pay", text, "请写成“4500-6000元/月”“200元/天”“28元/小时”这样。"))
    if len(row["job"]) > LONGEST["title"]:
        raise NotPossible(Why("title", f"岗位名称“{row['job'][:12]}……”太长。", f"请写{LONGEST['title']}个字以内。"))
    needs, place = row.get("requirement") or "", row.get("place") or ""
    return Ad(
        title=row["job"],
        duties=row.get("duties") or f"{row['job']}。工作环境：{facts.get('surroundings') or '到单位看过'}",
        requirements=needs or "不限",
        headcount=max(int(row.get("openings") or 1), 1),
        work_kind=kind_of(f"{needs}{row.get('pay') or ''}", wage),
        wage_period=wage.period,
        wage_low_fen=wage.low_fen,
        wage_high_fen=wage.high_fen,
        benefits=(facts.get("benefits") or "")[:300],
        insurances=insurances_of(facts.get("insurances") or ""),
        region_id=place_of(ctx.case.employer, ctx.organization, place),
        place=place,
        contact_name=(facts.get("agent_name") or "")[:50],
        contact_phone=(facts.get("agent_phone") or "")[:30],
    )


@step_action
def check_brochure(ctx: StepContext) -> Done:
    """J-5.3.1 审核招聘简章: each line becomes a vacancy; words that have to go are told with their article and nothing is kept.

    Done again after a return, the vacancies of the case are changed, not doubled.
    """
    if ctx.case.employer is None or ctx.outcome != "done":
        return Done()
    until, rows = _day(ctx.facts, "brochure_valid_until"), ctx.facts.get("jobs_offered") or []
    held = [one for one in of_journey(ctx.case) if one.state in (*Vacancy.LIVE, State.DRAFT)]
    made = []
    for place, row in enumerate(rows):
        ad = _job_ad(ctx, row)
        if place < len(held):
            made.append(vacancies.change(vacancy=held[place], ad=ad, by=ctx.by, valid_until=until))
        else:
            made.append(_registered(ctx, ctx.case.employer, ad, until, VacancySource.COUNTER))
    for one in held[len(rows) :]:
        vacancies.withdraw(vacancy=one, by=ctx.by, reason="简章修改后不再招这个岗位")
    faults = [
        Why(fault["code"], f"“{one.title}”：{vacancies.fault_text(fault)}", "请单位改好简章，再点“简章合格”。")
        for one in made
        for fault in vacancies.musts(one.faults)
    ]
    if faults:
        raise NotPossible(*faults)
    return Done(refs=_refs(made))


def _registered(ctx: StepContext, employer: Employer, ad: Ad, until: dt.date | None, source: str) -> Vacancy:
    return vacancies.register(
        employer=employer,
        organization=ctx.organization,
        ad=ad,
        by=ctx.by,
        source=source,
        valid_until=until,
        on=ctx.on,
        case=ctx.case,
    )


@step_action
def enter(ctx: StepContext) -> Done:
    """J-5.3.1 录入系统: the vacancies of the case are published; their numbers are the registration numbers."""
    waiting = [one for one in of_journey(ctx.case) if one.state == State.SUBMITTED]
    made = [vacancies.publish(vacancy=one, by=ctx.by) for one in waiting]
    return Done(refs=_refs(made))


@step_action
def visited(ctx: StepContext) -> Done:
    """J-4.1.2 预约走访: the visit stands on the employer's file, typed once."""
    visit_on = _day(ctx.facts, "visited_on")
    if ctx.case.employer is None or ctx.outcome != "done" or visit_on is None:
        return Done()
    booked_on = _day(ctx.facts, "booked_on") or visit_on
    held = visits.noted(
        employer=ctx.case.employer,
        organization=ctx.organization,
        case=ctx.case,
        booked_on=booked_on,
        visit_on=visit_on,
        note=ctx.facts.get("postponed_notice") or "见办件",
        by=ctx.by,
    )
    return Done(refs={"visit": held.pk})


@step_action
def told_on_visit(ctx: StepContext) -> Done:
    """J-4.1.2 建立台账: posts of the employer visited."""
    if ctx.case.employer is None or not ctx.facts.get("has_openings"):
        return Done()
    lines = [
        dict(
            row,
            openings=row.get("count"),
            requirement="，".join(filter(None, (row.get("education"), row.get("skill")))),
        )
        for row in ctx.facts.get("openings") or []
    ]
    facts = {"contact": ctx.facts.get("hr_manager"), "phone": ctx.facts.get("hr_phone")}
    source = VacancySource.VISIT
    return Done(refs=_refs([_kept(ctx, ctx.case.employer, line | facts, source) for line in lines]))


@step_action
def told_at_station(ctx: StepContext) -> Done:
    """C-7.3.1 建立台账: posts of the employers named; whose name is not on file stays in the record alone."""
    if ctx.outcome != "done":
        return Done()
    made = []
    for row in ctx.facts.get("job_openings") or []:
        found = station_visits.by_name(row.get("employer") or "", ctx.organization)
        if not found:
            station_visits.ask_for_file(row.get("employer") or "", ctx.organization, ctx.case)
        if len(found) == 1:
            employer = found[0]
            line = dict(row, openings=row.get("count"), requirement=row.get("skill"))
            made.append(_kept(ctx, employer, line, VacancySource.STATION))
    return Done(refs=_refs(made))


def _kept(ctx: StepContext, employer: Employer, line: Mapping[str, Any], source: str) -> Vacancy:
    """A post told on a visit: registered when it is complete and the employer may recruit, else kept as a draft."""
    wage, place = wage_of(line.get("pay") or ""), line.get("place") or ""
    needs = line.get("requirement") or ""
    ad = Ad(
        title=str(line["job"])[:64],
        duties=line.get("duties") or "",
        requirements=needs,
        headcount=max(int(line.get("openings") or 1), 1),
        work_kind=kind_of(needs, wage),
        wage_period=wage.period if wage else "month",
        wage_low_fen=wage.low_fen if wage else 0,
        wage_high_fen=wage.high_fen if wage else 0,
        region_id=place_of(employer, ctx.organization, place),
        place=place[:128],
        contact_name=str(line.get("contact") or "")[:50],
        contact_phone=str(line.get("phone") or "")[:30],
    )
    until = _day(line, "valid_until")
    return vacancies.draft(
        employer=employer,
        organization=ctx.organization,
        ad=ad,
        by=ctx.by,
        source=source,
        valid_until=until if until and until >= ctx.on else None,
        on=ctx.on,
        case=ctx.case,
    )


@step_action
def followed(ctx: StepContext) -> Done:
    """J-5.1.2 动态管理: filled ones are closed, those given up withdrawn, the others renewed until the day asked."""
    state, touched = ctx.facts.get("recruitment_state"), []
    until = _day(ctx.facts, "extended_until")
    for one in of_journey(ctx.case):
        if state == "withdrawn" and one.state in (*Vacancy.LIVE, State.EXPIRED):
            touched.append(vacancies.withdraw(vacancy=one, by=ctx.by, reason="回访：单位不招了"))
        elif state == "filled" and one.places_left and one.state in (State.PUBLISHED, State.PAUSED, State.EXPIRED):
            touched.append(vacancies.fill(vacancy=one, by=ctx.by, count=one.places_left, reason="回访：已招聘成功"))
        elif state == "open" and until and until > one.valid_until and one.state in (State.PUBLISHED, State.EXPIRED):
            touched.append(vacancies.renew(vacancy=one, until=until, by=ctx.by))
    return Done(refs=_refs(touched))
