"""招聘会: fairs to come with free booths, the firm's own booths, and the receipt it owes after each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.employer.asking import ask
from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt
from renben.channels.workbench.fairs_forms import BookForm, ReceiptForm, WhyForm
from renben.kernel import clock
from renben.kernel.employers import contact_phone
from renben.kernel.models import EmployerContact
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement.fairs import booking, limits
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent

State = FairBooth.State


def owes_receipt(booth: FairBooth) -> bool:
    """The fair is over, the firm was there, and its receipt is not in."""
    return booth.state == State.ATTENDED and booth.receipt_on is None and booth.fair.state in Fair.PAST


@page(EMPLOYER)
@require_GET
def fair_list(request: HttpRequest) -> HttpResponse:
    """What comes, with how many booths are left; below it what the firm booked."""
    firm, today = request.principal.firm, clock.today()
    coming = request.principal.of_firm("open_fair").filter(on__gte=today).order_by("on", "id")
    fairs = paginate(request, coming)
    booths = request.principal.of_firm("firm_booth").order_by("-fair__on", "-id")[:30]
    mine = {booth.fair_id: booth for booth in booths if booth.state != State.CANCELLED}
    for fair in fairs:
        fair.left, fair.mine = len(booking.free_places(fair)), mine.get(fair.pk)
        fair.may_book = fair.mine is None and fair.left > 0 and fair.booking_until >= today
    for booth in booths:
        booth.owes = owes_receipt(booth)
        booth.may_cancel = booth.state == State.BOOKED and booth.fair.is_coming
    context = {"fairs": fairs, "booths": booths, "firm": firm, "days": limits.receipt_days()}
    return render(request, "employer/fairs.html", context)


def _agent(request: HttpRequest) -> dict[str, Any]:
    firm = request.principal.firm
    rows = EmployerContact.objects.filter(employer=firm, left_on=None)
    own = rows.filter(user=request.user).order_by("id").first() or rows.order_by("id").first()
    return {"agent_name": own.name, "agent_phone": contact_phone(own)} if own is not None else {}


@page(EMPLOYER, subject="open_fair")
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """订展位 by the rules of the counter: so many for each firm, in time, not after staying away."""
    fair, firm = request.subject, request.principal.firm
    form = BookForm(request.POST if request.method == "POST" else None, employer=firm, initial=_agent(request))

    def act(asked: dict[str, Any]) -> str:
        booth = booking.book(fair=fair, employer=firm, by=request.user, **asked)
        return f"已订{booth.places_text}展位。会后{limits.receipt_days()}个工作日内请交回执；来不了请提前退订。"

    left = len(booking.free_places(fair))
    lines = [
        f"{fair.on:%Y年%m月%d日} {fair.starts_at:%H:%M}，{fair.place}。还剩{left}个展位，一家最多{fair.booths_each}个。",
        *(why.text for why in booking.against(fair, firm, 1) if request.method == "GET"),
    ]
    question = f"订“{fair.title}”的展位"
    return ask(
        request, form, act, back=reverse("employer:fairs"), question=question, consequences=lines, button="订下"
    )  # fmt: skip


@page(EMPLOYER, subject="firm_booth")
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """退订 in time; whoever books and stays away has to wait for the next."""
    booth: FairBooth = request.subject
    form = WhyForm(request.POST if request.method == "POST" else None)

    def act(asked: dict[str, Any]) -> str:
        if booth.state != State.BOOKED:
            raise Refused(f"这个展位{booth.get_state_display()}，请联系社保所办理。")
        booking.give_back(booth=booth, why=asked["why"], by=request.user)
        return f"展位已退订，{booth.places_text}空出来了。"

    return ask(
        request, form, act, back=reverse("employer:fairs"), question=f"退订“{booth.fair.title}”的展位", button="退订",
        button_class="btn-danger", consequences=["订了又不来的，过一段时间才能再订；来不了请提前退订。"],
    )  # fmt: skip


def _ticked(request: HttpRequest, booth: FairBooth, value: str) -> frozenset[int]:
    ids = booth.intents.values_list("pk", flat=True)
    return frozenset(pk for pk in ids if request.POST.get(f"result_{pk}") == value)


@page(EMPLOYER, subject="firm_booth", reads_personal=True)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """交回执: whom of those agreed with at the booth the firm took on, and what was hard."""
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
            is_reported=True,
        )

        def act() -> str:
            booking.receive(booth=booth, receipt=told, by=request.user)
            return "回执已交。录用的人，社保所会向本人核实。"

        if attempt(request, act):
            return redirect("employer:fairs")
    intents = booth.intents.select_related("visitor", "vacancy").order_by("vacancy__title", "id")
    context = {"form": form, "booth": booth, "fair": booth.fair, "intents": intents, "states": FairIntent.State}
    return render(request, "employer/receipt.html", context, status=422 if form.is_bound else 200)
