"""单位形象页 in the office: written for a firm that asks by telephone, looked at, approved or sent back (P-3.5.1)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.image_forms import PictureForm, WordsForm, first_words, picture_response
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.members import DECIDE, VIEW, WORK
from renben.kernel.policy import page
from renben.services.placement.firms import image_pages
from renben.services.placement.firms.models import FirmPage, FirmPicture


class DecideForm(forms.Form):
    verdict = forms.ChoiceField(
        label="审核结果", choices=[("yes", "可以公开"), ("no", "退回修改")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="意见", max_length=300, required=False, help_text="退回的写明改哪里。")


@page(action=WORK, subject="membership")
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """另起一版, or go on with the one in work."""
    made: list[FirmPage] = []

    def act() -> str:
        made.append(image_pages.start(employer=request.subject.employer, by=request.user))
        return "请写好文字、放好图片，再交审核。"

    if attempt(request, act):
        return redirect("members:page", made[0].pk)
    return redirect("members:member", pk)


def _shown(request: HttpRequest, words: WordsForm, picture: PictureForm, status: int = 200) -> HttpResponse:
    held: FirmPage = request.subject
    context = {
        "page": held,
        "employer": held.employer,
        "words": words,
        "picture": picture,
        "decide_form": DecideForm(),
        "pictures": held.pictures.select_related("file").order_by("id"),
        "is_open": held.state in FirmPage.OPEN,
    }
    return render(request, "members/page.html", context, status=status)


def _back(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    attempt(request, act)
    return redirect("members:page", request.subject.pk)


@page(action=VIEW, subject="firm_page")
@require_GET
def firm_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: what it says, its pictures, and what may be done with it."""
    return _shown(request, WordsForm(initial=first_words(request.subject)), PictureForm())


@page(action=WORK, subject="firm_page")
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """保存文字."""
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, PictureForm(), 422)

    def act() -> str:
        image_pages.write(page=request.subject, words=form.words, by=request.user)
        return "文字已保存，还没有公开。"

    return _back(request, act)


@page(action=WORK, subject="firm_page")
@require_POST
def add_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """加图片."""
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, WordsForm(initial=first_words(request.subject)), form, 422)

    def act() -> str:
        given = form.cleaned_data
        image_pages.add_picture(page=request.subject, upload=given["file"], caption=given["caption"], by=request.user)
        return "图片已放上，还没有公开。"

    return _back(request, act)


@page(action=WORK, subject="firm_picture")
@require_POST
def drop_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """删图片."""
    held: FirmPicture = request.subject

    def act() -> str:
        image_pages.drop_picture(picture=held, by=request.user)
        return "图片已删。"

    attempt(request, act)
    return redirect("members:page", held.page_id)


@page(action=VIEW, subject="firm_picture")
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes of a picture that is not public yet."""
    return picture_response(request.subject)


@page(action=WORK, subject="firm_page")
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """交审核."""

    def act() -> str:
        image_pages.submit(page=request.subject, by=request.user)
        return "已交审核，通过后公开。"

    return _back(request, act)


@page(action=DECIDE, subject="firm_page")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审核."""
    form = DecideForm(request.POST)

    def act() -> str:
        given = form.cleaned_data if form.is_valid() else {"verdict": "no", "note": ""}
        done = image_pages.decide(
            page=request.subject, is_approved=given["verdict"] == "yes", note=given["note"], by=request.user
        )
        return f"已审核：{done.get_state_display()}。"

    return _back(request, act)
