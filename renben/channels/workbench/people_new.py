"""A new file: the number first, so that nobody types what is known already."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.workbench.people_forms import NewFileForm, NumberForm
from renben.kernel import people
from renben.kernel.models import Person
from renben.kernel.policy import page


def _namesakes(request: HttpRequest, form: NewFileForm) -> list[Person]:
    """People of the same name and birth date in the reader's territory: likely the same human being."""
    rows = request.principal.scoped("person", "person.view").filter(
        name=form.cleaned_data["name"], birth_on=form.cleaned_data["birth_on"], merged_into=None
    )
    return list(rows.order_by("id")[:5])


def _holder(request: HttpRequest, number_form: NumberForm) -> HttpResponse | None:
    """The answer when the number is on file already: the file, or, outside the territory, only that there is one."""
    holder = people.find_by_number(number_form.cleaned_data["kind"], number_form.check.number)
    if holder is None:
        return None
    own = request.principal.scoped("person", "person.view").filter(pk=holder.pk).first()
    return render(request, "people/new_double.html", {"own": own}, status=409)


@page(action="person.open")
def new_file(request: HttpRequest) -> HttpResponse:
    """Two pages on one address: number, then the rest. Works without JavaScript."""
    number_form = NumberForm(request.POST or None)
    context = {"number_form": number_form, "form": None, "namesakes": [], "warnings": []}
    if request.method != "POST":
        return render(request, "people/new.html", context)
    if not number_form.is_valid():
        return render(request, "people/new.html", context, status=422)
    if (double := _holder(request, number_form)) is not None:
        return double
    check = number_form.check
    context["warnings"] = check.warnings
    if "name" not in request.POST:
        home = request.principal.home
        context["form"] = NewFileForm(request.principal, known=check, initial={"organization": home})
        return render(request, "people/new.html", context)
    form = context["form"] = NewFileForm(request.principal, request.POST, known=check)
    if not form.is_valid():
        return render(request, "people/new.html", context, status=422)
    values = dict(form.cleaned_data)
    is_another = values.pop("is_another")
    context["namesakes"] = [] if is_another else _namesakes(request, form)
    if context["namesakes"]:
        return render(request, "people/new.html", context, status=422)
    try:
        with transaction.atomic():
            person = people.open_file(
                kind=number_form.cleaned_data["kind"], number=check.number, by=request.user, **values
            )
    except IntegrityError:  # another clerk opened the same file between the check and now
        return _holder(request, number_form)
    messages.success(request, "档案已建好。")
    return redirect("people:file", pk=person.pk)
