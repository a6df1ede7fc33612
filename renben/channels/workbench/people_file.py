"""One person's file (一人一档): who it is, where they stand, what runs, what was issued."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.kernel.policy import page


@page(action="person.view", subject="person", reads_personal=True)
@require_GET
def person_file(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "people/file.html", {"person": request.subject})
