"""One person's file (一人一档): who it is, where they stand, what runs, what was issued."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.codes import code_name
from renben.channels.workbench.findings import of_person
from renben.channels.workbench.people_forms import EditForm, RevealForm
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures.models import Case
from renben.kernel import clock, masking, people
from renben.kernel.models import HouseholdMember, LabourSpell, Mandate, Person, PersonMerge
from renben.kernel.person_changes import StaleVersion, edit_person
from renben.kernel.policy import page
from renben.services.placement.models import Referral, Seeker
from renben.services.registration.models import (
    DynamicRecord,
    InformRecord,
    MonthlyContact,
    PersonnelArchive,
    RegistrationCertificate,
    UnemploymentBenefit,
    UnemploymentRegistration,
)
from renben.services.support.grants.models import GrantLine
from renben.services.support.hiring.models import HiringPerson
from renben.services.support.loans.models import Loan
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth
from renben.services.support.posts.models import PostPlacement

SHOWN_SECONDS = 60
TABS = {
    "overview": "概况",
    "papers": "档案与证件",
    "contacts": "动态与联系",
    "work": "岗位推荐",
    "family": "家庭与委托",
}
SHOWN = {"number": "证件号码", "phone": "电话", "address": "住址"}


def age_of(birth_on: dt.date, on: dt.date) -> int:
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def identity_of(person: Person) -> dict[str, Any]:
    """What the top of the file says; numbers masked."""
    return {
        "age": age_of(person.birth_on, clock.today()),
        "phone": masking.mask_phone(people.phone_of(person), "detail") or "未填",
        "address": people.address_of(person) or "未填",
        "education": code_name("education", person.education),
        "ethnicity": code_name("ethnicity", person.ethnicity),
    }


def _entitlements(person: Person) -> dict[str, QuerySet]:
    """What the person has asked for or draws, by kind, the newest first."""
    return {
        "benefits": UnemploymentBenefit.objects.filter(person=person)
        .select_related("organization")
        .order_by("-determined_on", "-id"),
        "loans": Loan.objects.filter(person=person).select_related("organization").order_by("-applied_on", "-id"),
        "subsidies": InsuranceSubsidy.objects.filter(person=person)
        .annotate(drawn=Count("months", filter=Q(months__state=SubsidyMonth.State.PAID)))
        .select_related("organization")
        .order_by("-applied_on", "-id"),
        "grant_lines": GrantLine.objects.filter(person=person)
        .select_related("grant__employer", "payment_line")
        .order_by("-grant__applied_on", "-id"),
        "hiring_rows": HiringPerson.objects.filter(person=person)
        .select_related("claim__employer")
        .order_by("-claim__first_month", "-id"),
        "public_posts": PostPlacement.objects.filter(person=person)
        .select_related("post__employer")
        .order_by("-started_on", "-id"),
    }


def overview(person: Person) -> dict[str, Any]:
    """Most people hold none of the entitlements: one statement asks which kinds there are, and only those are read."""
    kinds = _entitlements(person)
    asked = {
        f"has_{name}": Exists(rows.model._default_manager.filter(person=OuterRef("pk"))) for name, rows in kinds.items()
    }
    held = Person.objects.filter(pk=person.pk).values(**asked).get()
    return {
        "spells": LabourSpell.objects.filter(person=person).select_related("employer").order_by("-start_on", "-id"),
        "cases": Case.objects.filter(person=person).select_related("organization").order_by("-opened_at", "-id")[:30],
        "findings": of_person(person),
        **{name: rows if held[f"has_{name}"] else rows.none() for name, rows in kinds.items()},
    }


def papers(person: Person) -> dict[str, Any]:
    return {
        "archives": PersonnelArchive.objects.filter(person=person)
        .select_related("organization", "target_organization")
        .order_by("-received_on", "-id"),
        "certificates": RegistrationCertificate.objects.filter(person=person)
        .select_related("organization")
        .order_by("-issued_on", "-id"),
        "documents": IssuedDocument.objects.filter(holder_person=person)
        .select_related("organization")
        .defer("data", "data_enc")
        .order_by("-issued_at", "-id")[:50],
    }


def contacts(person: Person) -> dict[str, Any]:
    return {
        "records": DynamicRecord.objects.filter(person=person)
        .select_related("by", "organization")
        .order_by("-on", "-id")[:50],
        "months": MonthlyContact.objects.filter(registration__person=person)
        .select_related("organization", "by")
        .order_by("-month", "-id")[:24],
        "informs": InformRecord.objects.filter(person=person)
        .select_related("organization", "told_by")
        .order_by("-told_at", "-id")[:20],
    }


def family(person: Person) -> dict[str, Any]:
    home = HouseholdMember.objects.filter(person=person, end_on=None).values("household")
    return {
        "members": HouseholdMember.objects.filter(household__in=home, end_on=None)
        .select_related("person", "household")
        .order_by("start_on", "id"),
        "mandates_given": Mandate.objects.filter(person=person).select_related("agent").order_by("-start_on", "-id"),
        "mandates_held": Mandate.objects.filter(agent=person).select_related("person").order_by("-start_on", "-id"),
        "merges": PersonMerge.objects.filter(kept=person).select_related("merged", "merged_by").order_by("-id"),
    }


def work(person: Person) -> dict[str, Any]:
    return {
        "referrals": Referral.objects.filter(person=person)
        .select_related("vacancy__employer", "organization")
        .order_by("-made_on", "-id")[:50]
    }


PARTS = {"overview": overview, "papers": papers, "contacts": contacts, "work": work, "family": family}


@page(action="person.view", subject="person", reads_personal=True)
@require_GET
def person_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, one part at a time (`?tab=`), so that each part stays quick however long a life is."""
    person = request.subject
    tab = request.GET.get("tab", "overview")
    tab = tab if tab in PARTS else "overview"
    context = {
        "person": person,
        "identity": identity_of(person),
        "registration": UnemploymentRegistration.objects.filter(person=person)
        .exclude(state=UnemploymentRegistration.State.CLOSED)
        .select_related("organization", "certificate")
        .order_by("-id")
        .first(),
        "seeker": Seeker.objects.of(person),
        "status_label": dict(LabourSpell.Status.choices).get(person.labour_status, "未登记就业状态"),
        "statuses": dict(LabourSpell.Status.choices),
        "tab": tab,
        "tabs": TABS.items(),
        "reveal_form": RevealForm(),
        "may": {action: request.principal.may(f"person.{action}") for action in ("reveal", "edit", "move", "merge")}
        | {"open_case": request.principal.may("case.open")},
        **PARTS[tab](person),
    }
    return render(request, "people/file.html", context)


