"""会员单位: the list, one membership, applying, deciding, ending (M3-13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.agreements_forms import day_field
from renben.channels.workbench.attempts import attempt, office_of
from renben.channels.workbench.downloads import export
from renben.kernel import clock, employers
from renben.kernel.models import Employer
from renben.kernel.policy import Principal, page
from renben.services.placement.firms import image_pages, members
from renben.services.placement.firms.models import Membership

VIEW, WORK, DECIDE = "member.view", "member.work", "member.decide"
State = Membership.State


class MemberFilter(forms.Form):
    q = forms.CharField(label="单位、会员编号", max_length=60, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])


class ApplyForm(forms.Form):
    applicant = forms.CharField(label="单位经办人", max_length=50)
    wishes = forms.CharField(
        label="希望得到的服务", max_length=300, required=False, help_text="例如：形象页、优先订展位、上门指导。"
    )


class DecideForm(forms.Form):
    verdict = forms.ChoiceField(
        label="审核结果", choices=[("yes", "同意入会"), ("no", "不同意")], widget=forms.RadioSelect
    )
    starts_on = day_field("从哪天", required=False)
    until = day_field("到哪天", required=False)
    text = forms.CharField(label="审核意见", max_length=300, required=False, help_text="不同意的必须写原因。")

    @property
    def given(self) -> members.Verdict:
        asked = self.cleaned_data
        return members.Verdict(asked["verdict"] == "yes", asked["text"], asked["starts_on"], asked["until"])


class EndForm(forms.Form):
    why = forms.CharField(label="原因", max_length=200)


def selected(principal: Principal, form: MemberFilter, *, by_state: bool = True) -> QuerySet[Membership]:
    """The memberships a filled-in filter asks for, the newest first."""
    form.is_valid()
    rows = principal.scoped("membership", VIEW)
    if text := form.cleaned_data.get("q", "").strip():
        named = employers.matching(Employer.objects.all(), text).values("pk")
        rows = rows.filter(Q(employer__in=named) | Q(number=text.upper()))
    if by_state and form.cleaned_data.get("state"):
        rows = rows.filter(state=form.cleaned_data["state"])
    return rows.order_by("-applied_on", "-id")


@page(action=VIEW)
@require_GET
def member_list(request: HttpRequest) -> HttpResponse:
    """Members by state."""
    form = MemberFilter(request.GET)
    rows = selected(request.principal, form)
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, rows),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
        "today": clock.today(),
    }
    return render(request, "members/list.html", context)


@page(action=VIEW)
@require_POST
def member_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    columns = [
        ("会员编号", 26), ("单位名称", 30), ("统一社会信用代码", 22), ("状态", 12), ("申请日期", 12), ("经办人", 10),
        ("起始日期", 12), ("截止日期", 12), ("受理机构", 18), ("审核意见", 30),
    ]  # fmt: skip

    def line(row: Membership) -> list:
        return [
            row.number, row.employer.name, row.employer.uscc, row.get_state_display(), row.applied_on, row.applicant,
            row.starts_on, row.until, row.organization.short_name, row.decision,
        ]  # fmt: skip

    return export(request, "会员单位清单", columns, selected(request.principal, MemberFilter(request.POST)), line)


def _ask(request: HttpRequest, form: forms.Form, act: Callable[[], str], back: str, **words: Any) -> HttpResponse:
    if form.is_bound and form.is_valid() and attempt(request, act):
        return redirect(back)
    context = {"form": form, "back": back, "button_class": "btn-primary", "consequences": [], **words}
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


def _address(membership: Membership) -> str:
    return reverse("members:member", args=[membership.pk])


@page(action=WORK, subject="employer")
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """登记入会申请."""
    employer: Employer = request.subject
    form = ApplyForm(request.POST or None)

    def act() -> str:
        office = office_of(request.principal, WORK)
        members.apply(employer=employer, organization=office, by=request.user, **form.cleaned_data)
        return "申请已登记，由另一个人审核。"

    lines = ["会员单位有公开的形象页，每年走访一次；洽谈会留了会员展位的，优先订。不收费。"]
    back = f"{reverse('employers:file', args=[pk])}?tab=standing"
    return _ask(
        request, form, act, back, question=f"{employer.name}申请成为会员", consequences=lines, button="登记申请"
    )


@page(action=VIEW, subject="membership")
@require_GET
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One membership, and the page of the firm."""
    held: Membership = request.subject
    context = {
        "member": held,
        "employer": held.employer,
        "holds": held.holds_on(clock.today()),
        "approved": image_pages.approved(held.employer),
        "in_work": image_pages.in_work(held.employer),
    }
    return render(request, "members/member.html", context)


@page(action=DECIDE, subject="membership")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审核入会."""
    held: Membership = request.subject
    starts_on, until = members.usual_term(held.employer, clock.today())
    form = DecideForm(request.POST or None, initial={"starts_on": starts_on, "until": until})

    def act() -> str:
        done = members.decide(membership=held, verdict=form.given, by=request.user)
        return f"已审核：{done.get_state_display()}。"

    lines = [f"{held.applicant}于{held.applied_on:%Y年%m月%d日}申请。{held.wishes}"]
    question = f"审核{held.employer.name}的会员申请"
    return _ask(request, form, act, _address(held), question=question, consequences=lines, button="审核")


@page(action=WORK, subject="membership")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """退会."""
    held: Membership = request.subject
    form = EndForm(request.POST or None)

    def act() -> str:
        members.end(membership=held, by=request.user, **form.cleaned_data)
        return "已退会，形象页不再公开。"

    return _ask(
        request, form, act, _address(held), question=f"{held.employer.name}退会", button="退会", button_class="btn-danger",
        consequences=["今天起形象页不再公开，展位不再优先。以后可以重新申请。"],
    )  # fmt: skip


def of_employer(principal: Principal, employer: Employer) -> list[Membership]:
    """The memberships of one employer for its file."""
    if not principal.may(VIEW):
        return []
    return list(principal.scoped("membership", VIEW).filter(employer=employer).order_by("-applied_on", "-id"))
