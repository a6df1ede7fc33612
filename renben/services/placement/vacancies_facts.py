"""What a case may say of the vacancies of its matter: fields are filled from them (`vacancy.*`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renben.engines.procedures.models import Case
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_steps import of_journey
from renben.services.placement.vacancies_words import wage_text

MANAGERS, OPERATORS = "1", "6"
"""First digit of 职业分类大典: those in charge, and 生产制造及有关人员."""


def _class_of(vacancy: Vacancy) -> str:
    """类别 of the publication as the trade tells it."""
    if vacancy.occupation.startswith(MANAGERS):
        return "manager"
    if vacancy.certificates or vacancy.skills:
        return "technician"
    return "operator" if vacancy.occupation.startswith(OPERATORS) else "other"


def _lines(rows: list[Vacancy]) -> list[dict[str, Any]] | None:
    return [
        {
            "job": one.title,
            "job_class": _class_of(one),
            "openings": one.places_left or one.headcount,
            "pay": wage_text(one),
            "workplace": one.place or one.region.name,
            "surroundings": one.get_shift_display(),
            "closes_on": one.valid_until.isoformat(),
        }
        for one in rows
    ] or None


FACTS: dict[str, Callable[[list[Vacancy]], Any]] = {
    "numbers": lambda rows: "、".join(one.number for one in rows) or None,
    "lines": _lines,
    "needs_skill": lambda rows: any(one.certificates or one.skills for one in rows) if rows else None,
    "closes_on": lambda rows: max(one.valid_until for one in rows).isoformat() if rows else None,
    "hired": lambda rows: sum(one.filled for one in rows) if rows else None,
}


def known(case: Case, name: str) -> Any:
    """One fact as it is stored; None when the matter has no vacancy. `name` is the whole source fact."""
    return FACTS[name.removeprefix("vacancy.")](of_journey(case))
