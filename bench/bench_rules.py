"""All entitlement rules for 12 million synthetic people (goal 15 s and 4 GB on 2 cores), the same answers one by one on a sample,
one person with every explanation (5 ms), and a changed figure over a million (2 s). Baseline: the same rules person by person.

The people are drawn anew from their seed in every chunk, outside the clock; nothing but the rules is timed.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from renben.engines.rules import registry
from renben.engines.rules.coded import Coded
from renben.engines.rules.evaluation import _result, evaluate, evaluate_columns
from renben.engines.rules.inputs import Input, month_text
from renben.engines.rules.parameters import Parameters, Scale, from_files
from renben.engines.rules.people import latest_start
from renben.oversight import offers

PEOPLE, CHUNK, SAMPLE, WHAT_IF = 12_000_000, 500_000, 100_000, 1_000_000
WORKERS = 2
ROUNDS = 3
GIB = 2**20
"""Kilobytes, in which the system tells memory, in a gigabyte."""

RIGHTS = {
    "ui.eligibility": "2012-06-01",
    "ui.duration": "2012-06-01",
    "ui.amount_month": "2012-06-01",
    "ui.total": "2012-06-01",
    "ui.farm_lump_sum": "2012-06-01",
    "ui.medical": "2012-06-01",
    "ui.dependants_grant": "2012-06-01",
    "unemp_reg.deregister": "2012-06-01",
    "hardship": "2012-06-01",
    "subsidy.self_employed": "2012-06-01",
    "subsidy.flexible": "2012-06-01",
    "subsidy.self_flexible_monthly": "2007-06-01",
}
"""Every rule about what one person is entitled to, and the day it is asked for."""

_WHOLE = {
    "age": (16, 66),
    "contribution_months": (0, 420),
    "continuous_contribution_months": (0, 420),
    "benefit_month_index": (1, 25),
    "dependants": (0, 5),
    "wage_year": (1997, 2018),
    "business_months": (0, 60),
    "flexible_days": (0, 365),
    "months_to_retirement": (0, 480),
    "no_contact_months": (0, 24),
}
_BORN, _IDLE = np.datetime64("1950-01-01"), np.datetime64("2008-01-01")
_DAYS = {"birth": (_BORN, 16_400), "continuous_jobless_since": (_IDLE, 1_600)}


def _column(item: Input, rng: np.random.Generator, size: int) -> np.ndarray | Coded:
    """A random column of an input in the form the rules take."""
    if item.kind == "code":
        words = sorted(item.codes | ({""} if item.default is None else set()))
        return Coded(rng.integers(0, len(words), size, dtype=np.uint8), words)
    if item.kind == "bool":
        return rng.random(size) < 0.7
    if item.kind == "date":
        first, days = _DAYS[item.name]
        return first + rng.integers(0, days, size)
    if item.kind == "month":
        return rng.integers(2009 * 12 + 6, 2013 * 12, size)
    if item.kind == "yuan":
        return rng.integers(0, 500_000, size)
    low, high = _WHOLE[item.name]
    return rng.integers(low, high, size)


def people(seed: int, size: int) -> dict[str, dict[str, np.ndarray]]:
    """The columns of every rule for so many people: domain → argument → column. Facts of one name are the same for every rule."""
    rng, facts = np.random.default_rng(seed), {}
    for domain in RIGHTS:
        for item in registry.get(domain).inputs:
            if item.argument not in facts:
                facts[item.argument] = _column(item, rng, size)
    return {d: {i.argument: facts[i.argument] for i in registry.get(d).inputs} for d in RIGHTS}


def _begin() -> None:
    offers.load_domains()
    from_files()


def judge(seed: int) -> tuple[int, float, int]:
    """One chunk by all rules: process, seconds of the rules alone, peak kilobytes of the process."""
    table = people(seed, CHUNK)
    start = time.perf_counter()
    for domain, as_of in RIGHTS.items():
        evaluate_columns(domain, as_of, table[domain], parameters=from_files())
    seconds = time.perf_counter() - start
    return os.getpid(), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _as_given(item: Input, column: np.ndarray | Coded, row: int) -> Any:
    """A value of a column as one person's input."""
    if isinstance(column, Coded):
        return column.words[column.places[row]] or None
    value = column[row]
    if item.kind == "date":
        return value.item()
    if item.kind == "month":
        return month_text(int(value))
    if item.kind == "yuan":
        return int(value) / 100
    return value.item()


def _rows(domain: str, columns: dict[str, np.ndarray], size: int) -> Iterator[dict[str, Any]]:
    inputs = registry.get(domain).inputs
    for row in range(size):
        yield {item.name: _as_given(item, columns[item.argument], row) for item in inputs}


