"""常用条件 of the list of vacancies: each reader keeps the questions asked again and again."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.vacancies import VIEW, VacancyFilter
from renben.kernel.policy import page
from renben.services.placement.saved import saving
from renben.services.placement.saved.models import SavedSearch

KIND = SavedSearch.Kind.VACANCIES


def kept_query(asked: QueryDict) -> str:
    """What of an address is the question."""
    pairs = [(name, value) for name in VacancyFilter.base_fields for value in asked.getlist(name) if value.strip()]
    return urlencode(pairs)


@page(action=VIEW)
@require_GET
def saved_list(request: HttpRequest) -> HttpResponse:
    """The reader's own; the present question of the list can be kept under a name."""
    asked = kept_query(request.GET)
    rows = [(one, f"{reverse('vacancies:list')}?{one.query}") for one in saving.of(request.user, KIND)]
    return render(request, "vacancies/saved.html", {"rows": rows, "asked": asked})


@page(action=VIEW)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    query = kept_query(QueryDict(request.POST.get("query", "")[:2000]))

    def act() -> str:
        saved = saving.save(user=request.user, kind=KIND, name=request.POST.get("name", ""), query=query)
        return f"已保存“{saved.name}”。"

    attempt(request, act)
    return redirect("vacancies:saved")


def _own(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(saving.of(request.user, KIND), pk=pk)


@page(action=VIEW)
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _own(request, pk)

    def act() -> str:
        saving.rename(saved=saved, name=request.POST.get("name", ""))
        return "名称改好了。"

    attempt(request, act)
    return redirect("vacancies:saved")


@page(action=VIEW)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    _own(request, pk).delete()
    messages.success(request, "已删掉。")
    return redirect("vacancies:saved")
