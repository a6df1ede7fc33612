"""Who has difficulty in finding work (J-5.5.1): persons and families. Figures: catalog/policies/hardship, labour, zero_family,
pure_farm_family. Pure: no database, no clock, no request. Importing registers the domains."""

from __future__ import annotations

from typing import Any

import numpy as np

from renben.engines.rules.choosing import either
from renben.engines.rules.coded import among
from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import Part
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader, Version
from renben.engines.rules.people import (
    SEX,
    SEX_WORDS,
    has_passed,
    has_reached_age,
    refuse_later_than,
)
from renben.engines.rules.registry import rule
from renben.engines.rules.telling import condition, day_text, lacking

HOUSEHOLDS = {"urban": "城镇", "rural": "农村"}
SPECIAL_AREAS = {
    "greenbelt": "绿化隔离地区",
    "mine_closed": "矿山关闭地区",
    "mine_restricted": "矿山限采地区",
    "resource_exhausted": "资源枯竭地区",
}
CATEGORY_WORDS = {
    "age_40_50": "年龄偏大",
    "dibao": "享受最低生活保障",
    "disabled": "残疾",
    "zero_family": "零就业家庭成员",
    "long_term": "长期失业",
    "special_area": "特定地区的农村劳动力",
}
HOUSEHOLD = Input("household", "code", "户籍性质", codes=frozenset(HOUSEHOLDS))


def _old_enough(p: Reader, birth: np.ndarray, is_female: np.ndarray, female: str, male: str) -> np.ndarray:
    """Who has reached the age that holds for their sex; ``female`` and ``male`` name its parameters."""
    reached = (has_reached_age(birth, p(name), p.date) for name in (female, male))
    return either(is_female, *reached)


def _special(p: Reader, special_area: np.ndarray | None, like: np.ndarray) -> np.ndarray:
    if special_area is None:
        return np.zeros(like.shape, dtype=bool)
    return among(special_area, p("hardship.special_areas"))


def _in_categories(p: Reader, code: str, is_rural: np.ndarray) -> np.ndarray:
    """Whether a kind is on the list in force for the household of each person."""
    urban, rural = code in p("hardship.categories_urban"), code in p("hardship.categories_rural")
    return np.full(is_rural.shape, urban) if urban == rural else is_rural == rural


