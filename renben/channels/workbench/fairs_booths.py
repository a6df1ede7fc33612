"""Booths of a fair: booked, given back, signed in, answered, asked after."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.downloads import export
from renben.channels.workbench.fairs import VIEW, WORK, acting
from renben.channels.workbench.fairs_forms import BookForm, ReceiptForm, TrackForm, WhyForm
from renben.kernel import clock, crypto
from renben.kernel.employers import contact_phone, matching
from renben.kernel.models import EmployerContact
from renben.kernel.policy import page
from renben.services.placement.fairs import booking, limits, reporting
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent

FOUND = 20


@page(action=WORK, subject="fair")
@require_GET
def choose_employer(request: HttpRequest, pk: int) -> HttpResponse:
    """Which employer wants a booth: found by name, initials, code or telephone."""
    text = request.GET.get("q", "").strip()[:60]
    rows = request.principal.scoped("employer", "employer.view").filter(merged_into=None)
    found = (
        list(matching(rows, text).select_related("organization").order_by("pinyin", "id")[: FOUND + 1]) if text else []
    )
    context = {"fair": request.subject, "text": text, "found": found[:FOUND], "more": len(found) > FOUND}
    return render(request, "fairs/choose.html", context)


def _known(request: HttpRequest, employer: Any) -> dict[str, Any]:
    """The contact on file; the telephone only for the person who may see it anyway by working with the employer."""
    contact = EmployerContact.objects.filter(employer=employer, left_on=None).order_by("id").first()
    return {"agent_name": contact.name, "agent_phone": contact_phone(contact)} if contact else {}


@page(action=WORK, subject="fair")
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """订展位 for the employer of `?employer=`; one that is not in the reader's territory is chosen anew."""
    fair: Fair = request.subject
    rows = request.principal.scoped("employer", "employer.view").filter(merged_into=None)
    asked_for = request.GET.get("employer", "")
    wanted = rows.filter(pk=int(asked_for)).first() if asked_for.isdigit() else None
    if wanted is None:
        messages.error(request, "请先查找并选定单位。")
        return redirect("fairs:choose", pk)
    form = BookForm(
        request.POST if request.method == "POST" else None, employer=wanted, initial=_known(request, wanted)
    )  # fmt: skip

    def act(asked: dict[str, Any]) -> str:
        booth = booking.book(fair=fair, employer=wanted, by=request.user, **asked)
        told = f"请当面说明：会后{limits.receipt_days()}个工作日内交回执。"
        return f"{wanted.name}已订{booth.places_text}展位。{told}"

    left = len(booking.free_places(fair))
    return acting(
        request, form, fair, act, title=f"给{wanted.name}订展位", button="订下",
        notes=[f"还剩{left}个展位，一家最多{fair.booths_each}个。按号从小到大排。"],
        barred=booking.against(fair, wanted, 1) if request.method == "GET" else [],
    )  # fmt: skip


@page(action=WORK, subject="fair_booth")
@require_POST
def attend(request: HttpRequest, pk: int) -> HttpResponse:
    """到会签到, or taking it back."""
    booth: FairBooth = request.subject
    came = request.POST.get("came") == "yes"

    def act() -> str:
        booking.attend(booth=booth, came=came, by=request.user)
        return f"{booth.employer.name}{'已签到' if came else '的签到已撤回'}。"

    attempt(request, act)
    return redirect("fairs:fair", booth.fair_id)


@page(action=WORK, subject="fair_booth")
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """退订."""
    booth: FairBooth = request.subject

    def act(asked: dict[str, Any]) -> str:
        booking.give_back(booth=booth, why=asked["why"], by=request.user)
        return f"{booth.employer.name}的展位已退订，{booth.places_text}空出来了。"

    form = WhyForm(request.POST if request.method == "POST" else None)
    return acting(request, form, booth.fair, act, title=f"{booth.employer.name}退订展位", button="退订", danger=True)


def _ticked(request: HttpRequest, booth: FairBooth, value: str) -> frozenset[int]:
    """Intents of this booth whose result was chosen as `value`."""
    ids = booth.intents.values_list("pk", flat=True)
    return frozenset(pk for pk in ids if request.POST.get(f"result_{pk}") == value)


@page(action=WORK, subject="fair_booth")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """收《用人单位反馈回执单》: the people who agreed are known, only their result is asked."""
    booth: FairBooth = request.subject
    form = ReceiptForm(
        request.POST if request.method == "POST" else None,
        initial={"on": booth.receipt_on or clock.today(), "difficulty": booth.difficulty},
    )
    if request.method == "POST" and form.is_valid():
        told = booking.Receipt(
            on=form.cleaned_data["on"],
            hired=_ticked(request, booth, "hired"),
            rejected=_ticked(request, booth, "rejected"),
            difficulty=form.cleaned_data["difficulty"],
        )

        def act() -> str:
            booking.receive(booth=booth, receipt=told, by=request.user)
            return f"{booth.employer.name}的回执已收：录用{len(told.hired)}人。"

        if attempt(request, act):
            return redirect("fairs:fair", booth.fair_id)
    intents = booth.intents.select_related("visitor", "vacancy").order_by("vacancy__title", "id")
    context = {"form": form, "booth": booth, "fair": booth.fair, "intents": intents, "states": FairIntent.State}
    return render(request, "fairs/receipt.html", context, status=422 if form.is_bound else 200)


@page(action=WORK, subject="fair_booth")
def track(request: HttpRequest, pk: int) -> HttpResponse:
    """跟踪指导: no receipt, or nobody found."""
    booth: FairBooth = request.subject
    initial = {"on": clock.today(), "difficulty": booth.difficulty, "record": booth.tracking, "way": booth.tracked_way}
    form = TrackForm(request.POST if request.method == "POST" else None, initial=initial)

    def act(asked: dict[str, Any]) -> str:
        booking.track(booth=booth, by=request.user, **asked)
        return f"{booth.employer.name}的跟踪指导已记下。"

    return acting(request, form, booth.fair, act, title=f"跟踪{booth.employer.name}的招聘效果", button="记下")


@page(action=VIEW, subject="fair")
@require_POST
def booths_export(request: HttpRequest, pk: int) -> HttpResponse:
    """参会单位表 with results, as a workbook."""
    fair: Fair = request.subject
    numbers = {row.booth.pk: row for row in reporting.report(fair).rows}
    columns = [
        ("展位", 12), ("单位", 30), ("信用代码", 22), ("经办人", 10), ("电话", 16), ("状态", 8), ("招聘人数", 8), ("意向人数", 8),
        ("录用人数", 8), ("回执日期", 12), ("招聘效果和难点", 40), ("跟踪指导", 40),
    ]  # fmt: skip

    def line(booth: FairBooth) -> list:
        row = numbers[booth.pk]
        phone = crypto.decrypt(booth.agent_phone_enc, booking.AGENT_PHONE) if booth.agent_phone_enc else ""
        return [
            booth.places_text, booth.employer.name, booth.employer.uscc, booth.agent_name, phone,
            booth.get_state_display(), row.openings, row.intents, row.hired, booth.receipt_on, booth.difficulty,
            booth.tracking,
        ]  # fmt: skip

    rows = fair.stands.exclude(state=FairBooth.State.CANCELLED).select_related("employer").order_by("places")
    return export(request, f"{fair.title}参会单位", columns, rows, line)
