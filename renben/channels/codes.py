"""Code tables of the catalogue as choices of forms: code, name."""

from __future__ import annotations

import csv
from functools import cache

from django.conf import settings


@cache
def code_choices(table: str) -> list[tuple[str, str]]:
    """Rows of `catalog/codes/<table>.csv` in the order of the file."""
    with (settings.CATALOG_DIR / "codes" / f"{table}.csv").open(encoding="utf-8", newline="") as source:
        return [(row["code"], row["name"]) for row in csv.DictReader(source)]


def code_name(table: str, code: str) -> str:
    """The name of a code; the code itself when the table does not have it, a dash for none."""
    return dict(code_choices(table)).get(code, code) or "未填"
