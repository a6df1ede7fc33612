"""档案转移花名册: made by the district for one street, checked and received there the same day (Q-1.2.2, J-4.2.1)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels import export as xlsx
from renben.channels.paging import paginate
from renben.channels.workbench import archives_steps
from renben.channels.workbench.archives import ACTION, State, with_signals
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.downloads import export, full_numbers
from renben.kernel.models import Organization
from renben.kernel.policy import page
from renben.services.registration.models import ArchiveHandover, ArchiveMovement, PersonnelArchive

AT_A_TIME = 200
"""A list longer than this is made in several goes, so that one press stays within a few seconds."""


@page(action=ACTION)
def transfer(request: HttpRequest) -> HttpResponse:
    """Choose a street, then its reviewed archives, and put them on the list of today."""
    reviewed = request.principal.scoped("archive", ACTION).filter(
        request.principal.within("organization__path", ACTION), state=State.REVIEWED
    )
    streets = list(
        reviewed.order_by()
        .values("target_organization", "target_organization__short_name")
        .annotate(n=Count("id"), due_on=Min("transfer_due_on"))
        .order_by("due_on", "target_organization")
    )
    chosen_id = request.POST.get("street") or request.GET.get("street", "")
    chosen = next((s for s in streets if str(s["target_organization"]) == chosen_id), None)
    if request.method == "POST":
        if chosen is None:
            messages.error(request, "请先选择街镇。")
            return redirect("archives:transfer")
        keys = [int(key) for key in request.POST.getlist("archive") if key.isdigit()]
        rows = list(reviewed.filter(pk__in=keys, target_organization=chosen["target_organization"]).order_by("id"))
        if not rows:
            messages.error(request, "没有选中档案，请勾选后再转移。")
            return redirect(f"{request.path}?street={chosen_id}")
        made: list[ArchiveHandover] = []
        to = Organization.objects.get(pk=chosen["target_organization"])

        def send() -> str:
            made.append(archives_steps.transfer(rows=rows, to=to, by=request.user))
            return f"{len(rows)} 份档案已编入花名册 {made[0].number}，{to.short_name}会收到领取提醒。"

        if attempt(request, send):
            return redirect("archives:handover", made[0].pk)
        return redirect(f"{request.path}?street={chosen_id}")
    rows = []
    if chosen is not None:
        found = reviewed.filter(target_organization=chosen["target_organization"])
        rows = with_signals(list(found.order_by("transfer_due_on", "id")[:AT_A_TIME]))
    context = {"streets": streets, "chosen": chosen, "rows": rows, "at_a_time": AT_A_TIME}
    return render(request, "archives/transfer.html", context)


def handovers(request: HttpRequest) -> QuerySet[ArchiveHandover]:
    return (
        request.principal.scoped("handover", ACTION)
        .annotate(
            sent=Count("movements", filter=Q(movements__kind=ArchiveMovement.Kind.SENT)),
            left=Count("archives", filter=Q(archives__state=State.IN_TRANSFER), distinct=True),
        )
        .order_by("-sent_on", "-id")
    )


def handovers_asked(request: HttpRequest) -> tuple[QuerySet[ArchiveHandover], str, str]:
    """The rosters a filter asks for, its text and its state (waiting, collected, all)."""
    rows, text, state = handovers(request), request.GET.get("q", "").strip()[:40], request.GET.get("state", "waiting")
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(organization__short_name__icontains=text))
    if state == "waiting":
        rows = rows.filter(collected_on=None)
    elif state == "collected":
        rows = rows.exclude(collected_on=None)
    else:
        state = "all"
    return rows, text, state


@page(action=ACTION)
@require_GET
def handovers_export(request: HttpRequest) -> HttpResponse:
    """The list of rosters as a workbook; what stands on one is exported on its own page."""
    rows = (
        [
            row.number,
            row.from_organization.name,
            row.organization.name,
            row.sent_on,
            row.sent,
            row.left,
            row.collected_on or "",
        ]
        for row in handovers_asked(request)[0][: xlsx.CAP]
    )
    headings = ["花名册编号", "转出", "接收街镇", "转出日期", "份数", "待接收", "接收日期"]
    return xlsx.xlsx(request, name="档案转移花名册清单", headings=headings, rows=rows, action="handovers")


@page(action=ACTION)
@require_GET
def handover_list(request: HttpRequest) -> HttpResponse:
    """Lists to collect first, then those collected."""
    rows, text, state = handovers_asked(request)
    context = {"rows": paginate(request, rows), "text": text, "state": state}
    return render(request, "archives/handovers.html", context)


def on_list(handover: ArchiveHandover) -> QuerySet[PersonnelArchive]:
    """Every archive that was put on this list, also one that went back or on since."""
    return (
        PersonnelArchive.objects.filter(movements__handover=handover, movements__kind=ArchiveMovement.Kind.SENT)
        .distinct()
        .select_related("person", "organization", "target_organization")
        .order_by("id")
    )


def may_collect(request: HttpRequest, handover: ArchiveHandover) -> bool:
    """Collecting is for the street itself."""
    own = [path for path in request.principal.paths(ACTION) if handover.organization.path.startswith(path)]
    return handover.collected_on is None and any(path != handover.from_organization.path for path in own)


@page(action=ACTION, subject="handover")
@require_GET
def handover_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster: for the street with a box per row to check and receive."""
    handover: ArchiveHandover = request.subject
    rows = list(on_list(handover))
    notes = dict(
        ArchiveMovement.objects.filter(handover=handover, kind=ArchiveMovement.Kind.REJECTED).values_list(
            "archive_id", "note"
        )
    )
    for row in rows:
        row.is_waiting = row.state == State.IN_TRANSFER and row.handover_id == handover.pk
        row.mismatch = notes.get(row.pk, "")
    context = {
        "handover": handover,
        "rows": rows,
        "waiting": sum(row.is_waiting for row in rows),
        "may_collect": may_collect(request, handover),
    }
    return render(request, "archives/handover.html", context)


