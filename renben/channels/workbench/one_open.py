"""A list of things to answer, one form at a time: the row asked for is open, else the first that waits.

Twenty forms on a telephone are slow to load and long to scroll; whoever works from the top never has to open anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

ASKED = "open"


def opened(request: HttpRequest, waiting: Iterable[Any]) -> int | None:
    """The key of the row whose form is shown. `waiting` are the rows of the page that can be answered, in their order."""
    keys = [row.pk for row in waiting]
    asked = request.GET.get(ASKED, "")
    return int(asked) if asked.isdecimal() and int(asked) in keys else next(iter(keys), None)


def query_of(request: HttpRequest) -> str:
    """The address of the list without the row that was open: after an answer the next one that waits is."""
    query = request.GET.copy()
    query.pop(ASKED, None)
    return query.urlencode()
