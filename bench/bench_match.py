"""Matching at the size of a district and of a city (`matching_world`): everybody's list, one seeker, one vacancy, a change, prices.

Baseline: the numpy twin, which gives the same answer. Bars: 250,000 × 130,000 in 6 s on two threads and 8 times the twin; one
seeker among a million vacancies 2 ms; one vacancy among 12 million seekers 20 ms; at most 3 in 100 vacancies never shown and a
Gini of .35 for at most 4 in 100 of the score. Times of lists are those of the processor where other work could be running.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench import matching_world as city
from bench.servers import p95, timed
from renben.engines.matching import congestion, kernel
from renben.engines.matching.matcher import Best, Matcher
from renben.engines.matching.rows import Rows

SEEKERS, VACANCIES, CITY_VACANCIES = 250_000, 130_000, 1_000_000
CITY_SEEKERS, DRAWN, TOP = 12_000_000, 3_000_000, 100
SHOWN, THREADS, TWINS = 20, 2, 300
MIB = 2**20


def _row(name: str, value: float, unit: str, baseline: str, ratio: float, goal: str, ok: bool) -> dict[str, Any]:
    keys = ("name", "value", "unit", "baseline", "ratio", "goal", "ok")
    return dict(zip(keys, (name, round(value, 3), unit, baseline, round(ratio, 4), goal, bool(ok)), strict=True))


def _each(rows: Rows, many: int) -> list[Rows]:
    """The first owners, each with his own rows."""
    bounds = np.searchsorted(rows.ids, np.arange(1, many + 2))
    return [rows.take(slice(low, high)) for low, high in zip(bounds, bounds[1:], strict=False)]


def district(matcher: Matcher, seekers: Rows) -> list[dict]:
    """Everybody's list, the same by the twin for some, and a change."""
    best = min(timed(lambda: matcher.best(seekers, SHOWN, city.TODAY, threads=THREADS), 3))
    alone = seekers.take(seekers.ids <= TWINS)
    fast = min(timed(lambda: matcher.best(alone, SHOWN, city.TODAY), 5)) / TWINS
    slow = min(timed(lambda: matcher.best(alone, SHOWN, city.TODAY, compiled=False), 3)) / TWINS
    one, other = (matcher.best(alone, SHOWN, city.TODAY, compiled=word) for word in (True, False))
    differ = int((one.keys != other.keys).sum() + (one.vias != other.vias).sum())
    return [
        _row(f"{SEEKERS} 人 × {VACANCIES} 岗，每人前 {SHOWN}", best, "秒", f"numpy 约 {slow * SEEKERS:.0f} 秒",
             best / (slow * SEEKERS), "≤6 秒", best <= 6),
        _row("比 numpy 快（单线程）", slow / fast, "倍", f"numpy 每人 {slow * 1e6:.0f} 微秒，不同的答案 {differ} 个", slow / fast,
             "≥8 倍，答案相同", slow / fast >= 8 and not differ),
        _changed(matcher, one, alone),
    ]  # fmt: skip


def _changed(matcher: Matcher, lists: Best, seekers: Rows) -> dict:
    """The first seeker's best vacancy is filled: milliseconds until his next list is without it (and it comes back after)."""
    first, asking = int(lists.numbers[0, 0]), seekers.take(seekers.ids == lists.owners[0])
    stored = matcher.store.rows()
    row = stored.take(stored.ids == first)
    begun = time.perf_counter()
    matcher.remove(first)
    gone = first not in matcher.best(asking, SHOWN, city.TODAY).numbers
    taken = (time.perf_counter() - begun) * 1000
    matcher.put(row)
    back = int(matcher.best(asking, SHOWN, city.TODAY).numbers[0, 0]) == first
    return _row(
        "岗位招满后从结果里消失", taken, "毫秒", "整个重建", taken, "≤1000 毫秒", gone and back and taken <= 1000
    )


