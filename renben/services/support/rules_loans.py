"""Guaranteed loans (Q-1.3.3, Q-1.3.4, J-4.3.3, J-5.4.5): who may borrow how much. Figures: catalog/policies/loan; D-08, D-09, D-10.

Pure: no database, no clock, no request. Importing registers the domains.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from renben.engines.rules.evaluation import Part, yuan
from renben.engines.rules.exact import exceeds, fraction, percent_text, reaches
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader, Version, to_fen
from renben.engines.rules.people import LONGEST_CAREER
from renben.engines.rules.registry import rule
from renben.engines.rules.telling import condition, day_text, verdict

BORROWERS = {
    "beijing_unemployed": "本市失业人员",
    "college_graduate": "高校毕业生",
    "demobilised_soldier": "复员转业军人",
    "rural_transfer_labourer": "转移就业的农村劳动力",
}
"""Words of the kinds that policies name; any other code is somebody who is none of these."""
AMOUNT = Input("amount_10k", "wan", "贷款额", minimum=1)
OWN_FUNDS = Input("own_10k", "wan", "自有资金")
INDUSTRY = Input("industry", "text", "行业", minimum=1)
STAFF = Input("staff", "int", "招用前在职职工人数", minimum=1)
NEW_HIRES = Input("new_hires", "int", "当年新招用人数")
CONTRACT_MONTHS = Input("contract_months", "int", "劳动合同月数", maximum=LONGEST_CAREER)


def wan_text(fen: int) -> str:
    """Fen in 万元, as loans are spoken of: ``8万元``, ``2.4万元``."""
    return f"{fen / 1_000_000:.6f}".rstrip("0").rstrip(".") + "万元"


def excluded_word(industry: str, words: tuple[str, ...]) -> str:
    """The first word of the list that the industry's name contains, or nothing. 广告业 is found in 广告制作 too."""
    name = "".join(unicodedata.normalize("NFKC", industry).split())
    return next((word for word in words if word.removesuffix("业") in name), "")


def _excluded(industry: np.ndarray, words: tuple[str, ...]) -> np.ndarray:
    names, place = np.unique(industry, return_inverse=True)
    return np.asarray([bool(excluded_word(name, words)) for name in names.tolist()])[place]


def _tell_industry(given: dict[str, Any], listed: Version) -> Part:
    word = excluded_word(given["industry"], listed.value)
    reason = f"，属于不予支持的“{word}”" if word else "，不在不予支持的行业之内"
    return condition("行业", f"您从事{given['industry']}{reason}", not word, listed)


def _tell_funds(given: dict[str, Any], answer: dict[str, Any], least: Version, words: str) -> Part:
    own, amount = wan_text(given["own_fen"]), wan_text(given["amount_fen"])
    text = f"自有资金{own}，须{words}贷款额{amount}的{percent_text(least.value)}"
    return condition("自有资金", text, not answer["failed:own_funds"], least)


