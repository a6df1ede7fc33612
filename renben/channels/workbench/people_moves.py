"""Acts on a whole file: it moves to another street, or two files of one human being become one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from renben.channels.workbench.merge_page import merge_page
from renben.channels.workbench.people import matching, shown
from renben.channels.workbench.people_forms import MergeForm, MoveForm
from renben.engines.procedures.models import Case
from renben.kernel.merge import find_duplicates, merge_people
from renben.kernel.models import Person
from renben.kernel.policy import page
from renben.services.registration.moving import move_person
from renben.services.registration.reasons import NotPossible


@page(action="person.move", subject="person")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """转街镇: the file and everything that runs goes to the new office."""
    person = request.subject
    form = MoveForm(request.principal, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            target = form.cleaned_data["to"]
            try:
                handed = move_person(
                    person=person, to_organization=target, reason=form.cleaned_data["reason"], by=request.user
                )
            except NotPossible as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"已转到{target.name}，一并移交：{handed}。")
                return redirect("people:list")
    running = Case.objects.filter(person=person, state=Case.State.OPEN).count()
    context = {
        "question": f"把{person.name}的档案转到另一个机构",
        "consequences": [
            f"现在归属：{person.organization.name}。",
            f"正在办理的 {running} 件办件、失业登记、待遇和档案会一并转出，期限照原来的计算。",
        ],
        "form": form,
        "button": "转出",
        "button_class": "btn-primary",
        "back": f"/people/{person.pk}/",
    }
    return render(request, "confirm.html", context, status=status)


@page(action="person.merge", subject="person")
@require_GET
def find_double(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the second file: people of the same name and birth date first, others by the search box."""
    person = request.subject
    rows = request.principal.scoped("person", "person.merge").filter(merged_into=None).exclude(pk=person.pk)
    text = request.GET.get("q", "").strip()
    rows = (
        matching(rows, text) if text else rows.filter(pk__in=[likely.person.pk for likely in find_duplicates(person)])
    )
    context = {"person": person, "rows": shown(request, rows), "text": text}
    return render(request, "people/merge_find.html", context)


@page(action="person.merge", subject="person")
def merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Both files side by side; the one in the address first is kept."""
    kept = request.subject
    merged = get_object_or_404(request.principal.scoped("person", "person.merge"), pk=other)
    return merge_page(
        request,
        MergeForm(request.POST or None),
        kept=kept,
        merged=merged,
        merge=merge_people,
        numbers=_numbers,
        template="people/merge.html",
        done="两份档案已合并，原来的经历在“家庭与委托”中可以查到。",
        back="people:file",
    )


def _numbers(person: Person) -> dict[str, int]:
    return {
        "办件": person.cases.count(),
        "经历": person.spells.count(),
        "档案": person.archives.count(),
    }
