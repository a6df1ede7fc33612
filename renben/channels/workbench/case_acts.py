"""What a clerk does on a case: act, hand in papers, return, resume, refuse, hand over, withdraw, undo, claim, explain."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from renben.channels.workbench import case_matter
from renben.channels.workbench.case_form import StepForm
from renben.channels.workbench.cases import back_to, case_context
from renben.engines.procedures import actions, followups, queries
from renben.engines.procedures.contracts import Blocked, Done
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import files, identity, people, settings_store
from renben.kernel.models import Organization
from renben.kernel.policy import page


def _step(case: Case, step_id: int) -> CaseStep:
    return get_object_or_404(case.steps.select_related("organization"), pk=step_id)


def _say(request: HttpRequest, result: Any, text: str) -> bool:
    """Tell the clerk how it went. True when it was done."""
    if isinstance(result, Blocked):
        for reason in result.reasons:
            messages.error(request, f"{reason.text}。{reason.fix}".replace("。。", "。"))
        return False
    if isinstance(result, Done) and result.replayed:
        messages.info(request, "这一步刚才已经办过了，没有重复办理。")
    else:
        messages.success(request, text)
    return True


@require_POST
@page(action="case.work", subject="case")
def act(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """Finish a step with one of its outcomes; what was typed stays when something is missing."""
    case: Case = request.subject
    step = _step(case, step_id)
    step.case = case
    spec = queries.procedure_of(case).step(step.key).as_of(step.nth)
    posted = request.POST.copy()
    try:
        keep_uploads(request, posted, step, spec)
    except files.Refused as refused:
        messages.error(request, str(refused))
    form = StepForm(posted, step=step, spec=spec, files_of=request.user)
    outcome = request.POST.get("outcome", spec.outcomes[0].code)
    chosen = spec.outcome(outcome)
    is_return = chosen is not None and chosen.kind == "return"
    if not is_return and not form.is_valid():
        return render(request, "cases/case.html", case_context(request, case, form=form, step_key=step.key), status=422)
    received = [name for name in request.POST.getlist("received") if name]
    result = actions.act(
        step_id=step.pk,
        outcome=outcome,
        by=request.user,
        data={} if is_return else form.values(),
        reason=request.POST.get("reason", "").strip(),
        received=received,
    )
    if isinstance(result, Blocked):
        if is_return:
            form.is_valid()
        for reason in result.reasons:
            form.add_error(None, f"{reason.text}。{reason.fix}".replace("。。", "。"))
        case.refresh_from_db()
        return render(request, "cases/case.html", case_context(request, case, form=form, step_key=step.key), status=422)
    label = next((o.label for o in spec.outcomes if o.code == (result.outcome or outcome)), "已办理")
    _say(request, result, f"“{spec.name}”：{label}。{case_matter.next_round(step)}{case_matter.went_on(step)}")
    return back_to(case)


def keep_uploads(request: HttpRequest, posted: Any, step: CaseStep, spec: Any) -> None:
    """Store files that came with the form at once and put their ids among the values, so that an error loses none."""
    for field in spec.fields:
        if field.type != "files":
            continue
        for upload in request.FILES.getlist(f"{field.name}__new"):
            stored = files.store_upload(
                upload, organization=step.organization, by=request.user, allow={"pdf", "jpg", "png", "xlsx"}
            )
            posted.appendlist(field.name, str(stored.pk))


@require_POST
@page(action="case.work", subject="case")
def receive(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """Tick a paper as received, or add its scan."""
    case: Case = request.subject
    step = _step(case, step_id)
    stored = None
    upload = request.FILES.get("file")
    if upload:
        try:
            stored = files.store_upload(
                upload, organization=step.organization, by=request.user, allow={"pdf", "jpg", "png"}
            )
        except files.Refused as refused:
            messages.error(request, str(refused))
            return back_to(case, step.key)
    result = actions.receive_evidence(
        case_id=case.pk,
        step_key=step.key,
        name=request.POST.get("name", ""),
        by=request.user,
        file=stored,
        state=request.POST.get("state", "received"),
        note=request.POST.get("note", "").strip(),
    )
    _say(request, result, "材料已登记。")
    return back_to(case, step.key)


class ReturnForm(forms.Form):
    missing = forms.MultipleChoiceField(label="还缺哪些材料", widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="还需说明的问题", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["missing"].choices = [(name, name) for name in names]


@page(action="case.work", subject="case")
def return_for_correction(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """一次性告知: everything that is missing, told once; the clock stops."""
    case: Case = request.subject
    step = _step(case, step_id)
    step.case = case
    checklist = queries.checklist(step)
    names = [line.name for line in checklist if line.is_needed is not False and not line.is_satisfied]
    names = names or [line.name for line in checklist if line.is_needed is not False]
    form = ReturnForm(request.POST or None, names=names, initial={"missing": names})
    if request.method == "POST" and form.is_valid():
        result = actions.return_for_correction(
            step_id=step.pk,
            missing=form.cleaned_data["missing"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        if _say(request, result, "已一次性告知，计时暂停。请打印告知单交给本人。"):
            return back_to(case, step.key)
    return render(
        request,
        "confirm.html",
        {
            "question": "一次性告知需要补交的材料",
            "consequences": [
                "请一次说全：同一办件再次告知须经主管领导同意并写明原因。出具后办理时限暂停，补齐后接着计算。"
            ],
            "form": form,
            "button": "出具《一次性告知单》",
            "button_class": "btn-primary",
            "back": f"../../../?step={step.key}",
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@require_POST
@page(action="case.work", subject="case")
def resume(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    case: Case = request.subject
    step = _step(case, step_id)
    result = actions.resume_after_correction(
        step_id=step.pk, by=request.user, received=request.POST.getlist("received")
    )
    if isinstance(result, Blocked) and result.reasons[0].code in ("not_in_correction", "no_correction"):
        result = actions.resume(step_id=step.pk, by=request.user)
    _say(request, result, "材料已补齐，恢复计时。")
    return back_to(case, step.key)


class RefuseForm(forms.Form):
    reason = forms.CharField(label="不予办理的原因", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    article = forms.CharField(label="依据的条款", max_length=200)
    appeal = forms.CharField(label="告知的救济途径", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


@page(action="case.work", subject="case")
def refuse(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """不予办理: reason, article and how to appeal, all of them on the letter."""
    case: Case = request.subject
    step = _step(case, step_id)
    spec = queries.procedure_of(case).step(step.key)
    article = next((o.article for o in spec.outcomes if o.article), "")
    appeal = f"如不服本决定，可自收到之日起 60 日内向{settings_store.get('office.appeal')}申请行政复议，或者 6 个月内向人民法院提起行政诉讼。"
    form = RefuseForm(request.POST or None, initial={"article": article, "appeal": appeal})
    if request.method == "POST" and form.is_valid():
        result = actions.refuse(step_id=step.pk, by=request.user, **form.cleaned_data)
        if _say(request, result, "已作出不予办理的决定。请打印告知书交给本人。"):
            return back_to(case)
    return render(
        request,
        "confirm.html",
        {
            "question": "不予办理",
            "consequences": ["原因和条款会原样写进告知书，请让不懂政策的人也看得懂。"],
            "form": form,
            "button": "作出不予办理的决定",
            "button_class": "btn-danger",
            "back": f"../../../?step={step.key}",
        },
        status=422 if form.is_bound and form.errors else 200,
    )


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(Organization.objects.none(), label="转到哪个机构", empty_label="请选择")
    reason = forms.CharField(label="原因", max_length=200)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Organization.objects.filter(tier=case.organization.tier, is_active=True).exclude(
            pk=case.organization_id
        )
        self.fields["to"].queryset = offices.order_by("path")


@page(action="case.work", subject="case")
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """转办: the case with all its steps and limits goes to another office of the same tier."""
    case: Case = request.subject
    form = HandOverForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        result = actions.hand_over(
            case_id=case.pk,
            to_organization=form.cleaned_data["to"],
            by=request.user,
            reason=form.cleaned_data["reason"],
        )
        if _say(request, result, f"已转到{form.cleaned_data['to'].name}，原有时限接着计算。"):
            return redirect("cases:list")
    return render(
        request,
        "confirm.html",
        {
            "question": f"转办 {case.number}",
            "consequences": ["对方接着办，已收的材料和时限都带过去，不用重来。"],
            "form": form,
            "button": "转办",
            "button_class": "btn-primary",
            "back": "../",
        },
        status=422 if form.is_bound and form.errors else 200,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


@page(action="case.work", subject="case")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    case: Case = request.subject
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        result = actions.withdraw(case_id=case.pk, by=request.user, reason=form.cleaned_data["reason"])
        if _say(request, result, "办件已撤回，已收的材料仍保留在案。"):
            return back_to(case)
    return render(
        request,
        "confirm.html",
        {
            "question": f"撤回办件 {case.number}",
            "consequences": ["撤回后这一件不再办理；以后可以重新申请。"],
            "form": form,
            "button": "撤回",
            "button_class": "btn-danger",
            "back": "../",
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@require_POST
@page(action="case.work", subject="case")
def undo(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    case: Case = request.subject
    step = _step(case, step_id)
    _say(request, actions.undo(step_id=step.pk, by=request.user), f"“{step.title}”已撤销，可以重新办理。")
    return back_to(case, step.key)


@require_POST
@page(action="case.work", subject="case")
def claim(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """领办 / 退回: who is on it, so that two people do not start the same thing."""
    case: Case = request.subject
    step = _step(case, step_id)
    if request.POST.get("release"):
        _say(request, actions.release(step_id=step.pk, by=request.user), "已退回，其他同事可以办理。")
    else:
        _say(request, actions.claim(step_id=step.pk, by=request.user), "已领办。")
    return back_to(case, step.key)


class PersonForm(forms.Form):
    number = forms.CharField(label="证件号码", max_length=30, help_text="先在人员档案里建好档；这里按号码找到本人。")

    def __init__(self, *args: Any, principal: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal, self.person = principal, None

    def clean_number(self) -> str:
        number = identity.normalise(self.cleaned_data["number"])
        alternatives = people.keys_of_query(number)
        found = self.principal.scoped("person", "person.view").filter(search_keys__contains=alternatives[0])
        if len(number) not in (15, 18) or not found.exists():
            raise forms.ValidationError("辖区里没有这个号码的人员档案。请核对号码，或先新建档案。")
        self.person = found.order_by("id").first()
        return number


@page(action="case.work", subject="case")
def attach_person(request: HttpRequest, pk: int) -> HttpResponse:
    """补上服务对象: a case that began with a reported name gets the person's file."""
    case: Case = request.subject
    form = PersonForm(request.POST or None, principal=request.principal)
    if request.method == "POST" and form.is_valid():
        result = actions.attach_person(case_id=case.pk, person=form.person, by=request.user)
        if _say(request, result, "已补上服务对象。"):
            return back_to(case)
    return render(
        request,
        "confirm.html",
        {
            "question": "这一件是给谁办的",
            "consequences": ["补上以后，表单、台账都用本人档案里的信息，不能再换成别人。"],
            "form": form,
            "button": "补上服务对象",
            "button_class": "btn-primary",
            "back": "../",
        },
        status=422 if form.is_bound and form.errors else 200,
    )


