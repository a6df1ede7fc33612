"""What a hired person brings a firm in a period: insurance month by month, the post by full year of the contract.

Pure: no database, no clock, no request. Money is whole fen. What has no standard on file, or is not known yet, stays None with
its reason (D-07); what nothing is due for is 0 with its reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Determination, Part, evaluate, ruleset_hash, yuan, yuan_text
from renben.engines.rules.parameters import Parameters, Reader, Version, load_parameters
from renben.engines.rules.people import LONGEST_CAREER
from renben.services.support.hiring.codes import Group, Item
from renben.services.support.months import first_of, full_months, shifted

KIND = "subsidy.hiring"
DOMAIN = {Item.SI: "subsidy.employer_si_monthly", Item.POST: "subsidy.employer_post"}
OTHER_GROUPS = "subsidy.employer.other_groups"
YEARS = {
    (Item.SI, True): "subsidy.employer_si.listed_years",
    (Item.SI, False): "subsidy.employer_si.other_years",
    (Item.POST, True): "subsidy.employer_post.listed_years",
    (Item.POST, False): "subsidy.employer_post.other_years",
}
A_YEAR = 12


@dataclass(frozen=True)
class Against:
    """What speaks against a month. `is_sure` says that nothing is due; otherwise somebody has to look first."""

    text: str
    is_sure: bool = False


@dataclass(frozen=True)
class Hired:
    """The facts about one person. Months are first days. `drawn` counts, by item, the months (of the post: years) that any firm
    got for the person before the period; `against` what speaks against a month; `last_on` the last day of work, if any."""

    group: str
    contract_from: dt.date
    contract_to: dt.date | None
    wage_fen: int
    base_fen: int
    first_month: dt.date
    last_month: dt.date
    items: tuple[str, ...]
    last_on: dt.date | None = None
    last_why: str = ""
    drawn: Mapping[str, int] = field(default_factory=dict)
    against: Mapping[dt.date, Against] = field(default_factory=dict)

    @property
    def is_hardship(self) -> bool:
        return self.group == Group.HARDSHIP

    def year_end(self, number: int) -> dt.date:
        """The last day of a year of the contract, counted from 1."""
        month = shifted(self.contract_from, A_YEAR * number)
        last = (shifted(month, 1) - dt.timedelta(days=1)).day
        return month.replace(day=min(self.contract_from.day, last)) - dt.timedelta(days=1)


def contract_months(start: dt.date, end: dt.date | None) -> int:
    """Full months of a contract; one without an end counts as the longest career."""
    return LONGEST_CAREER if end is None else full_months(start, end + dt.timedelta(days=1))


@dataclass(frozen=True)
class Amount:
    """What a month brings under an item; `fen` None while it cannot be told, `no_standard` when only a figure is missing."""

    item: str
    month: dt.date
    fen: int | None
    reason: str = ""
    no_standard: bool = False


@dataclass(frozen=True)
class HiringDecision:
    """Every month with its amount and reason, and the rules behind one month that pays."""

    as_of: dt.date
    inputs: dict[str, Any]
    amounts: tuple[Amount, ...]
    parts: tuple[Part, ...]
    parameters: tuple[Version, ...]
    missing: tuple[str, ...]

    @property
    def total_fen(self) -> int:
        """What can be told."""
        return sum(row.fen or 0 for row in self.amounts)

    def as_json(self) -> dict[str, Any]:
        """The stored form: amounts in yuan, every part with its article."""
        paid = [row for row in self.amounts if row.fen]
        return {
            "as_of": self.as_of.isoformat(),
            "inputs": self.inputs,
            "result": {
                "eligible": bool(paid),
                "months": sum(row.item == Item.SI for row in paid),
                "years": sum(row.item == Item.POST for row in paid),
                "total": yuan(self.total_fen),
                "schedule": [
                    {
                        "month": f"{row.month:%Y-%m} {Item(row.item).label}",
                        "amount": None if row.fen is None else yuan(row.fen),
                        "reason": row.reason,
                    }
                    for row in self.amounts
                ],
            },
            "parts": [part.as_json() for part in self.parts],
            "parameters": [version.as_json() for version in self.parameters],
            "missing": list(self.missing),
            "ruleset": ruleset_hash(),
        }


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of the months from `first` to `last`, both included."""
    found, month = [], first_of(first)
    while month <= last:
        found.append(month)
        month = shifted(month, 1)
    return found


