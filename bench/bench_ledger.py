"""A ledger of 100,000 recorded steps to .xlsx (goal 20 s, memory that does not grow), beside writing as many bare rows."""

from __future__ import annotations

import datetime as dt
import random
import resource
import tempfile
import time
from collections.abc import Callable

from bench.servers import columns_of, own_database, row_of

ROWS = 100_000
SLUG = "unemployed_referral_statistics"
PLACE = ("J-5.2.4", "follow")


def _fill() -> None:
    import uuid

    from django.db import connection

    from renben.channels.demo import offices, population
    from renben.channels.demo.bulk import copy_rows, reserve
    from renben.engines.procedures import definitions
    from renben.engines.procedures.models import Case, CaseStep
    from renben.kernel import clock, foundation
    from renben.kernel.models import Organization, Person, User

    rng, now = random.Random(7), clock.now()
    foundation.lay_foundation()
    streets = list(Organization.objects.filter(tier="street").order_by("path"))
    stations = list(Organization.objects.filter(tier="community").select_related("region").order_by("path"))
    offices.staff_everywhere(rng)
    firms = population.employers(rng, streets, 20)
    population.settle(rng, stations, firms, 2000, clock.today())
    people = list(Person.objects.order_by("id").values_list("pk", flat=True))
    user = User.objects.order_by("id").first()
    definition_id, procedure = definitions.current(PLACE[0])
    values = {
        "recommended_employer": "北京顺义某食品有限公司",
        "recommended_job": "包装工",
        "recommended_on": "2026-11-02",
    }
    case = Case(
        definition_id=definition_id, procedure_id=procedure.id, title=procedure.title, opened_at=now, opened_by=user,
        first_contact=user, state="done", data=values, journey_id=uuid.uuid4(),
    )  # fmt: skip
    step = CaseStep(
        key=PLACE[1], position=1, title="跟踪", role="counter", opened_at=now, state="done", outcome="done",
        done_by=user, data={"values": values, "on": "2026-11-02"},
    )  # fmt: skip
    first_case, first_step = reserve(Case._meta.db_table, ROWS), reserve(CaseStep._meta.db_table, ROWS)

    def cases():
        for i in range(ROWS):
            case.pk, case.number, case.person_id = first_case + i, f"L{i:09d}", people[i % len(people)]
            case.organization_id = case.opened_organization_id = streets[i % len(streets)].pk
            yield row_of(case)

    def steps():
        for i in range(ROWS):
            step.pk, step.case_id, step.organization_id = first_step + i, first_case + i, streets[i % len(streets)].pk
            step.done_at = now - dt.timedelta(minutes=ROWS - i)
            yield row_of(step)

    copy_rows(Case._meta.db_table, columns_of(Case), cases())
    copy_rows(CaseStep._meta.db_table, columns_of(CaseStep), steps())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _bare(columns: int) -> float:
    """Seconds to write as many rows of plain text."""
    import xlsxwriter

    started = time.perf_counter()
    with (
        tempfile.TemporaryFile() as out,
        xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book,
    ):
        sheet = book.add_worksheet()
        for line in range(ROWS):
            for place in range(columns):
                sheet.write_string(line, place, "北京顺义")
    return time.perf_counter() - started


def measure(say: Callable[[str], None]) -> list[dict]:
    from renben.engines.ledgers.definitions import find
    from renben.engines.ledgers.engine import iter_rows
    from renben.engines.ledgers.workbook import to_xlsx
    from renben.kernel import clock
    from renben.kernel.models import Organization

    with own_database():
        say(f"正在准备 {ROWS} 条办理记录……")
        _fill()
        ledger, root = find(SLUG), Organization.objects.get(tier="district")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        with tempfile.TemporaryFile() as out:
            rows = iter_rows(ledger, as_of=clock.today(), scope_paths=[root.path])
            count = to_xlsx(ledger, rows, out, office_name=root.name, as_of=clock.today(), made_by="测量")
        seconds = time.perf_counter() - started
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    bare = _bare(len(ledger.columns))
    say(f"写出 {count} 行，内存高点增加 {grown:.0f} MB。")
    return [
        {
            "name": f"{count} 行台账导出 Excel（内存 +{grown:.0f} MB）",
            "value": round(seconds, 2),
            "unit": "秒",
            "baseline": f"只写同样多的文字格 {bare:.2f} 秒",
            "ratio": round(seconds / bare, 2),
            "goal": "≤20 秒，内存不随行数增长（≤60 MB）",
            "ok": seconds <= 20 and count == ROWS and grown <= 60,
        }
    ]
