"""1,000 forms in one batch (goal 10 s), beside the same forms rendered one by one."""

from __future__ import annotations

from collections.abc import Callable


def measure(say: Callable[[str], None]) -> list[dict]:
    from renben.engines.documents import bench

    say("正在排版 1000 份表单……")
    figures = bench.run()
    return [
        {
            "name": "1000 份表单一次排版",
            "value": figures["batch_seconds"],
            "unit": "秒",
            "baseline": round(figures["single_seconds"], 2),
            "ratio": round(figures["batch_seconds"] / figures["single_seconds"], 3),
            "goal": "≤10 秒",
            "ok": figures["batch_seconds"] <= 10,
        }
    ]
