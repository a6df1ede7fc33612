"""Steps of an office due this week among 600,000 steps (goal p95 10 ms), beside a count of the whole table."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable

from bench.servers import columns_of, own_database, p95, row_of, timed

STEPS = 600_000
OPEN = 100_000


def _fill(say: Callable[[str], None]) -> list:
    from django.db import connection

    from renben.channels.demo.bulk import copy_rows, reserve
    from renben.engines.procedures.models import Case, CaseStep, Definition
    from renben.kernel import clock, foundation
    from renben.kernel.models import Organization, User

    foundation.lay_foundation()
    rng, now = random.Random(7), clock.now()
    user = User.objects.create_user("bench", None, display_name="测量")
    offices = list(Organization.objects.filter(tier="street").order_by("path"))
    definition = Definition.objects.order_by("id").first()
    say(f"正在写入 {STEPS} 个环节……")
    first_case = reserve(Case._meta.db_table, STEPS // 6)
    template = Case(
        definition=definition,
        procedure_id=definition.procedure_id,
        title=definition.title,
        organization=offices[0],
        opened_organization=offices[0],
        journey_id=uuid.uuid4(),
        opened_at=now,
        opened_by=user,
        first_contact=user,
    )
    home = [rng.choice(offices).pk for _ in range(STEPS // 6)]

    def cases():
        for i, office in enumerate(home):
            template.pk, template.number = first_case + i, f"B{i:09d}"
            template.organization_id = template.opened_organization_id = office
            yield row_of(template)

    copy_rows(Case._meta.db_table, columns_of(Case), cases())
    step = CaseStep(key="s", position=1, title="环节", role="counter", opened_at=now)
    first_step = reserve(CaseStep._meta.db_table, STEPS)

    def steps():
        for i in range(STEPS):
            step.pk, step.case_id, step.organization_id = first_step + i, first_case + i // 6, home[i // 6]
            step.key, step.position = f"s{i % 6}", i % 6 + 1
            step.state = "ready" if i % (STEPS // OPEN) == 0 else "done"
            step.due_on = step.raw_due_on = clock.today() + dt.timedelta(days=rng.randrange(-10, 700))
            yield row_of(step)

    copy_rows(CaseStep._meta.db_table, columns_of(CaseStep), steps())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return offices


def measure(say: Callable[[str], None]) -> list[dict]:
    from django.db import connection

    from renben.engines.procedures import queries
    from renben.kernel import clock

    with own_database():
        offices = _fill(say)
        until = clock.today() + dt.timedelta(days=7)

        def one(office) -> None:
            queries.steps_due([office.path], until=until, limit=50)

        def whole() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM procedures_casestep")
                cursor.fetchone()

        one(offices[0])
        seconds = [s for office in offices * 4 for s in timed(lambda o=office: one(o), 1)]
        baseline = timed(whole, 5)
    value, base = p95(seconds) * 1000, min(baseline) * 1000
    return [
        {
            "name": f"本周到期环节（{STEPS} 个环节中）",
            "value": value,
            "unit": "毫秒 p95",
            "baseline": f"全表计数 {base:.0f} 毫秒",
            "ratio": round(value / base, 3),
            "goal": "≤10 毫秒",
            "ok": value <= 10,
        }
    ]