def _tell_individual(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    cap = p.version(f"loan.individual.cap_{'first' if given['round'] == 1 else 'again'}")
    listed, least = p.version("loan.borrowers"), p.version("loan.individual.own_funds_share")
    which = "首次" if given["round"] == 1 else "再次"
    money = f"申请{wan_text(given['amount_fen'])}，{which}贷款最高{wan_text(to_fen(cap.value))}"
    kinds = "、".join(BORROWERS.get(code, code) for code in listed.value)
    who = f"您是{BORROWERS.get(given['borrower'], '其他人员')}，贷款对象为{kinds}"
    parts = [
        condition("贷款对象", who, not answer["failed:borrower"], listed),
        condition("贷款额度", money, not answer["failed:cap"], cap),
        _tell_funds(given, answer, least, "大于"),
        _tell_industry(given, p.version("loan.excluded_industries.own_business")),
    ]
    granted = f"您可以申请{wan_text(given['amount_fen'])}的小额担保贷款"
    return [*parts, verdict("结论", parts, granted, "您现在不能申请这笔贷款", answer["ok"])]


@rule(
    "loan.individual",
    label="个体经营小额担保贷款",
    basis="京劳社服发〔2006〕54号；京政发〔2009〕6号；顺义区规程街镇级贷款审核；D-10",
    inputs=(
        Input("round", "int", "第几次贷款", minimum=1, maximum=2),
        AMOUNT,
        OWN_FUNDS,
        INDUSTRY,
        Input("borrower", "text", "借款人身份", minimum=1),
    ),
    explain=_tell_individual,
)
def individual(
    p: Reader,
    round: np.ndarray,
    amount_fen: np.ndarray,
    own_fen: np.ndarray,
    industry: np.ndarray,
    borrower: np.ndarray,
) -> dict[str, np.ndarray]:
    """``ok`` and ``failed:cap``, ``failed:own_funds`` (must exceed its share, D-10), ``failed:industry``, ``failed:borrower``."""
    cap = np.where(round == 1, p.fen("loan.individual.cap_first"), p.fen("loan.individual.cap_again"))
    failed = {
        "cap": amount_fen > cap,
        "own_funds": ~exceeds(own_fen, amount_fen, fraction(p("loan.individual.own_funds_share"))),
        "industry": _excluded(industry, p("loan.excluded_industries.own_business")),
        "borrower": ~np.isin(borrower, p("loan.borrowers")),
    }
    return _answer(failed)


def _answer(failed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    ok = ~np.logical_or.reduce(list(failed.values()))
    return {"ok": ok, **{f"failed:{code}": flag for code, flag in failed.items()}}


def _tell_company(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    cap, months = p.version("loan.own_company.cap"), p.version("loan.own_company.min_contract_months")
    least = p.version("loan.own_company.own_funds_share")
    money = f"申请{wan_text(given['amount_fen'])}，最高{wan_text(to_fen(cap.value))}"
    hired = given["hired_beijing_unemployed"]
    contract = f"劳动合同{given['contract_months']}个月，须满{months.value}个月"
    parts = [
        condition("贷款额度", money, not answer["failed:cap"], cap),
        _tell_funds(given, answer, least, "不低于"),
        _tell_industry(given, p.version("loan.excluded_industries.own_business")),
        condition("招用失业人员", f"您的企业{'已' if hired else '没有'}招用本市失业人员", hired, cap),
        condition("合同期", contract, not answer["failed:contract"], months),
    ]
    granted = f"您的企业可以申请{wan_text(given['amount_fen'])}的小额担保贷款"
    return [*parts, verdict("结论", parts, granted, "您的企业现在不能申请这笔贷款", answer["ok"])]


@rule(
    "loan.own_company",
    label="自办小企业小额担保贷款（最高额产品）",
    basis="京财经一〔2009〕1011号；顺义区规程区级贷款审核；D-08、D-10",
    inputs=(
        AMOUNT,
        OWN_FUNDS,
        INDUSTRY,
        Input("hired_beijing_unemployed", "bool", "已招用本市失业人员"),
        CONTRACT_MONTHS,
    ),
    explain=_tell_company,
)
def own_company(
    p: Reader,
    amount_fen: np.ndarray,
    own_fen: np.ndarray,
    industry: np.ndarray,
    hired_beijing_unemployed: np.ndarray,
    contract_months: np.ndarray,
) -> dict[str, np.ndarray]:
    """``ok`` and ``failed:cap``, ``own_funds`` (its share itself is enough, D-10), ``industry``, ``hired``, ``contract``."""
    failed = {
        "cap": amount_fen > p.fen("loan.own_company.cap"),
        "own_funds": ~reaches(own_fen, amount_fen, fraction(p("loan.own_company.own_funds_share"))),
        "industry": _excluded(industry, p("loan.excluded_industries.own_business")),
        "hired": ~hired_beijing_unemployed,
        "contract": contract_months < p("loan.own_company.min_contract_months"),
    }
    return _answer(failed)


def _share_reached(p: Reader, prefix: str, staff: np.ndarray, new_hires: np.ndarray) -> np.ndarray:
    """New hires ÷ staff before hiring against the share for firms of that size (D-09)."""
    common, large = (fraction(p(f"{prefix}.{name}")) for name in ("hire_share", "large_hire_share"))
    is_large = staff > p(f"{prefix}.large_staff")
    return np.where(is_large, reaches(new_hires, staff, large), reaches(new_hires, staff, common))


def _tell_hiring(p: Reader, prefix: str, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    size = p.version(f"{prefix}.large_staff")
    is_large = given["staff"] > size.value
    least = p.version(f"{prefix}.{'large_hire_share' if is_large else 'hire_share'}")
    months = p.version(f"{prefix}.min_contract_months")
    of = f"（职工超过{size.value}人）" if is_large else ""
    hires = f"招用前职工{given['staff']}人{of}，新招用{given['new_hires']}人，须达到{percent_text(least.value)}"
    contract = f"劳动合同{given['contract_months']}个月，须满{months.value}个月"
    return [
        condition("新招用比例", hires, not answer["failed:share"], least, size),
        condition("合同期", contract, not answer["failed:contract"], months),
    ]


def _tell_labour(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    parts = _tell_hiring(p, "loan.labour_intensive", given, answer)
    parts.append(_tell_industry(given, p.version("loan.excluded_industries.labour_intensive")))
    granted, refused = "您的企业可以认定为劳动密集型小企业", "您的企业现在不能认定为劳动密集型小企业"
    return [*parts, verdict("结论", parts, granted, refused, answer["ok"])]


@rule(
    "loan.labour_intensive",
    label="劳动密集型小企业认定",
    basis="京劳社服发〔2006〕54号；京财金融〔2009〕735号；D-09",
    inputs=(STAFF, NEW_HIRES, CONTRACT_MONTHS, INDUSTRY),
    explain=_tell_labour,
)
def labour_intensive(
    p: Reader, staff: np.ndarray, new_hires: np.ndarray, contract_months: np.ndarray, industry: np.ndarray
) -> dict[str, np.ndarray]:
    """``ok`` and ``failed:share``, ``failed:contract``, ``failed:industry``."""
    failed = {
        "share": ~_share_reached(p, "loan.labour_intensive", staff, new_hires),
        "contract": contract_months < p("loan.labour_intensive.min_contract_months"),
        "industry": _excluded(industry, p("loan.excluded_industries.labour_intensive")),
    }
    return _answer(failed)


def _tell_small(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    cap = p.version("loan.cn_small.cap")
    parts = _tell_hiring(p, "loan.cn_small", given, answer)
    granted = f"您的企业可以申请，最高{wan_text(to_fen(cap.value))}"
    return [*parts, verdict("结论", parts, granted, "您的企业现在不能申请", answer["cap_10k"], cap)]


@rule(
    "loan.cn_small",
    label="小微企业创业担保贷款（国家规定）",
    basis="财金〔2018〕22号、财金〔2020〕21号、财金〔2023〕75号；D-09",
    inputs=(STAFF, NEW_HIRES, CONTRACT_MONTHS),
    explain=_tell_small,
)
def cn_small(p: Reader, staff: np.ndarray, new_hires: np.ndarray, contract_months: np.ndarray) -> dict[str, np.ndarray]:
    """``ok``, ``cap_10k`` (the highest sum in 万元 by the rule of the day), ``failed:share``, ``failed:contract``."""
    failed = {
        "share": ~_share_reached(p, "loan.cn_small", staff, new_hires),
        "contract": contract_months < p("loan.cn_small.min_contract_months"),
    }
    return {**_answer(failed), "cap_10k": np.full(staff.shape, _cap_10k(p, "loan.cn_small.cap"))}


def _cap_10k(p: Reader, name: str) -> int:
    return p.fen(name) // 1_000_000


def _tell_cap(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    cap = p.version("loan.cn_individual.cap")
    text = f"个人创业担保贷款最高{wan_text(to_fen(cap.value))}，因为自{day_text(cap.valid_from)}起执行这个标准。"
    return [Part("贷款最高额", text, yuan(to_fen(cap.value)), (cap,))]


@rule(
    "loan.cn_individual_cap",
    label="个人创业担保贷款最高额（国家规定）",
    basis="财金〔2013〕84号、财金〔2018〕22号、财金〔2020〕21号、财金〔2023〕75号",
    inputs=(),
    explain=_tell_cap,
    vectorised=False,
)
def cn_individual_cap(p: Reader) -> dict[str, int]:
    """``cap_10k``: the highest sum in 万元 by the rule of the day."""
    return {"cap_10k": _cap_10k(p, "loan.cn_individual.cap")}
