"""How long a large ledger takes to become a workbook, and how much memory; no database."""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from renben.engines.ledgers.definitions import Column, Ledger, find
from renben.engines.ledgers.workbook import to_xlsx
from renben.kernel import clock


def run(rows: int = 100_000, ledger: str = "失业人员管理台帐") -> dict[str, float]:
    """Write `rows` made-up rows of a ledger to a file.

    Returns `seconds`, `peak_mb` (most memory of the process above where it began; 0 when it had used more before) and
    `file_mb`.
    """
    definition = find(ledger)
    before, began = _peak_mb(), time.perf_counter()
    with tempfile.TemporaryFile(dir=Path(tempfile.gettempdir())) as out:
        to_xlsx(
            definition,
            made_up_rows(definition, rows),
            out,
            office_name="顺义区公共就业服务中心",
            as_of=clock.today(),
            made_by="张晓明",
        )
        seconds, size = time.perf_counter() - began, out.tell()
    return {
        "seconds": round(seconds, 2),
        "peak_mb": round(_peak_mb() - before, 1),
        "file_mb": round(size / 1024 / 1024, 2),
    }


def made_up_rows(ledger: Ledger, count: int) -> Iterator[dict[str, Any]]:
    """Rows of a ledger's shape, one at a time."""
    for number in range(count):
        yield {column.key: _value(column, number) for column in ledger.columns}


def _value(column: Column, number: int) -> Any:
    if column.type == "date":
        return dt.date(2020, 1, 1) + dt.timedelta(days=number % 2000)
    if column.type == "month":
        return dt.date(2020 + number % 6, 1 + number % 12, 1)
    if column.type == "int":
        return number % 24
    if column.type == "fen":
        return 195_000 + number % 1000
    if column.type == "id":
        return f"110113********{number % 10_000:04d}"
    return f"{column.title}{number}"[: column.width // 2]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