def _tell_preconditions(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    needed, since = p.version("hardship.preconditions"), p.version("labour.working_age_from")
    until = p.version(f"labour.retirement_age_{'female' if given['sex'] == 'F' else 'male'}")
    age = f"您是{SEX_WORDS[given['sex']]}，{day_text(given['birth'])}出生，劳动年龄为满{since.value}周岁、不满{until.value}周岁"
    rows = {
        "working_age": ("劳动年龄", age, (since, until)),
        "able": ("劳动能力", f"您{'有' if given['able'] else '没有'}劳动能力", ()),
        "willing": ("就业愿望", f"您{'有' if given['willing'] else '没有'}就业愿望", ()),
        "jobless": ("没有工作", f"您现在{'没有' if given['jobless'] else '有'}工作", ()),
        "hukou": ("本市户籍", f"您{'有' if given['hukou_beijing'] else '没有'}本市户籍", ()),
        "registered": ("登记", f"您{'已' if given['registered'] else '没有'}办理失业登记或转移就业登记", ()),
    }
    return [
        condition(label, text, not answer[f"failed:{code}"], needed, *versions)
        for code, (label, text, versions) in ((code, rows[code]) for code in needed.value)
    ]


def _tell_category(p: Reader, code: str, given: dict[str, Any], listed: Version) -> Part:
    """Why a kind applies, with the figures of this person."""
    versions = {
        "age_40_50": (f"hardship.{'female' if given['sex'] == 'F' else 'male'}_min_age",),
        "long_term": ("hardship.long_term_months",),
        "special_area": ("hardship.special_areas",),
    }.get(code, ())
    read = [p.version(name) for name in versions]
    text = {
        "age_40_50": lambda: f"{SEX_WORDS[given['sex']]}满{read[0].value}周岁",
        "dibao": lambda: "您享受最低生活保障",
        "disabled": lambda: "您持有残疾人证",
        "zero_family": lambda: "您家是零就业家庭",
        "long_term": lambda: f"您自{day_text(given['continuous_jobless_since'])}起连续失业，已满{read[0].value}个月",
        "special_area": lambda: f"您是{SPECIAL_AREAS[given['special_area']]}的农村劳动力，已办理登记",
    }[code]()
    return Part(CATEGORY_WORDS[code], f"{text}，属于“{CATEGORY_WORDS[code]}”。", True, (listed, *read))


def _tell_hardship(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    parts = _tell_preconditions(p, given, answer)
    why_not = lacking(parts)
    listed = p.version(f"hardship.categories_{given['household']}")
    if why_not:
        text = f"您现在不能认定为就业困难人员，因为：{why_not}。"
        return [*parts, Part("结论", text, False, (p.version("hardship.preconditions"),))]
    found = [code for code in listed.value if answer[f"categories:{code}"]]
    parts += [_tell_category(p, code, given, listed) for code in found]
    if found:
        words = "、".join(CATEGORY_WORDS[code] for code in found)
        return [*parts, Part("结论", f"您可以认定为就业困难人员，因为您属于：{words}。", True, (listed,))]
    kinds = "、".join(CATEGORY_WORDS[code] for code in listed.value)
    text = f"您现在不能认定为就业困难人员，因为以下各类都不属于：{kinds}。"
    return [*parts, Part("结论", text, False, (listed,))]


@rule(
    "hardship",
    label="就业困难人员认定",
    basis="《北京市就业援助规定》第二条、第三条；京劳社就发〔2009〕15号",
    inputs=(
        SEX,
        Input("birth", "date", "出生日期"),
        Input("hukou_beijing", "bool", "有本市户籍"),
        HOUSEHOLD,
        Input("jobless", "bool", "没有工作"),
        Input("willing", "bool", "有就业愿望"),
        Input("able", "bool", "有劳动能力"),
        Input("registered", "bool", "已办理失业登记或转移就业登记"),
        Input("dibao", "bool", "享受最低生活保障"),
        Input("disabled", "bool", "持有残疾人证"),
        Input("zero_family_member", "bool", "零就业家庭成员", False),
        Input("continuous_jobless_since", "date", "从哪天起连续失业", None),
        Input("special_area", "code", "特定地区", None, codes=frozenset(SPECIAL_AREAS)),
    ),
    explain=_tell_hardship,
)
def hardship(
    p: Reader,
    sex: np.ndarray,
    birth: np.ndarray,
    hukou_beijing: np.ndarray,
    household: np.ndarray,
    jobless: np.ndarray,
    willing: np.ndarray,
    able: np.ndarray,
    registered: np.ndarray,
    dibao: np.ndarray,
    disabled: np.ndarray,
    zero_family_member: np.ndarray,
    continuous_jobless_since: np.ndarray | None,
    special_area: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """``hardship``, ``failed:<precondition>`` flags and ``categories:<kind>`` flags (all lowered when a precondition fails).

    Dates are datetime64[D]; an age or a spell is full on its corresponding day. InputError for a day after the judgement's.
    """
    refuse_later_than("birth", "出生日期", birth, p.date)
    refuse_later_than("continuous_jobless_since", "连续失业起始日", continuous_jobless_since, p.date)
    _refuse_before_birth(continuous_jobless_since, birth)
    is_female, is_rural = sex == "F", household == "rural"
    retired = _old_enough(p, birth, is_female, "labour.retirement_age_female", "labour.retirement_age_male")
    holds = {
        "working_age": has_reached_age(birth, p("labour.working_age_from"), p.date) & ~retired,
        "able": able,
        "willing": willing,
        "jobless": jobless,
        "hukou": hukou_beijing,
        "registered": registered,
    }
    needed = p("hardship.preconditions")
    ready = np.logical_and.reduce([holds[code] for code in needed])
    long_term = np.zeros(sex.shape, dtype=bool)
    if continuous_jobless_since is not None:
        long_term = has_passed(continuous_jobless_since, p("hardship.long_term_months"), p.date)
    kinds = {
        "age_40_50": _old_enough(p, birth, is_female, "hardship.female_min_age", "hardship.male_min_age"),
        "dibao": dibao,
        "disabled": disabled,
        "zero_family": zero_family_member,
        "long_term": long_term,
        "special_area": _special(p, special_area, sex),
    }
    flags = {f"categories:{code}": ready & held & _in_categories(p, code, is_rural) for code, held in kinds.items()}
    found = np.logical_or.reduce(list(flags.values()))
    return {"hardship": found, **flags, **{f"failed:{code}": ~holds[code] for code in needed}}


def _refuse_before_birth(since: np.ndarray | None, birth: np.ndarray) -> None:
    if since is not None and (since < birth).any():
        raise InputError(
            "out_of_range",
            "continuous_jobless_since",
            "连续失业起始日（continuous_jobless_since）早于出生日期，请改正。",
        )


OWN_PRIMARY, WORKS = "own_", "employed"
STATUS_WORDS = {
    "registered_unemployed": "已办理失业登记",
    "jobless_unregistered": "没有工作、没有登记",
    "transfer_registered_jobless": "已办理转移就业登记、没有工作",
    "student": "在校学生",
    "soldier": "现役军人",
    "internally_retired": "内部退养",
    "early_retired": "提前退休",
    "unable_to_work": "没有劳动能力",
    "pensioner": "领取养老金",
    "homemaker": "操持家务",
    "employed": "在单位工作",
    "flexible_employed": "灵活就业",
    "self_employed": "自谋职业",
    "nonfarm_employed": "在二、三产业工作",
    "own_orchard": "自家经营果园",
}
STATUS = Input("status", "text", "就业状况", minimum=1)
MEMBER_AGE = Input("age", "int", "周岁", maximum=150)


def _status_word(code: str) -> str:
    """A status in words; the rule reads its kind from the code: ``own_…`` is own primary production, ``…employed`` works."""
    if code in STATUS_WORDS:
        return STATUS_WORDS[code]
    if code.startswith(OWN_PRIMARY):
        return "自营农业生产"
    return "正在工作" if code.endswith(WORKS) else "其他情况"


def _of_working_age(p: Reader, member: dict[str, Any]) -> bool:
    """From working age to the day of retirement; a member of unknown sex counts as a man."""
    until = p("labour.retirement_age_female" if member.get("sex") == "F" else "labour.retirement_age_male")
    return p("labour.working_age_from") <= member["age"] < until


def _counting(p: Reader, members: tuple[dict[str, Any], ...], policy: str) -> list[dict[str, Any]]:
    excluded = p(f"{policy}.not_counted")
    return [member for member in members if _of_working_age(p, member) and member["status"] not in excluded]


def _tell_zero(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    excluded, jobless = p.version("zero_family.not_counted"), p.version(f"zero_family.{given['household']}_jobless")
    needed = "、".join(_status_word(code) for code in jobless.value)
    counted = _counting(p, given["members"], "zero_family")
    parts = []
    for number, member in enumerate(given["members"], start=1):
        who = f"第{number}位：{SEX_WORDS[member['sex']]}，{member['age']}周岁，{_status_word(member['status'])}"
        if any(member is one for one in counted):
            parts.append(condition("家庭成员", f"{who}；须为{needed}", member["status"] in jobless.value, jobless))
        else:
            why = "不在劳动年龄" if not _of_working_age(p, member) else "按规定不计入"
            parts.append(Part("家庭成员", f"{who}；{why}。", True, (excluded,)))
    if answer["zero"]:
        text = f"您家可以认定为零就业家庭，因为有劳动能力的成员都是{needed}，没有人就业。"
    elif not counted:
        text = "您家不能认定为零就业家庭，因为没有处于劳动年龄、有劳动能力的成员。"
    else:
        others = "；".join(
            f"第{number}位{_status_word(member['status'])}"
            for number, member in enumerate(given["members"], start=1)
            if any(member is one for one in counted) and member["status"] not in jobless.value
        )
        text = f"您家现在不能认定为零就业家庭，因为：{others}。"
    return [*parts, Part("结论", text, answer["zero"], (jobless,))]


@rule(
    "zero_family",
    label="零就业家庭认定",
    basis="《就业促进法》第五十六条；本市零就业家庭认定口径",
    inputs=(
        HOUSEHOLD,
        Input("members", "rows", "家庭成员", minimum=1, fields=(MEMBER_AGE, SEX, STATUS)),
    ),
    explain=_tell_zero,
    vectorised=False,
)
def zero_family(p: Reader, household: str, members: tuple[dict[str, Any], ...]) -> dict[str, bool]:
    """``zero``: there is a member of working age who counts, and every such member is without work in the way the rule names."""
    jobless = p(f"zero_family.{household}_jobless")
    counted = _counting(p, members, "zero_family")
    return {"zero": bool(counted) and all(member["status"] in jobless for member in counted)}


def _tell_farm(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    limit, excluded = p.version("pure_farm_family.nonfarm_months"), p.version("pure_farm_family.not_counted")
    counted = _counting(p, given["members"], "pure_farm_family")
    parts = []
    for number, member in enumerate(given["members"], start=1):
        months = member["months_nonfarm_last_year"]
        who = f"第{number}位：{member['age']}周岁，上年在二、三产业就业{months}个月"
        if any(member is one for one in counted):
            parts.append(condition("家庭成员", f"{who}，须不满{limit.value}个月", months < limit.value, limit))
        else:
            parts.append(Part("家庭成员", f"{who}；不在劳动年龄或按规定不计入。", True, (excluded,)))
    yes = f"您家是纯农就业家庭，因为上年没有劳动年龄成员在二、三产业就业满{limit.value}个月。"
    no = f"您家不是纯农就业家庭，因为上年有劳动年龄成员在二、三产业就业满{limit.value}个月。"
    return [*parts, Part("结论", yes if answer["pure_farm"] else no, answer["pure_farm"], (limit,))]


@rule(
    "pure_farm_family",
    label="纯农就业家庭认定",
    basis="纯农就业家庭含义（转载，待核）",
    inputs=(
        Input(
            "members",
            "rows",
            "家庭成员",
            minimum=1,
            fields=(
                MEMBER_AGE,
                Input("months_nonfarm_last_year", "int", "上年二三产业就业月数", maximum=12),
                Input("sex", "code", "性别", None, codes=SEX.codes),
                Input("status", "text", "就业状况", ""),
            ),
        ),
    ),
    explain=_tell_farm,
    vectorised=False,
)
def pure_farm_family(p: Reader, members: tuple[dict[str, Any], ...]) -> dict[str, bool]:
    """``pure_farm``: no counting member of working age had the months of non-farm work last year that end it."""
    limit = p("pure_farm_family.nonfarm_months")
    return {
        "pure_farm": all(
            member["months_nonfarm_last_year"] < limit for member in _counting(p, members, "pure_farm_family")
        )
    }
