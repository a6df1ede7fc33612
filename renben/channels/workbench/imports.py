"""名册导入: upload, look at every row, let the good ones in, get the bad ones back, undo."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from procrastinate.exceptions import AlreadyEnqueued

from renben.channels import export, tasks
from renben.channels.paging import paginate
from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.downloads import attachment, workbook
from renben.channels.workbench.imports_grid import TABS, shown_rows, tab_counts
from renben.kernel import audit, clock, files
from renben.kernel.models import ImportBatch
from renben.kernel.policy import page
from renben.services.exchange import imports, sample
from renben.services.exchange.error_book import error_workbook
from renben.services.exchange.layout import FILES, OUTSIDE, layout_of
from renben.services.exchange.models import ImportRow, OutsideFact

AT_ONCE = 500
"""Up to so many rows go in while the clerk waits (about two seconds); more become a job with a progress bar."""
State = ImportBatch.State
KINDS = {
    "people": "人员名册（档案转移花名册）",
    "employers": "用人单位名册",
    "subsidy_openings": "社会保险补贴期初月数（启用平台前已享受的）",
    "benefit_openings": "失业保险金期初月数（启用平台前已领的）",
    "loan_openings": "在贷的小额担保贷款（启用平台前放的）",
    "seekers": "求职登记名单",
    "vacancies": "招聘岗位表",
} | {kind: f"外部数据：{OutsideFact.Kind(kind).label}" for kind in OUTSIDE}


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label="名册类型", choices=list(KINDS.items()), initial="people")
    file = forms.FileField(
        label="文件",
        help_text="可以是 .xlsx、.xls 或 .csv，最大 30 MB、5 万行；别的单位给的表不用改格式，系统会认表头。",
        error_messages={"required": "请选择要导入的文件。", "empty": "文件是空的，请检查后重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    as_of = forms.DateField(
        label="外部数据截至哪一天",
        required=False,
        help_text="只有外部数据要填，空着就是今天。",
        error_messages={"invalid": "日期请写成 2026-11-21 这样。"},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_as_of(self) -> dt.date:
        day = self.cleaned_data["as_of"] or clock.today()
        if day > clock.today():
            raise forms.ValidationError("数据截至的日期还没到，请核对。")
        return day


def batches(request: HttpRequest) -> QuerySet[ImportBatch]:
    return (
        request.principal.scoped("import_batch", "import.people")
        .filter(kind__in=FILES)
        .select_related("organization", "created_by")
        .order_by("-pk")
    )


def batches_asked(request: HttpRequest) -> tuple[QuerySet[ImportBatch], str, str]:
    """The imports a filter asks for, its text and its state."""
    rows, text, state = batches(request), request.GET.get("q", "").strip()[:40], request.GET.get("state", "")
    if text:
        rows = rows.filter(file_name__icontains=text)
    if state in State.values:
        rows = rows.filter(state=state)
    return rows, text, state


@page(action="import.people")
@require_GET
def import_export(request: HttpRequest) -> HttpResponse:
    """The list of imports as a workbook."""
    rows = (
        [
            batch.file_name,
            KINDS.get(batch.kind, batch.kind),
            batch.organization.name,
            batch.created_by.display_name,
            f"{batch.created_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
            batch.get_state_display(),
        ]
        for batch in batches_asked(request)[0][: export.CAP]
    )
    headings = ["文件", "名册类型", "机构", "经办", "时间", "状态"]
    return export.xlsx(request, name="名册导入清单", headings=headings, rows=rows, action="imports")


@page(action="import.people")
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """What was imported, by whom, with what result."""
    rows, text, state = batches_asked(request)
    context = {
        "rows": paginate(request, rows),
        "text": text,
        "state": state,
        "states": State.choices,
        "kinds": KINDS,
        "is_filtered": bool(text or state),
    }
    return render(request, "imports/list.html", context)


@page(action="import.people")
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; its rows are read and checked, nothing enters the register yet."""
    form = UploadForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        office = office_of(request.principal, "import.people")
        try:
            stored = files.store_upload(
                form.cleaned_data["file"], organization=office, by=request.user, allow=imports.ALLOWED
            )
            batch = imports.preview(
                stored,
                kind=form.cleaned_data["kind"],
                organization=office,
                by=request.user,
                as_of=form.cleaned_data["as_of"],
            )
        except (files.Refused, imports.RefusedFile) as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("imports:batch", batch.pk)
    context = {"form": form, "kinds": KINDS, "has_sample": settings.DEMO}
    return render(request, "imports/upload.html", context, status=422 if form.is_bound else 200)


