"""照表填报: the superior's tables an office fills, which ledger column goes into which of theirs, and next month's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.ledgers_around import EMPTY, AroundForm
from renben.channels.workbench.ledgers_known import KEEP, USE, known_of
from renben.engines.ledgers import definitions, template_acts, templates
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.models import LedgerTemplate
from renben.engines.ledgers.template_grids import FORM, ROSTER, Figures, FigureSheet, read_figures, way_of
from renben.engines.ledgers.template_proposals import first_figures
from renben.engines.ledgers.template_sheets import MAX_BYTES, TemplateSheet
from renben.engines.ledgers.template_words import plain_heading
from renben.engines.ledgers.templates import Mapped, Mapping
from renben.kernel import clock, files
from renben.kernel.policy import Principal, page


def ledger_name(slug: str) -> str:
    ledger = definitions.load_ledgers().get(slug)
    return ledger.name if ledger else slug


def may_keep(principal: Principal, template: LedgerTemplate) -> bool:
    return any(template.organization.path.startswith(path) for path in principal.paths(KEEP))


def data_of(template: LedgerTemplate) -> bytes:
    """The file of a template. LedgerError when it is gone."""
    try:
        return files.read_bytes(template.file)
    except OSError as error:
        raise LedgerError("这份表的文件找不到了。请用“换新一期的表”重新上传一次，对照会保留。") from error


@page(action=USE)
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """Tables of my offices and those that offices above me keep for everybody below."""
    text, state = request.GET.get("q", "").strip()[:40], request.GET.get("state", "")
    rows = request.principal.scoped("ledger_template", USE).order_by("organization__path", "name", "pk")
    if text:
        rows = rows.filter(name__icontains=text)
    if state == "retired":
        rows = rows.filter(is_active=False, version__gt=0)
    else:
        drafts = rows.filter(version=0).filter(request.principal.within("organization__path", KEEP))
        rows = rows.filter(is_active=True) | drafts
    listed = paginate(request, rows)
    context = {
        "listed": listed,
        "rows": [(row, ledger_name(row.slug), _leads_to(row, request.principal)) for row in listed],
        "text": text,
        "state": state,
        "is_filtered": bool(text or state),
        "may_new": request.principal.may(KEEP) and not clock.is_as_of(),
    }
    return render(request, "ledgers/templates.html", context)


def _leads_to(template: LedgerTemplate, principal: Principal) -> str:
    """Whoever keeps a new table goes on with it; everybody else looks at it."""
    if template.version == 0 and may_keep(principal, template):
        return page_of(template)
    return reverse("ledgers:template", args=[template.pk])


class FileForm(forms.Form):
    file = forms.FileField(
        label="要填的表",
        help_text="上级发来的空表（.xlsx），最大 5 MB。表头在前 15 行里就行，合并单元格、两三行的表头都认。",
        error_messages={"required": "请选择要填的表。", "empty": "文件是空的，请检查后重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MAX_BYTES:
            raise forms.ValidationError("文件超过 5 MB。照表填报只要空表：请删掉往月的数据和图片，另存后再上传。")
        return self.cleaned_data["file"]


class UploadForm(FileForm):
    ledger = forms.ChoiceField(label="填什么台账", required=False)
    name = forms.CharField(label="表名", max_length=80, required=False, help_text="不写就用文件名。")
    field_order = ["file", "ledger", "name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ledger"].choices = [("", "让系统看列名判断"), *ledger_choices()]


def ledger_choices() -> list[tuple[str, str]]:
    return [(ledger.slug, ledger.name) for ledger in definitions.all_ledgers()]


@page(action=KEEP)
def upload(request: HttpRequest) -> HttpResponse:
    """A new table: its heading is found and a mapping proposed; nothing is filled before somebody confirmed it."""
    form = UploadForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        try:
            template = _kept(request, form.cleaned_data)
        except LedgerError as error:
            form.add_error("file", str(error))
        else:
            return redirect(page_of(template))
    return render(request, "ledgers/template_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _kept(request: HttpRequest, asked: dict[str, Any]) -> LedgerTemplate:
    file = asked["file"]
    data = file.read()
    ledger, mapping = _first(request, data, file.name, asked["ledger"])
    return template_acts.keep(
        data=data,
        file_name=file.name,
        name=asked["name"].strip() or PurePosixPath(file.name.replace("\\", "/")).stem,
        ledger=ledger,
        mapping=mapping,
        organization=office_of(request.principal, KEEP),
        by=request.user,
    )


def _first(request: HttpRequest, data: bytes, name: str, slug: str) -> tuple[Ledger, Mapping | Figures]:
    """The ledger and what is proposed for a new table: figures when its rows are fixed or nothing in it names a column."""
    chosen = definitions.find(slug) if slug else None
    try:
        sheet = templates.sheet_named(templates.sheets_of(data, name), "")
    except LedgerError:
        if not (sheets := _asks_figures(data, name)):
            raise
        return _first_figures(request, sheets[0], chosen)
    asks = next((each for each in _asks_figures(data, name) if each.name == sheet.name), None)
    if asks is not None and asks.is_grid:
        return _first_figures(request, asks, chosen)
    ledger = chosen or templates.best_ledger(sheet, definitions.all_ledgers())
    if ledger is None:
        raise LedgerError("看列名判断不出这是哪本台账。请在“填什么台账”里选一本，再上传一次。")
    mapping = templates.first_mapping(sheet, ledger)
    keys = {column.key for column in ledger.columns}
    if asks is not None and asks.pairs and not any(column.key in keys for column in mapping.columns):
        return _first_figures(request, asks, chosen)
    return ledger, mapping


def _asks_figures(data: bytes, name: str) -> list[FigureSheet]:
    try:
        return read_figures(data, name)
    except LedgerError:
        return []


def _first_figures(request: HttpRequest, sheet: FigureSheet, ledger: Ledger | None) -> tuple[Ledger, Figures]:
    title = plain_heading(f"{sheet.name} {sheet.layout.title if sheet.layout else ''}".replace("台帐", "台账"))
    named = (
        each
        for each in definitions.all_ledgers()
        if any(plain_heading(definitions.plain(name)) in title for name in (each.name, *each.aliases))
    )
    ledger = ledger or next(named, None)
    if ledger is None:
        raise LedgerError("这是一张填数的表，看不出数从哪本台账来。请在“填什么台账”里选一本，再上传一次。")
    return ledger, first_figures(sheet, ledger, known_of(request.principal, ledger))


def page_of(template: LedgerTemplate) -> str:
    """Where one says what goes into this kind of table."""
    way = way_of(template.mapping)
    return reverse("ledgers:template_columns" if way == ROSTER else "ledgers:template_figures", args=[template.pk])


@dataclass(frozen=True)
class Looked:
    """A template as the mapping page looks at it: the sheet, the ledger, the mapping shown first, what only looks alike."""

    sheets: list[TemplateSheet]
    sheet: TemplateSheet
    ledger: Ledger
    mapping: Mapping
    maybe: dict[int, str]

    @classmethod
    def at(cls, template: LedgerTemplate, asked: QueryDict) -> Looked:
        """`asked` may name another ledger or sheet than the one kept; the mapping is then proposed anew."""
        kept = Mapping.from_json(template.mapping) if way_of(template.mapping) == ROSTER else None
        sheets = templates.sheets_of(data_of(template))
        sheet = templates.sheet_named(sheets, asked.get("sheet") or template.mapping["sheet"])
        ledger = definitions.find(asked.get("ledger") or template.slug)
        is_kept = kept is not None and ledger.slug == template.slug and sheet.name == kept.sheet
        mapping = kept if is_kept else templates.first_mapping(sheet, ledger)
        titles = {column.key: column.title for column in ledger.columns}
        maybe = {p.column.place: titles[p.maybe] for p in templates.propose(sheet, ledger) if p.maybe}
        return cls(sheets, sheet, ledger, mapping, maybe)


class MappingForm(AroundForm):
    """One choice per column of the table, and what goes around it."""

    def __init__(self, looked: Looked, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.looked = looked
        choices = [EMPTY, *templates.targets(looked.ledger)]
        held = {column.place: column.key for column in looked.mapping.columns}
        for column in looked.sheet.columns:
            self.choice(f"col_{column.place}", f"“{column.heading}”填什么", choices, held.get(column.place, ""))
        self.add_around(looked.sheet.labels, looked.mapping.cells)

    @property
    def rows(self) -> list[tuple[Any, Any, str]]:
        return [(c, self[f"col_{c.place}"], self.looked.maybe.get(c.place, "")) for c in self.looked.sheet.columns]

    def mapping(self) -> Mapping:
        """The mapping as it was chosen."""
        asked, sheet = self.cleaned_data, self.looked.sheet
        columns = tuple(Mapped(c.place, c.heading, asked[f"col_{c.place}"]) for c in sheet.columns)
        return Mapping(sheet.name, sheet.head_first, sheet.head_last, columns, self.cells())


@page(action=KEEP, subject="ledger_template_own")
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Their columns beside ours: look, correct, save."""
    template: LedgerTemplate = request.subject
    try:
        looked = Looked.at(template, request.POST if request.method == "POST" else request.GET)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledgers:template", pk)
    form = MappingForm(looked, request.POST if request.method == "POST" else None, initial={"name": template.name})
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            with transaction.atomic():
                template_acts.confirm(
                    template=template,
                    name=form.cleaned_data["name"].strip(),
                    ledger=looked.ledger,
                    mapping=form.mapping(),
                    version=int(version) if version.isdigit() else -1,
                    by=request.user,
                )
        except LedgerError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "对照已保存。以后每个月点“填好下载”就行，不用再对。")
            return redirect("ledgers:template", pk)
    unmapped = [column.heading for column, bound, _ in form.rows if not bound.value()]
    context = {
        "template": template,
        "looked": looked,
        "form": form,
        "unmapped": unmapped,
        "ledgers": ledger_choices(),
    }
    return render(request, "ledgers/template_columns.html", context, status=422 if form.is_bound else 200)


