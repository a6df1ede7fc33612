"""Loading and checking the whole catalogue (goal 0.5 s), beside reading the bytes of the same files."""

from __future__ import annotations

from collections.abc import Callable

from bench.servers import timed

ROUNDS = 5


def measure(say: Callable[[str], None]) -> list[dict]:
    from renben.config.catalog import ROOT
    from renben.engines.procedures import catalogue, check
    from renben.services import offers

    offers.declare_catalog()
    files = sorted((ROOT / "procedures").rglob("*.yaml")) + [ROOT / "events.yaml"]
    say(f"正在读取并检查 {len(files)} 个文件……")
    best = min(timed(lambda: check.check_all(catalogue.load(ROOT)), ROUNDS))
    bare = min(timed(lambda: [path.read_bytes() for path in files], ROUNDS))
    return [
        {
            "name": "读取并检查全部规程",
            "value": round(best, 3),
            "unit": "秒",
            "baseline": f"只读字节 {bare:.4f} 秒",
            "ratio": round(best / bare, 1),
            "goal": "≤0.5 秒",
            "ok": best <= 0.5,
        }
    ]