@page(action="person.reveal", subject="person")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one full value for a minute. Carries no once-key: its answer must never be kept for a repeat."""
    form = RevealForm(request.POST)
    person = request.subject
    context = {"person": person, "form": form, "seconds": SHOWN_SECONDS}
    status = 200
    if form.is_valid():
        field = form.cleaned_data["field"]
        value = people.reveal(person=person, field=field, reason=form.why, by=request.user)
        context |= {"label": SHOWN[field], "value": value or "没有登记", "is_shown": True}
    else:
        context |= {"is_shown": False, "label": "", "value": ""}
        status = 422
    template = "people/revealed.html" if request.htmx else "people/reveal_page.html"
    return render(request, template, context, status=status)


@page(action="person.edit", subject="person", reads_personal=True)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change phone, address, education and the like; a file saved by somebody else meanwhile is not overwritten."""
    person = request.subject
    address = people.address_of(person)
    form = EditForm(
        request.POST or None,
        initial={
            "address": address,
            "education": person.education,
            "ethnicity": person.ethnicity,
            "hukou_kind": person.hukou_kind,
            "health": person.health,
            "version": person.version,
        },
    )
    status, is_stale = 200, False
    if request.method == "POST":
        if form.is_valid():
            values = dict(form.cleaned_data)
            wanted = values.pop("address")
            try:
                edit_person(
                    person_id=person.pk,
                    by=request.user,
                    address=wanted if wanted != address else None,
                    **values,
                )
                return redirect("people:file", pk=person.pk)
            except StaleVersion:
                status, is_stale = 409, True
                form.data = form.data.copy()
                form.data["version"] = get_object_or_404(Person, pk=person.pk).version
        else:
            status = 422
    context = {"person": person, "form": form, "is_stale": is_stale, "phone": identity_of(person)["phone"]}
    return render(request, "people/edit.html", context, status=status)
