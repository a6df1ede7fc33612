"""50,000 rows × 20 columns validated and in (goal 60 s, 300 MB above the server), beside reading the sheet alone."""

from __future__ import annotations

from collections.abc import Callable

from bench.servers import own_database


def measure(say: Callable[[str], None]) -> list[dict]:
    from renben.services.exchange import bench

    say("正在写出并导入 50000 行 × 20 列的花名册……")
    with own_database():
        figures = bench.run(rows=50_000, columns=20)
    return [
        {
            "name": "导入 50000×20 行",
            "value": figures["seconds"],
            "unit": "秒",
            "baseline": round(figures["read_seconds"], 2),
            "ratio": round(figures["seconds"] / figures["read_seconds"], 1),
            "goal": "≤60 秒",
            "ok": figures["seconds"] <= 60,
        },
        {
            "name": "导入时的内存增加",
            "value": figures["peak_mb"],
            "unit": "MB",
            "baseline": 0,
            "ratio": 0,
            "goal": "≤300 MB",
            "ok": figures["peak_mb"] <= 300,
        },
    ]
