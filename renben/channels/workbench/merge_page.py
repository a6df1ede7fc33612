"""The page on which two files are shown side by side and made one; the same for people and for employers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.kernel.merging import MergeRefused


def merge_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    kept: Any,
    merged: Any,
    merge: Callable[..., Any],
    numbers: Callable[[Any], dict[str, int]],
    template: str,
    done: str,
    back: str,
) -> HttpResponse:
    """Show both files with how much hangs on each (`numbers`) and merge them on POST; afterwards the kept file, by the URL
    name `back`, says `done`. A refusal or a missing reason shows the page again (422)."""
    reasons: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                merge(kept=kept, merged=merged, reason=form.cleaned_data["reason"], by=request.user)
            except MergeRefused as refused:
                reasons = [str(refused)]
            else:
                messages.success(request, done)
                return redirect(back, pk=kept.pk)
    sides = [("保留", kept, numbers(kept)), ("并入", merged, numbers(merged))]
    context = {"kept": kept, "merged": merged, "sides": sides, "form": form, "reasons": reasons}
    return render(request, template, context, status=status)