def crowding(matcher: Matcher, seekers: Rows) -> list[dict]:
    """Everybody's list without prices, a night's prices, and the lists that everybody gets with them."""
    vacancies, places = np.arange(1, VACANCIES + 1), city.headcounts(VACANCIES)
    nothing = np.zeros(VACANCIES, dtype=np.int16)
    lists = matcher.best(seekers, congestion.SHOWN, city.TODAY, threads=THREADS)
    plain = congestion.spread(lists, vacancies, places, nothing)
    wanted = dict(zip(vacancies.tolist(), places.tolist(), strict=True))
    begun = time.perf_counter()
    settled = congestion.settle(matcher, "price", seekers, wanted, city.TODAY, threads=THREADS)
    taken = time.perf_counter() - begun
    prices = np.array([settled[number] for number in vacancies.tolist()], dtype=np.int16)
    lists = matcher.best(seekers, congestion.SHOWN, city.TODAY, threads=THREADS)
    priced = congestion.spread(lists, vacancies, places, prices)
    matcher.set_column("price", vacancies, nothing)
    loss = 1 - priced.score / plain.score
    never, gini = (
        f"不计价 {plain.never * 100:.1f}%",
        f"不计价 {plain.gini:.3f}，最多 {plain.most} 人看同一岗（计价后 {priced.most}）",
    )
    return [
        _row("从未显示的岗位", priced.never * 100, "%", never, priced.never / plain.never, "≤3%", priced.never <= 0.03),
        _row("显示次数的基尼系数", priced.gini, "", gini, priced.gini / plain.gini, "≤0.35", priced.gini <= 0.35),
        _row("为此减少的平均分", loss * 100, "%", f"不计价 {plain.score:.1f} 分", loss, "≤4%", loss <= 0.04),
        _row("夜间算价", taken, "秒", f"前 {congestion.LISTED} 名清单两次", taken, "≤60 秒", taken <= 60),
    ]  # fmt: skip


def one_seeker(say: Callable[[str], None]) -> list[dict]:
    """One after the other, among the vacancies of a city."""
    say(f"正在放入 {CITY_VACANCIES} 个岗位……")
    begun = time.perf_counter()
    rows = city.offers(CITY_VACANCIES)
    drawn = time.perf_counter() - begun
    matcher = Matcher(city.the_table(), "offer").fill(rows)
    built = time.perf_counter() - begun - drawn
    asked = _each(city.wishes(2_000), 2_000)
    times = [s for one in asked for s in timed(lambda one=one: matcher.best(one, SHOWN, city.TODAY), 1)][100:]
    slow = [
        s for one in asked[:60] for s in timed(lambda one=one: matcher.best(one, SHOWN, city.TODAY, compiled=False), 1)
    ]
    value, base = p95(times) * 1000, p95(slow) * 1000
    memory = matcher.store.bytes / MIB
    return [
        _row(f"一人在 {CITY_VACANCIES} 岗中", value, "毫秒 p95", f"numpy {base:.1f} 毫秒", value / base, "≤2 毫秒", value <= 2),
        _row(f"{CITY_VACANCIES} 岗的索引重建", built, "秒", f"内存 {memory:.0f} MB", built, "≤5 秒", built <= 5),
    ]  # fmt: skip


def one_vacancy(say: Callable[[str], None]) -> list[dict]:
    """One after the other, among the wishes of a city. Drawn once, stored several times under other numbers."""
    say(f"正在放入 {CITY_SEEKERS} 人的求职意向……")
    drawn = city.wishes(DRAWN)
    matcher = Matcher(city.the_table(), "wish").fill(city.again(drawn, CITY_SEEKERS // DRAWN))
    asked = _each(city.offers(400, seed=77), 400)
    times = [s for one in asked for s in timed(lambda one=one: matcher.best(one, TOP, city.TODAY), 1)][20:]
    slow = [
        s for one in asked[:5] for s in timed(lambda one=one: matcher.best(one, TOP, city.TODAY, compiled=False), 1)
    ]
    value, base = p95(times) * 1000, p95(slow) * 1000
    said = f"numpy {base:.0f} 毫秒；{matcher.size} 条意向，{matcher.store.bytes / MIB:.0f} MB"
    return [_row(f"一岗在 {CITY_SEEKERS} 人中前 {TOP}", value, "毫秒 p95", said, value / base, "≤20 毫秒", value <= 20)]


def measure(say: Callable[[str], None]) -> list[dict]:
    """Rows for the printed table; see the module."""
    kernel.warm_up()
    say(f"系统负载 {os.getloadavg()[0]:.1f}；正在匹配 {SEEKERS} 人和 {VACANCIES} 岗……")
    matcher, seekers = Matcher(city.the_table(), "offer").fill(city.offers(VACANCIES)), city.wishes(SEEKERS)
    rows = district(matcher, seekers) + crowding(matcher, seekers)
    del matcher, seekers
    return rows + one_seeker(say) + one_vacancy(say)
