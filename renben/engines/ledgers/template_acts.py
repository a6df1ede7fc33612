"""What may happen to a template of 照表填报: kept, mapped, given next month's file, retired. Each leaves a trace."""

from __future__ import annotations

import io
from typing import Any

from django.db import transaction

from renben.engines.ledgers import template_figures, template_fill, template_grids, template_proposals, templates
from renben.engines.ledgers.definitions import Ledger, LedgerError, find
from renben.engines.ledgers.models import LedgerTemplate
from renben.engines.ledgers.template_grids import ROSTER, Figure, Figures, read_figures, way_of
from renben.engines.ledgers.template_labels import Known
from renben.engines.ledgers.templates import Kept, Mapping
from renben.kernel import audit, clock, files


@transaction.atomic
def keep(
    *, data: bytes, file_name: str, name: str, ledger: Ledger, mapping: Mapping | Figures, organization: Any, by: Any
) -> LedgerTemplate:
    """Keep a file with the mapping that is proposed for it; somebody still has to confirm it. LedgerError when refused."""
    now = clock.now()
    template = LedgerTemplate.objects.create(
        organization=organization,
        name=name[:80],
        slug=ledger.slug,
        file=_stored(data, file_name, organization, by),
        mapping=mapping.to_json(),
        created_by=by,
        created_at=now,
        updated_by=by,
        updated_at=now,
    )
    _record(
        "ledger.template_keep", template, by, {"name": template.name, "slug": ledger.slug, "sm3": template.file.sm3}
    )
    return template


@transaction.atomic
def confirm(
    *, template: LedgerTemplate, name: str, ledger: Ledger, mapping: Mapping | Figures, version: int, by: Any
) -> LedgerTemplate:
    """Save a mapping and put the template to use. `version` is the one that was looked at."""
    held = LedgerTemplate.objects.select_for_update().get(pk=template.pk)
    if held.version != version:
        raise LedgerError("这份表刚被别人改过。请刷新页面，看过新的对照再改。")
    data = files.read_bytes(held.file)
    is_figures = isinstance(mapping, Figures)
    sheets = read_figures(data) if is_figures else templates.sheets_of(data)
    sheet = next((each for each in sheets if each.name == mapping.sheet), None)
    if sheet is None:
        raise LedgerError(f"表里没有名为“{mapping.sheet}”的工作表，请重新选择。")
    (template_proposals if is_figures else templates).check(mapping, sheet, ledger)
    _try(data, ledger, mapping)
    _one_name(held, name)
    was = {"name": held.name, "slug": held.slug, "mapping": held.mapping}
    held.name, held.slug, held.mapping = name[:80], ledger.slug, mapping.to_json()
    _save(held, by, is_active=True)
    now = {"name": held.name, "slug": held.slug, "mapping": held.mapping}
    _record("ledger.template_map", held, by, {"version": held.version, "was": was, "now": now})
    return held


@transaction.atomic
def replace(*, template: LedgerTemplate, data: bytes, file_name: str, by: Any, known: Known | None = None) -> Kept:
    """Next month's file: columns with the same heading keep what goes into them. LedgerError when the file is refused.

    `known`: what is known of the ledger's values, for proposals to the new columns of a table of figures.
    """
    held = LedgerTemplate.objects.select_for_update().get(pk=template.pk)
    kept = _carried(held, data, file_name, known or Known())
    _try(data, find(held.slug), kept.mapping)
    was = held.mapping
    held.file, held.mapping = _stored(data, file_name, held.organization, by), kept.mapping.to_json()
    _save(held, by, is_active=held.is_active)
    detail = {"version": held.version, "sm3": held.file.sm3, "was": was, "now": held.mapping}
    _record("ledger.template_replace", held, by, detail)
    return kept


def _carried(held: LedgerTemplate, data: bytes, file_name: str, known: Known) -> Kept:
    ledger = find(held.slug)
    if way_of(held.mapping) == ROSTER:
        old = Mapping.from_json(held.mapping)
        kept = templates.carry_over(old, templates.sheet_named(templates.sheets_of(data, file_name), old.sheet), ledger)
        used = {column.heading for column in kept.mapping.columns if column.key}
    else:
        figures = Figures.from_json(held.mapping)
        sheet = template_grids.sheet_named(read_figures(data, file_name), figures.sheet)
        kept = template_proposals.carry_over(figures, sheet, ledger, known)
        used = {each.heading if isinstance(each, Figure) else each.label for each in kept.mapping.measured}
    if not used & set(kept.same):
        raise LedgerError(
            "新表的列名和原来的没有一列相同，不像是同一张表。请核对文件；确实换了表，请另外“上传一张表”。"
        )
    return kept


@transaction.atomic
def retire(*, template: LedgerTemplate, by: Any) -> None:
    """Nobody fills it any more; it stays on file."""
    held = LedgerTemplate.objects.select_for_update().get(pk=template.pk)
    if held.version and not held.is_active:
        raise LedgerError("这份表已经停用了。")
    _save(held, by, is_active=False)
    _record("ledger.template_retire", held, by, {"name": held.name, "version": held.version})


def record_fill(*, template: LedgerTemplate, by: Any, organization: Any, detail: dict[str, Any]) -> None:
    """Who filled it, as of which day, with which filters, how many rows, and why full numbers were asked for."""
    detail = {"slug": template.slug, "version": template.version, **detail}
    audit.record(
        action="ledger.template_fill",
        subject=f"ledger_template:{template.pk}",
        detail=detail,
        by=by,
        organization=organization,
    )


def _try(data: bytes, ledger: Ledger, mapping: Mapping | Figures) -> None:
    """Filled with no rows, so that a file that cannot be filled is told now and not on the day it is due."""
    out, given = io.BytesIO(), {"ledger": ledger, "rows": (), "facts": {}}
    if isinstance(mapping, Figures):
        template_figures.fill_figures(data, figures=mapping, known=Known(), as_of=clock.today(), out=out, **given)
    else:
        template_fill.fill(data, mapping=mapping, out=out, **given)


def _stored(data: bytes, name: str, organization: Any, by: Any) -> Any:
    try:
        return files.store_bytes(data, name=name, organization=organization, by=by, allow={"xlsx"})
    except files.Refused as refused:
        raise LedgerError(str(refused)) from refused


def _one_name(template: LedgerTemplate, name: str) -> None:
    others = LedgerTemplate.objects.filter(organization=template.organization, name=name[:80], is_active=True)
    if others.exclude(pk=template.pk).exists():
        raise LedgerError("本单位已经有一份同名的表在用。请换个名字，或先停用那一份。")


def _save(template: LedgerTemplate, by: Any, *, is_active: bool) -> None:
    template.version += 1
    template.is_active, template.updated_by, template.updated_at = is_active, by, clock.now()
    template.save()


def _record(action: str, template: LedgerTemplate, by: Any, detail: dict[str, Any]) -> None:
    audit.record(
        action=action,
        subject=f"ledger_template:{template.pk}",
        detail=detail,
        by=by,
        organization=template.organization,
    )
