"""What the public-benefit posts tell the rules engine: what a changed figure costs for everybody on a post, a month's worth."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db.models import Q

from renben.engines.rules import register
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.parameters import load_parameters
from renben.engines.rules.register import Population, Rows, column
from renben.services.support.posts.models import PostPlacement
from renben.services.support.posts.money import INSURANCES, average_monthly_fen

OF_THE_UNIT = tuple(f"{name}_employer_fen" for name in INSURANCES)
"""The shares the district pays for the unit."""
OF_THE_FUND = ("employee_fen", "employer_fen")


def _on_posts(on: dt.date) -> list[tuple[int, int, int]]:
    """(person, office, base wage in fen) of everybody on a post on the day."""
    rows = PostPlacement.objects.filter(
        Q(left_on=None) | Q(left_on__gte=on), Q(retire_on=None) | Q(retire_on__gte=on), ends_on__gte=on
    )
    return list(rows.order_by("person_id", "id").values_list("person_id", "post__organization_id", "base_fen"))


def _each(on: dt.date, outputs: tuple[str, ...], name: str, value: int | None) -> Rows:
    """A row for each person and output; the argument `name` is `value`, or the person's base wage when that is None."""
    rows = [(person, office, base, output) for person, office, base in _on_posts(on) for output in outputs]
    person, office, base, output = zip(*rows, strict=True) if rows else ((),) * 4
    argument = base if value is None else [value] * len(rows)
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {name: column(argument, np.int64)},
        output=column(output, "U32"),
    )


def insured(on: dt.date) -> Rows:
    """The unit's share of every insurance, by the average wage of the year before. Nobody while that is not on file."""
    try:
        average = average_monthly_fen(on, load_parameters())
    except NoStandardOnFile:
        return _each(on, (), "average_monthly_fen", 0)
    return _each(on, OF_THE_UNIT, "average_monthly_fen", average)


def funded(on: dt.date) -> Rows:
    """Both shares of the housing fund, by everybody's base wage."""
    return _each(on, OF_THE_FUND, "base_fen", None)


NOTE = "现在在岗的人，每人按启用那天算一个月。"
POPULATIONS = (
    Population("public_post.insured", "公益性岗位：单位负担的保险", "public_post.si", NOTE, insured),
    Population("public_post.funded", "公益性岗位：住房公积金", "public_post.housing_fund", NOTE, funded),
)


def load() -> None:
    """Make them known to the rules engine."""
    for population in POPULATIONS:
        register.register_population(population)