def group_fault(group: str, month: dt.date, parameters: Parameters) -> Against | None:
    """Why nobody of this kind brings anything in the month; None when they do. Hardship persons always come into question."""
    if group == Group.HARDSHIP:
        return None
    if group == Group.ASK:
        return Against("人员类别还没有核实")
    try:
        listed = Reader(parameters, month)(OTHER_GROUPS)
    except NoStandardOnFile as error:
        return Against(str(error))
    if group in listed:
        return None
    return Against("招用前不是就业困难人员，也没有失业登记或转移就业登记", True)


def cap_of(item: str, is_hardship: bool, month: dt.date, parameters: Parameters) -> tuple[int | None, str]:
    """How much may be drawn in all: months of insurance, years of the post; or why that cannot be told."""
    try:
        years = int(Reader(parameters, month)(YEARS[Item(item), is_hardship]))
    except NoStandardOnFile as error:
        return None, str(error)
    return (years * A_YEAR if item == Item.SI else years), ""


def _outside_work(hired: Hired, month: dt.date) -> str:
    """Why the person did not work for the firm in the month; empty when they did."""
    after = shifted(month, 1)
    if hired.contract_from >= after:
        return f"劳动合同自{hired.contract_from:%Y-%m-%d}起，这个月还没有开始"
    if hired.contract_to is not None and hired.contract_to < month:
        return f"劳动合同已于{hired.contract_to:%Y-%m-%d}到期"
    if hired.last_on is not None and hired.last_on < month:
        return hired.last_why or f"{hired.last_on:%Y-%m-%d}以后不在岗"
    return ""


def _found(item: str, month: dt.date, found: Determination, key: str) -> Amount:
    if not found.is_answered:
        why = "；".join(found.missing) or "没有现行标准"
        return Amount(item, month, None, why, no_standard=True)
    if found.result.get(key) is None:
        return Amount(item, month, None, "这个时期的标准不是按年核定的，不能按年计发")
    fen = round(found.result[key] * 100)
    closing = found.parts[-1].text if found.parts else ""
    return Amount(item, month, fen, "" if fen else closing)


