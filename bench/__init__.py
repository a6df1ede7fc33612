"""Benchmarks: each prints its figure, a baseline measured in the same run, the ratio and the goal."""

from __future__ import annotations

import importlib
import json
import sys

NAMES = (
    "cases",
    "due",
    "import",
    "pages",
    "forms",
    "catalog",
    "duties",
    "ledger",
    "rules",
    "match",
    "occupations",
    "search",
)


def run(name: str, *, as_json: bool) -> int:
    """Run one benchmark (or `all`). Rows: `{name, value, unit, baseline, ratio, goal, ok}`; exit 1 when a goal is missed."""
    if name != "all" and name not in NAMES:
        print(f"没有叫“{name}”的测量。可选：{'、'.join((*NAMES, 'all'))}", file=sys.stderr)
        return 2
    rows: list[dict] = []
    for one in NAMES if name == "all" else (name,):
        module = importlib.import_module("bench.bench_" + one)
        rows += module.measure(lambda text: print(text, file=sys.stderr, flush=True))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            mark = "达到" if row["ok"] else "未达到"
            print(
                f"{row['name']}：{row['value']:,.2f} {row['unit']}；基线 {row['baseline']}；比值 {row['ratio']}；"
                f"目标 {row['goal']}；{mark}"
            )
    return 0 if all(row["ok"] for row in rows) else 1
