"""联系用人单位: a call written down, and after how many days without contact an office is reminded (J-4.1.2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.channels.workbench.agreements_forms import day_field
from renben.channels.workbench.attempts import attempt, office_of
from renben.channels.workbench.employers_visits import WORK
from renben.channels.workbench.people_forms import OfficeField, offices_under
from renben.kernel import clock
from renben.kernel.models import Employer, Organization
from renben.kernel.policy import Principal, page
from renben.services.placement import visits
from renben.services.placement.firms import contacts
from renben.services.placement.firms.models import ContactDays, EmployerCall

DAYS = "employer.contact_days"
SAID = [one for one in EmployerCall.Way.choices if one[0] in ("phone", "counter", "online")]


class CallForm(forms.Form):
    on = day_field("联系日期")
    way = forms.ChoiceField(label="方式", choices=SAID, widget=forms.RadioSelect)
    who = forms.CharField(label="单位的人", max_length=50, required=False)
    words = forms.CharField(label="说了什么", max_length=500, help_text="例如：暂时不缺人，下月再问。")


class DaysForm(forms.Form):
    organization = OfficeField(label="机构", queryset=Organization.objects.none(), empty_label="请选择")
    days = forms.IntegerField(
        label="多少天没有联系就提醒",
        min_value=1,
        max_value=730,
        required=False,
        help_text="不填就按上级机构或全区的天数。",
    )

    def __init__(self, data: Any, principal: Principal) -> None:
        super().__init__(data)
        self.fields["organization"].queryset = offices_under(principal, DAYS)


@page(action=WORK, subject="employer")
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """记一次联系."""
    employer: Employer = request.subject
    form = CallForm(request.POST or None, initial={"on": clock.today(), "way": "phone"})

    back = f"{reverse('employers:file', args=[pk])}?tab=visits"

    def act() -> str:
        office = office_of(request.principal, WORK)
        visits.note_call(employer=employer, organization=office, by=request.user, **form.cleaned_data)
        return "联系已记下。"

    if form.is_bound and form.is_valid() and attempt(request, act):
        return redirect(back)
    context = {"form": form, "back": back, "question": f"联系{employer.name}", "button": "记下", "consequences": []}
    return render(
        request, "confirm.html", context | {"button_class": "btn-primary"}, status=422 if form.is_bound else 200
    )


@page(action=DAYS)
def contact_days(request: HttpRequest) -> HttpResponse:
    """多少天提醒, office by office; without one of its own an office has what holds above it."""
    form = DaysForm(request.POST or None, request.principal)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data

        def act() -> str:
            contacts.set_days(by=request.user, **given)
            return f"{given['organization'].short_name}的提醒天数已改好，今晚起按新的天数提醒。"

        if attempt(request, act):
            return redirect("employers:contact_days")
    rows = ContactDays.objects.filter(request.principal.within("organization__path", DAYS))
    context = {
        "form": form,
        "rows": rows.select_related("organization", "set_by").order_by("organization__path"),
        "usual": contacts.Limits().usual,
    }
    return render(request, "employers/contact_days.html", context, status=422 if form.is_bound else 200)