class _Reckoning:
    """Goes along the period for one person and keeps the rules that were asked."""

    def __init__(self, hired: Hired, parameters: Parameters) -> None:
        self.hired, self.parameters = hired, parameters
        self.asked: list[Determination] = []
        self.used = dict(hired.drawn)

    def _ask(self, item: str, day: dt.date, given: dict[str, Any]) -> Determination:
        found = evaluate(DOMAIN[Item(item)], day, given, parameters=self.parameters)
        self.asked.append(found)
        return found

    def _capped(self, item: str, month: dt.date) -> Amount | None:
        cap, why = cap_of(item, self.hired.is_hardship, month, self.parameters)
        if cap is None:
            return Amount(item, month, None, why)
        if self.used.get(item, 0) >= cap:
            unit = "个月" if item == Item.SI else "年"
            return Amount(item, month, 0, f"已经享受满{cap}{unit}，不再补贴")
        return None

    def insurance(self, month: dt.date) -> Amount:
        """One month of insurance."""
        item, hired = Item.SI.value, self.hired
        if why := _outside_work(hired, month):
            return Amount(item, month, 0, why)
        for said in (group_fault(hired.group, month, self.parameters), hired.against.get(month)):
            if said is not None:
                return Amount(item, month, 0 if said.is_sure else None, said.text)
        if (capped := self._capped(item, month)) is not None:
            return capped
        given = {
            "wage_year": month.year - 1, "actual_base": yuan(hired.base_fen), "hardship": hired.is_hardship,
        }  # fmt: skip
        amount = _found(item, month, self._ask(item, month, given), "amount")
        if amount.fen:
            self.used[item] = self.used.get(item, 0) + 1
        return amount

    def post(self) -> list[Amount]:
        """Every year of the contract that became full in the period; where none did, one line that says so."""
        hired, found = self.hired, []
        numbers = range(1, max(1, full_months(hired.contract_from, shifted(hired.last_month, 1)) // A_YEAR + 1) + 1)
        for number in numbers:
            end = hired.year_end(number)
            if hired.first_month <= end < shifted(hired.last_month, 1):
                found.append(self._year(number, end))
        if found:
            return found
        after = next(hired.year_end(n) for n in (*numbers, len(numbers) + 1) if hired.year_end(n) >= hired.first_month)
        why = f"合同履行到{after:%Y-%m-%d}才满一年，满一年以后再申请"
        return [Amount(Item.POST.value, first_of(hired.last_month), 0, why)]

    def _year(self, number: int, end: dt.date) -> Amount:
        """One full year of the contract, paid by the rule of its last day."""
        item, hired, month = Item.POST.value, self.hired, first_of(end)
        start = hired.contract_from if number == 1 else hired.year_end(number - 1) + dt.timedelta(days=1)
        if hired.contract_to is not None and hired.contract_to < end:
            return Amount(item, month, 0, f"劳动合同{hired.contract_to:%Y-%m-%d}到期，没有履行满一年")
        if hired.last_on is not None and hired.last_on < end:
            why = hired.last_why or f"{hired.last_on:%Y-%m-%d}以后不在岗"
            return Amount(item, month, 0, f"{why}，没有履行满一年")
        if (fault := group_fault(hired.group, month, self.parameters)) is not None:
            return Amount(item, month, 0 if fault.is_sure else None, fault.text)
        against = [(one, hired.against[one]) for one in months_between(start, end) if one in hired.against]
        if against:
            when, said = next((pair for pair in against if pair[1].is_sure), against[0])
            return Amount(item, month, 0 if said.is_sure else None, f"{when:%Y年%m月}：{said.text}")
        if (capped := self._capped(item, month)) is not None:
            return capped
        given = {
            "contract_months": contract_months(hired.contract_from, hired.contract_to),
            "wage": yuan(hired.wage_fen),
        }
        amount = _found(item, month, self._ask(item, end, given), "per_year")
        if amount.fen:
            self.used[item] = self.used.get(item, 0) + 1
        return amount


def _told(asked: Sequence[Determination]) -> tuple[tuple[Part, ...], tuple[Version, ...]]:
    """The reasoning of the last answer of each rule, and every parameter version that was read, each once."""
    last = {found.domain: found for found in asked if found.is_answered}
    versions = {(v.name, v.valid_from): v for found in asked for v in found.parameters}
    return tuple(part for found in last.values() for part in found.parts), tuple(versions.values())


def decide(hired: Hired, *, on: dt.date, parameters: Parameters | None = None) -> HiringDecision:
    """Everything the person brings in the period, judged on the day `on`."""
    reckoning = _Reckoning(hired, parameters or load_parameters())
    amounts: list[Amount] = []
    if Item.SI in hired.items:
        amounts += [reckoning.insurance(month) for month in months_between(hired.first_month, hired.last_month)]
    if Item.POST in hired.items:
        amounts += reckoning.post()
    parts, versions = _told(reckoning.asked)
    total = sum(row.fen or 0 for row in amounts)
    closing = Part(
        "合计", f"这个人这一期可补贴{yuan_text(total)}。" if total else "这个人这一期没有可发的补贴。", yuan(total)
    )
    waiting = tuple(dict.fromkeys(row.reason for row in amounts if row.fen is None))
    return HiringDecision(on, _inputs(hired), tuple(amounts), (*parts, closing), versions, waiting)


def _inputs(hired: Hired) -> dict[str, Any]:
    """The facts as they are stored."""
    return {
        "group": hired.group,
        "contract_from": hired.contract_from.isoformat(),
        "contract_to": hired.contract_to.isoformat() if hired.contract_to else None,
        "wage": yuan(hired.wage_fen),
        "base": yuan(hired.base_fen),
        "first_month": f"{hired.first_month:%Y-%m}",
        "last_month": f"{hired.last_month:%Y-%m}",
        "items": list(hired.items),
        "last_on": hired.last_on.isoformat() if hired.last_on else None,
        "last_why": hired.last_why,
        "drawn": dict(hired.drawn),
        "against": {f"{month:%Y-%m}": [one.text, one.is_sure] for month, one in sorted(hired.against.items())},
    }


def hired_of(inputs: Mapping[str, Any]) -> Hired:
    """The facts of a stored decision."""
    day = dt.date.fromisoformat
    return Hired(
        group=inputs["group"],
        contract_from=day(inputs["contract_from"]),
        contract_to=day(inputs["contract_to"]) if inputs["contract_to"] else None,
        wage_fen=round(inputs["wage"] * 100),
        base_fen=round(inputs["base"] * 100),
        first_month=day(f"{inputs['first_month']}-01"),
        last_month=day(f"{inputs['last_month']}-01"),
        items=tuple(inputs["items"]),
        last_on=day(inputs["last_on"]) if inputs["last_on"] else None,
        last_why=inputs["last_why"],
        drawn=inputs["drawn"],
        against={day(f"{month}-01"): Against(*said) for month, said in inputs["against"].items()},
    )
