"""A quarter's duties of every office (goal 30 s; the second run opens nothing), beside copying as many bare rows."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from bench.servers import columns_of, own_database, row_of

QUARTER = (dt.date(2026, 7, 1), dt.date(2026, 9, 30))


def _bare(count: int) -> float:
    """Seconds to copy `count` bare cases."""
    from renben.channels.demo.bulk import copy_rows, reserve
    from renben.engines.procedures.models import Case

    template = Case.objects.order_by("id").first()
    first = reserve(Case._meta.db_table, count)

    def rows():
        for number in range(count):
            template.pk, template.number, template.duty = first + number, f"BARE{number:09d}", ""
            yield row_of(template)

    started = time.perf_counter()
    copy_rows(Case._meta.db_table, columns_of(Case), rows())
    return time.perf_counter() - started


def measure(say: Callable[[str], None]) -> list[dict]:
    from renben.engines.procedures import duties
    from renben.kernel import foundation
    from renben.kernel.models import Organization

    with own_database():
        foundation.lay_foundation()
        offices = Organization.objects.exclude(tier="city").count()
        say(f"正在为 {offices} 个机构开立一个季度的职责……")
        started = time.perf_counter()
        first = duties.open_due(QUARTER[1], since=QUARTER[0])
        seconds = time.perf_counter() - started
        again = duties.open_due(QUARTER[1], since=QUARTER[0])
        bare = _bare(first.opened)
    say(f"开立 {first.opened} 件；再跑一次新开 {again.opened} 件。")
    return [
        {
            "name": f"开立一个季度的 {first.opened} 件职责",
            "value": round(seconds, 2),
            "unit": "秒",
            "baseline": f"只写同样多的办件行 {bare:.2f} 秒",
            "ratio": round(seconds / bare, 1),
            "goal": "≤30 秒，再跑新开 0 件",
            "ok": seconds <= 30 and again.opened == 0,
        }
    ]
