"""Lists in pages. Counting stops at a cap, so a list of 247,000 people costs no more than one of 2,000."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

SIZE = 20
COUNT_CAP = 2000


@dataclass(frozen=True)
class Page:
    """`rows` of page `number` (from 1); `total` is exact up to the cap, then `is_capped`."""

    rows: list
    number: int
    total: int
    is_capped: bool
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first(self) -> int:
        return (self.number - 1) * SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * SIZE + len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def paginate(request: HttpRequest, rows: QuerySet | list, *, cap: int = COUNT_CAP) -> Page:
    """The page named by `?page=`. A number that is none, or beyond the end of the counted part, is brought inside."""
    try:
        number = max(1, int(request.GET.get("page", "1")))
    except ValueError:
        number = 1
    if isinstance(rows, list):
        total: Any = len(rows)
    else:
        total = rows.order_by()[: cap + 1].count()
    is_capped = total > cap
    counted = min(total, cap)
    number = min(number, max(1, -(-counted // SIZE)))
    start = (number - 1) * SIZE
    found = list(rows[start : start + SIZE])
    return Page(found, number, counted, is_capped, has_next=start + SIZE < counted)


def paginate_keys(
    request: HttpRequest, keys: Sequence[int], load: Callable[[list[int]], dict[int, Any]], *, cap: int = COUNT_CAP
) -> Page:
    """The page of a list known by its keys in order (at most `cap` + 1 of them); `load` reads the rows of one page only.

    One narrow statement then counts and orders; the wide rows are read for what is shown.
    """
    page = paginate(request, list(keys), cap=cap)
    found = load(page.rows)
    return replace(page, rows=[found[key] for key in page.rows if key in found])
