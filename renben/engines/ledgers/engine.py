"""Opening a ledger: rows of a source, inside the reader's territory, as of any day, counted and summed by the database."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from renben.engines.ledgers.cells import text_of, total_texts
from renben.engines.ledgers.definitions import Column, Ledger, LedgerError, find
from renben.kernel import crypto, people
from renben.kernel.models import IdentityDocument, Organization

CHUNK = 2000
MAX_SIZE = 200


@dataclass(frozen=True)
class Rows:
    """What a source answers.

    `queryset` is ordered down to a unique key; it is counted, sliced and summed in SQL (a list is taken too). `to_dict` turns
    one of its items into a row: a value per column, `_key` (stable across time, e.g. `registration:12`), `_url` of the file
    behind it and `_person` (its id, so that an export on request can carry the full number). `sums` names the column of the
    queryset behind each summed column of the ledger when it differs.
    """

    queryset: QuerySet | Sequence[Any]
    to_dict: Callable[[Any], dict[str, Any]]
    sums: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One row as a page shows it: `cells` are texts in the order of the ledger's columns."""

    number: int
    url: str
    cells: list[str]


@dataclass(frozen=True)
class LedgerPage:
    """One page of a ledger. `rows` hold values by column key; identity numbers are masked. `totals` covers all pages."""

    ledger: Ledger
    rows: list[dict[str, Any]]
    total_rows: int
    totals: dict[str, int]
    as_of: dt.date
    page: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total_rows // self.size))

    @property
    def columns(self) -> list[Column]:
        return self.ledger.columns

    @property
    def lines(self) -> list[Line]:
        first = (self.page - 1) * self.size + 1
        return [
            Line(number, row.get("_url", ""), [text_of(column, row.get(column.key)) for column in self.columns])
            for number, row in enumerate(self.rows, start=first)
        ]

    @property
    def total_cells(self) -> list[str]:
        return total_texts(self.columns, self.totals)


