"""A vacancy in the words people read: wage, demands. Pure."""

from __future__ import annotations

from renben.kernel.regions_data import code_table
from renben.services.placement.codes import WagePeriod
from renben.services.placement.models import Vacancy

PER = {WagePeriod.MONTH: "每月", WagePeriod.DAY: "每天", WagePeriod.HOUR: "每小时", WagePeriod.PIECE: "计件，每月约"}
INSURANCES = ("养老", "医疗", "失业", "工伤", "生育", "住房公积金")


def yuan_plain(fen: int) -> str:
    """450000 → 4500, 2770 → 27.70."""
    whole, rest = divmod(fen, 100)
    return str(whole) if not rest else f"{whole}.{rest:02d}"


def wage_text(vacancy: Vacancy) -> str:
    """每月4500至6000元; one figure when both ends are the same, 面议 when none is given."""
    low, high = vacancy.wage_low_fen, vacancy.wage_high_fen
    if not high:
        return "面议"
    amount = yuan_plain(low) if low == high else f"{yuan_plain(low)}至{yuan_plain(high)}"
    return f"{PER[WagePeriod(vacancy.wage_period)]}{amount}元"


def education_text(code: str) -> str:
    return f"{code_table('education').get(code, code)}以上" if code else ""


def needs_text(vacancy: Vacancy) -> str:
    """Everything demanded in one sentence; 不限 when nothing is."""
    years = f"{vacancy.experience_years}年以上经验" if vacancy.experience_years else ""
    parts = [
        education_text(vacancy.education),
        years,
        *vacancy.skills,
        *vacancy.certificates,
        vacancy.requirements.strip(),
    ]
    return "；".join(part for part in parts if part) or "不限"
