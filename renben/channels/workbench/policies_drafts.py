"""参数修改: drafted by one, compared over the whole register, approved by another. The act of writing is in `changing`."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.policy_words import said
from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.discarding import Discard, discard_page
from renben.channels.workbench.downloads import attachment, workbook
from renben.channels.workbench.policies import parameter_or_404
from renben.channels.workbench.policies_compared import Compared, compared_with
from renben.channels.workbench.policies_editing import ValueForm
from renben.channels.workbench.procedures_drafts import ReasonForm, ReviewForm
from renben.engines.rules import changing
from renben.engines.rules.models import ParameterChange
from renben.engines.rules.parameters import Parameter, load_parameters
from renben.kernel import audit, clock
from renben.kernel.models import Person
from renben.kernel.policy import page

State = ParameterChange.State
EXPORT_CAP = 20_000


def back_to(change: ParameterChange) -> HttpResponse:
    return redirect("policies:draft", pk=change.pk)


@page(action="catalog.view")
@require_GET
def draft_list(request: HttpRequest) -> HttpResponse:
    """Changes of one's territory, newest first."""
    rows = request.principal.scoped("parameter_change", "catalog.view")
    state = request.GET.get("state", "")
    if state in State.values:
        rows = rows.filter(state=state)
    found, known = paginate(request, rows.order_by("-opened_at", "-id")), load_parameters()
    for change in found:
        change.label = known[change.parameter].label if change.parameter in known else change.parameter
        change.said = _said(change)
    context = {"rows": found, "state": state, "states": State.choices}
    return render(request, "policies/drafts.html", context)


def _said(change: ParameterChange) -> str:
    known = load_parameters()
    return said(change.value, known[change.parameter]) if change.parameter in known else str(change.value)


def whole_context(request: HttpRequest, change: ParameterChange) -> dict[str, Any]:
    """The change with what it does over the register, for its own page and for whoever approves it."""
    parameter: Parameter = parameter_or_404(change.parameter)
    is_author, now = change.author_id == request.user.pk, not clock.is_as_of()
    may_edit = request.principal.may("catalog.edit") and now
    before = changing.before_change(change)[change.parameter]
    version = changing.version_before(before, change.valid_from)
    return {
        "change": change,
        "parameter": parameter,
        "said": said(change.value, parameter),
        "before": said(version.value, parameter) if version is not None else "没有",
        "problems": changing.problems_of(change) if change.is_open else [],
        "compared": compared_with(change),
        "is_author": is_author,
        "may_write": may_edit and is_author and change.is_editable,
        "may_review": change.state == State.SUBMITTED
        and not is_author
        and now
        and request.principal.may("catalog.approve"),
        "may_withdraw": may_edit and change.is_open,
    }


@page(action="catalog.view", subject="parameter_change")
@require_GET
def draft_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The new value beside the old one, who gains and loses, and what comes next."""
    return render(request, "policies/draft.html", whole_context(request, request.subject))


@page(action="catalog.edit")
def open_draft(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then begin a change."""
    parameter = parameter_or_404(name)
    if request.method == "POST":
        try:
            change = changing.open_change(
                parameter=name, by=request.user, organization=office_of(request.principal, "catalog.edit")
            )
        except changing.ChangeRefused as refused:
            messages.error(request, str(refused))
            return redirect("policies:parameter", name)
        return redirect("policies:edit", pk=change.pk)
    context = {
        "question": f"修改“{parameter.label}”？",
        "consequences": [
            "先起草新的数值和启用日期，系统算出对名册里的人有什么影响。草稿不影响现在办的事。",
            "送审以后由另一位复审或主管领导批准，从启用日期起用。已经作出的判定不变。",
        ],
        "button": "起草修改",
        "button_class": "btn-primary",
        "back": reverse("policies:parameter", args=[name]),
    }
    return render(request, "confirm.html", context)


