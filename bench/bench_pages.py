"""Workbench pages of a whole district at 30 requests a second (goal p95 300 ms), beside `/livez` on the same server.

Open loop: requests start by the clock whether or not earlier ones have been answered, and a request that starts late
counts from when it should have started. `BENCH_PEOPLE` (default 247,000), `BENCH_SECONDS` (20) and `BENCH_HOME` (a home
built before, kept and used again) make development runs cheap.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from bench.servers import p95
from bench.site import Site, Visitor

PEOPLE = 247_000
RATE = 30
SECONDS = 20
WORKERS = 2
LIVEZ = 50
GOAL_MS = 300
ACCOUNTS = ("receiver", "leader", "clerk", "village")
"""The whole district, twice; one street; one village."""

SAMPLE = """
import json, random
from django.contrib.auth import get_user_model
from renben.kernel import clock, policy
from renben.kernel.models import Person
from renben.engines.procedures.models import Case
rng, found = random.Random(3), {"people_total": Person.objects.count()}
for name in %r:
    reader = policy.Principal(get_user_model().objects.get(username=name), on=clock.today())
    ids = list(reader.scoped("person", "person.view").filter(merged_into=None).order_by("id").values_list("pk", flat=True))
    some = Person.objects.in_bulk(rng.sample(ids, min(60, len(ids))))
    cases = list(reader.scoped("case", "case.view").order_by("-id").values_list("pk", flat=True)[:400])
    found[name] = {
        "people": sorted(some),
        "names": sorted({p.name for p in some.values()}),
        "tails": sorted({p.id_masked[-4:] for p in some.values()}),
        "cases": rng.sample(cases, min(60, len(cases))),
    }
print(json.dumps(found))
"""


def _pages(known: dict) -> dict[str, Callable[[random.Random], str]]:
    """Kinds of page one account reads: name -> path of one of them."""
    kinds = {
        "今天": lambda rng: "/",
        "人员名单": lambda rng: "/people/",
        "按姓名查找": lambda rng: "/people/?q=" + quote(rng.choice(known["names"])),
        "按证件后四位查找": lambda rng: "/people/?q=" + rng.choice(known["tails"]),
        "人员档案": lambda rng: f"/people/{rng.choice(known['people'])}/",
        "台账": lambda rng: "/ledgers/" + rng.choice(("unemployment_management", "transfer_roster")) + "/",
    }
    if known["cases"]:
        kinds["办件"] = lambda rng: f"/cases/{rng.choice(known['cases'])}/"
    return kinds


def _plan(known: dict, count: int) -> list[tuple[str, str, str]]:
    """`count` requests in random order, every kind equally often: (kind, account, path)."""
    rng = random.Random(11)
    choices = {}
    for account in ACCOUNTS:
        for kind, path in _pages(known[account]).items():
            choices.setdefault(kind, []).append((account, path))
    kinds = sorted(choices)
    plan = []
    for i in range(count):
        account, path = rng.choice(choices[kinds[i % len(kinds)]])
        plan.append((kinds[i % len(kinds)], account, path(rng)))
    rng.shuffle(plan)
    return plan


def _load(visitors: dict[str, Visitor], plan: list[tuple[str, str, str]]) -> list[tuple[str, str, float, int]]:
    """Send the plan at `RATE` a second. (kind, path, seconds since the request was due, status) of each."""
    pause, begun = threading.Event(), time.perf_counter() + 0.2

    def one(due: float, kind: str, account: str, path: str) -> tuple[str, str, float, int]:
        try:
            status, _ = visitors[account].get(path)
        except OSError:
            status = 0
        return kind, path, time.perf_counter() - due, status

    with ThreadPoolExecutor(max_workers=64) as pool:
        running = []
        for i, request in enumerate(plan):
            due = begun + i / RATE
            pause.wait(max(0.0, due - time.perf_counter()))
            running.append(pool.submit(one, due, *request))
        return [answer.result() for answer in running]


def measure(say: Callable[[str], None]) -> list[dict]:
    people, seconds = int(os.environ.get("BENCH_PEOPLE", PEOPLE)), int(os.environ.get("BENCH_SECONDS", SECONDS))
    site = Site(people, os.environ.get("BENCH_HOME"))
    try:
        say(f"正在建立 {people} 人的演示区……")
        site.renben("migrate")
        site.renben("demo", "--people", str(people), "--if-empty")
        known = json.loads(site.ask(SAMPLE % (ACCOUNTS,)))
        with site.served(WORKERS):
            visitors = {name: Visitor(site.port).sign_in(name) for name in ACCOUNTS}
            for _, account, path in _plan(known, 60):  # both workers have loaded templates and catalogue
                visitors[account].get(path)
            alive = [_clocked(Visitor(site.port), "/livez") for _ in range(LIVEZ)]
            say(f"每秒 {RATE} 个请求，{seconds} 秒……")
            answers = _load(visitors, _plan(known, RATE * seconds))
    finally:
        site.close()
    by_kind = defaultdict(list)
    for kind, path, took, status in answers:
        by_kind[kind].append(took)
        if status != 200:
            say(f"　{path}：{status}")
    for kind, took in sorted(by_kind.items(), key=lambda item: -p95(item[1])):
        say(f"　{kind}：p95 {p95(took) * 1000:.0f} 毫秒，中位 {sorted(took)[len(took) // 2] * 1000:.0f} 毫秒")
    value, base = p95([took for _, _, took, _ in answers]) * 1000, p95(alive) * 1000
    failed = sum(status != 200 for *_, status in answers)
    return [
        {
            "name": f"工作台页面（{known['people_total']} 人，每秒 {RATE} 个请求，失败 {failed}）",
            "value": value,
            "unit": "毫秒 p95",
            "baseline": f"/livez {base:.1f} 毫秒",
            "ratio": round(value / base, 1),
            "goal": f"≤{GOAL_MS} 毫秒",
            "ok": value <= GOAL_MS and not failed,
        }
    ]


def _clocked(visitor: Visitor, path: str) -> float:
    begun = time.perf_counter()
    visitor.get(path)
    return time.perf_counter() - begun
