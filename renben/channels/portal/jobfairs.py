"""招聘会 for everybody: which fairs come, who is there, sign up without an account, and say on the spot which job one wants.

What the page writes is a ticket (name and mobile number, encrypted) and intents; nothing else is kept, no cookie is set.
"""

from __future__ import annotations

import re
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from renben.channels.workbench.attempts import attempt
from renben.kernel import clock
from renben.kernel.policy import PUBLIC, page
from renben.kernel.textnorm import halfwidth
from renben.services.placement.fairs import planning, visiting
from renben.services.placement.fairs.models import Fair, FairBooth, FairVisitor
from renben.services.placement.hall.models import Hall
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_words import wage_text

SHOWN = 100
_NOT_DIGIT = re.compile(r"\D")


class SignUp(forms.Form):
    name = forms.CharField(label="姓名", max_length=50)
    phone = forms.RegexField(
        r"^1\d{10}$", label="手机号", max_length=11, help_text="11位。只用来通知这场会的事。",
        error_messages={"invalid": "手机号要写11位数字，请核对。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel"}),
    )  # fmt: skip
    wanted = forms.CharField(label="想找什么工作", max_length=64, required=False)

    def __init__(self, data: Any = None) -> None:
        if data is not None and "phone" in data:
            data = data.copy()
            data["phone"] = _NOT_DIGIT.sub("", halfwidth(data["phone"]))
        super().__init__(data)


class Wish(forms.Form):
    code = forms.CharField(label="我的入场码", max_length=12, help_text="报名时给的8位，在入场二维码下面。")
    vacancy = forms.ModelChoiceField(label="看中的岗位", queryset=Vacancy.objects.none(), empty_label="请选择")

    def __init__(self, data: Any, *, booth: FairBooth, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        ids = [one.pk for one in visiting.vacancies_at(booth)]
        self.fields["vacancy"].queryset = Vacancy.objects.filter(pk__in=ids).order_by("title", "id")
        self.fields["vacancy"].widget.attrs["class"] = "form-select"


def _public() -> Any:
    """What the public may see: announced fairs, and called-off ones that had been announced."""
    rows = Fair.objects.select_related("organization", "hall")
    return rows.filter(announced_on__isnull=False).exclude(state=Fair.State.PLANNED)


@page(PUBLIC)
@require_GET
def fairs(request: HttpRequest) -> HttpResponse:
    """The fairs that come, the next one first."""
    coming = _public().filter(on__gte=clock.today(), state__in=[Fair.State.ANNOUNCED, Fair.State.CANCELLED])
    return render(request, "portal/jobfairs.html", {"fairs": coming.order_by("on", "starts_at", "id")[:SHOWN]})


def _shown(number: str) -> Fair:
    return get_object_or_404(_public(), number=number)


@page(PUBLIC)
def fair(request: HttpRequest, number: str) -> HttpResponse:
    """One fair: employers, jobs, and signing up."""
    shown = _shown(number)
    form = SignUp(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made: list[FairVisitor] = []

        def act() -> str:
            made.append(visiting.sign_up(fair=shown, **form.cleaned_data))
            return "报名好了。请保存这一页，或记下入场码。"

        if attempt(request, act):
            return redirect("jobfair_ticket", made[0].code)
    context = {
        "fair": shown,
        "form": form,
        "stands": [(booth, _offers(booth)) for booth in planning.standing(shown)],
        "hall": Hall.objects.filter(fair=shown).first(),
        "may_sign_up": shown.is_coming and shown.on >= clock.today(),
    }
    return render(request, "portal/jobfair.html", context, status=422 if form.is_bound else 200)


def _offers(booth: FairBooth) -> list[tuple[Vacancy, str]]:
    """Each vacancy with its wage as the employer wrote it."""
    return [(one, wage_text(one)) for one in visiting.vacancies_at(booth)]


def _picture(address: str) -> SafeString:
    """The QR picture as SVG elements; nothing of it comes from the reader."""
    svg = segno.make(address, error="m", micro=False).svg_inline(svgclass=None, lineclass=None, omitsize=True)
    return mark_safe(svg)


@page(PUBLIC)
@require_GET
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The visitor's own ticket: whoever holds the code sees the first character of the name and what was noted."""
    visitor = get_object_or_404(FairVisitor.objects.select_related("fair__organization"), code=code.strip().upper())
    address = request.build_absolute_uri(f"{reverse('fairs:ticket')}?code={visitor.code}")
    context = {
        "visitor": visitor,
        "fair": visitor.fair,
        "called": f"{visitor.name[:1]}{'*' * (len(visitor.name) - 1)}",
        "picture": _picture(address),
        "hall": Hall.objects.filter(fair=visitor.fair).first(),
        "intents": visitor.intents.select_related("vacancy", "booth__employer").order_by("id"),
    }
    return render(request, "portal/jobfair_ticket.html", context)


@page(PUBLIC)
def booth(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR of a booth leads: choose a job with one's own code, on one's own telephone."""
    rows = FairBooth.objects.exclude(state=FairBooth.State.CANCELLED).select_related("fair__organization", "employer")
    stand = get_object_or_404(rows, code=code.strip().upper())
    if stand.fair.announced_on is None:
        raise Http404
    form = Wish(
        request.POST if request.method == "POST" else None, booth=stand, initial={"code": request.GET.get("code", "")}
    )
    if request.method == "POST" and form.is_valid():
        mine = FairVisitor.objects.filter(fair=stand.fair, code=form.cleaned_data["code"].strip().upper())
        visitor = mine.select_related("fair__organization", "person").first()
        if visitor is None:
            form.add_error("code", "没有这个入场码。请核对，或到服务台报名。")
        elif attempt(request, lambda: _wished(visitor, stand, form.cleaned_data["vacancy"])):
            return redirect("jobfair_ticket", visitor.code)
    if request.method == "GET" and stand.fair.on > clock.today():
        messages.info(request, f"洽谈会{stand.fair.on:%Y-%m-%d}开，到时再来选岗位。")
    context = {"booth": stand, "fair": stand.fair, "form": form, "offers": _offers(stand)}
    return render(request, "portal/jobfair_booth.html", context, status=422 if form.is_bound else 200)


def _wished(visitor: FairVisitor, stand: FairBooth, vacancy: Vacancy) -> str:
    visiting.intend(visitor=visitor, booth=stand, vacancy=vacancy)
    return f"已告诉单位您看中了“{vacancy.title}”，请到{stand.places_text}展位面谈。"
