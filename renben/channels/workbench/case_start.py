"""新建办件: for a person, for an employer, or for the office's own work. One running case of a matter is enough."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.engines.procedures import actions, definitions, queries
from renben.engines.procedures.contracts import Stop
from renben.engines.procedures.models import Case
from renben.engines.procedures.schema import Procedure
from renben.kernel.models import Employer, Organization, Person
from renben.kernel.policy import page

PEOPLE = frozenset({"labourer", "unemployed", "hardship", "rural_labourer", "entrepreneur"})


def concerns(procedure: Procedure) -> set[str]:
    """Whom a case of this procedure may be about: `person`, `employer`, `office` (nobody in particular)."""
    if procedure.kind == "case":
        return {"person"} if procedure.subject in PEOPLE else {"employer", "office"}
    if procedure.kind == "monitoring" and procedure.subject in PEOPLE:
        return {"person", "office"}
    if procedure.kind == "desk":
        return {"person", "employer", "office"}
    if procedure.subject == "employer":
        return {"employer", "office"}
    return {"office"}


def startable(request: HttpRequest, office: Organization, about: str) -> list[Procedure]:
    """Procedures in force that this reader may begin at the office, in the order of the regulation."""
    found = [procedure for _, procedure in definitions.in_force()]
    roles = request.principal.posts_at(office)
    return [p for p in found if p.tier == office.tier and about in concerns(p) and roles & set(p.steps[0].roles)]


class StartForm(forms.Form):
    procedure = forms.ChoiceField(label="办理事项")

    def __init__(self, *args: Any, offered: list[Procedure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chapters: dict[str, list[tuple[str, str]]] = {}
        for procedure in offered:
            source = procedure.source
            chapters.setdefault(f"{source.chapter}{source.section}", []).append(
                (procedure.id, f"{procedure.title}（{procedure.id}）")
            )
        self.fields["procedure"].choices = [("", "请选择"), *chapters.items()]


def _begin(
    request: HttpRequest, office: Organization | None, about: str, *, back: str, back_label: str, **subject: Any
) -> HttpResponse:
    offered = startable(request, office, about) if office is not None else []
    form = StartForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        procedure_id = form.cleaned_data["procedure"]
        running = _running(procedure_id, office, **subject)
        if running is not None:
            messages.info(request, "已有一件同类事项在办，已为您打开。")
            return redirect("cases:case", pk=running.pk)
        try:
            case = actions.start(procedure_id=procedure_id, organization=office, by=request.user, **subject)
        except Stop as stop:
            form.add_error(None, str(stop))
        else:
            return redirect("cases:case", pk=case.pk)
    context = {"form": form, "office": office, "offered": offered, "back": back, "back_label": back_label}
    context |= {"person": subject.get("person"), "employer": subject.get("employer")}
    return render(request, "cases/start.html", context, status=422 if form.is_bound and form.errors else 200)


def _running(procedure_id: str, office: Organization | None, **subject: Any) -> Case | None:
    """A case of the same matter that is still open; work for nobody in particular may run several times."""
    if subject.get("person") is not None:
        return queries.open_case(subject["person"], procedure_id)
    if subject.get("employer") is not None:
        rows = Case.objects.filter(employer=subject["employer"], procedure_id=procedure_id, state=Case.State.OPEN)
        return rows.filter(organization=office).order_by("-id").first()
    return None


@page(action="case.open", subject="person", kwarg="person_id")
def start(request: HttpRequest, person_id: int) -> HttpResponse:
    """新建办件 for a person."""
    person: Person = request.subject
    office = office_for(request, person.organization)
    return _begin(request, office, "person", back=f"/people/{person.pk}/", back_label="返回档案", person=person)


@page(action="case.open", subject="employer", kwarg="employer_id")
def start_employer(request: HttpRequest, employer_id: int) -> HttpResponse:
    """新建办件 for an employer."""
    employer: Employer = request.subject
    office = office_for(request, employer.organization)
    back = f"/employers/{employer.pk}/"
    return _begin(request, office, "employer", back=back, back_label="返回单位", employer=employer)


@page(action="case.open")
def start_office(request: HttpRequest) -> HttpResponse:
    """新建办件 for the office's own work: surveys, releases, checks, facilities."""
    mine = sorted({post.organization for post in request.principal.posts}, key=lambda office: office.path)
    wanted = request.POST.get("office") or request.GET.get("office")
    office = next((one for one in mine if str(one.pk) == wanted), mine[0] if mine else None)
    return _begin(request, office, "office", back="/cases/", back_label="返回办件")


def office_for(request: HttpRequest, home: Organization) -> Organization | None:
    """The office of mine that opens a case for someone who belongs to `home`: the nearest above where I hold a post."""
    mine = [post.organization for post in request.principal.posts if home.path.startswith(post.organization.path)]
    return max(mine, key=lambda office: len(office.path), default=None)
