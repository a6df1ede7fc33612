"""拨付名单 of the guidance subsidy: counted from the claims that were checked and reported, never typed (Q-1.3.7, D-07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renben.engines.procedures.models import Case
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import acts
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants import guidance
from renben.services.support.grants.guidance_models import GuidanceClaim

PROCEDURE = "Q-1.3.7"
PER_HEAD = "guidance.subsidy_per_head"
LATEST = 200
"""So many earlier lists are looked through for an account."""


@dataclass(frozen=True)
class Due:
    """What one institution gets from one report: people who count, fen, None while a standard is missing."""

    unit: str
    people: int
    fen: int | None


def missing_standard(claims: Sequence[GuidanceClaim]) -> str:
    """Which figure is lacking for the money of these claims; empty when every one has its amount."""
    for claim in claims:
        if amount_of(claim) is None:
            try:
                Reader(load_parameters(), claim.reviewed_on)(PER_HEAD)
            except NoStandardOnFile as error:
                return str(error)
    return ""


def amount_of(claim: GuidanceClaim) -> int | None:
    """The amount of a claim, also when its standard came on file after it was reviewed."""
    if claim.amount_fen is not None:
        return claim.amount_fen
    return guidance.amount(sum(row.is_counted for row in guidance.people_of(claim)), claim.reviewed_on)


def reported_in(case: Case) -> list[GuidanceClaim]:
    """The claims that went up with this report."""
    return list(GuidanceClaim.objects.filter(reported_in=case).order_by("id"))


def dues_of(claims: Iterable[GuidanceClaim]) -> list[Due]:
    """One line for each institution; two claims of one add up, and one without an amount leaves the sum open."""
    found: dict[str, Due] = {}
    for claim in claims:
        fen, people = amount_of(claim), sum(row.is_counted for row in guidance.people_of(claim))
        before = found.get(claim.institution, Due(claim.institution, 0, 0))
        total = None if fen is None or before.fen is None else before.fen + fen
        found[claim.institution] = Due(claim.institution, before.people + people, total)
    return list(found.values())


def known_accounts(organization: Any, units: Iterable[str]) -> dict[str, dict[str, str]]:
    """The account each institution was paid to last, from the lists of earlier reports."""
    wanted, found = set(units), {}
    cases = Case.objects.filter(procedure_id=PROCEDURE, organization=organization, data__has_key="account_list")
    for rows in cases.order_by("-id").values_list("data__account_list", flat=True)[:LATEST]:
        for row in rows or []:
            if row.get("unit") in wanted and row["unit"] not in found:
                found[row["unit"]] = {name: row.get(name, "") for name in ("account_name", "bank", "account_number")}
    return found


def lines_of(case: Case) -> list[dict[str, Any]] | None:
    """The account list of a report: institutions, people and amounts from the claims, accounts from the last time."""
    dues = dues_of(reported_in(case))
    known = known_accounts(case.organization, [due.unit for due in dues])
    blank = {"account_name": "", "bank": "", "account_number": ""}
    return [
        {"unit": due.unit, "people": due.people, "amount": "" if due.fen is None else due.fen}
        | (known.get(due.unit) or blank | {"account_name": due.unit})
        for due in dues
    ] or None


@acts.whole
def settle(*, case: Case, lines: Sequence[Mapping[str, Any]]) -> list[Due]:
    """核对账户: every institution of the report stands on the list once, with the people and the amount of its claims.

    NotPossible while the standard is missing (only the money waits), and names every line that differs. A report without claims
    keeps what was typed.
    """
    claims = reported_in(case)
    lacking = missing_standard(claims)
    if lacking:
        text = f"缺补贴标准，算不出拨付金额：{lacking}"
        raise NotPossible(Why("no_standard", text, "请在“政策参数”登记“职业指导补贴标准”；人数已经报了，不受影响。"))
    for claim in claims:
        if claim.amount_fen is None:
            claim.amount_fen = amount_of(claim)
            claim.save(update_fields=["amount_fen"])
    dues = dues_of(claims)
    wrong = _unaccounted(lines) + (_differences(dues, lines) if dues else [])
    if wrong:
        raise NotPossible(*(Why("differs", text, "请照系统带出的名单，账户有误的只改账户。") for text in wrong))
    return dues


def _unaccounted(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    labels = {"account_name": "户名", "bank": "开户行", "account_number": "账号"}
    lacking = [(row.get("unit"), [label for name, label in labels.items() if not row.get(name)]) for row in lines]
    return [f"“{unit}”还没有填{'、'.join(words)}。" for unit, words in lacking if words]


def _differences(dues: Sequence[Due], lines: Sequence[Mapping[str, Any]]) -> list[str]:
    listed = [(row.get("unit"), int(row.get("people") or 0), int(row.get("amount") or 0)) for row in lines]
    wanted = {due.unit: (due.unit, due.people, due.fen) for due in dues}
    found = [f"“{unit}”不在这一期上报的单位里。" for unit, _, _ in listed if unit not in wanted]
    for unit, line in wanted.items():
        times = listed.count(line)
        if times != 1:
            said = "写了两遍" if times > 1 else f"应为{line[1]}人、{line[2] / 100:.2f}元"
            found.append(f"“{unit}”{said}。")
    return found