@page(action=ACTION, subject="handover")
@require_POST
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Receive what was checked today; what does not agree goes back with its reason; the rest stays on the list."""
    handover: ArchiveHandover = request.subject
    if not may_collect(request, handover):
        messages.error(request, f"这份花名册由{handover.organization.short_name}核对接收。")
        return redirect("archives:handover", pk)
    waiting = {row.pk: row for row in on_list(handover).filter(state=State.IN_TRANSFER, handover=handover)}
    mismatch = {key: text for key in waiting if (text := request.POST.get(f"mismatch_{key}", "").strip()[:300])}
    ticked = {int(key) for key in request.POST.getlist("archive") if key.isdigit()}
    checked = [row for key, row in waiting.items() if key in ticked and key not in mismatch]
    if not checked and not mismatch:
        messages.error(request, "没有勾选核对无误的档案，也没有写明不符之处。")
        return redirect("archives:handover", pk)

    def receive() -> str:
        received = archives_steps.collect(handover=handover, checked=checked, mismatch=mismatch, by=request.user)
        left = len(waiting) - len(received) - len(mismatch)
        parts = [f"接收 {len(received)} 份"]
        if mismatch:
            parts.append(f"{len(mismatch)} 份不符，已退回区里核对")
        if left:
            parts.append(f"还有 {left} 份没有核对")
        return "，".join(parts) + "。"

    attempt(request, receive)
    return redirect("archives:handover", pk)


@page(action=ACTION, subject="handover")
@require_POST
def handover_export(request: HttpRequest, pk: int) -> HttpResponse:
    """档案转移花名册 as a workbook. It is the official roster, so it carries full numbers; the download is on record."""
    handover: ArchiveHandover = request.subject
    rows = on_list(handover)
    numbers = full_numbers([row.person_id for row in rows])
    columns = [
        ("序号", 6), ("姓名", 10), ("性别", 6), ("身份证号码", 22), ("社区（村）", 20), ("原工作单位", 28),
        ("终止解除劳动合同日期", 14), ("离职原因", 20), ("缴费月数", 10), ("档案编号", 16), ("档案类别", 14),
    ]  # fmt: skip
    places = {row.pk: place for place, row in enumerate(rows, start=1)}

    def line(row: PersonnelArchive) -> list:
        return [
            places[row.pk], row.person.name, row.person.get_sex_display(),
            numbers.get(row.person_id, ""),
            row.target_organization.short_name, row.employer_name, row.separated_on,
            row.get_separation_reason_display() if row.separation_reason else "", row.contribution_months,
            row.archive_number, row.get_kind_display(),
        ]  # fmt: skip

    notes = [
        f"编号：{handover.number}　转出：{handover.from_organization}　接收：{handover.organization}",
        "移交人：　　　　接收人：　　　　接收日期：",
    ]
    return export(request, f"档案转移花名册 {handover.number}", columns, rows, line, notes=notes)
