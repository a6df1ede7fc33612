"""A match in words that a clerk and a citizen read alike: why each part has its points, what fails, what earlier failures advise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from renben.engines.matching.table import Part
from renben.kernel import clock
from renben.services.placement import matching_table
from renben.services.placement.codes import Unfit
from renben.services.placement.matching_rows import Row, Vocabulary, context, vacancy_row, wish_rows
from renben.services.placement.models import Referral, Seeker, SeekerWish, Vacancy


def yuan(fen: int) -> str:
    """Whole yuan: 450000 → 4500."""
    return f"{fen // 100}"


def month_wage_text(vacancy: Vacancy) -> str:
    """The wage reckoned to a month, whatever period the employer wrote: what posts are compared by."""
    low, high = vacancy.month_low_fen, vacancy.month_high_fen
    if not max(low, high):
        return "没有写工资"
    return f"每月{yuan(low)}—{yuan(high)}元" if low and low < high else f"每月{yuan(max(low, high))}元"


def _occupation(points: int, part: Part, seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> str:
    steps = [level.points for level in part.levels.agree]
    if points == steps[0]:
        return f"就是想干的“{wish.title}”"
    return f"和“{wish.title}”同属一小类" if points in steps else f"和“{wish.title}”同属一大行"


def _place(points: int, part: Part, seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> str:
    steps = [level.points for level in part.levels.agree]
    if points == steps[0]:
        return "就在本人住的社区（村）"
    return "在本人住的街镇" if points in steps else "在别的街镇"


def _wage(points: int, part: Part, seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> str:
    top = max(vacancy.month_high_fen, vacancy.month_low_fen)
    return f"最高{yuan(top)}元，比期望高{yuan(max(top - wish.wage_min_fen, 0))}元"


def _skills(points: int, part: Part, seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> str:
    mine = {"".join(text.split()).casefold() for text in [*seeker.skills, *seeker.certificates]}
    both = [text for text in vacancy.skills if "".join(text.split()).casefold() in mine]
    return f"都有：{'、'.join(both)}"


def _years(points: int, part: Part, seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> str:
    asked = f"要求{vacancy.experience_years}年" if vacancy.experience_years else "不要求经验"
    return f"干过{seeker.experience_years}年，{asked}"


def _fresh(points: int, part: Part, seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> str:
    posted = vacancy.published_at.astimezone(clock.ZONE).date() if vacancy.published_at else vacancy.registered_on
    days = (clock.today() - posted).days
    return f"{days}天前发布" if days > 0 else "今天发布"


def _crowd(points: int, part: Part, seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> str:
    return "已经推荐了许多人，减几分"


_WHY = {
    "occupation": _occupation, "place": _place, "wage": _wage, "skills": _skills, "years": _years, "fresh": _fresh,
    "crowd": _crowd,
}  # fmt: skip


def explained(parts: Mapping[str, int], seeker: Seeker, wish: SeekerWish, vacancy: Vacancy) -> list[dict[str, Any]]:
    """`part`, `label`, `points` and `why` of every part that gives or takes points; the points add up to the score."""
    return [
        {
            "part": part.name,
            "label": part.label,
            "points": parts[part.name],
            "why": _WHY[part.name](parts[part.name], part, seeker, wish, vacancy) if part.name in _WHY else "",
        }
        for part in matching_table.table().parts
        if parts[part.name]
    ]


@dataclass(frozen=True)
class Pair:
    """One seeker and one vacancy now: the score by the wish that suits best, its parts in words, filters failed (labels)."""

    score: int
    parts: list[dict[str, Any]]
    failed: list[str]


def of_pair(seeker: Seeker, vacancy: Vacancy) -> Pair:
    """What is kept with a referral: what the table says at this moment. A seeker without a wish scores nothing."""
    rules, today, vocabulary = matching_table.table(), clock.today(), Vocabulary.of_district()
    wishes = list(seeker.wishes.order_by("rank"))
    offer: Row = vacancy_row(vacancy, vocabulary)
    judged = [
        (matching_table.score_one(offer, row, context(today), rules), wish)
        for row, wish in zip(wish_rows(seeker, wishes, vocabulary, today), wishes, strict=False)
    ]
    if not judged:
        return Pair(0, [], [])
    best, wish = max(judged, key=lambda one: (-len(one[0].failed), one[0].score))
    labels = [rules.filter(name).label for name in best.failed]
    return Pair(best.score, explained(best.parts, seeker, wish, vacancy), labels)


@lru_cache(maxsize=2)
def _advice(path: Path, stamp: float) -> list[dict[str, Any]]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["advice"]


def advice(seeker: Seeker) -> list[dict[str, Any]]:
    """What earlier failures of this registration advise: `text`, and `narrow` or `without` for the page's link. Only told."""
    path = Path(settings.CATALOG_DIR) / "content" / "matching" / "advice.yaml"
    counts = Counter(Referral.objects.failed().filter(seeker=seeker).order_by().values_list("unfit", flat=True))
    return [
        {
            "text": f"{counts[one['unfit']]}次{Unfit(one['unfit']).label}。{one['text']}",
            "narrow": one.get("narrow", ""),
            "without": ",".join(one.get("without", [])),
        }
        for one in _advice(path, path.stat().st_mtime)
        if counts[one["unfit"]] >= one["times"]
    ]