@page(action="catalog.edit", subject="parameter_change")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The new value, its day, its document."""
    change: ParameterChange = request.subject
    if request.method != "POST" and not (change.is_editable and change.author_id == request.user.pk):
        messages.info(request, "这份修改现在不能改，或者不是您起草的。")
        return back_to(change)
    parameter = parameter_or_404(change.parameter)
    form = ValueForm(request.POST if request.method == "POST" else None, parameter=parameter, change=change)
    if request.method == "POST" and form.is_valid():
        try:
            changing.save_change(change_id=pk, by=request.user, **form.facts())
        except changing.ChangeRefused as refused:
            form.add_error(None, str(refused))
        else:
            return back_to(change)
    context = {"form": form, "change": change, "parameter": parameter, "now": said(change.value, parameter)}
    return render(request, "policies/edit.html", context, status=422 if form.is_bound else 200)


@page(action="catalog.edit", subject="parameter_change")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why, and ask for approval."""
    change: ParameterChange = request.subject
    if request.method != "POST" and not change.is_editable:
        messages.info(request, f"这份修改现在是“{change.get_state_display()}”，不用再送审。")
        return back_to(change)
    form = ReasonForm(request.POST or None, initial={"reason": change.reason})
    if request.method == "POST" and form.is_valid():
        try:
            changing.submit(change_id=pk, by=request.user, reason=form.cleaned_data["reason"])
        except changing.ChangeRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已送审。另一位复审或主管领导批准以后，从启用日期起用。")
            return back_to(change)
    context = {
        "question": "送审",
        "consequences": [
            f"“{parameter_or_404(change.parameter).label}”从 {change.valid_from} 起改为 {_said(change)}。"
        ],
        "form": form,
        "button": "送审",
        "button_class": "btn-primary",
        "back": reverse("policies:draft", args=[pk]),
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)


@page(action="catalog.approve", subject="parameter_change")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the value, its document and who gains and loses; agree, or give it back with the reason."""
    change: ParameterChange = request.subject
    if request.method != "POST" and (change.state != State.SUBMITTED or change.author_id == request.user.pk):
        own = change.author_id == request.user.pk
        messages.info(request, "自己起草的修改要由别人审批。" if own else "这份修改现在不在等审批。")
        return back_to(change)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        agreed = form.cleaned_data["decision"] == "approve"
        act = changing.approve if agreed else changing.reject
        try:
            act(change_id=pk, by=request.user, opinion=form.cleaned_data["opinion"])
        except changing.ChangeRefused as refused:
            form.add_error(None if agreed else "opinion", str(refused))
        else:
            day = change.valid_from
            words = f"已批准，从{day.year}年{day.month}月{day.day}日起用。" if agreed else "已退回起草的人。"
            messages.success(request, words)
            return back_to(change)
    context = {**whole_context(request, change), "form": form}
    return render(request, "policies/review.html", context, status=422 if request.method == "POST" else 200)


@page(action="catalog.edit", subject="parameter_change")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then throw the draft away; what it said can still be read."""
    change: ParameterChange = request.subject
    draft = Discard(
        what=f"“{parameter_or_404(change.parameter).label}”的修改",
        changed="写过什么",
        stays="现行的数值",
        back=reverse("policies:draft", args=[pk]),
        is_open=change.is_open,
        act=lambda: changing.withdraw(change_id=pk, by=request.user),
        refusals=changing.ChangeRefused,
    )
    return discard_page(request, draft)


@page(action="catalog.view", subject="parameter_change")
@require_POST
def export_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who would gain and who would lose, one line each, numbers masked; the export leaves a trace."""
    change: ParameterChange = request.subject
    rows: list[tuple] = []
    for one in compared_with(change):
        rows += _people_rows(request, one, EXPORT_CAP - len(rows))
    parameter = parameter_or_404(change.parameter)
    audit.record(
        action="export.policy.change",
        subject=f"parameter_change:{change.pk}",
        detail={"parameter": change.parameter, "rows": len(rows)},
        by=request.user,
        organization=request.principal.home,
    )
    columns = [("比较", 30), ("姓名", 10), ("证件号码", 22), ("街镇", 16), ("原来", 14), ("改后", 14), ("增减", 12)]
    note = f"{parameter.label}从{change.valid_from}起改为{_said(change)}。制表：{request.user.display_name} {clock.today()}"
    return attachment(
        workbook("参数修改影响人员", columns, rows, notes=[note]), f"参数修改影响人员_{change.parameter}.xlsx"
    )


def _people_rows(request: HttpRequest, one: Compared, most: int) -> list[tuple]:
    """Lines of the people of one population whose answer changes, as far as they lie in the reader's territory."""
    outcome = one.outcome
    places = np.flatnonzero(outcome.changed)[: max(most, 0)]
    found = request.principal.scoped("person", "catalog.view").filter(pk__in=outcome.person[places].tolist())
    people: dict[int, Person] = {person.pk: person for person in found.order_by("pk")}
    lines = []
    for place in places.tolist():
        person = people.get(int(outcome.person[place]))
        if person is None:
            continue
        before, after = int(outcome.before[place]), int(outcome.after[place])
        figures = (
            (before / 100, after / 100, (after - before) / 100) if outcome.in_money else (before, after, after - before)
        )
        street = one.streets.get(int(outcome.office[place]), "")
        lines.append((outcome.population.label, person.name, person.id_masked, street, *figures))
    return lines
