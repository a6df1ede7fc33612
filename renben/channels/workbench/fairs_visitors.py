"""Seekers at a fair: signed up at the counter, let in by their code, an intent written down."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.attempts import Refused, attempt
from renben.channels.workbench.downloads import export
from renben.channels.workbench.fairs import VIEW, WORK, acting
from renben.channels.workbench.fairs_forms import VisitorForm
from renben.kernel.policy import page
from renben.services.placement.fairs import planning, visiting
from renben.services.placement.fairs.models import Fair, FairBooth, FairVisitor
from renben.services.placement.models import Vacancy


@page(action=WORK, subject="fair")
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """替人报名."""
    fair: Fair = request.subject

    def act(asked: dict[str, Any]) -> str:
        visitor = visiting.sign_up(fair=fair, by=request.user, **asked)
        return f"{visitor.name}已报名，入场码 {visitor.code}。"

    form = VisitorForm(request.POST if request.method == "POST" else None)
    return acting(request, form, fair, act, title="给求职者报名", button="报名")


@page(action=WORK, subject="fair")
@require_POST
def sign_up_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody whose file is known, from the file or from a list."""
    fair: Fair = request.subject
    wanted = request.POST.get("person", "")
    rows = request.principal.scoped("person", "person.view")
    person = rows.filter(pk=int(wanted)).first() if wanted.isdigit() else None

    def act() -> str:
        if person is None:
            raise Refused("请先在人员档案里选定要报名的人。")
        visitor = visiting.sign_up(fair=fair, person=person, by=request.user)
        return f"{visitor.name}已报名，入场码 {visitor.code}。"

    attempt(request, act)
    return redirect("fairs:fair", fair.pk)


@page(action=WORK)
@require_GET
def ticket(request: HttpRequest) -> HttpResponse:
    """Where the code of a ticket leads: typed at the door or scanned. Only tickets of fairs in one's own territory."""
    code = request.GET.get("code", "").strip().upper()
    rows = request.principal.scoped("fair_visitor", WORK)
    visitor = rows.filter(code=code).first() if code else None
    if code and visitor is None:
        messages.error(request, f"没有入场码 {code} 的报名，请核对，或在洽谈会页面现场报名。")
    context: dict[str, Any] = {"visitor": visitor, "code": code}
    if visitor is not None:
        context |= {"fair": visitor.fair, "booths": _offers(visitor)}
        context["intents"] = visitor.intents.select_related("vacancy", "booth__employer").order_by("id")
    return render(request, "fairs/ticket.html", context)


def _offers(visitor: FairVisitor) -> list[tuple[FairBooth, list[Vacancy]]]:
    """Every booth with what it offers."""
    return [(booth, visiting.vacancies_at(booth)) for booth in planning.standing(visitor.fair)]


@page(action=WORK, subject="fair_visitor")
@require_POST
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """到会签到."""
    visitor: FairVisitor = request.subject

    def act() -> str:
        visiting.check_in(visitor=visitor, guided=request.POST.get("guided") == "yes", by=request.user)
        return f"{visitor.name}已签到。"

    attempt(request, act)
    return redirect(
        f"/fairs/tickets/?code={visitor.code}" if request.POST.get("stay") else f"/fairs/{visitor.fair_id}/"
    )


@page(action=WORK, subject="fair_visitor")
@require_POST
def intend(request: HttpRequest, pk: int) -> HttpResponse:
    """登记意向: `offer` is booth:vacancy as the select gives it."""
    visitor: FairVisitor = request.subject
    booth_id, _, vacancy_id = request.POST.get("offer", "").partition(":")
    booths = FairBooth.objects.filter(fair=visitor.fair_id).select_related("fair", "employer")
    booth = booths.filter(pk=int(booth_id)).first() if booth_id.isdigit() else None
    vacancy = Vacancy.objects.filter(pk=int(vacancy_id)).first() if vacancy_id.isdigit() else None

    def act() -> str:
        if booth is None or vacancy is None:
            raise Refused("请先选展位和岗位。")
        intent = visiting.intend(visitor=visitor, booth=booth, vacancy=vacancy, by=request.user)
        more = "，已同时建推荐记录，按期回访" if intent.referral_id else ""
        return f"已记下{visitor.name}对“{vacancy.title}”的意向{more}。"

    attempt(request, act)
    return redirect(f"/fairs/tickets/?code={visitor.code}")


@page(action=VIEW, subject="fair")
@require_POST
def visitors_export(request: HttpRequest, pk: int) -> HttpResponse:
    """报名和到会名单, telephones masked."""
    fair: Fair = request.subject
    columns = [
        ("姓名", 10),
        ("电话", 16),
        ("想找的工作", 20),
        ("入场码", 12),
        ("到会", 8),
        ("听了指导", 10),
        ("意向", 40),
    ]

    def line(row: FairVisitor) -> list:
        wished = "、".join(intent.vacancy.title for intent in row.intents.all())
        inside, guided = "是" if row.checked_in_at else "", "是" if row.was_guided else ""
        return [row.name, row.phone_masked, row.wanted, row.code, inside, guided, wished]

    rows = fair.visitors.prefetch_related("intents__vacancy").order_by("name", "id")
    return export(request, f"{fair.title}到会人员", columns, rows, line)