def open_ledger(
    slug: str | Ledger,
    *,
    as_of: dt.date,
    scope_paths: Sequence[str],
    filters: Mapping[str, str] | None = None,
    text: str = "",
    page: int = 1,
    size: int = 20,
    known_at: dt.datetime | None = None,
) -> LedgerPage:
    """One page of a ledger as of a day, seen from a territory.

    `scope_paths` are path prefixes of offices (`Principal.paths`); none means no rows. `filters` are texts by key of the
    ledger's filters, as a query string gives them; empty ones do not count. `known_at` leaves out what was recorded later.
    A page beyond the end is the last one. LedgerError for an unknown ledger, filter or value.
    """
    ledger = _ledger(slug)
    rows = rows_of(ledger, as_of=as_of, scope_paths=scope_paths, filters=filters, text=text, known_at=known_at)
    total, totals = _totals(ledger, rows)
    size = min(max(1, size), MAX_SIZE)
    page = min(max(1, page), max(1, -(-total // size)))
    window = rows.queryset[(page - 1) * size : page * size] if total else ()
    return LedgerPage(ledger, [rows.to_dict(item) for item in window], total, totals, as_of, page, size)


def iter_rows(
    slug: str | Ledger,
    *,
    as_of: dt.date,
    scope_paths: Sequence[str],
    filters: Mapping[str, str] | None = None,
    text: str = "",
    known_at: dt.datetime | None = None,
    full_numbers: bool = False,
    since: dt.date | None = None,
) -> Iterator[dict[str, Any]]:
    """All rows one after another in constant memory, for files. Arguments as in `open_ledger`.

    `since`: for ledgers of recorded work, only what was done from that day on. `full_numbers` puts readable identity numbers into columns of type `id`; whoever asks for it records that in the audit
    trail. Otherwise they stay masked.
    """
    ledger = _ledger(slug)
    rows = rows_of(
        ledger, as_of=as_of, scope_paths=scope_paths, filters=filters, text=text, known_at=known_at, since=since
    )
    streams = isinstance(rows.queryset, QuerySet)
    items = iter(rows.queryset.iterator(chunk_size=CHUNK) if streams else rows.queryset)
    while chunk := [rows.to_dict(item) for item in islice(items, CHUNK)]:
        if full_numbers:
            _unmask(ledger, chunk)
        yield from chunk


def rows_of(
    slug: str | Ledger,
    *,
    as_of: dt.date,
    scope_paths: Sequence[str],
    filters: Mapping[str, str] | None = None,
    text: str = "",
    known_at: dt.datetime | None = None,
    since: dt.date | None = None,
) -> Rows:
    """The rows a ledger's source answers, with filters checked and the territory narrowed. LedgerError as above."""
    ledger = _ledger(slug)
    scope_paths, chosen = _checked(ledger, list(scope_paths), filters or {})
    if not scope_paths:
        return Rows([], dict)
    asked = {"as_of": as_of, "known_at": known_at, "scope_paths": scope_paths, "filters": chosen, "text": text.strip()}
    if ledger.records is not None:
        return _source(settings.RECORDED_LEDGERS)(ledger=ledger, since=since, **asked)
    return _source(ledger.source)(**asked)


def offices_for(scope_paths: Sequence[str]) -> list[Organization]:
    """Streets and the centre inside a territory, for a filter of kind `office`."""
    found = Organization.objects.exclude(tier="community").order_by("path")
    return [office for office in found if any(office.path.startswith(path) for path in scope_paths)]


def _ledger(slug: str | Ledger) -> Ledger:
    return slug if isinstance(slug, Ledger) else find(slug)


def _source(target: str) -> Callable[..., Rows]:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _checked(ledger: Ledger, scope_paths: list[str], filters: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
    chosen: dict[str, Any] = {}
    for key, value in filters.items():
        known = ledger.filter(key)
        if known is None:
            raise LedgerError(f"《{ledger.name}》没有“{key}”这个筛选条件，请重新选择。")
        if value in ("", None):
            continue
        if known.kind == "office":
            inside = any(value.startswith(path) for path in scope_paths)
            # A wider office than one's own territory must not widen it.
            scope_paths = [value] if inside else [path for path in scope_paths if path.startswith(value)]
        elif known.kind == "choice":
            if value not in {choice.value for choice in known.choices}:
                raise LedgerError(f"“{known.title}”没有“{value}”这个选项，请重新选择。")
            chosen[key] = value
        elif known.kind == "month":
            chosen[key] = _month(known.title, value)
        else:
            chosen[key] = str(value).strip()
    return scope_paths, chosen


def _month(title: str, value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{value[:7]}-01")
    except ValueError as error:
        raise LedgerError(f"“{title}”应写成 2026-11 这样的年月，请重新填写。") from error


def _totals(ledger: Ledger, rows: Rows) -> tuple[int, dict[str, int]]:
    if isinstance(rows.queryset, QuerySet):
        wanted = {f"sum_{c.key}": Sum(rows.sums.get(c.key, c.key)) for c in ledger.summed}
        if not wanted:
            total, sums = rows.queryset.count(), {}
        else:
            sums = rows.queryset.order_by().aggregate(rows=Count("pk"), **wanted)
            total = sums["rows"]
        totals = {c.key: int(sums[f"sum_{c.key}"] or 0) for c in ledger.summed}
    else:
        made = [rows.to_dict(item) for item in rows.queryset] if ledger.summed else []
        total = len(rows.queryset)
        totals = {c.key: sum(row.get(c.key) or 0 for row in made) for c in ledger.summed}
    return total, totals | {column.key: total for column in ledger.counted}


def _unmask(ledger: Ledger, chunk: list[dict[str, Any]]) -> None:
    keys = [column.key for column in ledger.columns if column.type == "id"]
    if not keys:
        return
    sealed = dict(
        IdentityDocument.objects.filter(person__in={row["_person"] for row in chunk}, is_primary=True)
        .order_by("-id")
        .values_list("person", "number_enc")
    )
    for row in chunk:
        if number := sealed.get(row["_person"]):
            row.update(dict.fromkeys(keys, crypto.decrypt(number, people.NUMBER)))