def compare(seed: int) -> tuple[int, float]:
    """One by one against columns, for a share of the sample: answers that differ, and seconds one by one."""
    size = SAMPLE // WORKERS
    table, differ, seconds = people(seed, size), 0, 0.0
    for domain, as_of in RIGHTS.items():
        answer = evaluate_columns(domain, as_of, table[domain], parameters=from_files())
        lists = {key: column.tolist() for key, column in answer.items()}
        for row, given in enumerate(_rows(domain, table[domain], size)):
            start = time.perf_counter()
            single = evaluate(domain, as_of, given, parameters=from_files(), explain=False).result
            seconds += time.perf_counter() - start
            wanted = {key: column[row] for key, column in lists.items()}
            known = {"error": "no_standard_on_file"} if wanted["no_standard"] else _result(wanted)
            differ += single != known
    return differ, seconds


def explained(people_asked: int = 200) -> float:
    """Milliseconds (median) of one person by all rules with every explanation."""
    table, seconds = people(7, people_asked), []
    rows = {domain: list(_rows(domain, table[domain], people_asked)) for domain in RIGHTS}
    for person in range(people_asked):
        start = time.perf_counter()
        for domain, as_of in RIGHTS.items():
            evaluate(domain, as_of, rows[domain][person], parameters=from_files())
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000


def _raised() -> Parameters:
    """The catalogue with a benefit a tenth higher from 2012 on."""
    old = from_files()["ui.benefit.monthly"].at(date(2012, 6, 1)).value
    return from_files().what_if(
        "ui.benefit.monthly", Scale(old.thresholds, tuple(round(amount * 1.1) for amount in old.amounts)),
        from_on=date(2012, 1, 1),
    )  # fmt: skip


def changed() -> tuple[float, int]:
    """Seconds to compare a changed figure over a million people, and how many gain."""
    columns, draft = people(11, WHAT_IF)["ui.total"], _raised()
    start = time.perf_counter()
    before = evaluate_columns("ui.total", "2012-06-01", columns, parameters=from_files())
    after = evaluate_columns("ui.total", "2012-06-01", columns, parameters=draft)
    gains = int((after["total_fen"] > before["total_fen"]).sum())
    return time.perf_counter() - start, gains


OPENFISCA = "RENBEN_BENCH_OPENFISCA"
"""Names the python of an environment with OpenFisca-Core; without it that comparison is left out."""
FOUR = {"duration": "ui.duration", "amount": "ui.amount_month", "hardship": "hardship", "subsidy": "subsidy.flexible"}
_GRADES = ("none", "mild", "moderate", "severe")


def _four(seed: int) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, np.ndarray]]:
    """A million people for the four rights, in our columns and in OpenFisca's."""
    table, on = people(seed, WHAT_IF), np.datetime64("2012-06-01")
    hard, flexible, paid = table["hardship"], table["subsidy.flexible"], table["ui.amount_month"]
    age = sum((hard["birth"] <= latest_start(on.item(), 12 * years)).astype(np.int64) for years in range(1, 90))
    for name in ("jobless", "hukou_beijing"):
        hard[name] = np.ones(WHAT_IF, dtype=bool)
    for name in ("zero_family_member", "continuous_jobless_since", "special_area"):
        hard.pop(name)
    hard["registered"] = flexible["employment_registered"]
    flexible["age"] = age
    theirs = {
        "paid": paid["contribution_months"],
        "index": paid["benefit_month_index"],
        "female": hard["sex"] == "F",
        "grade": np.asarray([_GRADES.index(word) for word in flexible["disability"].words])[
            flexible["disability"].places
        ],
        "days": flexible["flexible_days"],
        "left": flexible["months_to_retirement"],
        "age": age,
        **{name: hard[name] for name in ("willing", "able", "registered", "dibao", "disabled")},
        "again": flexible["again"],
    }
    return {domain: table[domain] for domain in FOUR.values()}, theirs


_FIGURES = {
    "base": "ui.duration.table", "basis": "ui.duration.over5_basis", "long_from": "ui.duration.over5_from_months",
    "cap": "ui.duration.cap", "first_tier_from": "ui.benefit.first_tier_from_index", "first_tier": "ui.benefit.monthly",
    "working_from": "labour.working_age_from", "retired_f": "labour.retirement_age_female",
    "retired_m": "labour.retirement_age_male", "old_f": "hardship.female_min_age", "old_m": "hardship.male_min_age",
    "flexible_f": "subsidy.flexible.female_min_age", "flexible_m": "subsidy.flexible.male_min_age",
    "days_first": "subsidy.flexible.min_days_first", "days_again": "subsidy.flexible.min_days_again",
    "near": "subsidy.flexible.long_within_months_of_retirement", "months": "subsidy.flexible.months",
    "long_months": "subsidy.flexible.long_months",
}  # fmt: skip


