"""`renben search`: what the page of vacancies shows, on the command line; JSON alone on standard output."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from renben.engines.coding import occupations
from renben.services.placement.finding_vacancies import Found, Wanted, find
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_words import education_text, wage_text


def search_command(wanted: Wanted, *, as_json: bool, say: Callable[[str], None]) -> int:
    """Print the page of vacancies this question gives; 0 always, because "nothing yet" is an answer."""
    begun = time.perf_counter()
    found = find(wanted)
    if as_json:
        answer = as_plain(found)
        print(json.dumps({"query": wanted.text, "milliseconds": _since(begun), **answer}, ensure_ascii=False))
        return 0
    for note in found.notes:
        say(note.text)
    say(f"共{found.total}个，第{found.page}页，共{found.pages}页。")
    for row in found.rows:
        print(f"{row.pk}  {row.title}  {row.employer.name}  {row.region.name}  {wage_text(row)}")
    for offer in found.offers:
        say(f"去掉“{offer.words}”有{offer.total}个。")
    return 0


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 2)


def as_plain(found: Found) -> dict[str, Any]:
    """An answer as plain values."""
    return {
        "total": found.total,
        "literal": found.literal,
        "page": found.page,
        "pages": found.pages,
        "notes": [asdict(note) for note in found.notes],
        "offers": [asdict(offer) for offer in found.offers],
        "meanings": [asdict(guess) for guess in found.meanings],
        "regions": [asdict(facet) for facet in found.regions],
        "occupations": [asdict(facet) for facet in found.occupations],
        "rows": [_row(row) for row in found.rows],
    }


def _row(row: Vacancy) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "employer": row.employer.name,
        "occupation": row.occupation,
        "occupation_name": occupations.tree().name(row.occupation),
        "region": row.region_id,
        "region_name": row.region.name,
        "wage": wage_text(row),
        "wage_low_fen": row.month_low_fen,
        "wage_high_fen": row.month_high_fen,
        "education": education_text(row.education),
        "headcount": row.headcount,
        "places_left": row.places_left,
        "valid_until": row.valid_until.isoformat(),
    }
