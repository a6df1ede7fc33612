"""单位信息: what is on file of the firm; address, telephone and contacts it keeps itself, names and licences the office records."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.employer.asking import ask
from renben.channels.employer.home import LICENCE_SOON
from renben.channels.workbench.attempts import Refused
from renben.channels.workbench.employers_forms import ContactForm
from renben.channels.workbench.people_forms import clean_phone
from renben.kernel import clock, employers, masking
from renben.kernel.models import EmployerContact, EmployerLicence
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement import vacancies_online


class FactsForm(forms.Form):
    """What the firm may change of its own file; name, code and legal representative stand on the licence and are the office's."""

    address = forms.CharField(label="地址", max_length=128, required=False)
    phone = forms.CharField(label="单位电话", max_length=32, required=False, help_text="单位公开的电话。")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])


def _licences(firm: Any, today: dt.date) -> list[EmployerLicence]:
    """Each with `how`: over, soon or nothing to say."""
    rows = list(EmployerLicence.objects.filter(employer=firm).order_by("kind", "-valid_until", "id"))
    for one in rows:
        left = (one.valid_until - today).days if one.valid_until else None
        one.how = "" if left is None or left > LICENCE_SOON else "over" if left < 0 else "soon"
    return rows


@page(EMPLOYER)
@require_GET
def firm_page(request: HttpRequest) -> HttpResponse:
    """The firm's own file."""
    firm = request.principal.firm
    contacts = list(EmployerContact.objects.filter(employer=firm, left_on=None).order_by("id"))
    for one in contacts:
        one.phone = masking.mask_phone(employers.contact_phone(one), "detail") or "未填"
    context = {
        "firm": firm,
        "contacts": contacts,
        "licences": _licences(firm, clock.today()),
        "office": vacancies_online.office_of(firm),
    }
    return render(request, "employer/firm.html", context)


@page(EMPLOYER)
def facts(request: HttpRequest) -> HttpResponse:
    """Address and telephone."""
    firm = request.principal.firm
    first = {"address": firm.address, "phone": firm.phone, "version": firm.version}
    form = FactsForm(request.POST or None, initial=first)

    def act(given: dict[str, Any]) -> str:
        try:
            employers.edit_employer(employer_id=firm.pk, by=request.user, **given)
        except employers.StaleVersion as error:
            raise Refused("您打开之后，单位信息已经有人改过，请看看最新的再改。") from error
        return "单位信息已改好。"

    return ask(request, form, act, back=reverse("employer:firm"), question="修改地址和电话", button="保存")


@page(EMPLOYER)
def new_contact(request: HttpRequest) -> HttpResponse:
    """Somebody else at the firm the office may call."""
    form = ContactForm(request.POST or None, is_new=True)

    def act(given: dict[str, Any]) -> str:
        employers.save_contact(employer_id=request.principal.firm.pk, by=request.user, **given)
        return "联系人已登记。要让他也能登录，请他带身份证到社保所开通。"

    return ask(request, form, act, back=reverse("employer:firm"), question="登记联系人", button="登记")


@page(EMPLOYER, subject="firm_contact")
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a contact, or end its use; nobody locks themselves out."""
    held: EmployerContact = request.subject
    if held.left_on is not None:
        messages.error(request, "这位联系人已经停用。")
        return redirect("employer:firm")
    form = ContactForm(request.POST or None, is_new=False, initial={"name": held.name, "duty": held.duty})

    def act(given: dict[str, Any]) -> str:
        if given["left_on"] and held.user_id == request.user.pk:
            raise Refused("不能停用自己：停用后您就不能登录办事了。请单位别的联系人或社保所来办。")
        employers.save_contact(employer_id=held.employer_id, contact_id=held.pk, by=request.user, **given)
        return "联系人已修改。"

    return ask(request, form, act, back=reverse("employer:firm"), question=f"修改联系人 {held.name}", button="保存")
