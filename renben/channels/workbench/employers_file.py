"""One employer's file: facts, licences, contacts, who works there, what runs; and the pages that change it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.audit_words import words_of
from renben.channels.paging import paginate
from renben.channels.workbench import employers_standing, employers_visits
from renben.channels.workbench.employers_forms import ContactForm, ContactRevealForm, EmployerForm, LicenceForm
from renben.channels.workbench.people_file import SHOWN_SECONDS
from renben.channels.workbench.vacancies import of_employer
from renben.kernel import clock, employers, masking
from renben.kernel.employer_merge import Likely, find_duplicates
from renben.kernel.models import AuditEvent, Employer, EmployerContact, EmployerLicence, EmployerMerge, LabourSpell
from renben.kernel.person_changes import StaleVersion
from renben.kernel.policy import page
from renben.services.placement import station_visits
from renben.services.placement.vacancies_words import wage_text
from renben.services.support.grants.models import Grant
from renben.services.support.hiring.models import HiringClaim

TABS = {
    "overview": "概况",
    "staff": "用工经历",
    "vacancies": "招聘岗位",
    "visits": "走访和项目",
    "standing": "协议、诚信、会员",
    "cases": "办件",
    "history": "经过",
}
TOLD = ("employer.open_file", "employer.edit", "employer.contact", "employer.licence", "employer.merge")


def overview(request: HttpRequest, employer: Employer) -> dict[str, Any]:
    contacts = list(EmployerContact.objects.filter(employer=employer).order_by("left_on", "id"))
    for contact in contacts:
        contact.masked = masking.mask_phone(employers.contact_phone(contact), "detail") or "未填"
    return {
        "contacts": sorted(contacts, key=lambda contact: contact.left_on is not None),
        "licences": EmployerLicence.objects.filter(employer=employer).order_by("kind", "-issued_on", "-id"),
        "grants": Grant.objects.filter(employer=employer)
        .annotate(people=Count("lines", filter=Q(lines__is_struck=False)))
        .order_by("-applied_on", "-id"),
        "loans": request.principal.scoped("loan", "loan.view")
        .filter(employer=employer)
        .select_related("organization")
        .order_by("-applied_on", "-id"),
        "hiring_claims": HiringClaim.objects.filter(employer=employer)
        .annotate(count=Count("people"))
        .order_by("-applied_on", "-id"),
        "today": clock.today(),
        "reveal_form": ContactRevealForm(),
    }


def staff(request: HttpRequest, employer: Employer) -> dict[str, Any]:
    """Who works or worked there, as far as they belong to the reader's territory; of the others the number only."""
    spells = LabourSpell.objects.filter(employer=employer)
    own = spells.filter(request.principal.within("person__organization__path", "person.view"))
    return {
        "spells": paginate(request, own.select_related("person__organization").order_by("end_on", "-start_on", "-id")),
        "elsewhere": spells.count() - own.count(),
        "present": spells.filter(end_on=None).count(),
    }


def cases(request: HttpRequest, employer: Employer) -> dict[str, Any]:
    rows = request.principal.scoped("case", "case.view").filter(employer=employer)
    return {"cases": paginate(request, rows.order_by("-opened_at", "-id"))}


def vacancies(request: HttpRequest, employer: Employer) -> dict[str, Any]:
    """What it looks for people for, running ones first."""
    listed = paginate(request, of_employer(request.principal, employer))
    for vacancy in listed:
        vacancy.wage = wage_text(vacancy)
    return {"vacancies": listed}


def history(request: HttpRequest, employer: Employer) -> dict[str, Any]:
    """What happened to the file, from the audit trail (values are not repeated here), and what was merged into it."""
    rows = AuditEvent.objects.filter(subject=f"employer:{employer.pk}", action__in=TOLD).order_by("-at", "-id")[:50]
    return {
        "events": [{"at": row.at, "who": row.actor_name, "what": words_of(row.action)} for row in rows],
        "merges": EmployerMerge.objects.filter(kept=employer).select_related("merged", "merged_by").order_by("-id"),
    }


PARTS = {
    "overview": overview,
    "staff": staff,
    "vacancies": vacancies,
    "visits": employers_visits.part,
    "standing": employers_standing.part,
    "cases": cases,
    "history": history,
}


@page(action="employer.view", subject="employer")
@require_GET
def employer_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, one part at a time (`?tab=`)."""
    employer = request.subject
    tab = request.GET.get("tab", "overview")
    tab = tab if tab in PARTS else "overview"
    context = {"employer": employer, "tab": tab, "tabs": TABS.items(), **PARTS[tab](request, employer)}
    return render(request, "employers/file.html", context)


def _holder(request: HttpRequest, uscc: str) -> HttpResponse | None:
    """The answer when the code is on file already: the file, or, outside the territory, only that there is one."""
    holder = employers.find_by_uscc(uscc)
    if holder is None:
        return None
    own = request.principal.scoped("employer", "employer.view").filter(pk=holder.pk).first()
    return render(request, "employers/new_double.html", {"own": own, "uscc": uscc}, status=409)


def _likely(request: HttpRequest, form: EmployerForm) -> list[Likely]:
    """Employers of the reader's territory that look like the one being opened."""
    rows = request.principal.scoped("employer", "employer.view")
    return find_duplicates(employers.build_employer(**form.facts), rows)[:5]


