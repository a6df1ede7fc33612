"""A page of the employers' space that asks for what an act needs, and does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.workbench.attempts import attempt


def ask(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str], *, back: str, **words: Any
) -> HttpResponse:
    """`words`: question, consequences (sentences), button and, where it is not the usual one, button_class. `back` is where one
    stands afterwards, and where the second button leads."""
    if request.method == "POST" and form.is_valid() and attempt(request, lambda: act(form.cleaned_data)):
        return redirect(back)
    context = {"form": form, "back": back, "button_class": "btn-primary", "consequences": [], **words}
    return render(request, "employer/ask.html", context, status=422 if form.is_bound else 200)


def at_once(request: HttpRequest, act: Callable[[], str], back: str) -> HttpResponse:
    """An act that needs nothing more."""
    attempt(request, act)
    return redirect(back)
