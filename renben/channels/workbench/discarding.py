"""作废草稿: one page asks and throws a draft away, whatever it is a draft of; what it said can still be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


@dataclass(frozen=True)
class Discard:
    """What is asked and said. `act` throws the draft away; it raises one of `refusals` with the sentence to show."""

    what: str
    changed: str
    stays: str
    back: str
    is_open: bool
    act: Callable[[], object]
    refusals: type[Exception]


def discard_page(request: HttpRequest, draft: Discard) -> HttpResponse:
    """Ask, then throw the draft away; one that is over already is left alone."""
    if not draft.is_open:
        messages.info(request, "这份草稿已经办完，不用作废。")
        return redirect(draft.back)
    if request.method == "POST":
        try:
            draft.act()
        except draft.refusals as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"已作废。{draft.stays}没有变。")
        return redirect(draft.back)
    context = {
        "question": f"作废{draft.what}？",
        "consequences": [f"作废以后不能再改、再送审，但{draft.changed}一直看得到。{draft.stays}不变。"],
        "button": "作废草稿",
        "button_class": "btn-danger",
        "back": draft.back,
    }
    return render(request, "confirm.html", context)