@page(action="employer.open")
def new_employer(request: HttpRequest) -> HttpResponse:
    """A new file. A code on file leads to its file; a likely double is asked about first."""
    principal = request.principal
    if request.method != "POST":
        name = request.GET.get("name", "").strip()[:100]
        form = EmployerForm(principal, initial={"organization": principal.home, "name": name})
        return render(request, "employers/new.html", {"form": form, "likely": []})
    form = EmployerForm(principal, request.POST)
    if not form.is_valid():
        if "uscc" in form.cleaned_data and (double := _holder(request, form.cleaned_data["uscc"])) is not None:
            return double
        return render(request, "employers/new.html", {"form": form, "likely": []}, status=422)
    if (double := _holder(request, form.cleaned_data["uscc"])) is not None:
        return double
    likely = [] if form.cleaned_data["is_another"] else _likely(request, form)
    if likely:
        return render(request, "employers/new.html", {"form": form, "likely": likely}, status=422)
    try:
        with transaction.atomic():
            employer = employers.open_employer(by=request.user, **form.facts)
            station_visits.filed()
    except IntegrityError:  # another clerk opened the same file between the check and now
        return _holder(request, form.cleaned_data["uscc"])
    messages.success(request, "单位档案已建好。")
    return redirect("employers:file", pk=employer.pk)


def _changeable(employer: Employer) -> Employer:
    if employer.merged_into_id:
        raise PermissionDenied("这家单位已并入另一份，只供查阅，请到保留的那一份上修改。")
    return employer


@page(action="employer.edit", subject="employer")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the facts; a file saved by somebody else meanwhile is not overwritten."""
    employer = _changeable(request.subject)
    form = EmployerForm(request.principal, request.POST or None, employer=employer)
    del form.fields["is_another"]
    status, is_stale = 200, False
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    employers.edit_employer(
                        employer_id=employer.pk,
                        version=form.cleaned_data["version"] or 0,
                        by=request.user,
                        **form.facts,
                    )
                return redirect("employers:file", pk=employer.pk)
            except StaleVersion:
                status, is_stale = 409, True
                form.data = form.data.copy()
                form.data["version"] = get_object_or_404(Employer, pk=employer.pk).version
            except IntegrityError:
                form.add_error("uscc", "这个信用代码已经登记在另一家单位。是同一家的，请用“合并重复单位”。")
    return render(
        request, "employers/edit.html", {"employer": employer, "form": form, "is_stale": is_stale}, status=status
    )


def _form_page(request: HttpRequest, employer: Employer, form: Any, heading: str, status: int) -> HttpResponse:
    context = {"employer": employer, "form": form, "heading": heading}
    return render(request, "employers/part_form.html", context, status=status)


@page(action="employer.edit", subject="employer")
def new_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody at the employer one may call."""
    employer = _changeable(request.subject)
    form = ContactForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        employers.save_contact(employer_id=employer.pk, by=request.user, **form.cleaned_data)
        messages.success(request, "联系人已登记。")
        return redirect("employers:file", pk=employer.pk)
    return _form_page(request, employer, form, "登记联系人", 422 if form.is_bound else 200)


@page(action="employer.edit", subject="employer_contact")
def edit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a contact, or end its use; the telephone is kept unless another is typed."""
    contact = request.subject
    employer = _changeable(contact.employer)
    initial = {"name": contact.name, "duty": contact.duty, "left_on": contact.left_on}
    form = ContactForm(request.POST or None, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        employers.save_contact(employer_id=employer.pk, contact_id=contact.pk, by=request.user, **form.cleaned_data)
        messages.success(request, "联系人已修改。")
        return redirect("employers:file", pk=employer.pk)
    return _form_page(request, employer, form, f"修改联系人 {contact.name}", 422 if form.is_bound else 200)


@page(action="employer.reveal", subject="employer_contact")
@require_POST
def reveal_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one telephone for a minute. Carries no once-key: its answer must never be kept for a repeat."""
    contact, form, status = request.subject, ContactRevealForm(request.POST), 200
    context = {"employer": contact.employer, "form": form, "seconds": SHOWN_SECONDS, "label": f"{contact.name}的电话"}
    if form.is_valid():
        value = employers.reveal_contact(contact=contact, reason=form.why, by=request.user)
        context |= {"value": value or "没有登记", "is_shown": True}
    else:
        context |= {"is_shown": False, "value": ""}
        status = 422
    template = "people/revealed.html" if request.htmx else "employers/reveal_page.html"
    return render(request, template, context, status=status)


def _save_licence(request: HttpRequest, employer: Employer, form: LicenceForm, licence_id: int | None) -> bool:
    """Whether it was saved; otherwise the form says why not."""
    try:
        with transaction.atomic():
            employers.save_licence(employer_id=employer.pk, licence_id=licence_id, by=request.user, **form.cleaned_data)
    except IntegrityError:
        form.add_error("number", "这份证照已经登记过。")
        return False
    messages.success(request, "证照已登记。")
    return True


@page(action="employer.edit", subject="employer")
def new_licence(request: HttpRequest, pk: int) -> HttpResponse:
    """A licence the employer has shown."""
    employer = _changeable(request.subject)
    form = LicenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _save_licence(request, employer, form, None):
        return redirect("employers:file", pk=employer.pk)
    return _form_page(request, employer, form, "登记证照", 422 if form.is_bound else 200)


@page(action="employer.edit", subject="employer_licence")
def edit_licence(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a licence, or write down its new end."""
    licence = request.subject
    employer = _changeable(licence.employer)
    names = ("kind", "number", "issuer", "issued_on", "valid_until")
    form = LicenceForm(request.POST or None, initial={name: getattr(licence, name) for name in names})
    if request.method == "POST" and form.is_valid() and _save_licence(request, employer, form, licence.pk):
        return redirect("employers:file", pk=employer.pk)
    return _form_page(request, employer, form, "修改证照", 422 if form.is_bound else 200)
