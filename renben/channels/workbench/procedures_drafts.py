"""规程草稿: the way of a change from the first word to the day it counts. Writing is in `procedures_edit`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.guides import matches
from renben.channels.paging import paginate
from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.discarding import Discard, discard_page
from renben.channels.workbench.procedures import procedure_or_404
from renben.engines.documents.forms import load_forms
from renben.engines.ledgers.definitions import all_ledgers
from renben.engines.procedures import definitions, drafts
from renben.engines.procedures.models import DefinitionDraft
from renben.kernel import clock
from renben.kernel.policy import page

State = DefinitionDraft.State


def back_to(draft: DefinitionDraft) -> HttpResponse:
    return redirect("procedures:draft", pk=draft.pk)


@page(action="catalog.view")
@require_GET
def draft_list(request: HttpRequest) -> HttpResponse:
    """Drafts of one's territory, those that wait first."""
    rows = request.principal.scoped("definition_draft", "catalog.view")
    text, state = request.GET.get("q", "").strip()[:40], request.GET.get("state", "")
    titles = {procedure.id: procedure for _, procedure in definitions.in_force()}
    if text:
        rows = rows.filter(procedure_id__in=[key for key, procedure in titles.items() if matches(procedure, text)])
    if state in State.values:
        rows = rows.filter(state=state)
    found = paginate(request, rows.order_by("-opened_at", "-id"))
    for draft in found:
        draft.procedure_title = draft.base.title
    context = {"rows": found, "text": text, "state": state, "states": State.choices, "is_filtered": bool(text or state)}
    return render(request, "procedures/drafts.html", context)


def touched_context(procedure_id: str) -> dict[str, Any]:
    """What a change meets, with the names of forms and ledgers that say they belong to this procedure."""
    touched = drafts.touches(procedure_id)
    named = [form.name for form in load_forms().values() if procedure_id in form.procedures]
    kept = [ledger.name for ledger in all_ledgers() if procedure_id in ledger.procedures]
    return {
        "touched": touched,
        "touched_forms": list(dict.fromkeys([*touched.forms, *named])),
        "touched_ledgers": list(dict.fromkeys([*touched.ledgers, *kept])),
    }


def whole_context(request: HttpRequest, draft: DefinitionDraft) -> dict[str, Any]:
    """The draft with its difference and what it touches, for its own page and for whoever approves it."""
    procedure = drafts.procedure_of(draft)
    is_author = draft.author_id == request.user.pk
    may_edit = request.principal.may("catalog.edit") and not clock.is_as_of()
    return {
        "draft": draft,
        "procedure": procedure,
        "changes": drafts.changes_of(draft),
        "problems": drafts.problems_of(draft) if draft.is_open else [],
        "is_author": is_author,
        "may_write": may_edit and is_author and draft.is_editable,
        "may_review": draft.state == State.SUBMITTED
        and not is_author
        and request.principal.may("catalog.approve")
        and not clock.is_as_of(),
        "may_activate": may_edit and draft.state == State.APPROVED,
        "may_withdraw": may_edit and draft.is_open,
        **touched_context(draft.procedure_id),
    }


@page(action="catalog.view", subject="definition_draft")
@require_GET
def draft_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The difference, what it touches, and what comes next."""
    return render(request, "procedures/draft.html", whole_context(request, request.subject))


@page(action="catalog.edit")
def open_draft(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """Ask, then begin a draft over the newest version."""
    _, procedure = procedure_or_404(procedure_id)
    if request.method == "POST":
        try:
            draft = drafts.open_draft(
                procedure_id=procedure_id, by=request.user, organization=office_of(request.principal, "catalog.edit")
            )
        except drafts.DraftRefused as refused:
            messages.error(request, str(refused))
            return redirect("procedures:procedure", procedure_id)
        return back_to(draft)
    newest = definitions.newest(procedure_id)
    context = {
        "question": f"修改“{procedure.title}”？",
        "consequences": [
            f"系统照第 {newest.definition.version} 版另起一份草稿。草稿怎么改，都不影响现在办的事。",
            "改好以后送审，由另一位复审或主管领导批准，再定从哪天启用。已经在办的办件一直按原来的版本办完。",
        ],
        "button": "起草修改",
        "button_class": "btn-primary",
        "back": reverse("procedures:procedure", args=[procedure_id]),
    }
    return render(request, "confirm.html", context)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="为什么改",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写给审批的人看：依据什么文件、解决什么问题。",
    )


@page(action="catalog.edit", subject="definition_draft")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why, and ask for approval."""
    draft: DefinitionDraft = request.subject
    if request.method != "POST" and not draft.is_editable:
        messages.info(request, f"这份草稿现在是“{draft.get_state_display()}”，不用再送审。")
        return back_to(draft)
    form = ReasonForm(request.POST or None, initial={"reason": draft.reason})
    if request.method == "POST" and form.is_valid():
        try:
            drafts.submit(draft_id=pk, by=request.user, reason=form.cleaned_data["reason"])
        except drafts.DraftRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已送审。另一位复审或主管领导批准以后，就可以定启用日期。")
            return back_to(draft)
    count = len(drafts.changes_of(draft))
    context = {
        "question": "送审",
        "consequences": [f"“{draft.base.title}”改了 {count} 处。送审以后先不能再改；退回来可以接着改。"],
        "form": form,
        "button": "送审",
        "button_class": "btn-primary",
        "back": reverse("procedures:draft", args=[pk]),
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)


