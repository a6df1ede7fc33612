"""休假委托: one's own posts lent to a colleague for some days."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels import export
from renben.channels.workbench.people_forms import DATE
from renben.kernel import clock, staffing
from renben.kernel.models import Delegation, Post, StaffMember
from renben.kernel.policy import Principal, page
from renben.kernel.roles import ADMINS


def colleagues(principal: Principal) -> QuerySet[StaffMember]:
    """Staff with a post in my office's subtree; from a village station, in its street."""
    home = principal.home
    root = home.parent if home.tier == "community" and home.parent else home
    posts = Post.objects.active_on(clock.today()).filter(organization__path__startswith=root.path)
    admins = Post.objects.active_on(clock.today()).filter(role__in=ADMINS).values("staff")
    return (
        StaffMember.objects.filter(pk__in=posts.values("staff"), user__is_active=True)
        .exclude(pk=principal.staff.pk)
        .exclude(pk__in=admins)
        .order_by("name", "id")
    )


class DelegationForm(forms.Form):
    to = forms.ModelChoiceField(label="委托给", queryset=StaffMember.objects.none(), empty_label="请选择同事")
    start_on = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    last_on = forms.DateField(
        label="到哪天止", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"), help_text="这一天也算在内。"
    )
    reason = forms.CharField(label="原因", max_length=200, help_text="例如：年休假。")

    def __init__(self, principal: Principal, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues(principal)

    def clean_start_on(self) -> dt.date:
        if (start_on := self.cleaned_data["start_on"]) < clock.today():
            raise forms.ValidationError("不能补办过去的委托，请从今天或以后的日期开始。")
        return start_on


@page(action="delegation.give")
def delegations(request: HttpRequest) -> HttpResponse:
    """Give a delegation, and the list of those given and held."""
    me = request.principal.staff
    form = DelegationForm(request.principal, request.POST or None, initial={"start_on": clock.today()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            try:
                staffing.delegate(
                    from_staff=me,
                    to_staff=asked["to"],
                    start_on=asked["start_on"],
                    end_on=asked["last_on"] + dt.timedelta(days=1),
                    reason=asked["reason"],
                    by=request.user,
                )
            except staffing.NotAllowed as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"已委托给{asked['to'].name}。")
                return redirect("delegation:list")
    context = {"form": form, "rows": given_and_held(request.principal)}
    return render(request, "admin/delegations.html", context, status=status)


def given_and_held(principal: Principal) -> list[Delegation]:
    """The last fifty delegations one has given or held, each with how it stands."""
    me = principal.staff
    rows = list(
        Delegation.objects.filter(Q(from_staff=me) | Q(to_staff=me))
        .select_related("from_staff", "to_staff")
        .order_by("-start_on", "-id")[:50]
    )
    today = clock.today()
    for row in rows:
        row.last_on = row.end_on - dt.timedelta(days=1)
        row.is_mine = row.from_staff_id == me.pk
        row.is_open = row.revoked_at is None and row.end_on > today
        row.state = (
            "已撤回"
            if row.revoked_at
            else "已到期"
            if row.end_on <= today
            else ("未开始" if row.start_on > today else "代办中")
        )
    return rows


@page(action="delegation.give")
@require_GET
def delegations_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    rows = (
        [row.from_staff.name, row.to_staff.name, row.start_on, row.last_on, row.reason, row.state]
        for row in given_and_held(request.principal)
    )
    headings = ["委托人", "代办人", "从哪天起", "到哪天止", "原因", "状态"]
    return export.xlsx(request, name="委托代办", headings=headings, rows=rows, action="delegations")


@page(action="delegation.give")
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own delegation."""
    row = Delegation.objects.filter(pk=pk, from_staff=request.principal.staff).select_related("from_staff").first()
    if row is None:
        raise Http404("delegation")
    staffing.revoke_delegation(delegation=row, by=request.user)
    messages.success(request, "委托已撤回。")
    return redirect("delegation:list")