@page(action=KEEP, subject="ledger_template_own")
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Next month's file; columns of the same name keep what goes into them."""
    template: LedgerTemplate = request.subject
    form = FileForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            with transaction.atomic():
                ledger = definitions.find(template.slug)
                known = known_of(request.principal, ledger) if way_of(template.mapping) != ROSTER else None
                kept = template_acts.replace(
                    template=template, data=file.read(), file_name=file.name, by=request.user, known=known
                )
        except LedgerError as error:
            form.add_error("file", str(error))
        else:
            unit = "格" if way_of(template.mapping) == FORM else "列"
            messages.success(request, f"已换成新表，{len(kept.same)} {unit}沿用原来的对照。")
            if kept.gone:
                messages.warning(request, f"新表里没有了：{'、'.join(kept.gone[:8])}。")
            if kept.new:
                messages.warning(request, f"新表多了 {len(kept.new)} {unit}，请核对：{'、'.join(kept.new[:8])}。")
                return redirect(page_of(template))
            return redirect("ledgers:template", pk)
    context = {"template": template, "form": form}
    return render(request, "ledgers/template_replace.html", context, status=422 if form.is_bound else 200)


@page(action=KEEP, subject="ledger_template_own")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a table out of use."""
    template: LedgerTemplate = request.subject
    if request.method == "POST" and request.POST.get("_once"):
        try:
            with transaction.atomic():
                template_acts.retire(template=template, by=request.user)
        except LedgerError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"“{template.name}”已停用。")
        return redirect("ledgers:templates")
    context = {
        "question": f"停用“{template.name}”？",
        "consequences": ["停用后本单位和下级单位都不能再照它填。对照还留着，要再用时打开“改对照”保存一次就恢复。"],
        "button": "停用",
        "button_class": "btn-danger",
        "back": "../",
    }
    return render(request, "confirm.html", context)
