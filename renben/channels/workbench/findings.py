"""政策找人: whom a policy seems to fit, as a funnel from found to granted; every number leads to its list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import of_people
from renben.channels.workbench.downloads import export
from renben.channels.workbench.people import offices_of
from renben.engines.rules import searching
from renben.kernel.models import Person
from renben.kernel.policy import Principal, page
from renben.services.support.finding.models import Finding, FindingRun
from renben.services.support.finding.tasks import label_of

ACTION = "finding.view"
State = Finding.State

REACHED = {
    "found": ("找到", "系统查到可能符合的人", ~Q(state=State.ENDED)),
    "told": ("告知", "已经告诉本人", Q(told_on__isnull=False) | Q(state__in=[State.APPLIED, State.GRANTED])),
    "applied": ("申请", "已经开始申请", Q(applied_on__isnull=False) | Q(state=State.GRANTED)),
    "granted": ("享受", "已经办成", Q(state=State.GRANTED)),
}
"""Stages of the funnel: how many have come at least this far; who no longer fits is left out."""


class FindingFilter(forms.Form):
    """The filter above the list. `office` cleaned is the path of one of the offices offered."""

    q = forms.CharField(label="姓名、拼音首字母、证件号后四位、手机尾号", max_length=40, required=False)
    policy = forms.ChoiceField(label="政策", required=False)
    office = forms.ChoiceField(label="机构", required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    stage = forms.ChoiceField(required=False, choices=[("", ""), *((key, row[0]) for key, row in REACHED.items())])
    sure = forms.ChoiceField(
        label="把握", required=False, choices=[("", "全部"), ("yes", "条件都已知道"), ("no", "还要问清")]
    )

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        rows = offices_of(principal).values_list("pk", "short_name", "path")
        self.paths = {str(pk): path for pk, _, path in rows}
        self.fields["office"].choices = [("", "全部"), *((str(pk), name) for pk, name, _ in rows)]
        self.fields["policy"].choices = [("", "全部"), *((s.key, s.label) for s in searching.searches())]

    def clean_office(self) -> str:
        return self.paths.get(self.cleaned_data.get("office", ""), "")


def of_filter(principal: Principal, form: FindingFilter, *, with_state: bool = True) -> QuerySet[Finding]:
    """The findings a filled-in filter asks for, inside the reader's territory."""
    form.is_valid()
    asked = form.cleaned_data
    rows = of_people(principal.scoped("finding", ACTION), asked.get("q", ""))
    if asked.get("policy"):
        rows = rows.filter(policy=asked["policy"])
    if asked.get("office"):
        rows = rows.filter(person__organization__path__startswith=asked["office"])
    if asked.get("sure"):
        rows = rows.filter(is_sure=asked["sure"] == "yes")
    if not with_state:
        return rows
    if asked.get("stage"):
        rows = rows.filter(REACHED[asked["stage"]][2])
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


def funnel(rows: QuerySet[Finding]) -> list[dict[str, Any]]:
    """The four numbers; the share is of the stage before."""
    counts = rows.order_by().aggregate(**{key: Count("id", filter=row[2]) for key, row in REACHED.items()})
    told, before = [], 0
    for key, (label, note, _) in REACHED.items():
        share = f"，占上一步的 {100 * counts[key] // before}%" if before else ""
        told.append({"key": key, "label": label, "count": counts[key], "note": f"{note}{share}"})
        before = counts[key]
    return told


def last_run() -> dict[str, Any] | None:
    """How the latest look over the register went, told by policy."""
    run = FindingRun.objects.order_by("-id").first()
    if run is None:
        return None
    rows = [
        {"label": label_of(key), **{name: counts.get(name, 0) for name in ("found", "new", "granted", "ended")}}
        for key, counts in run.counts.items()
    ]
    return {"run": run, "rows": rows, "percent": 100 * run.people_done // max(1, run.people_total)}


def of_person(person: Person) -> list[Finding]:
    """What policies found about a person, for the person's file."""
    found = list(Finding.objects.of_person(person)[:20])
    for finding in found:
        finding.label = label_of(finding.policy)
    return found


@page(action=ACTION)
@require_GET
def finding_list(request: HttpRequest) -> HttpResponse:
    """The funnel and the list below it."""
    form = FindingFilter(request.principal, request.GET)
    rows = of_filter(request.principal, form)
    everybody = of_filter(request.principal, form, with_state=False)
    found = dict(everybody.order_by().values_list("state").annotate(n=Count("id")))
    state, stage = form.cleaned_data.get("state", ""), form.cleaned_data.get("stage", "")
    listed = paginate(request, rows.order_by("-found_on", "-id"))
    for finding in listed:
        finding.label = label_of(finding.policy)
    context = {
        "form": form,
        "rows": listed,
        "funnel": funnel(everybody),
        "stage": stage,
        "state": state,
        "tabs": [(code, label, found.get(code, 0)) for code, label in State.choices],
        "all_count": sum(found.values()),
        "last": last_run(),
    }
    return render(request, "findings/list.html", context)


@page(action="person.export")
@require_POST
def finding_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked as on the screen."""
    form = FindingFilter(request.principal, request.POST)
    rows = of_filter(request.principal, form).select_related("told_by").order_by("-found_on", "-id")
    columns = [
        ("姓名", 10), ("证件号码", 22), ("归属机构", 18), ("政策", 24), ("状态", 10), ("理由", 50), ("还要问清或先办的", 40),
        ("发现日期", 12), ("告知日期", 12), ("告知方式", 10), ("申请日期", 12), ("不办的原因", 14), ("说明", 40),
    ]  # fmt: skip

    def line(row: Finding) -> list[Any]:
        return [
            row.person.name, row.person.id_masked, row.person.organization.short_name, label_of(row.policy),
            row.get_state_display(), row.reason, "；".join(row.missing), row.found_on, row.told_on,
            row.get_told_how_display(), row.applied_on, row.get_no_reason_display(), row.ended_note,
        ]  # fmt: skip

    return export(request, "政策找人", columns, rows, line)
