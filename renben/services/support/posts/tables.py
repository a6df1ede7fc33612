"""What lists, forms and pages show of an 审批表: by unit and by person, added up from the same rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from renben.services.support.posts.codes import Heading
from renben.services.support.posts.models import PostAmount, PostPayroll
from renben.services.support.posts.paying import amounts_of

FUND_CENTRE = "区住房公积金管理中心（代缴公积金）"


@dataclass
class Unit:
    """A unit's share: months on the post counted once a person and month. The fund goes to its centre, a row of its own."""

    employer_id: int | None
    name: str
    people: set[int] = field(default_factory=set)
    months: int = 0
    fen: dict[str, int] = field(default_factory=dict)

    def add(self, row: PostAmount) -> None:
        self.people.add(row.person_id)
        self.months += row.kind == PostAmount.Kind.MONTH and row.heading in (Heading.WAGE, Heading.FUND)
        self.fen[row.heading] = self.fen.get(row.heading, 0) + row.fen

    @property
    def pay(self) -> int:
        return self.fen.get(Heading.WAGE, 0)

    @property
    def insurance(self) -> int:
        """The unit's insurances; in the row of the fund centre the fund."""
        return self.fen.get(Heading.INSURANCE, 0) + self.fen.get(Heading.FUND, 0)

    @property
    def welfare(self) -> int:
        return sum(self.fen.get(heading, 0) for heading in (Heading.CHILD, Heading.HEATING, Heading.COOLING))

    @property
    def total(self) -> int:
        return self.pay + self.insurance + self.welfare

    @property
    def count(self) -> int:
        return len(self.people)


@dataclass
class Line:
    """One person and month of an 审批表; what is paid besides for a month that was listed before is a line of its own."""

    placement_id: int
    month: dt.date
    amount: PostAmount
    fen: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.fen.values())

    @property
    def is_difference(self) -> bool:
        return self.amount.kind == PostAmount.Kind.DIFFERENCE

    @property
    def own(self) -> tuple[float | None, float | None, float | None]:
        """Gross wage, own housing fund share and own insurances in yuan, as determined; nothing where no wage is listed."""
        found = self.amount.determination.result if self.amount.determination else {}
        if Heading.WAGE not in self.fen or self.is_difference:
            return None, None, None
        own = found.get("own_fund")
        return float(found["gross"]), None if own is None else float(own), float(found["own_insurance"])


def total_of(units: Iterable[Unit]) -> Unit:
    """All units in one row."""
    found = Unit(None, "合计")
    for unit in units:
        found.people |= unit.people
        found.months += unit.months if unit.employer_id is not None else 0
        for heading, fen in unit.fen.items():
            found.fen[heading] = found.fen.get(heading, 0) + fen
    return found


def by_unit(rows: Iterable[PostAmount]) -> list[Unit]:
    """Units in order of name, the fund centre last. Rows carry placement, post and employer."""
    found: dict[int | None, Unit] = {}
    for row in rows:
        employer = row.placement.post.employer
        key = None if row.heading == Heading.FUND else employer.pk
        if key not in found:
            found[key] = Unit(key, FUND_CENTRE if key is None else employer.name)
        found[key].add(row)
    return sorted(found.values(), key=lambda unit: (unit.employer_id is None, unit.name))


def by_person(rows: Iterable[PostAmount]) -> list[Line]:
    """A line for each person and month, in the order of the rows."""
    found: dict[tuple[int, dt.date, str], Line] = {}
    for row in rows:
        line = found.setdefault((row.placement_id, row.month, row.kind), Line(row.placement_id, row.month, row))
        line.fen[row.heading] = line.fen.get(row.heading, 0) + row.fen
    return list(found.values())


def rows_of(payroll: PostPayroll) -> list[PostAmount]:
    """The rows of an 审批表 with all that the tables name, units together, people by name."""
    rows = amounts_of(payroll).select_related("placement__post__employer", "person", "determination")
    return list(rows.order_by("placement__post__employer__name", "person__pinyin", "placement_id", "month", "id"))