@page(action="import.people")
@require_GET
def empty_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook with the headings we know best."""
    if kind not in FILES:
        raise Http404
    layout = layout_of(kind)
    columns = dict.fromkeys(f"{c.label}*" if c.required else c.label for c in layout.columns)
    content = workbook(layout.title, [(label, 22 if "号" in label else 16) for label in columns], [])
    return attachment(content, f"{layout.title}（空表）.xlsx")


@page(action="import.people")
@require_GET
def demo_sample(request: HttpRequest) -> HttpResponse:
    """示例花名册 with planted mistakes, in the demonstration only."""
    if not settings.DEMO:
        raise Http404
    return attachment(sample.demo_roster(today=clock.today()), "示例花名册.xlsx")


@page(action="import.people", subject="import_batch")
@require_GET
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid of one batch: every row with its state and what is wrong with it."""
    batch: ImportBatch = request.subject
    counts = tab_counts(batch)
    tab = request.GET.get("tab", "")
    if tab not in TABS or not counts[tab]:
        tab = "bad" if counts["bad"] and batch.state == State.PREVIEW else next((t for t in TABS if counts[t]), "good")
    rows = paginate(request, batch.rows.filter(state__in=TABS[tab].states).order_by("id"))
    context = {
        "batch": batch,
        "kind": KINDS.get(batch.kind, batch.kind),
        "tabs": [{"code": code, "label": t.label, "count": counts[code]} for code, t in TABS.items() if counts[code]],
        "tab": tab,
        "rows": rows,
        "lines": shown_rows(batch, rows.rows),
        "counts": counts,
        "may_confirm": batch.state in (State.PREVIEW, State.FAILED) and batch.good > batch.done_rows,
        "may_undo": batch.state in (State.DONE, State.FAILED) and bool(counts["in"]),
        "left": max(batch.good - batch.done_rows, 0),
    }
    return render(request, "imports/batch.html", context)


@page(action="import.people", subject="import_batch")
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress bar; when the work is over the page is drawn anew."""
    response = render(request, "imports/progress.html", {"batch": request.subject})
    if request.subject.state != State.RUNNING:
        response["HX-Refresh"] = "true"
    return response


def _defer(task: Any, batch: ImportBatch, request: HttpRequest) -> None:
    """Queue a job in this transaction and show the batch as running; the same job never waits twice."""
    job = task.configure(lock=f"import:{batch.pk}", queueing_lock=f"{task.name}:{batch.pk}")
    try:
        with transaction.atomic():
            job.defer(batch_id=batch.pk, user_id=request.user.pk)
    except AlreadyEnqueued:
        messages.info(request, "这一批已经在排队处理，请稍候。")
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.RUNNING)


@page(action="import.people", subject="import_batch")
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """导入好的行: at once when there are few, else as a job."""
    batch: ImportBatch = request.subject
    if batch.state not in (State.PREVIEW, State.FAILED) or batch.good <= batch.done_rows:
        messages.info(request, "这一批没有等待导入的行。")
    elif batch.good - batch.done_rows <= AT_ONCE:
        try:
            imports.confirm(batch, request.user)
        except imports.CannotDo as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request, f"已导入 {batch.good} 行。" + (f"还有 {batch.bad} 行有问题，没有导入。" if batch.bad else "")
            )
    else:
        _defer(tasks.run_import, batch, request)
    return redirect("imports:batch", pk)


@page(action="import.people", subject="import_batch")
@require_POST
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as a workbook, bad cells red. It carries full numbers, so it leaves a trace."""
    batch: ImportBatch = request.subject
    audit.record(
        action="import.errors_downloaded",
        subject=f"import:{batch.pk}",
        detail={"bad": batch.bad},
        by=request.user,
        organization=batch.organization,
    )
    name = batch.file_name.rsplit(".", 1)[0]
    return attachment(error_workbook(batch), f"{name}（退回修改）.xlsx")


@page(action="import.people", subject="import_batch")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take the batch back as far as nobody has worked on it."""
    batch: ImportBatch = request.subject
    inside = batch.rows.filter(state=ImportRow.State.IN).count()
    if batch.state not in (State.DONE, State.FAILED) or not inside:
        messages.info(request, "这一批没有可以撤销的行。")
        return redirect("imports:batch", pk)
    if request.method != "POST":
        context = {
            "question": "撤销这次导入？",
            "consequences": [
                f"“{batch.file_name}”导入的 {inside} 行将被收回：由它新建的人员档案会删掉，登记的档案接收会撤销。",
                "已经有人接着办理的（例如已审核转移、已登记失业）不会动，撤销后会逐行列出来并写明原因。",
            ],
            "button": "撤销导入",
            "button_class": "btn-danger",
            "back": "../",
        }
        return render(request, "confirm.html", context)
    if inside > AT_ONCE:
        _defer(tasks.undo_import, batch, request)
        return redirect("imports:batch", pk)
    try:
        kept = imports.undo(batch, request.user)
    except imports.CannotDo as refused:
        messages.error(request, str(refused))
        return redirect("imports:batch", pk)
    if kept:
        messages.warning(
            request, f"撤销了 {inside - len(kept)} 行，{len(kept)} 行已经有人接着办理，没有撤销，原因列在下面。"
        )
    else:
        messages.success(request, f"{inside} 行已全部撤销。")
    return redirect("imports:batch", pk)


@page(action="import.people", subject="import_batch")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a preview nobody wants. Only the button itself says so: an empty request throws nothing away."""
    if request.POST.get("discard") != "yes":
        return redirect("imports:batch", pk)
    try:
        imports.discard(request.subject)
    except imports.CannotDo as refused:
        messages.error(request, str(refused))
        return redirect("imports:batch", pk)
    messages.success(request, "已丢弃，没有导入任何内容。")
    return redirect("imports:list")
