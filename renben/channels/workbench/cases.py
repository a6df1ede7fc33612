"""办件: the list, the page of one case, starting one, and the page of a procedure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from renben.channels import export as export_sheet
from renben.channels.paging import paginate
from renben.channels.workbench.case_form import StepForm
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures import actions, bpmn, definitions, queries, registry, svg
from renben.engines.procedures.contracts import Blocked
from renben.engines.procedures.models import Case, CaseStep, Definition, OneTimeNotice
from renben.engines.procedures.schema import Procedure, Step
from renben.kernel import clock, masking
from renben.kernel.models import Organization, Person
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
    for spec in procedure.steps:
        row = latest.get(spec.key)
        is_open = row is not None and row.state in queries.OPEN
        lines.append(StepLine(spec, row, signal(row) if is_open else "", remaining(row) if is_open else ""))
    return lines


@page(action="case.view")
def cases(request: HttpRequest) -> HttpResponse:
    """All cases of the territory, found by number, name or matter."""
    rows = filtered(request)
    shown = paginate(request, rows.order_by("-opened_at", "-id"))
    open_rows = CaseStep.objects.filter(case__in=[c.pk for c in shown], state__in=queries.OPEN).select_related(
        "organization"
    )
    current: dict[int, CaseStep] = {}
    for step in open_rows.order_by("due_on", "id"):
        current.setdefault(step.case_id, step)
    signal = queries.signal_reader()
    for case in shown:
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
        form = StepForm(step=row, spec=line.spec)
    events = queries.timeline(case.journey_id)
    last_done = next((e for e in reversed(events) if e.case_id == case.pk and e.to_state == "done" and e.step_id), None)
    return {
        "case": case,
        "procedure": procedure,
        "lines": lines,
        "line": line,
        "step": row,
        "form": form,
        "may_work": may_work,
        "who_works": "、".join(Role(role).label for role in line.spec.roles),
        "checklist": [e for e in checklist if e.is_needed is not False or e.condition in asked_here],
        "missing": [e for e in checklist if e.is_needed and not e.is_satisfied],
        "reasons": [r for r in reasons if r.code not in ("evidence_missing", "field_missing", "condition_unknown")],
        "is_paused": row is not None and row.state == "paused",
        "notices": OneTimeNotice.objects.filter(case=case).select_related("issued_by").order_by("-issued_at", "-id"),
        "issued": IssuedDocument.objects.filter(case_id=case.pk).order_by("-issued_at", "-id"),
        "prints": case_papers.printable(case, line.spec.forms) if case.person_id else [],
        "events": events,
        "journey": queries.journey(case),
        "picture": mark_safe(svg.to_svg(procedure, {ln.spec.key: ln.row.state for ln in lines if ln.row is not None})),
        "undoable": last_done.step if last_done and can_undo(last_done, request.user, procedure) else None,
        "deadlines": procedure.watched(line.spec.key),
        "limits": row.limits if row is not None else [],
    }


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


class StartForm(forms.Form):
    procedure = forms.ChoiceField(label="办理事项")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["procedure"].choices = [("", "请选择"), *choices]


def startable(office: Organization) -> list[tuple[str, str]]:
    """Procedures an office of this tier begins for one person."""
    latest = {d.procedure_id: d for d in Definition.objects.filter(kind="case").order_by("id")}
    return [(d.procedure_id, f"{d.title}（{d.procedure_id}）") for d in latest.values() if d.tier == office.tier]


@page(action="case.open", subject="person", kwarg="person_id")
def start(request: HttpRequest, person_id: int) -> HttpResponse:
    """新建办件 for a person; a running case of the same matter is opened instead of a second one."""
    person: Person = request.subject
    office = office_for(request, person)
    choices = startable(office) if office else []
    form = StartForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        procedure_id = form.cleaned_data["procedure"]
        running = queries.open_case(person, procedure_id)
        if running is not None:
            messages.info(request, "此人已有一件同类事项在办，已为您打开。")
            return redirect("cases:case", pk=running.pk)
        case = actions.start(procedure_id=procedure_id, organization=office, by=request.user, person=person)
        if isinstance(case, Blocked):
            form.add_error(None, str(case))
        else:
            return redirect("cases:case", pk=case.pk)
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "person": person, "office": office, "has_choices": bool(choices)}
    return render(request, "cases/start.html", context, status=status)


def office_for(request: HttpRequest, person: Person) -> Organization | None:
    """The office of mine that opens a case for this person: the nearest one above them where I hold a post."""
    mine = [
        post.organization
        for post in request.principal.posts
        if person.organization.path.startswith(post.organization.path)
    ]
    return max(mine, key=lambda office: len(office.path), default=None)


@page(action="case.view")
def procedures(request: HttpRequest) -> HttpResponse:
    """规程: every procedure of the catalogue."""
    latest = {d.procedure_id: d for d in Definition.objects.order_by("id")}
    return render(
        request, "cases/procedures.html", {"definitions": sorted(latest.values(), key=lambda d: d.procedure_id)}
    )


@page(action="case.view")
def procedure_page(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """One procedure: who, conditions, papers, steps, limits, basis, picture."""
    procedure = _procedure(procedure_id)
    context = {"procedure": procedure, "picture": mark_safe(svg.to_svg(procedure)), "roles": dict(Role.choices)}
    return render(request, "cases/procedure.html", context)


@page(action="case.view")
def procedure_bpmn(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """The procedure as BPMN 2.0, for whoever draws with another tool."""
    text = bpmn.to_xml(_procedure(procedure_id))
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{procedure_id}.bpmn"'
    return response


def _procedure(procedure_id: str) -> Procedure:
    try:
        return definitions.current(procedure_id)[1]
    except (Definition.DoesNotExist, LookupError) as error:
        raise Http404("规程") from error


def back_to(case: Case, step_key: str = "") -> HttpResponse:
    url = reverse("cases:case", kwargs={"pk": case.pk})
    return redirect(f"{url}?step={step_key}" if step_key else url)
