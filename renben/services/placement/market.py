"""市场数字: what vacancies, registrations and referrals of a period add up to, by street, trade, industry and group (issue 5.10).

Pure counting over the querysets it is given, so a number and the list behind it are the same rows. All three are of the period by
the day they were registered or made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Left

from renben.kernel.models import Organization
from renben.kernel.models.employers import Industry
from renben.kernel.regions_data import code_table
from renben.services.placement.codes import SeekerClass
from renben.services.placement.models import Referral, Seeker, SeekerWish, Vacancy

BY = {"street": "街（镇）", "occupation": "职业大类", "industry": "行业", "group": "求职人员类别"}
LISTS = {
    "vacancies": "招聘岗位", "filled": "招满的岗位", "seekers": "求职登记", "placed": "已就业的求职登记",
    "referrals": "有结果的推荐", "hired": "推荐录用",
}  # fmt: skip
_OF_VACANCY = {"street": "organization__path", "occupation": "occupation", "industry": "employer__industry"}
_OF_SEEKER = {"street": "person__organization__path", "occupation": "first_trade", "group": "seeker_class"}
_OF_REFERRAL = {
    "street": "organization__path", "occupation": "vacancy__occupation", "industry": "vacancy__employer__industry",
    "group": "seeker__seeker_class",
}  # fmt: skip
UNKNOWN = "未分"


@dataclass
class Line:
    """Counts of one street, trade, …; `days` is the sum of days to fill over `full` vacancies. Shares are None without a base."""

    key: str
    label: str
    vacancies: int = 0
    places: int = 0
    filled: int = 0
    full: int = 0
    days: int = 0
    seekers: int = 0
    placed: int = 0
    decided: int = 0
    hired: int = 0

    @property
    def fill_rate(self) -> float | None:
        return self.filled / self.places if self.places else None

    @property
    def days_to_fill(self) -> float | None:
        return self.days / self.full if self.full else None

    @property
    def placement_rate(self) -> float | None:
        return self.placed / self.seekers if self.seekers else None

    @property
    def success(self) -> float | None:
        """Referrals that became work among those with an outcome."""
        return self.hired / self.decided if self.decided else None


@dataclass
class Market:
    """The rows a reader may count: vacancies, registrations and referrals of a period."""

    vacancies: QuerySet[Vacancy]
    seekers: QuerySet[Seeker]
    referrals: QuerySet[Referral]
    streets: Mapping[str, str] = field(default_factory=dict)

    def rows(self, name: str, by: str, key: str) -> QuerySet:
        """The list behind a number; `key` empty is the whole line at the bottom."""
        base, columns = {
            "vacancies": (self.vacancies, _OF_VACANCY),
            "filled": (self.vacancies.filter(state=Vacancy.State.FILLED), _OF_VACANCY),
            "seekers": (with_trade(self.seekers), _OF_SEEKER),
            "placed": (with_trade(self.seekers.filter(state=Seeker.State.PLACED)), _OF_SEEKER),
            "referrals": (self.referrals.filter(_DECIDED), _OF_REFERRAL),
            "hired": (self.referrals.filter(state=Referral.State.HIRED), _OF_REFERRAL),
        }[name]
        if not key:
            return base
        column = columns.get(by)
        if column is None:
            return base.none()
        if key == UNKNOWN:
            return base.filter(Q(**{column: ""}) | Q(**{f"{column}__isnull": True}))
        found = base.filter(**{column if by == "group" else f"{column}__startswith": key})
        if by == "street":
            for below in (path for path in self.streets if path != key and path.startswith(key)):
                found = found.exclude(**{f"{column}__startswith": below})
        return found


_DECIDED = Q(state__in=(*Referral.FAILED, Referral.State.HIRED))


def with_trade(seekers: QuerySet[Seeker]) -> QuerySet[Seeker]:
    """Each with the code of the first wish."""
    first = SeekerWish.objects.filter(seeker=OuterRef("pk")).order_by("rank").values("occupation")[:1]
    return seekers.annotate(first_trade=Subquery(first))


def streets_of() -> dict[str, str]:
    """Path → short name of every office that heads a line: streets and the district centre."""
    rows = Organization.objects.filter(tier__in=("street", "district")).order_by("path")
    return dict(rows.values_list("path", "short_name"))


def _fold(by: str, key: str | None, streets: Mapping[str, str]) -> str:
    """The line a value belongs to: the street above a path, the first sign of a code."""
    if not key:
        return UNKNOWN
    if by == "street":
        return max((path for path in streets if key.startswith(path)), key=len, default=UNKNOWN)
    return key if by == "group" else key[:1]


def _label(by: str, key: str, streets: Mapping[str, str]) -> str:
    names = {
        "street": streets,
        "occupation": {
            code[:1]: name for code, name in code_table("occupations").items() if code.endswith("-00-00-00")
        },
        "industry": dict(Industry.choices),
        "group": dict(SeekerClass.choices),
    }[by]
    return names.get(key, UNKNOWN)


def _grouped(rows: QuerySet, column: str | None, by: str, **sums: Any) -> list[dict[str, Any]]:
    """One row for each value of the column (of a code its first sign), with its sums."""
    if column is None:
        return []
    if by in ("occupation", "industry"):
        rows = rows.annotate(line=Left(column, 1))
    else:
        rows = rows.annotate(line=F(column))
    return list(rows.order_by().values("line").annotate(**sums))


def lines(market: Market, by: str) -> tuple[list[Line], Line]:
    """The lines of a dimension, the largest first, and all of them together."""
    filled = Q(state=Vacancy.State.FILLED, ended_on__isnull=False)
    days = Sum(F("ended_on") - F("registered_on"), filter=filled)
    vacancies = _grouped(
        market.vacancies, _OF_VACANCY.get(by), by,
        vacancies=Count("id"), places=Sum("headcount"), taken=Sum("filled"), full=Count("id", filter=filled), took=days,
    )  # fmt: skip
    seekers = _grouped(
        with_trade(market.seekers), _OF_SEEKER.get(by), by,
        seekers=Count("id"), placed=Count("id", filter=Q(state=Seeker.State.PLACED)),
    )  # fmt: skip
    referrals = _grouped(
        market.referrals, _OF_REFERRAL.get(by), by,
        decided=Count("id", filter=_DECIDED), hired=Count("id", filter=Q(state=Referral.State.HIRED)),
    )  # fmt: skip
    found: dict[str, Line] = {}
    for row in (*vacancies, *seekers, *referrals):
        key = _fold(by, row["line"], market.streets)
        line = found.setdefault(key, Line(key, _label(by, key, market.streets)))
        _add(line, row)
    ordered = sorted(found.values(), key=lambda one: (-one.places, -one.seekers, one.key))
    return ordered, _total(market)


def _add(line: Line, row: Mapping[str, Any]) -> None:
    numbers = defaultdict(int, {name: value or 0 for name, value in row.items() if name not in ("line", "took")})
    for name in ("vacancies", "places", "full", "seekers", "placed", "decided", "hired"):
        setattr(line, name, getattr(line, name) + numbers[name])
    line.filled += numbers["taken"]
    line.days += row["took"].days if row.get("took") else 0


def _total(market: Market) -> Line:
    """Everything at once, also what a dimension does not tell apart."""
    line = Line("", "合计")
    filled = Q(state=Vacancy.State.FILLED, ended_on__isnull=False)
    _add(line, market.vacancies.order_by().aggregate(
        vacancies=Count("id"), places=Sum("headcount"), taken=Sum("filled"), full=Count("id", filter=filled),
        took=Sum(F("ended_on") - F("registered_on"), filter=filled),
    ))  # fmt: skip
    _add(line, market.seekers.order_by().aggregate(
        seekers=Count("id"), placed=Count("id", filter=Q(state=Seeker.State.PLACED)),
    ))  # fmt: skip
    _add(line, market.referrals.order_by().aggregate(
        decided=Count("id", filter=_DECIDED), hired=Count("id", filter=Q(state=Referral.State.HIRED)),
    ))  # fmt: skip
    return line
