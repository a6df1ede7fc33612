"""办件: the list and the page of one case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from renben.channels import export as export_sheet
from renben.channels.paging import COUNT_CAP, paginate_keys
from renben.channels.workbench import case_matter
from renben.channels.workbench.case_form import StepForm
from renben.channels.workbench.case_start import concerns
from renben.engines.documents.forms import FormError, find_form
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures import duties, followups, queries, registry, svg, visits
from renben.engines.procedures.models import Case, CaseStep, Definition, OneTimeNotice
from renben.engines.procedures.schema import Procedure, Step
from renben.kernel import clock, masking
from renben.kernel.models import StoredFile
from renben.kernel.policy import page
from renben.kernel.roles import Role
from renben.services.registration import case_papers

STATES = {"open": "在办", "done": "办结", "refused": "不予办理", "withdrawn": "撤回", "handed_over": "已转出"}


@dataclass
class StepLine:
    """One step as the left column shows it: the definition, the latest row (if it has begun), its signal and limits."""

    spec: Step
    row: CaseStep | None
    signal: str
    note: str

    @property
    def count(self) -> str:
        """第3次，共6次; empty for a step that is done once."""
        return visits.count_text(self.row.nth, self.spec.times) if self.row is not None else ""

    @property
    def state(self) -> str:
        return self.row.get_state_display() if self.row else "未开始"


def remaining(step: CaseStep) -> str:
    """What stands under a signal: the day, and how far away it is."""
    if step.state == CaseStep.State.PAUSED:
        return "计时已暂停"
    if step.due_on is None:
        return "不设期限"
    days = (step.due_on - clock.today()).days
    text = f"{step.due_on.month}月{step.due_on.day}日 17:00 止"
    if days == 0:
        text = "今天 17:00 截止"
    elif days < 0:
        text += f"，已超 {-days} 天"
    if step.is_provisional:
        text += "（待国务院公布）"
    return text


def lines_of(case: Case, procedure: Procedure) -> list[StepLine]:
    latest: dict[str, CaseStep] = {}
    for row in case.steps.select_related("organization", "done_by").order_by("round", "id"):
        row.case = case
        latest[row.key] = row
    lines, signal = [], queries.signal_reader()
    for spec in procedure.steps_of(case.duty):
        row = latest.get(spec.key)
        is_open = row is not None and row.state in queries.OPEN
        spec = spec.as_of(row.nth if row is not None else None)
        lines.append(StepLine(spec, row, signal(row) if is_open else "", remaining(row) if is_open else ""))
    return lines


@page(action="case.view")
def cases(request: HttpRequest) -> HttpResponse:
    """All cases of the territory, found by number, name or matter."""
    keys = filtered(request).order_by("-opened_at", "-id").values_list("pk", flat=True)[: COUNT_CAP + 1]
    shown = paginate_keys(request, keys, listed)
    open_rows = CaseStep.objects.filter(case__in=[c.pk for c in shown], state__in=queries.OPEN).select_related(
        "organization"
    )
    current: dict[int, CaseStep] = {}
    for step in open_rows.order_by("due_on", "id"):
        current.setdefault(step.case_id, step)
    signal = queries.signal_reader()
    for case in shown:
        case.period = duties.period_of(case)
        case.current = current.get(case.pk)
        case.signal = signal(case.current) if case.current else ""
        case.note = remaining(case.current) if case.current else ""
    return render(
        request,
        "cases/list.html",
        {
            "cases": shown,
            "states": STATES,
            "procedures": Definition.objects.order_by("procedure_id").values_list("procedure_id", "title").distinct(),
            "chosen": {key: request.GET.get(key, "") for key in ("q", "state", "procedure")},
        },
    )


def listed(keys: list[int]) -> dict[int, Case]:
    """The cases of these keys, with what the list shows of them."""
    shown = ("number", "title", "state", "closed_at", "duty", "period_on", "definition_id")
    beside = ("employer__name", "organization__short_name", "person__name", "person__id_masked")
    return Case.objects.select_related("person", "employer", "organization").only(*shown, *beside).in_bulk(keys)


def filtered(request: HttpRequest) -> Any:
    rows = request.principal.scoped("case", "case.view")
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(
            Q(number__startswith=text.upper()) | Q(person__name__startswith=text) | Q(title__contains=text)
        )
    if request.GET.get("state") in STATES:
        rows = rows.filter(state=request.GET["state"])
    if request.GET.get("procedure"):
        rows = rows.filter(procedure_id=request.GET["procedure"])
    return rows


@page(action="case.view")
def export(request: HttpRequest) -> HttpResponse:
    """The list as .xlsx, names and numbers as on screen."""
    rows = filtered(request).order_by("-opened_at", "-id")[: export_sheet.CAP]
    return export_sheet.xlsx(
        request,
        name="办件清单",
        headings=["办件编号", "事项", "申请人", "证件号码", "机构", "状态", "受理时间", "办结时间"],
        rows=(
            [
                case.number,
                case.title,
                masking.mask_name(case.person.name, "list")
                if case.person
                else (case.employer.name if case.employer else ""),
                case.person.id_masked if case.person else "",
                case.organization.short_name,
                case.get_state_display(),
                case.opened_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M"),
                case.closed_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if case.closed_at else "",
            ]
            for case in rows
        ),
        action="cases",
    )


def choose_step(lines: list[StepLine], wanted: str) -> StepLine:
    """The step in the middle: the one asked for, else the first open one, else the last that was done."""
    by_key = {line.spec.key: line for line in lines}
    if wanted in by_key:
        return by_key[wanted]
    begun = [line for line in lines if line.row is not None]
    ready = [line for line in begun if line.row.state in queries.OPEN]
    waiting = [line for line in begun if line.row.state == CaseStep.State.WAITING]
    return (ready or waiting or begun[-1:] or lines)[0]


def case_context(request: HttpRequest, case: Case, *, form: StepForm | None = None, step_key: str = "") -> dict:
    procedure = queries.procedure_of(case)
    lines = lines_of(case, procedure)
    line = choose_step(lines, step_key or request.GET.get("step", ""))
    row = line.row
    is_open = row is not None and row.state in queries.OPEN
    checklist = queries.checklist(row) if row is not None else []
    own_fields = {field.name for field in line.spec.fields}
    asked_here = {condition.code for condition in procedure.conditions if condition.field in own_fields}
    reasons = queries.blocked_by(row, by=request.user) if row is not None and row.state == "ready" else []
    roles = request.principal.posts_at(row.organization) if row is not None else frozenset()
    may_work = is_open and bool(roles & set(line.spec.roles))
    if form is None and is_open:
        form = StepForm(step=row, spec=line.spec, files_of=request.user)
    events, journey = queries.timeline(case.journey_id), queries.journey(case)
    mine = set(readable(request, journey))
    last_done = next((e for e in reversed(events) if e.case_id == case.pk and e.to_state == "done" and e.step_id), None)
    return {
        "case": case,
        "procedure": procedure,
        "lines": lines,
        "line": line,
        "step": row,
        "form": form,
        "may_work": may_work,
        "tables": [
            one for one in line.spec.fields if one.type == "rows" and form is not None and one.name in form.fields
        ],
        "who_works": "、".join(Role(role).label for role in line.spec.roles),
        "checklist": [e for e in checklist if e.is_needed is not False or e.condition in asked_here],
        "missing": [e for e in checklist if e.is_needed and not e.is_satisfied],
        "reasons": [r for r in reasons if r.code not in ("evidence_missing", "field_missing", "condition_unknown")],
        "is_paused": row is not None and row.state == "paused",
        "notices": OneTimeNotice.objects.filter(case=case).select_related("issued_by").order_by("-issued_at", "-id"),
        "issued": IssuedDocument.objects.filter(case_id=case.pk).order_by("-issued_at", "-id"),
        "prints": printable(case, line.spec),
        "recorded": case_matter.recorded_values(line.spec, row) if row is not None and not is_open else [],
        "files": StoredFile.objects.filter(pk__in=attached(case, procedure)).order_by("id"),
        "missed_standards": row.data.get("missed", []) if row is not None else [],
        "follow_ups": followups.counted(case.follow_ups.filter(cleared_at=None)).order_by("due_on", "id"),
        "earlier": case_matter.earlier_rounds(procedure, row) if row is not None else [],
        "progress": case_matter.progress(row) if is_open else "",
        "wants_person": case.person_id is None
        and not case.duty
        and case.state == "open"
        and is_about_somebody(procedure),
        "period": duties.period_of(case),
        "words": request.POST.get("reason", ""),
        "needs_words": bool(case.duty and row is not None and row.due_at and row.due_at < clock.now())
        or any(standard.field for standard in line.spec.thresholds)
        or (is_open and case_matter.is_early(row)),
        "events": case_matter.told(events, journey),
        "journey": [(other, other.pk in mine) for other in journey],
        "handed": case_matter.handed(case, journey, line.spec) if is_open else None,
        "elsewhere": case_matter.elsewhere(case, [other for other in journey if other.pk not in mine]),
        "picture": mark_safe(svg.to_svg(procedure, {ln.spec.key: ln.row.state for ln in lines if ln.row is not None}))
        if procedure.steps_of(case.duty)[0] in procedure.steps
        else "",
        "undoable": last_done.step if last_done and can_undo(last_done, request.user, procedure) else None,
        "limits": case_matter.limit_lines(procedure, line.spec, row),
    }


def readable(request: HttpRequest, journey: list[Case]) -> Iterable[int]:
    """Which cases of a journey this reader may open."""
    if len(journey) == 1:
        return [journey[0].pk]
    keys = [one.pk for one in journey]
    return request.principal.scoped("case", "case.view").filter(pk__in=keys).values_list("pk", flat=True)


def is_about_somebody(procedure: Procedure) -> bool:
    """Whether a case without a person lacks one; a round of monitoring may be about nobody in particular."""
    return "person" in concerns(procedure) and procedure.kind != "monitoring"


def printable(case: Case, spec: Step) -> list[str]:
    """Forms offered on a case page: those a service prints in its own way, and every form the step names."""
    names = case_papers.printable(case, spec.forms) if case.person_id else []
    for name in spec.forms:
        if name in case_papers.PRINTERS and not case.person_id:
            continue  # it speaks of one person; it is printed in that person's case
        try:
            official = find_form(name).name
        except FormError:
            continue
        if official not in names and official != case_papers.SUPPLEMENT:
            names.append(official)
    return names


def attached(case: Case, procedure: Procedure) -> list[int]:
    """Ids of files recorded in fields of this case."""
    fields = [f for step in procedure.steps_of(case.duty) for f in step.fields if f.type == "files"]
    return [one for field in fields for one in case.data.get(field.name) or []]


def can_undo(event: Any, user: Any, procedure: Procedure) -> bool:
    """Whether the page offers to take the act back: mine, just now, and of a kind that leaves nothing behind."""
    action = procedure.step(event.step.key).action
    if action and registry.undo_action(action) is None:
        return False
    return event.by_id == user.pk and clock.now() - event.at <= dt.timedelta(minutes=5)


@page(action="case.view", subject="case")
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: steps with limits and citations at left, the form in the middle, evidence and prints at right."""
    return render(request, "cases/case.html", case_context(request, request.subject))


def back_to(case: Case, step_key: str = "") -> HttpResponse:
    url = reverse("cases:case", kwargs={"pk": case.pk})
    return redirect(f"{url}?step={step_key}" if step_key else url)
