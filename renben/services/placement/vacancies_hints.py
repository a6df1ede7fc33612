"""What makes a second look at a vacancy worth while: doubles, one text or one telephone for several employers, an odd wage.

Hints only: each says what was seen and never keeps a vacancy back. Nothing here writes.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Aggregate, QuerySet
from django.db.models.fields import FloatField

from renben.kernel import settings_store
from renben.services.placement import vacancies_settings  # noqa: F401 - its settings are defined on import
from renben.services.placement.ad_rules import plain
from renben.services.placement.models import Vacancy

CURRENT = ("submitted", "returned", "published", "paused")
SHORTEST = 20
"""Characters a text must have before two employers using it is worth a word: 保洁员 alone is no copy."""


@dataclass(frozen=True)
class Hint:
    """One thing seen. `others` are the vacancies it was seen on, at most five."""

    code: str
    label: str
    text: str
    others: tuple[Vacancy, ...] = ()


class Median(Aggregate):
    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def pairs_of(text: str) -> set[str]:
    """Pairs of neighbouring characters, by which two texts are compared."""
    letters = "".join(char for char in plain(text) if char.isalnum())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def likeness(one: str, other: str) -> float:
    """Share of pairs two texts have in common, 0 to 1."""
    a, b = pairs_of(one), pairs_of(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def _text(vacancy: Vacancy) -> str:
    return vacancy.title + vacancy.duties + vacancy.requirements


def _others(vacancy: Vacancy) -> QuerySet[Vacancy]:
    return (
        Vacancy.objects.filter(state__in=CURRENT)
        .exclude(pk=vacancy.pk)
        .select_related("employer", "organization")
        .order_by("id")
    )


def _doubles(vacancy: Vacancy) -> list[Hint]:
    """The same employer with (nearly) the same text."""
    least = settings_store.get("vacancy.same_text")
    own = _others(vacancy).filter(employer=vacancy.employer_id, region=vacancy.region_id)[:50]
    same = [one for one in own if likeness(_text(one), _text(vacancy)) >= least]
    if not same:
        return []
    numbers = "、".join(one.number for one in same[:5])
    text = f"这家单位已有文字几乎一样的岗位（{numbers}）。是同一个岗位的，请改原来那条的人数，不要再登记。"
    return [Hint("double", "可能重复", text, tuple(same[:5]))]


def _copies(vacancy: Vacancy) -> list[Hint]:
    """Other employers with the same text."""
    if not vacancy.text_hash or len(_text(vacancy)) < SHORTEST:
        return []
    same = list(_others(vacancy).filter(text_hash=vacancy.text_hash).exclude(employer=vacancy.employer_id)[:5])
    if not same:
        return []
    names = "、".join(dict.fromkeys(one.employer.name for one in same))
    text = f"与{names}的岗位文字相同，请向单位核实是不是自己的岗位。"
    return [Hint("copied", "文字雷同", text, tuple(same))]


def _shared_phone(vacancy: Vacancy) -> list[Hint]:
    """One telephone, several employers: an agent without a licence often looks like this."""
    if not vacancy.contact_phone_key:
        return []
    rows = _others(vacancy).filter(contact_phone_key=vacancy.contact_phone_key)
    same = list(rows.exclude(employer=vacancy.employer_id)[:5])
    if not same:
        return []
    names = "、".join(dict.fromkeys(one.employer.name for one in same))
    text = f"联系电话与{names}的岗位相同，请核实经办人是不是这家单位的人。"
    return [Hint("shared_phone", "几家单位一个电话", text, tuple(same))]


def median_fen(occupation: str, *, apart_from: int | None = None) -> tuple[float, int]:
    """Median of the lower monthly wage in fen of vacancies of one occupation (小类, four digits) and how many there are."""
    rows = Vacancy.objects.filter(state__in=("published", "paused", "filled"), month_low_fen__gt=0)
    rows = rows.filter(occupation__startswith=occupation[:7]).exclude(pk=apart_from).order_by()
    found = rows.aggregate(median=Median("month_low_fen"))["median"]
    return found or 0.0, rows.count()


def _odd_wage(vacancy: Vacancy) -> list[Hint]:
    if not vacancy.occupation or not vacancy.month_low_fen:
        return []
    many, least = settings_store.get_many("vacancy.wage_many_times", "vacancy.wage_sample")
    median, count = median_fen(vacancy.occupation, apart_from=vacancy.pk)
    if count < least or vacancy.month_low_fen <= many * median:
        return []
    text = f"工资是同职业{count}个岗位中位数（每月{median / 100:.0f}元）的{vacancy.month_low_fen / median:.1f}倍，请核实工资是不是真的。"
    return [Hint("odd_wage", "工资异常", text)]


def hints(vacancy: Vacancy) -> list[Hint]:
    """Everything worth a second look, each explained."""
    found = _doubles(vacancy) + _copies(vacancy) + _shared_phone(vacancy) + _odd_wage(vacancy)
    fees = [word for fault in vacancy.faults if fault["code"] == "deposit_or_fee" for word in fault["words"]]
    if fees:
        told = "、".join(f"“{word}”" for word in fees)
        found.append(Hint("fees", "收费", f"文字里有{told}，常见于骗取钱财的招聘，请向单位核实后再发布。"))
    return found
