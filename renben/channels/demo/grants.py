"""District grants of the demonstration, one at each stage it can reach: no amounts are on file (D-07), so the last review waits for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from renben.channels.demo.work import District
from renben.engines.procedures import actions
from renben.engines.procedures.contracts import Blocked
from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.kernel.models import Employer, LabourSpell
from renben.kernel.people import full_number
from renben.kernel.roles import Role
from renben.services.support.grants import applying
from renben.services.support.grants.codes import Item
from renben.services.support.grants.models import Grant
from renben.services.support.months import first_of, shifted

PROCEDURE = "Q-1.3.6"
PEOPLE = 4
STAGES = ("second_review", "final_review", "struck", "refused")
"""Where each application stands: what it waits for, or how it ended."""


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=clock.ZONE)


def _firms(district: District) -> list[tuple[Employer, list[LabourSpell]]]:
    """Firms with the people they hired in the last two years, one for each stage."""
    running = LabourSpell.objects.filter(
        status=LabourSpell.Status.EMPLOYED, end_on=None, employer__isnull=False, person__merged_into=None,
        start_on__gte=shifted(district.today, -24), start_on__lt=shifted(district.today, -2),
    )  # fmt: skip
    found: dict[Employer, list[LabourSpell]] = {}
    for spell in running.select_related("person", "employer").order_by("employer_id", "start_on", "id"):
        found.setdefault(spell.employer, []).append(spell)
    most = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0].pk))
    return [(firm, spells[:PEOPLE]) for firm, spells in most[: len(STAGES)]]


class Desk:
    """One application worked by the people of the district."""

    def __init__(self, district: District, firm: Employer, spells: Sequence[LabourSpell], item: Item) -> None:
        self.district, self.item, self.spells = district, item, spells
        self.case: Case = actions.start(
            procedure_id=PROCEDURE, organization=district.centre, by=self.of(Role.FIRST_REVIEW), employer=firm
        )

    def of(self, role: str):
        return self.district.desk.at(self.district.centre.pk, [role])

    def act(self, key: str, role: str, **data) -> bool:
        """Do a step; False when something is in the way, which the log keeps."""
        step = self.case.steps.get(key=key, state="ready")
        papers = [f"{self.item.label}申请材料"] if key == "first_review" else []
        done = actions.act(step_id=step.pk, outcome="passed", by=self.of(role), data=data, received=papers)
        if isinstance(done, Blocked):
            self.district.log["blocked: " + ",".join(reason.code for reason in done.reasons)] += 1
        return not isinstance(done, Blocked)

    def first_review(self) -> bool:
        rows = [
            {
                "name": spell.person.name,
                "id_number": full_number(spell.person),
                "first_month": first_of(spell.start_on).isoformat(),
                "months": 1,
            }
            for spell in self.spells
        ]
        claimed = 100_000 * len(rows)
        return self.act(
            "first_review", Role.FIRST_REVIEW, policy_item=self.item.value, grant_people=rows, claimed_amount=claimed,
            first_opinion="材料齐全，人员与就业登记一致。",
        )  # fmt: skip

    def refuse(self) -> None:
        step = self.case.steps.get(key="second_review", state="ready")
        actions.refuse(
            step_id=step.pk, reason="申请人已按同一政策享受过奖励。", article="顺劳社字〔2009〕42号",
            appeal="可以在六十日内申请行政复议。", by=self.of(Role.SECOND_REVIEW),
        )  # fmt: skip


def _work(desk: Desk, stage: str) -> bool:
    if not desk.first_review():
        return False
    if stage == "refused":
        desk.refuse()
    elif stage == "struck":
        line = Grant.objects.get(case=desk.case).lines.order_by("id").last()
        applying.strike(line=line, reason="合同期不满一年，不符合该项规定。", by=desk.of(Role.SECOND_REVIEW))
    elif stage == "final_review":
        return desk.act("second_review", Role.SECOND_REVIEW, second_opinion="同意，金额待标准批准后核定。")
    return True


def grants(district: District) -> int:
    """How many applications the demonstration has."""
    made = 0
    for number, ((firm, spells), stage) in enumerate(zip(_firms(district), STAGES, strict=False)):
        day = district.calendar.next_workday(district.today - dt.timedelta(days=12 - 2 * number))
        with clock.as_of(_moment(min(day, district.today))):
            item = Item.STARTUP if stage == "refused" else Item.SETTLING
            made += _work(Desk(district, firm, spells, item), stage)
    return made
