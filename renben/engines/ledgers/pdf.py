"""A ledger on A4 paper: the same rows, columns, totals and signatures as the workbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from renben.engines.documents.forms import FormError
from renben.engines.documents.typst_engine import compile_template
from renben.engines.ledgers.cells import clean, text_of, total_texts
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.kernel import clock

TEMPLATE = "ledgers/_table.typ"
MAX_ROWS = 2_000
"""Typesetting holds the whole table in memory; a longer ledger is a matter for the workbook."""
BREAK = "\u200b"
_LATIN_RUN = re.compile(r"[!-~]+")


def to_pdf(ledger: Ledger, rows: Iterable[dict[str, Any]], *, office_name: str, as_of: dt.date, made_by: str) -> bytes:
    """The printed table as PDF. `rows` as `engine.iter_rows` gives them. LedgerError beyond `MAX_ROWS` rows."""
    body: list[list[str]] = []
    sums = {column.key: 0 for column in ledger.summed}
    for row in rows:
        if len(body) == MAX_ROWS:
            raise LedgerError(f"这份台账超过{MAX_ROWS}行，打印出来太长。请按机构或月份筛选后再打印，或导出 Excel。")
        body.append([_breakable(text_of(column, row.get(column.key)), column.width) for column in ledger.columns])
        for key in sums:
            sums[key] += row.get(key) or 0
    totals = total_texts(ledger.columns, sums | {column.key: len(body) for column in ledger.counted})
    if not any(totals):
        totals = []
    headings, widths = [c.title for c in ledger.columns], [c.width for c in ledger.columns]
    types: list[str] = [c.type for c in ledger.columns]
    if ledger.numbered:
        headings, widths, types = ["序号", *headings], [6, *widths], ["int", *types]
        body = [[str(number), *cells] for number, cells in enumerate(body, start=1)]
        totals = ["合计", *totals] if totals else []
    content = {
        "name": ledger.name,
        "title": ledger.title,
        "citation": ledger.citation,
        "landscape": ledger.landscape,
        "office": clean(office_name),
        "as_of": as_of.isoformat(),
        "made_at": f"{clock.now().astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
        "made_by": clean(made_by),
        "signatures": ledger.signatures,
        "headings": headings,
        "widths": widths,
        "types": types,
        "rows": body,
        "totals": totals,
    }
    try:
        return compile_template(TEMPLATE, {"ledger": content}, tagged=len(body) <= MAX_ROWS // 10)
    except FormError as error:
        raise LedgerError(str(error)) from error


def _breakable(text: str, width: int) -> str:
    """A run of Latin letters and digits longer than its column may break anywhere; Chinese text breaks by itself."""
    if all(len(run) <= width for run in _LATIN_RUN.findall(text)):
        return text
    return _LATIN_RUN.sub(lambda run: BREAK.join(run.group()), text)