class ReviewForm(forms.Form):
    opinion = forms.CharField(
        label="审批意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="退回时要写明原因，起草的人照着改。",
    )
    decision = forms.ChoiceField(
        choices=[("approve", "批准"), ("reject", "退回")],
        error_messages={"required": "请点“批准”或“退回修改”。", "invalid_choice": "请点“批准”或“退回修改”。"},
    )


@page(action="catalog.approve", subject="definition_draft")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the difference and what it touches; agree, or give it back with the reason."""
    draft: DefinitionDraft = request.subject
    if request.method != "POST" and (draft.state != State.SUBMITTED or draft.author_id == request.user.pk):
        said = "自己起草的规程要由别人审批。" if draft.author_id == request.user.pk else "这份草稿现在不在等审批。"
        messages.info(request, said)
        return back_to(draft)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act = drafts.approve if form.cleaned_data["decision"] == "approve" else drafts.reject
        try:
            act(draft_id=pk, by=request.user, opinion=form.cleaned_data["opinion"])
        except drafts.DraftRefused as refused:
            form.add_error("opinion" if act is drafts.reject else None, str(refused))
        else:
            messages.success(
                request, "已批准，起草的人可以定启用日期了。" if act is drafts.approve else "已退回起草的人。"
            )
            return back_to(draft)
    context = {**whole_context(request, draft), "form": form}
    return render(request, "procedures/review.html", context, status=422 if request.method == "POST" else 200)


class ActivationForm(forms.Form):
    active_from = forms.DateField(
        label="从哪天起用",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="今天或以后的一天。这一天零点起，新开的办件按新版本办。",
    )


@page(action="catalog.edit", subject="definition_draft")
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the day from which new cases use the approved text."""
    draft: DefinitionDraft = request.subject
    if request.method != "POST" and draft.state != State.APPROVED:
        messages.info(request, "批准以后才能定启用日期。")
        return back_to(draft)
    form = ActivationForm(request.POST if request.method == "POST" else None, initial={"active_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["active_from"]
        try:
            done = drafts.activate(draft_id=pk, by=request.user, active_from=day)
        except drafts.DraftRefused as refused:
            form.add_error("active_from", str(refused))
        else:
            messages.success(
                request, f"第 {done.definition.version} 版从 {day.year}年{day.month}月{day.day}日 起用于新办件。"
            )
            return redirect("procedures:procedure", draft.procedure_id)
    touched = drafts.touches(draft.procedure_id)
    context = {
        "question": f"启用“{draft.base.title}”的新版本",
        "consequences": [
            f"现在在办的 {touched.running_cases} 件按原来的版本办完，不受影响。",
            *(f"定期职责“{one.title}”：{one.period}起按启用时的版本开。" for one in touched.duties),
        ],
        "form": form,
        "button": "定下启用日期",
        "button_class": "btn-primary",
        "back": reverse("procedures:draft", args=[pk]),
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)


@page(action="catalog.edit", subject="definition_draft")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then throw the draft away; what it said can still be read."""
    draft: DefinitionDraft = request.subject
    asked = Discard(
        what=f"“{draft.base.title}”的草稿",
        changed="改过什么",
        stays="现行规程",
        back=reverse("procedures:draft", args=[pk]),
        is_open=draft.is_open,
        act=lambda: drafts.withdraw(draft_id=pk, by=request.user),
        refusals=drafts.DraftRefused,
    )
    return discard_page(request, asked)