class FollowUpForm(forms.Form):
    outcome = forms.ChoiceField(
        label="结果",
        choices=[("done", "已联系，情况记在下面"), ("not_reached", "没有联系上"), ("ended", "不用再跟踪")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="情况", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


@page(action="case.work", subject="case")
def record_follow_up(request: HttpRequest, pk: int, follow_up_id: int) -> HttpResponse:
    """登记回访: what was found; the next one opens by itself, unless nothing is left to follow."""
    case: Case = request.subject
    follow_up = get_object_or_404(followups.counted(case.follow_ups.all()), pk=follow_up_id)
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = form.cleaned_data["outcome"]
        following = actions.record_follow_up(
            follow_up_id=follow_up.pk,
            outcome=outcome,
            note=form.cleaned_data["note"],
            ends=outcome == "ended",
            by=request.user,
        )
        text = f"已登记，下一次不晚于 {following.due_on:%Y-%m-%d}。" if following is not None else "已登记，不再跟踪。"
        messages.success(request, text)
        return back_to(case)
    return render(
        request,
        "confirm.html",
        {
            "question": f"{follow_up.title}，第{follow_up.nth}次（{follow_up.due_on:%Y-%m-%d} 前）",
            "consequences": ["登记后，下一次回访按规程自动排好。"],
            "form": form,
            "button": "登记",
            "button_class": "btn-primary",
            "back": "../../",
        },
        status=422 if form.is_bound and form.errors else 200,
    )
