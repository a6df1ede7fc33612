"""开通网上办事: at the counter, with the papers seen, a code is printed for a labourer or for a firm's contact; and closed again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.channels.pictures import qr
from renben.channels.workbench.attempts import office_of
from renben.engines.accounts import activation
from renben.engines.accounts.activation import NotOpened, Seen
from renben.kernel.models import EmployerContact, Person
from renben.kernel.policy import page

MANAGE = "online.manage"


class SeenForm(forms.Form):
    """What the clerk looked at before the code is printed."""

    seen = forms.ChoiceField(label="当面核对了什么证件", widget=forms.RadioSelect)
    is_same = forms.BooleanField(
        label="证件是本人的，与档案一致", error_messages={"required": "核对无误后，请勾选这一项。"}
    )

    def __init__(self, data: Any, *, owner: Person | EmployerContact) -> None:
        super().__init__(data)
        allowed = activation.FOR_PERSON if isinstance(owner, Person) else activation.FOR_CONTACT
        self.fields["seen"].choices = [(code, Seen(code).label) for code in allowed]


class CloseForm(forms.Form):
    reason = forms.CharField(label="为什么停用", max_length=150, help_text="例如：本人申请；手机丢失；联系人已离职。")


def _back(owner: Person | EmployerContact) -> str:
    if isinstance(owner, Person):
        return reverse("people:file", args=[owner.pk])
    return reverse("employers:file", args=[owner.employer_id])


def _context(owner: Person | EmployerContact, form: SeenForm) -> dict[str, Any]:
    is_person = isinstance(owner, Person)
    return {
        "owner": owner,
        "is_person": is_person,
        "firm": None if is_person else owner.employer,
        "standing": activation.standing(owner),
        "form": form,
        "back": _back(owner),
        "here": reverse("online:person" if is_person else "online:contact", args=[owner.pk]),
        "closing": reverse("online:close_person" if is_person else "online:close_contact", args=[owner.pk]),
    }


def _page(request: HttpRequest, owner: Person | EmployerContact) -> HttpResponse:
    """How the account stands and, with the papers seen, a code. The code stands in this one answer and nowhere else: the form
    carries no once-key, whose answer would be kept; sent twice, the second code voids the first."""
    form = SeenForm(request.POST if request.method == "POST" else None, owner=owner)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                made, code = activation.issue(
                    owner=owner,
                    seen=form.cleaned_data["seen"],
                    organization=office_of(request.principal, MANAGE),
                    by=request.user,
                )
                return _slip(request, owner, made, code)
            except NotOpened as refused:
                form.add_error(None, str(refused))
        status = 422
    return render(request, "online/owner.html", _context(owner, form), status=status)


def _slip(request: HttpRequest, owner: Person | EmployerContact, made: Any, code: str) -> HttpResponse:
    place = f"{settings.PUBLIC_BASE_URL}{reverse('open_account')}"
    context = {
        "owner": owner,
        "firm": None if isinstance(owner, Person) else owner.employer,
        "code": activation.printed(code),
        "made": made,
        "place": place,
        "picture": qr(f"{place}?code={code}"),
        "renews": activation.account_of(owner),
        "back": _back(owner),
    }
    response = render(request, "online/slip.html", context)
    response["Cache-Control"] = "no-store"
    return response


@page(action=MANAGE, subject="person")
def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    """A labourer's account."""
    return _page(request, request.subject)


@page(action=MANAGE, subject="employer_contact")
def of_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The account of somebody who speaks for an employer."""
    return _page(request, request.subject)


def _close(request: HttpRequest, owner: Person | EmployerContact) -> HttpResponse:
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            activation.close(owner=owner, reason=form.cleaned_data["reason"], by=request.user)
        except NotOpened as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{owner.name}的网上办事已停用。")
            return redirect(_back(owner))
    context = {
        "question": f"停用{owner.name}的网上办事",
        "consequences": ["账号马上不能再登录，没用过的激活码作废。以前办的事都留着；再开通时打一张新的激活码。"],
        "form": form,
        "button": "停用",
        "button_class": "btn-danger",
        "back": reverse("online:person" if isinstance(owner, Person) else "online:contact", args=[owner.pk]),
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)


@page(action=MANAGE, subject="person")
def close_person(request: HttpRequest, pk: int) -> HttpResponse:
    return _close(request, request.subject)


@page(action=MANAGE, subject="employer_contact")
def close_contact(request: HttpRequest, pk: int) -> HttpResponse:
    return _close(request, request.subject)
