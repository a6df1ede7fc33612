"""How long a large roster takes from file to register, and how much memory."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renben.kernel import clock, foundation
from renben.kernel.models import Organization
from renben.services.exchange import imports
from renben.services.exchange.sample import COLUMNS, district_places, synthetic_people, write_roster
from renben.services.exchange.workbook import open_grids


def _resident_mb() -> float:
    """Memory of this process now. Linux only, where the benchmark runs."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


@contextmanager
def _peak(figures: dict[str, float]) -> Iterator[None]:
    """Watch the memory fifty times a second; `figures["peak_mb"]` is the most above where it began."""
    over, start = threading.Event(), _resident_mb()
    most = [start]

    def watch() -> None:
        while not over.wait(0.02):
            most[0] = max(most[0], _resident_mb())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        figures["peak_mb"] = round(max(most[0], _resident_mb()) - start, 1)


def run(rows: int = 50_000, columns: int = 20) -> dict[str, float]:
    """Import a synthetic roster into the current database, which it fills: use a database of its own.

    Returns `seconds` (validated and in), `peak_mb` (memory above the process before), `read_seconds` (every cell of the sheet
    once, nothing else), `preview_seconds`, `confirm_seconds`, and the counts `good`, `bad`.
    """
    centre = Organization.objects.filter(tier="district").order_by("path").first()
    if centre is None:
        foundation.lay_foundation()
        centre = Organization.objects.filter(tier="district").order_by("path").first()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        write_roster(
            path, synthetic_people(rows, places=district_places(), today=clock.today()), columns=COLUMNS[:columns]
        )
        figures: dict[str, float] = {}
        start = time.perf_counter()
        sum(1 for grid in open_grids(path.read_bytes()) for _ in grid.rows())
        figures["read_seconds"] = round(time.perf_counter() - start, 2)
        with _peak(figures):
            start = time.perf_counter()
            batch = imports.preview(path.read_bytes(), kind="people", organization=centre, by=None, name=path.name)
            figures["preview_seconds"] = round(time.perf_counter() - start, 2)
            imports.confirm(batch, None)
            figures["seconds"] = round(time.perf_counter() - start, 2)
    figures["confirm_seconds"] = round(figures["seconds"] - figures["preview_seconds"], 2)
    return {**figures, "good": batch.good, "bad": batch.bad}
