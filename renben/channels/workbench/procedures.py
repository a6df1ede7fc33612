"""规程: the catalogue as staff read it. Found by number or word, each one as a guide, with its versions side by side."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from renben.channels import export as export_sheet
from renben.channels.guides import KINDS, limit_line, matches, paper_lines
from renben.channels.templatetags.renben import tier_name
from renben.engines.documents.forms import FormError, find_form
from renben.engines.documents.typst_engine import render as render_form
from renben.engines.ledgers import definitions as ledgers
from renben.engines.procedures import bpmn, definitions, svg
from renben.engines.procedures.difference import difference
from renben.engines.procedures.layout import TIER_LABELS
from renben.engines.procedures.models import Definition, DefinitionActivation, DefinitionDraft
from renben.engines.procedures.schema import Outcome, Procedure, Step
from renben.kernel import clock
from renben.kernel.policy import page
from renben.kernel.roles import Role

ACTION = "case.view"
_END = {"refuse": "不再办理"}
PERIODS = {"day": "每天", "week": "每周", "month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}


class CatalogueFilter(forms.Form):
    """What the list is narrowed to. Chapters are those the catalogue has."""

    q = forms.CharField(label="编号或文字", max_length=40, required=False)
    tier = forms.ChoiceField(label="层级", required=False)
    kind = forms.ChoiceField(label="类型", choices=[("", "全部"), *KINDS.items()], required=False)
    chapter = forms.ChoiceField(label="章", required=False)

    def __init__(self, *args: Any, known: list[Procedure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = {procedure.tier for procedure in known}
        self.fields["tier"].choices = [
            ("", "全部"),
            *((code, name) for code, name in TIER_LABELS.items() if code in tiers),
        ]
        chapters = dict.fromkeys(procedure.source.chapter for procedure in known)
        self.fields["chapter"].choices = [("", "全部"), *((name, name) for name in chapters)]

    def keeps(self, procedure: Procedure) -> bool:
        asked = self.cleaned_data
        return (
            matches(procedure, asked.get("q", ""))
            and asked.get("tier", "") in ("", procedure.tier)
            and asked.get("kind", "") in ("", procedure.kind)
            and asked.get("chapter", "") in ("", procedure.source.chapter)
        )


def asked_for(request: HttpRequest) -> tuple[CatalogueFilter, list[tuple[int, Procedure]]]:
    """The filter and what it leaves, by tier, chapter and number."""
    known = definitions.in_force()
    form = CatalogueFilter(request.GET, known=[procedure for _, procedure in known])
    form.is_valid()
    tiers = list(TIER_LABELS)
    found = [(key, procedure) for key, procedure in known if form.keeps(procedure)]
    return form, sorted(found, key=lambda one: (tiers.index(one[1].tier), one[1].id))


@page(action=ACTION)
@require_GET
def procedure_list(request: HttpRequest) -> HttpResponse:
    """Every procedure in force, by tier and chapter."""
    form, found = asked_for(request)
    versions = dict(Definition.objects.filter(pk__in=[key for key, _ in found]).values_list("pk", "version"))
    tiers: dict[str, dict[str, list]] = {}
    for key, procedure in found:
        chapters = tiers.setdefault(procedure.tier, {})
        heading = f"{procedure.source.chapter}{procedure.source.section}"
        line = {"procedure": procedure, "version": versions[key], "kind": KINDS[procedure.kind]}
        chapters.setdefault(heading, []).append(line)
    context = {"form": form, "tiers": tiers, "count": len(found)}
    return render(request, "procedures/list.html", context)


@page(action=ACTION)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The list as .xlsx, one line for each step."""
    _, found = asked_for(request)
    headings = [
        "编号",
        "工作项",
        "层级",
        "类型",
        "章",
        "节",
        "环节",
        "环节名称",
        "怎么办",
        "岗位",
        "时限",
        "材料",
        "表单",
        "台账",
    ]
    return export_sheet.xlsx(
        request,
        name="规程清单",
        headings=headings,
        rows=(
            _sheet_line(procedure, place, step)
            for _, procedure in found
            for place, step in enumerate(procedure.steps, 1)
        ),
        action="catalog.list",
    )


def _sheet_line(procedure: Procedure, place: int, step: Step) -> list[object]:
    return [
        procedure.id,
        procedure.title,
        tier_name(procedure.tier),
        KINDS[procedure.kind],
        procedure.source.chapter,
        procedure.source.section,
        place,
        step.name,
        step.does,
        "、".join(Role(role).label for role in step.roles),
        "；".join(limit.text for limit in step.deadlines),
        "；".join(piece.name for piece in step.evidence),
        "、".join(step.forms),
        "、".join(step.ledgers),
    ]


def procedure_or_404(procedure_id: str) -> tuple[int, Procedure]:
    try:
        return definitions.current(procedure_id)
    except definitions.ProcedureUnknown as error:
        raise Http404("规程") from error


def _form_slug(name: str) -> str:
    try:
        return find_form(name).slug
    except FormError:
        return ""


def _ledger_slug(name: str) -> str:
    try:
        return ledgers.find(name).slug
    except ledgers.LedgerError:
        return ""


