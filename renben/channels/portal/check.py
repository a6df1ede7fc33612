"""证件核验: anyone may ask whether a paper with this number and code was issued and still stands."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.engines.documents import issuing
from renben.kernel.policy import PUBLIC, page


class CheckForm(forms.Form):
    number = forms.CharField(label="编号", max_length=40, help_text="印在证书或文书右上角。")
    code = forms.CharField(label="查验码", max_length=16, help_text="印在二维码旁边，不分大小写。")


@page(PUBLIC)
@require_GET
def certificate_check(request: HttpRequest) -> HttpResponse:
    """Says 真, 作废 or 查无此件. Only what is printed for the public is shown; number and code must both fit."""
    is_asked = bool(request.GET)
    form = CheckForm(request.GET if is_asked else None)
    found = None
    if is_asked and form.is_valid():
        found = issuing.verify(form.cleaned_data["number"].strip().upper(), form.cleaned_data["code"])
    return _answer(request, form, found, is_answered=is_asked and form.is_valid())


@page(PUBLIC)
@require_GET
def certificate_check_code(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Where the QR of a paper leads: the same answer without typing anything."""
    form = CheckForm({"number": number, "code": code})
    found = issuing.verify(number.strip().upper(), code) if form.is_valid() else None
    return _answer(request, form, found, is_answered=True)


def _answer(
    request: HttpRequest, form: CheckForm, found: issuing.PublicFacts | None, *, is_answered: bool
) -> HttpResponse:
    return render(request, "portal/check.html", {"form": form, "found": found, "is_answered": is_answered})
