"""我的: what a labourer sees of their own file, in the same words as the clerk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.engines.messaging import sending
from renben.engines.procedures import queries
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel.models import LabourSpell, Person
from renben.kernel.policy import SIGNED_IN, page
from renben.services.placement.models import Referral
from renben.services.registration.models import RegistrationCertificate, UnemploymentBenefit


@page(SIGNED_IN)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own status, cases with the step they are at and until when, certificate and benefit."""
    person = Person.objects.filter(pk=request.user.person_id).select_related("organization").first()
    if person is None:
        return redirect("/")
    cases = list(Case.objects.filter(person=person).select_related("organization").order_by("-opened_at", "-id")[:20])
    steps = CaseStep.objects.filter(case__in=cases, state__in=queries.OPEN).select_related("organization")
    current = {step.case_id: step for step in steps.order_by("-due_on", "-id")}
    for case in cases:
        case.current = current.get(case.pk)
        case.matter = case.title.replace(f"（{person.name}）", "")
    context = {
        "person": person,
        "unread": sending.unread(request.user).count(),
        "applying": Referral.objects.under_way().filter(person=person).count(),
        "status_label": dict(LabourSpell.Status.choices).get(person.labour_status, "没有登记"),
        "cases": cases,
        "certificates": RegistrationCertificate.objects.filter(person=person).order_by("-issued_on", "-id"),
        "benefits": UnemploymentBenefit.objects.filter(person=person).order_by("-determined_on", "-id"),
    }
    return render(request, "portal/mine.html", context)