def _figures() -> dict[str, Any]:
    """The figures of the day for the other program: the same catalogue."""
    on = date(2012, 6, 1)
    values = {key: from_files()[name].at(on).value for key, name in _FIGURES.items()}
    table, amounts = values.pop("base"), values.pop("first_tier")
    scales = {"table": table, "amounts": amounts}
    return {
        "scalars": {**values, "base": table.amounts[-1], "first_tier": amounts.amounts[0]},
        "scales": {key: list(zip(one.thresholds, one.amounts, strict=True)) for key, one in scales.items()},
        "outputs": list(FOUR),
    }


def beside_openfisca(python: str) -> dict[str, Any]:
    """A million people, four rights, by both; seconds of the processor; the row says whether the sums are equal."""
    ours, theirs = _four(13)
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/columns.npz", **theirs)
        Path(f"{folder}/figures.json").write_text(json.dumps(_figures()), encoding="utf-8")
        script = str(Path(__file__).with_name("openfisca_baseline.py"))
        done = subprocess.run(
            [python, script, f"{folder}/figures.json", f"{folder}/columns.npz"], capture_output=True, check=True
        )
    other = json.loads(done.stdout)
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        answers = {
            name: evaluate_columns(domain, "2012-06-01", ours[domain], parameters=from_files())
            for name, domain in FOUR.items()
        }
        seconds.append(time.process_time() - start)
    sums = {
        "duration": answers["duration"]["months"].sum(),
        "amount": answers["amount"]["amount_fen"].sum() / 100,
        "hardship": answers["hardship"]["hardship"].sum(),
        "subsidy": answers["subsidy"]["months"].sum(),
    }
    same = all(abs(float(sums[name]) - other["sums"][name]) < 0.5 for name in FOUR)
    faster = other["seconds"] / min(seconds)
    said = f"OpenFisca-Core {other['seconds']:.2f} 秒，答案{'相同' if same else '不同'}"
    return _row(
        f"{WHAT_IF} 人四项，与 OpenFisca 并列",
        min(seconds),
        "处理器秒",
        said,
        faster,
        "快 5 倍以上",
        same and faster >= 5,
    )


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), initializer=_begin)


def _row(name: str, value: float, unit: str, baseline: str, ratio: float, goal: str, ok: bool) -> dict[str, Any]:
    keys = ("name", "value", "unit", "baseline", "ratio", "goal", "ok")
    return dict(zip(keys, (name, round(value, 3), unit, baseline, round(ratio, 3), goal, bool(ok)), strict=True))


def measure(say: Callable[[str], None]) -> list[dict]:
    """Rows for the printed table; see the module."""
    _begin()
    say(f"正在用 {WORKERS} 个进程判定 {PEOPLE} 人的 {len(RIGHTS)} 项权益……")
    with _pool() as pool:
        done = list(pool.map(judge, range(PEOPLE // CHUNK)))
        say(f"正在逐人核对 {SAMPLE} 人……")
        checked = list(pool.map(compare, range(1000, 1000 + WORKERS)))
    by_process: dict[int, float] = {}
    for process, seconds, _ in done:
        by_process[process] = by_process.get(process, 0.0) + seconds
    value, differ = max(by_process.values()), sum(wrong for wrong, _ in checked)
    peak = WORKERS * max(memory for _, _, memory in done) / GIB
    alone = sum(seconds for _, seconds in checked) / SAMPLE * PEOPLE / WORKERS
    say("正在测量一人全部理由和百万人测算……")
    one, (what_if, gains) = explained(), changed()
    answers = SAMPLE * len(RIGHTS)
    beside = [beside_openfisca(os.environ[OPENFISCA])] if OPENFISCA in os.environ else []
    return beside + [
        _row(f"{PEOPLE} 人 {len(RIGHTS)} 项权益", value, "秒", f"逐人计算约 {alone:.0f} 秒", value / alone, "≤15 秒", value <= 15),
        _row("判定时的内存", peak, "GB", f"{WORKERS} 个进程之和", 1, "≤4 GB", peak <= 4),
        _row(f"按列与逐人不同的答案（{answers} 个中）", differ, "个", "0", differ, "0 个", differ == 0),
        _row("一人全部权益及理由", one, "毫秒", f"百万人每人 {value / PEOPLE * 1e6:.1f} 微秒", one, "≤5 毫秒", one <= 5),
        _row(f"改一个标准，{WHAT_IF} 人前后对比", what_if, "秒", f"{gains} 人增加", what_if, "≤2 秒", what_if <= 2),
    ]  # fmt: skip


if __name__ == "__main__":
    for line in measure(lambda text: print(text, file=sys.stderr)):
        print(line)
