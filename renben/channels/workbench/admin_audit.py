"""审计记录: search, and proof that the chain is whole. For the audit administrator alone."""

from __future__ import annotations

import datetime as dt
import json

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.channels import export
from renben.channels.audit_words import words_of
from renben.channels.paging import paginate
from renben.channels.workbench.people_forms import DATE
from renben.kernel import audit, clock
from renben.kernel.models import AuditEvent, Organization
from renben.kernel.policy import page

KINDS = [
    ("", "全部"),
    ("signin", "登录"),
    ("read.", "查看个人资料"),
    ("person.", "人员档案"),
    ("case", "办件"),
    ("export.", "导出"),
    ("post.", "岗位"),
    ("account.", "账号"),
    ("delegation.", "委托"),
    ("calendar.", "工作日历"),
    ("setting.", "设置"),
]


class AuditFilter(forms.Form):
    who = forms.CharField(label="操作人", max_length=64, required=False)
    kind = forms.ChoiceField(label="类型", choices=KINDS, required=False)
    subject = forms.CharField(label="对象", max_length=64, required=False, help_text="例如 person:12、user:3。")
    first = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    last = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))


def events_of(form: AuditFilter) -> QuerySet[AuditEvent]:
    form.is_valid()
    asked = form.cleaned_data
    rows = AuditEvent.objects.order_by("-at", "-id")
    if asked.get("who"):
        rows = rows.filter(actor_name=asked["who"].strip())
    if asked.get("kind"):
        rows = rows.filter(action__startswith=asked["kind"])
    if asked.get("subject"):
        rows = rows.filter(subject=asked["subject"].strip())
    if asked.get("first"):
        rows = rows.filter(at__gte=dt.datetime.combine(asked["first"], dt.time(), tzinfo=clock.ZONE))
    if asked.get("last"):
        end = asked["last"] + dt.timedelta(days=1)
        rows = rows.filter(at__lt=dt.datetime.combine(end, dt.time(), tzinfo=clock.ZONE))
    return rows


@page(action="audit.view")
@require_GET
def events(request: HttpRequest) -> HttpResponse:
    form = AuditFilter(request.GET or None)
    rows = paginate(request, events_of(form) if request.GET else AuditEvent.objects.order_by("-at", "-id"))
    names = dict(
        Organization.objects.filter(pk__in={row.organization_id for row in rows})
        .order_by("pk")
        .values_list("pk", "short_name")
    )
    for row in rows:
        row.words = words_of(row.action)
        row.told = "" if row.detail == "{}" else row.detail
    return render(request, "admin/audit.html", {"form": form, "rows": rows, "offices": names})


@page(action="audit.view")
@require_GET
def events_export(request: HttpRequest) -> HttpResponse:
    rows = events_of(AuditFilter(request.GET))[: export.CAP]
    return export.xlsx(
        request,
        name="审计记录",
        headings=["链", "序号", "时间", "操作人", "动作", "代码", "对象", "内容", "摘要"],
        rows=(
            [
                row.shard,
                row.seq,
                f"{row.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}",
                row.actor_name,
                words_of(row.action),
                row.action,
                row.subject,
                row.detail,
                row.hash,
            ]
            for row in rows
        ),
        action="audit",
    )


@page(action="audit.view")
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Walk every chain and say whether it is whole; the heads can be kept outside as an anchor."""
    faults, heads = audit.verify()
    if request.GET.get("anchor") == "1" and not faults:
        response = HttpResponse(json.dumps(heads, indent=1, sort_keys=True), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="audit-anchor-{clock.today():%Y%m%d}.json"'
        return response
    total = sum(head["seq"] for head in heads.values())
    context = {"faults": faults[:200], "count": len(faults), "total": total, "chains": len(heads), "at": clock.now()}
    return render(request, "admin/audit_verify.html", context)
