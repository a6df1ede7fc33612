"""政策参数: every figure of the regulations with its dates, its document, and where it is used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.channels import export as export_sheet
from renben.channels.policy_words import STATES, StateOf, group_of, mark_of, said, state_of, words
from renben.channels.workbench.policies_chart import chart_of
from renben.engines.procedures import definitions
from renben.engines.procedures import registry as procedure_names
from renben.engines.rules import changing, registry, uses
from renben.engines.rules.models import ParameterChange
from renben.engines.rules.parameters import Parameter, Version, load_parameters
from renben.engines.rules.values import UNIT_LABELS
from renben.kernel import clock
from renben.kernel.policy import page

ACTION = "policy.view"


@dataclass(frozen=True)
class Line:
    """A parameter as the list shows it."""

    parameter: Parameter
    group: str
    version: Version | None
    state: StateOf
    value: str


def line_of(parameter: Parameter, today: dt.date) -> Line:
    version = changing.version_before(parameter, today)
    value = said(version.value, parameter) if version is not None else "还没有到"
    return Line(parameter, group_of(parameter.name), version, state_of(version), value)


def asked_for(request: HttpRequest) -> tuple[dict[str, str], list[Line]]:
    """What the list is narrowed to, and what is left, by policy and name."""
    asked = {"q": request.GET.get("q", "").strip()[:40], "group": request.GET.get("group", "")}
    asked["state"] = request.GET.get("state", "") if request.GET.get("state", "") in STATES else ""
    lines = [line_of(parameter, clock.today()) for _, parameter in sorted(load_parameters().items())]
    text = asked["q"].lower()
    found = [
        line
        for line in lines
        if (not text or text in _haystack(line))
        and asked["group"] in ("", line.parameter.name.partition(".")[0])
        and asked["state"] in ("", line.state.code)
    ]
    return asked, found


def _haystack(line: Line) -> str:
    documents = " ".join(f"{version.document}{version.article}" for version in line.parameter.versions)
    return f"{line.parameter.name} {line.parameter.label} {line.parameter.description} {documents}".lower()


@page(action=ACTION)
@require_GET
def parameter_list(request: HttpRequest) -> HttpResponse:
    """All parameters by policy, found by word, policy or state."""
    asked, found = asked_for(request)
    groups: dict[str, list[Line]] = {}
    for line in found:
        groups.setdefault(line.group, []).append(line)
    names = {name.partition(".")[0] for name in load_parameters()}
    context = {
        **asked,
        "groups": groups,
        "count": len(found),
        "all_groups": sorted((head, words()["groups"].get(head, head)) for head in names),
        "states": STATES.values(),
        "drafts": ParameterChange.objects.filter(state__in=ParameterChange.OPEN).count(),
    }
    return render(request, "policies/list.html", context)


@page(action=ACTION)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Every value of the parameters asked for, one line each."""
    _, found = asked_for(request)
    headings = ["政策", "参数", "代号", "单位", "自", "至（不含）", "数值", "文件", "条款", "可靠程度", "说明"]
    return export_sheet.xlsx(
        request,
        name="政策参数清单",
        headings=headings,
        rows=(
            [
                line.group, line.parameter.label, line.parameter.name, UNIT_LABELS[line.parameter.unit],
                version.valid_from, version.valid_to or "", said(version.value, line.parameter), version.document,
                version.article, mark_of(version) or "文件原文", version.note or version.reason,
            ]
            for line in found
            for version in line.parameter.versions
        ),
        action="policy.list",
    )  # fmt: skip


def parameter_or_404(name: str) -> Parameter:
    known = load_parameters()
    if name not in known:
        raise Http404("参数")
    return known[name]


def procedures_using(name: str) -> list[dict[str, str]]:
    """Procedures with a step whose act reaches the parameter, by number."""
    acts = procedure_names.declared()["action"]
    found = []
    for _, procedure in definitions.in_force():
        steps = [
            step.name
            for step in procedure.steps
            if isinstance(target := acts.get(step.action), str) and name in uses.parameters_behind(target)
        ]
        if steps:
            found.append({"id": procedure.id, "title": procedure.title, "steps": "、".join(steps)})
    return sorted(found, key=lambda one: one["id"])


def history_of(parameter: Parameter) -> list[dict[str, Any]]:
    """All values, newest first, with who approved those changed on screen."""
    approved = {
        change.valid_from: change
        for change in ParameterChange.objects.filter(
            parameter=parameter.name, state=ParameterChange.State.IN_FORCE
        ).select_related("author", "reviewer")
    }
    today = clock.today()
    in_force = changing.version_before(parameter, today)
    return [
        {
            "version": version,
            "value": said(version.value, parameter),
            "mark": mark_of(version),
            "is_current": version is in_force,
            "is_to_come": version.valid_from > today,
            "change": approved.get(version.valid_from),
        }
        for version in reversed(parameter.versions)
    ]


@page(action=ACTION)
@require_GET
def parameter_page(request: HttpRequest, name: str) -> HttpResponse:
    """One parameter: what it says today, its history drawn and in a table, and where it is used."""
    parameter = parameter_or_404(name)
    draft = (
        ParameterChange.objects.filter(parameter=name, state__in=ParameterChange.OPEN).select_related("author").first()
    )
    context = {
        "parameter": parameter,
        "line": line_of(parameter, clock.today()),
        "unit": UNIT_LABELS[parameter.unit],
        "history": history_of(parameter),
        "chart": chart_of(parameter, clock.today()),
        "domains": [registry.get(domain) for domain in uses.domains_of(name)],
        "procedures": procedures_using(name),
        "draft": draft,
        "may_edit": request.principal.may("catalog.edit") and draft is None and not clock.is_as_of(),
    }
    return render(request, "policies/parameter.html", context)
