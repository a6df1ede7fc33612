"""The worked cases: those of the requirement's facts, when they are beside this checkout, and our own at the edges."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from renben.engines.rules.commands import read_cases
from tests.shared import SHARED

OWN = Path(__file__).parent / "cases"
FACTS = SHARED / "facts" / "rule_cases.yaml"


@cache
def worked_cases() -> tuple[Mapping[str, Any], ...]:
    """Every case with its file; the ids are unique."""
    files = [*sorted(OWN.glob("*.yaml")), *([FACTS] if FACTS.exists() else [])]
    return tuple(case for file in files for case in read_cases(file))
