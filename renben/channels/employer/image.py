"""形象页 of the firm in its own space: written, pictures put up, handed in; public when the office has approved it (P-3.5.1)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.employer.asking import at_once
from renben.channels.image_forms import PictureForm, WordsForm, first_words, picture_response
from renben.channels.workbench.attempts import attempt
from renben.kernel import clock
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement.firms import image_pages, members
from renben.services.placement.vacancies_online import office_of


def _shown(
    request: HttpRequest, words: WordsForm | None = None, picture: PictureForm | None = None, status: int = 200
) -> HttpResponse:
    firm = request.principal.firm
    held, today = image_pages.in_work(firm), clock.today()
    shown = image_pages.approved(firm)
    context = {
        "firm": firm,
        "member": members.of_employer(firm, today),
        "held": held,
        "shown": shown,
        "words": words or (WordsForm(initial=first_words(held)) if held else None),
        "picture": picture or PictureForm(),
        "pictures": (held or shown).pictures.order_by("id") if held or shown else [],
    }
    return render(request, "employer/image.html", context, status=status)


@page(EMPLOYER)
@require_GET
def image(request: HttpRequest) -> HttpResponse:
    """What is public, what is in work, and the forms to change it."""
    return _shown(request)


def _act(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    return at_once(request, act, "employer:image")


@page(EMPLOYER)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """另起一版."""

    def act() -> str:
        image_pages.start(employer=request.principal.firm, by=request.user)
        return "写好文字、放好图片，再交审核。"

    return _act(request, act)


@page(EMPLOYER)
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """保存文字."""
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _shown(request, words=form, status=422)

    def act() -> str:
        held = image_pages.start(employer=request.principal.firm, by=request.user)
        image_pages.write(page=held, words=form.words, by=request.user)
        return "文字已保存，还没有公开。"

    return _act(request, act)


@page(EMPLOYER)
@require_POST
def add_picture(request: HttpRequest) -> HttpResponse:
    """放图片."""
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, picture=form, status=422)

    def act() -> str:
        held = image_pages.start(employer=request.principal.firm, by=request.user)
        given = form.cleaned_data
        image_pages.add_picture(page=held, upload=given["file"], caption=given["caption"], by=request.user)
        return "图片已放上，还没有公开。"

    return _act(request, act)


@page(EMPLOYER, subject="firm_picture")
@require_POST
def drop_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """删图片."""

    def act() -> str:
        image_pages.drop_picture(picture=request.subject, by=request.user)
        return "图片已删。"

    return _act(request, act)


@page(EMPLOYER, subject="firm_picture")
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes of one of the firm's own pictures."""
    return picture_response(request.subject)


@page(EMPLOYER)
@require_POST
def submit(request: HttpRequest) -> HttpResponse:
    """交审核."""

    def act() -> str:
        held = image_pages.start(employer=request.principal.firm, by=request.user)
        image_pages.submit(page=held, by=request.user)
        return "已交社保所审核，通过后公开。"

    return _act(request, act)


@page(EMPLOYER)
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """申请成为会员."""
    firm = request.principal.firm

    def act() -> str:
        applicant = request.user.display_name
        members.apply(employer=firm, organization=office_of(firm), applicant=applicant, wishes="", by=request.user)
        return "申请已交，社保所审核后告诉您。"

    attempt(request, act)
    return redirect("employer:image")
