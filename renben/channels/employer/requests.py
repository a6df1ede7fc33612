"""用工指导 and other requests to the office: asked here, answered here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.employer.asking import ask, at_once
from renben.channels.paging import paginate
from renben.kernel import clock
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement import vacancies_online
from renben.services.placement.space import requests
from renben.services.placement.space.models import EmployerRequest

Kind = EmployerRequest.Kind


class AskForm(forms.Form):
    kind = forms.ChoiceField(label="什么事", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.GUIDANCE)
    about = forms.CharField(label="哪一项", max_length=100, required=False, help_text="例如：岗位补贴；没有就空着。")
    text = forms.CharField(
        label="说说情况", max_length=requests.LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="招什么人、遇到什么难处、想要什么帮助。",
    )  # fmt: skip


@page(EMPLOYER)
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """What the firm asked, with the answers."""
    rows = request.principal.of_firm("firm_request").order_by("-asked_at", "-id")
    context = {"rows": paginate(request, rows), "office": vacancies_online.office_of(request.principal.firm)}
    return render(request, "employer/requests.html", context)


@page(EMPLOYER)
def new_request(request: HttpRequest) -> HttpResponse:
    """提一件事; from a policy's page with its name filled in."""
    firm = request.principal.firm
    about = request.GET.get("about", "")[:100]
    first = {"kind": Kind.POLICY if about else Kind.GUIDANCE, "about": about}
    first["text"] = f"本单位想申请“{about}”，请告诉我们符不符合、要带什么、什么时候来办。" if about else ""
    form = AskForm(request.POST if request.method == "POST" else None, initial=first)

    def act(given: dict[str, Any]) -> str:
        made = requests.ask(employer=firm, by=request.user, **given)
        return f"已送到{made.organization.name}，{made.due_on:%m月%d日}以前答复您。"

    office = vacancies_online.office_of(firm)
    lines = [f"{office.name}在{requests.due_on(clock.today()):%m月%d日}以前答复，答复在“用工指导”里看。"]
    return ask(
        request, form, act, back=reverse("employer:requests"), question="请社保所帮忙", consequences=lines, button="送出"
    )  # fmt: skip


@page(EMPLOYER, subject="firm_request")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回."""

    def act() -> str:
        requests.withdraw(request=request.subject, by=request.user)
        return "已撤回。"

    return at_once(request, act, reverse("employer:requests"))
