"""政策判定: what was decided about a person, why, on which figures; printed, looked at again, kept or made anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.policy_words import word
from renben.channels.workbench.attempts import of_people
from renben.channels.workbench.determination_letter import letter_of, reasons_of, sentence_of
from renben.engines.documents import issuing
from renben.engines.rules import registry, reviewing
from renben.engines.rules.models import Determination
from renben.kernel import clock
from renben.kernel.models import Task
from renben.kernel.policy import page

ACTION, REVIEW = "determination.view", "determination.review"
LETTER = "政策判定说明"


def label_of(kind: str) -> str:
    """A kind of determination in words."""
    known = reviewing.labels()
    return known.get(kind) or (registry.get(kind).label if kind in registry.names() else kind)


def selected(request: HttpRequest) -> tuple[QuerySet[Determination], dict[str, str]]:
    """Determinations asked for: by person, kind, and whether somebody must look at them again."""
    asked = {name: request.GET.get(name, "").strip()[:40] for name in ("q", "kind", "open")}
    rows = request.principal.scoped("determination", ACTION)
    if asked["q"]:
        rows = of_people(rows, asked["q"])
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["open"]:
        key = Concat(
            Value("determination.changed:"), OuterRef("pk"), Value(":"), output_field=Task._meta.get_field("key")
        )
        rows = rows.filter(Exists(Task.objects.filter(cleared_at=None, key__startswith=key)))
    return rows.order_by("-decided_at", "-id"), asked


@page(action=ACTION)
@require_GET
def determination_list(request: HttpRequest) -> HttpResponse:
    """Determinations of one's territory, newest first."""
    rows, asked = selected(request)
    found = paginate(request, rows)
    for row in found:
        row.label, row.said = label_of(row.kind), sentence_of(row)
    context = {"rows": found, "kinds": reviewing.labels().items(), "is_filtered": any(asked.values()), **asked}
    return render(request, "policies/determinations.html", context)


def inputs_of(determination: Determination) -> list[tuple[str, str]]:
    """The facts it rests on, in words; what has no word is a detail of the rule."""
    kind = reviewing.kind_of(determination)
    if kind is not None:
        named: Any = kind.words
    elif determination.kind in registry.names():
        named = {item.name: item.label for item in registry.get(determination.kind).inputs}
    else:
        named = {}
    return [(named[key], _told(value)) for key, value in determination.inputs.items() if key in named]


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_told(one) for one in value) or "没有"
    return "没有" if value is None else word(value)


class KeepForm(forms.Form):
    reason = forms.CharField(
        label="为什么维持原判定",
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：更正的事实发生在判定以后，不影响当时的结果。",
    )


@page(action=ACTION, subject="determination", reads_personal=True)
@require_GET
def determination_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One determination: the answer, the facts, each part with its article, the figures, and on wish what would differ now."""
    determination: Determination = request.subject
    compared = bool(request.GET.get("compare"))
    tasks = reviewing.open_tasks(determination)
    context = {
        "determination": determination,
        "person": determination.person,
        "label": label_of(determination.kind),
        "sentence": sentence_of(determination),
        "inputs": inputs_of(determination),
        "reasons": reasons_of(determination),
        "later": getattr(determination, "superseded_by", None),
        "compared": compared,
        "corrected": reviewing.review(determination) if compared or tasks else None,
        "today": reviewing.review(determination, on=clock.today()) if compared else None,
        "day": clock.today(),
        "tasks": tasks,
        "form": KeepForm(),
        "may_review": request.principal.may(REVIEW) and not clock.is_as_of(),
        "may_print": request.principal.may("document.print") and not clock.is_as_of(),
    }
    return render(request, "policies/determination.html", context)


@page(action=REVIEW, subject="determination")
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """核对后维持: the task is done, the determination stays, the reason is on the trail."""
    determination: Determination = request.subject
    form = KeepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reviewing.keep_as_it_is(determination=determination, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "已记下，维持原判定。")
        return redirect("policies:determination", pk)
    context = {
        "question": f"维持{determination.person.name}的{label_of(determination.kind)}？",
        "consequences": ["核对过更正的事实，原判定不用改的，写明理由。要改的，请在原办件里更正后重新判定。"],
        "form": form,
        "button": "维持原判定",
        "button_class": "btn-primary",
        "back": reverse("policies:determination", args=[pk]),
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@page(action="document.print", subject="determination")
@require_POST
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the letter to the citizen and go to its PDF."""
    determination: Determination = request.subject
    office = reviewing.office_of(determination)
    issued = issuing.issue(
        form=LETTER,
        person=determination.person,
        organization=office,
        data=letter_of(determination, office, label_of(determination.kind)),
        by=request.user,
        case_id=determination.case_id,
    )
    return redirect("cases:document", pk=issued.pk)