def step_lines(procedure: Procedure) -> list[dict[str, Any]]:
    """The steps as the page shows them: who, limits with their meaning, forms and ledgers with where they are."""
    return [
        {
            "spec": step,
            "who": "、".join(Role(role).label for role in step.roles),
            "limits": [limit_line(limit, procedure) for limit in step.deadlines],
            "forms": [{"name": name, "slug": _form_slug(name)} for name in step.forms],
            "ledgers": [{"name": name, "slug": _ledger_slug(name)} for name in step.ledgers],
            "onward": [
                {
                    "label": o.label,
                    "to": leads_to(procedure, step, o),
                    "next": o.continues_as,
                }
                for o in step.outcomes
            ],
        }
        for step in procedure.steps
    ]


def leads_to(procedure: Procedure, step: Step, outcome: Outcome) -> str:
    """Where an outcome leads, in words: the steps it opens, how often the step is done again, or the end."""

    def named(keys: list[str]) -> str:
        return "、".join(procedure.step(key).name for key in keys)

    onward = named(outcome.to) or _END.get(outcome.kind, "办结")
    if outcome.kind != "again":
        return onward
    beside = f"，每次同时开始{named(outcome.beside)}" if outcome.beside else ""
    standard, condition = step.standard(outcome.until), procedure.condition(outcome.only_while)
    if standard is not None:
        return f"再办本环节，满{standard.value}{standard.unit}后{onward}{beside}"
    if condition is not None:
        return f"{condition.text}的再办一次本环节，其他的{onward}{beside}"
    return f"按期再办本环节{beside}"


def versions_of(procedure_id: str, current_id: int) -> list[dict[str, Any]]:
    """Every activation, newest first, with who put it in force and whether a file replaced what was approved on screen."""
    rows = list(
        DefinitionActivation.objects.filter(procedure_id=procedure_id)
        .select_related("definition", "activated_by")
        .order_by("active_on", "id")
    )
    today, found, standing = clock.today(), [], None
    in_force = max((row for row in rows if row.active_on <= today), key=lambda r: (r.active_on, r.pk), default=None)
    for row in rows:
        replaced = standing is not None and standing.origin == "screen" and row.origin == "file"
        found.append(
            {
                "row": row,
                "version": row.definition.version,
                "is_current": row is in_force and row.definition_id == current_id,
                "is_to_come": row.active_on > today,
                "replaced": standing.definition.version
                if replaced and standing.definition_id != row.definition_id
                else None,
                "before": standing.definition.version if standing is not None else None,
            }
        )
        standing = row
    return found[::-1]


@page(action=ACTION)
@require_GET
def procedure_page(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """One procedure: the guide, the steps with limits and papers, duties, basis, picture, versions."""
    definition_id, procedure = procedure_or_404(procedure_id)
    versions = versions_of(procedure_id, definition_id)
    numbers = sorted({line["version"] for line in versions})
    draft = (
        request.principal.scoped("definition_draft", "catalog.view")
        .filter(procedure_id=procedure_id, state__in=DefinitionDraft.OPEN)
        .first()
    )
    context = {
        "procedure": procedure,
        "papers": paper_lines(procedure),
        "steps": step_lines(procedure),
        "kind": KINDS[procedure.kind],
        "duties": [{"duty": duty, "period": PERIODS[duty.period]} for duty in procedure.duties],
        "basis": [(number, procedure.policy_titles.get(number, "")) for number in procedure.policy_basis],
        "picture": mark_safe(svg.to_svg(procedure)),
        "versions": versions,
        "numbers": numbers,
        "draft": draft,
        "may_edit": request.principal.may("catalog.edit") and draft is None and not clock.is_as_of(),
    }
    return render(request, "procedures/procedure.html", context)


@page(action=ACTION)
@require_GET
def diagram(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """The procedure as BPMN 2.0, for whoever draws with another tool."""
    text = bpmn.to_xml(procedure_or_404(procedure_id)[1])
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{procedure_id}.bpmn"'
    return response


@page(action=ACTION)
@require_GET
def sample(request: HttpRequest, slug: str) -> HttpResponse:
    """A form filled with example data, to see what it looks like. Nothing is issued."""
    try:
        form = find_form(slug)
        content = render_form(form, form.example(), number="样张").pdf
    except FormError as error:
        raise Http404("表单") from error
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="sample-{form.slug}.pdf"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@page(action=ACTION)
@require_GET
def compare(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """Any two versions: every place that differs."""
    procedure_or_404(procedure_id)
    versions = {row.version: row for row in Definition.objects.filter(procedure_id=procedure_id).order_by("version")}
    newest = max(versions)

    def chosen(name: str, otherwise: int) -> int:
        text = request.GET.get(name, "")
        return int(text) if text.isdigit() and int(text) in versions else otherwise

    old, new = chosen("old", max(newest - 1, min(versions))), chosen("new", newest)
    pair = [definitions.procedure_of(versions[number].pk) for number in (old, new)]
    context = {
        "procedure": pair[1],
        "numbers": sorted(versions),
        "old": old,
        "new": new,
        "changes": difference(*pair),
    }
    return render(request, "procedures/compare.html", context)
