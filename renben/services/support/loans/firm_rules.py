"""The labour-intensive firm (Q-1.3.4, D-09): which rule of the day recognises it and how much it may borrow.

Pure: no database, no clock, no request. Money is whole fen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Part
from renben.engines.rules.parameters import Parameters, Reader, Version, load_parameters, to_fen
from renben.engines.rules.telling import condition
from renben.services.support.rules_loans import excluded_word, wan_text

BEIJING, NATIONAL = "loan.labour_intensive", "loan.cn_small"
CAP = {BEIJING: "loan.labour_intensive.cap", NATIONAL: "loan.cn_small.cap"}
PER_HIRE = "loan.labour_intensive.cap_per_hire"
EXCLUDED = "loan.excluded_industries.labour_intensive"


@dataclass
class Found:
    """Conditions around the domain: their parts, the codes that fail, what was read and what is lacking."""

    parts: list[Part] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    used: list[Version] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, code: str, part: Part, *versions: Version) -> None:
        self.parts.append(part)
        self.used += versions
        if not part.value:
            self.failed.append(code)


def version_of(reader: Reader, name: str) -> Version | None:
    """The version in force; None without a standard on file."""
    try:
        return reader.version(name)
    except NoStandardOnFile:
        return None


def domain_of(on: dt.date, parameters: Parameters | None = None) -> str:
    """Beijing's own rule while it stood; since April 2018 the national one for small firms."""
    reader = Reader(parameters or load_parameters(), on)
    return BEIJING if version_of(reader, f"{BEIJING}.hire_share") is not None else NATIONAL


def least_months(on: dt.date, parameters: Parameters | None = None) -> int:
    """How long the contract of a newly hired person has to run, in months. NoStandardOnFile without a rule."""
    reader = Reader(parameters or load_parameters(), on)
    return int(reader(f"{domain_of(on, parameters)}.min_contract_months"))


def _tell_sum(amount_fen: int, new_hires: int | None, cap: Version, each: Version | None) -> Part:
    highest = to_fen(cap.value)
    text = f"申请{wan_text(amount_fen)}，最高{wan_text(highest)}"
    if each is None or new_hires is None:
        return condition("贷款额度", text, amount_fen <= highest, cap)
    by_hires = to_fen(each.value) * new_hires
    text += f"；每新招1人{wan_text(to_fen(each.value))}，新招{new_hires}人为{wan_text(by_hires)}"
    return condition("贷款额度", text, amount_fen <= min(highest, by_hires), cap, each)


def around(on: dt.date, parameters: Parameters, *, amount_fen: int, new_hires: int | None, industry: str) -> Found:
    """The sum against the ceiling of the day, and under the national rule the trades that the district leaves out."""
    reader, domain, found = Reader(parameters, on), domain_of(on, parameters), Found()
    try:
        cap = reader.version(CAP[domain])
    except NoStandardOnFile as error:
        found.missing.append(str(error))
    else:
        each = version_of(reader, PER_HIRE)
        used = [cap] if each is None else [cap, each]
        found.add("cap", _tell_sum(amount_fen, new_hires, cap, each), *used)
    listed = version_of(reader, EXCLUDED) if domain == NATIONAL else None
    if listed is not None:
        word = excluded_word(industry, listed.value)
        said = f"，属于不予支持的“{word}”" if word else "，不在不予支持的行业之内"
        found.add("industry", condition("行业", f"企业从事{industry}{said}", not word, listed), listed)
    return found


def size_text(staff: int, on: dt.date, parameters: Parameters | None = None) -> str:
    """职工超过100人 or 职工不超过100人, by the border of the day; empty without one."""
    border = version_of(Reader(parameters or load_parameters(), on), f"{domain_of(on, parameters)}.large_staff")
    if border is None:
        return ""
    return f"职工{'超过' if staff > border.value else '不超过'}{border.value}人"


def share_percent(staff: int, new_hires: int) -> Any:
    """新招占比 in percent with one decimal, cut off, so that rounding never helps over a limit."""
    return new_hires * 1000 // staff / 10 if staff else None
