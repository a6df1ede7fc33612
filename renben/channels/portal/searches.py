"""保存的条件: kept from the page where one looks for work, run again with one tap; new jobs are told once a day."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.portal.jobs import JobsForm
from renben.channels.portal.own import own_page
from renben.channels.workbench.attempts import attempt
from renben.services.placement.finding_vacancies import Wanted
from renben.services.placement.saved import saving
from renben.services.placement.saved.models import SavedSearch

KIND = SavedSearch.Kind.JOBS


def kept_query(asked: QueryDict) -> str:
    """What of an address is the question: known wishes that say something, in the order of the form."""
    pairs = [(name, value) for name in JobsForm.base_fields for value in asked.getlist(name) if value.strip()]
    return urlencode(pairs)


def wanted_of(query: str) -> Wanted:
    """The question again, as the page would ask it."""
    return JobsForm(QueryDict(query)).wanted(1)


def words_of(query: str) -> str:
    """The question in words: `保洁员、胜利街道、4000元以上`."""
    form = JobsForm(QueryDict(query))
    form.is_valid()
    words = [form.cleaned_data.get("q", "")]
    for name in ("region", "wage", "kind", "shift", "offer", "access"):
        labels = dict(form.fields[name].choices)
        given = form.cleaned_data.get(name) or []
        words += [str(labels[one]) for one in ([given] if isinstance(given, str) else given)]
    return "、".join(word for word in words if word) or "全部岗位"


@own_page
@require_GET
def searches(request: HttpRequest) -> HttpResponse:
    """Mine, by name; the name runs it."""
    rows = [
        {"saved": one, "address": f"{reverse('jobs')}?{one.query}", "words": words_of(one.query)}
        for one in saving.of(request.user, KIND)
    ]
    return render(request, "portal/searches.html", {"rows": rows})


@own_page
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present question; back to where it was asked."""
    query = kept_query(QueryDict(request.POST.get("query", "")[:2000]))

    def act() -> str:
        saved = saving.save(user=request.user, kind=KIND, name=words_of(query)[: saving.NAME], query=query)
        return f"已保存“{saved.name}”。有新岗位，会发到“我的消息”。"

    attempt(request, act)
    return redirect("searches")


def _own(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(saving.of(request.user, KIND), pk=pk)


@own_page
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _own(request, pk)
    attempt(request, lambda: _renamed(saved, request.POST))
    return redirect("searches")


def _renamed(saved: SavedSearch, given: Any) -> str:
    saving.rename(saved=saved, name=given.get("name", ""))
    return "名称改好了。"


@own_page
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    _own(request, pk).delete()
    messages.success(request, "已删掉，不再提醒。")
    return redirect("searches")
