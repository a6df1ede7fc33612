"""从表格发布: a spreadsheet of posts, looked at row by row before anything is handed in."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.downloads import attachment, workbook
from renben.channels.workbench.imports_grid import shown_rows
from renben.kernel import files
from renben.kernel.models import ImportBatch
from renben.kernel.policy import EMPLOYER, page
from renben.services.exchange import imports
from renben.services.exchange.layout import layout_of
from renben.services.placement import vacancies_online
from renben.services.placement.space import lists

State = ImportBatch.State


class ListForm(forms.Form):
    file = forms.FileField(
        label="岗位表",
        help_text=f"可以是 .xlsx、.xls 或 .csv，最多 {lists.MOST_ROWS} 行；单位自己的表不用改格式，系统会认表头。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查后重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )


@page(EMPLOYER)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; its rows are read and checked."""
    firm = request.principal.firm
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_bound and form.is_valid():
        office = vacancies_online.office_of(firm)
        try:
            with transaction.atomic():
                stored = files.store_upload(
                    form.cleaned_data["file"], organization=office, by=request.user, allow=imports.ALLOWED
                )
                batch = lists.look_at(stored, employer=firm, by=request.user)
        except (files.Refused, imports.RefusedFile) as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("employer:list", batch.pk)
    return render(request, "employer/list_upload.html", {"form": form}, status=422 if form.is_bound else 200)


@page(EMPLOYER)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the headings, the firm's name and code filled in."""
    layout, firm = layout_of(lists.KIND), request.principal.firm
    columns = list(dict.fromkeys(f"{c.label}*" if c.required else c.label for c in layout.columns))
    first = {"uscc": firm.uscc, "name": firm.name}
    known = {f"{c.label}*" if c.required else c.label: first.get(c.field, "") for c in layout.columns}
    content = workbook("招聘岗位表", [(label, 22) for label in columns], [[known[label] for label in columns]])
    return attachment(content, "招聘岗位表（空表）.xlsx")


@page(EMPLOYER, subject="firm_batch")
@require_GET
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Each row with what is wrong with it."""
    batch: ImportBatch = request.subject
    rows = paginate(request, batch.rows.order_by("id"))
    context = {
        "batch": batch,
        "rows": rows,
        "lines": shown_rows(batch, rows.rows),
        "may_confirm": batch.state == State.PREVIEW and batch.good > 0,
    }
    return render(request, "employer/list.html", context)


@page(EMPLOYER, subject="firm_batch")
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """提交好的行: each becomes a post that waits for its check."""
    batch: ImportBatch = request.subject
    if batch.state != State.PREVIEW or not batch.good:
        messages.info(request, "这份表没有等着提交的行。")
        return redirect("employer:list", pk)
    try:
        imports.confirm(batch, request.user)
    except imports.CannotDo as refused:
        messages.error(request, str(refused))
        return redirect("employer:list", pk)
    messages.success(request, f"已提交 {batch.good} 个岗位，等社保所审核。")
    return redirect("employer:vacancies")
