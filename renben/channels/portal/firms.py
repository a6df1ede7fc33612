"""会员单位 for everybody: who they are, one firm's page with its open jobs, and its pictures (P-3.5.1).

A page is public while the membership holds and a version is approved; everything else does not exist here.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.image_forms import picture_response
from renben.channels.paging import paginate
from renben.channels.pictures import qr
from renben.kernel import clock, employers
from renben.kernel.models import Employer
from renben.kernel.policy import PUBLIC, page
from renben.services.placement.firms import image_pages
from renben.services.placement.firms.models import FirmPage, FirmPicture, Membership
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_words import wage_text

LONGEST = 40


@page(PUBLIC)
@require_GET
def firms(request: HttpRequest) -> HttpResponse:
    """Members with a public page, found by name."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    shown = FirmPage.objects.filter(state=FirmPage.State.APPROVED).values("employer")
    rows = Membership.objects.in_force(clock.today()).filter(employer__in=shown)
    if text:
        rows = rows.filter(employer__in=employers.matching(Employer.objects.all(), text).values("pk"))
    found = paginate(request, rows.select_related("employer__organization").order_by("employer__pinyin", "id"))
    for one in found:
        one.page = image_pages.approved(one.employer)
    return render(request, "portal/firms.html", {"rows": found, "text": text})


def _member(number: str) -> tuple[Membership, FirmPage]:
    rows = Membership.objects.in_force(clock.today()).select_related("employer__organization")
    member = get_object_or_404(rows, number=number)
    approved = image_pages.approved(member.employer)
    if approved is None:
        raise Http404
    return member, approved


@page(PUBLIC)
@require_GET
def firm(request: HttpRequest, number: str) -> HttpResponse:
    """One firm: its words and pictures, and what it looks for people for."""
    member, approved = _member(number)
    rows = Vacancy.objects.open_on(clock.today()).filter(employer=member.employer).select_related("region")
    context = {
        "member": member,
        "employer": member.employer,
        "page": approved,
        "pictures": approved.pictures.order_by("id"),
        "offers": [(one, wage_text(one)) for one in rows.order_by("-published_at", "id")[:50]],
        "code": qr(f"{settings.PUBLIC_BASE_URL}{reverse('firm', args=[member.number])}"),
    }
    return render(request, "portal/firm.html", context)


@page(PUBLIC)
@require_GET
def picture(request: HttpRequest, number: str, picture_id: int) -> HttpResponse:
    """A picture of the version that is public."""
    _, approved = _member(number)
    rows = FirmPicture.objects.filter(page=approved).select_related("file")
    return picture_response(get_object_or_404(rows, pk=picture_id))
