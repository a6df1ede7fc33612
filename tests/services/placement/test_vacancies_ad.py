"""Where the forbidden words stand, how the text reads without them, what a wage comes to, what looks odd."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import Reader, load_parameters
from renben.services.placement import ad_marks, vacancies_hints, wage_rules
from renben.services.placement.codes import WagePeriod, WorkKind
from renben.services.placement.vacancies_ad import check, fault_text, month_wages, musts, suggestions, text_hash
from renben.services.placement.wage_rules import Norms, month_fen
from tests.services.placement.test_ad_words import FORBIDDEN, HARMLESS
from tests.services.placement.vacancy_office import TODAY, desk  # noqa: F401 - the fixture

SENTENCES = [text for texts in FORBIDDEN.values() for text in texts]


def reader() -> Reader:
    return Reader(load_parameters(), TODAY)


@pytest.mark.parametrize("text", [*SENTENCES, *HARMLESS, "装卸工,男,每次搬运超过25公斤", "文员 性别：女 年龄：不限"])
def test_the_marks_say_what_the_rule_says_and_stand_on_the_words(text):
    found = ad_marks.marks(reader(), text)
    told = evaluate("ad.check", TODAY, {"text": text}).result
    assert sorted({mark.code for mark in found if mark.kind == "must"}) == sorted(told["violations"])
    assert all(text[mark.start : mark.end] == mark.word for mark in found)
    assert "".join(piece for piece, _, _ in ad_marks.segments(text, found)) == text


@pytest.mark.parametrize("text", SENTENCES)
def test_the_suggested_wording_passes_the_check(text):
    proposed = ad_marks.suggested(text, ad_marks.marks(reader(), text))
    assert evaluate("ad.check", TODAY, {"text": proposed}).result["violations"] == []
    assert proposed != text


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("搬运工，男，能吃苦", "搬运工，能吃苦"),
        ("保洁员（女）", "保洁员"),
        (
            "负责仓库日常收发货和整理工作要求限男性能适应加班和夜班安排",
            "负责仓库日常收发货和整理工作要求能适应加班和夜班安排",
        ),
        ("包吃住，需交押金500元。", "包吃住，"),
        ("性别不限，男女均可", "性别不限，男女均可"),
        ("ＨＩＶ阳性者勿扰，态度好", "态度好"),
    ],
)
def test_a_short_clause_goes_whole_of_a_long_one_only_the_words(text, proposed):
    assert ad_marks.suggested(text, ad_marks.marks(reader(), text)).rstrip("。，") == proposed.rstrip("。，")


def test_what_the_law_allows_is_shown_as_allowed(desk):  # noqa: F811
    ad = desk.ad(title="装卸工", duties="每小时装卸10次，每次搬25公斤。", requirements="男")
    [fault] = check(ad, desk.employer, TODAY)
    assert (fault["kind"], fault["words"]) == ("allowed", ["男"])
    assert "不适合妇女的劳动" in fault["text"]
    assert "《女职工劳动保护特别规定》附录" in fault["article"]
    assert musts([fault]) == []


def test_age_is_a_hint_with_advice(desk):  # noqa: F811
    [fault] = check(desk.ad(requirements="35岁以下"), desk.employer, TODAY)
    assert (fault["kind"], fault["field"], fault["words"]) == ("hint", "requirements", ["35岁以下"])
    assert "“要求”里的“35岁以下”属于年龄" in fault_text(fault)
    assert suggestions(desk.ad(requirements="35岁以下"), TODAY) == {}


def test_only_the_texts_that_change_are_suggested(desk):  # noqa: F811
    assert suggestions(desk.ad(requirements="男士优先，能上两班"), TODAY) == {"requirements": "能上两班"}


NORMS = Norms(paid_days_year=261, hours_day=8, hours_week=40, part_time_hours_week=24)


@pytest.mark.parametrize(
    ("fen", "period", "kind", "hours", "expected"),
    [
        (450_000, "month", "full", None, 450_000),
        (20_000, "day", "full", None, 435_000),
        (2_000, "hour", "full", None, 348_000),
        (2_000, "hour", "full", 20, 174_000),
        (3_000, "hour", "part", None, 313_200),
        (3_001, "day", "season", None, 65_272),
        (500_000, "piece", "full", 48, 500_000),
    ],
)
def test_a_wage_of_a_month(fen, period, kind, hours, expected):
    """21.75 paid days of 8 hours; an hour of part-time work counts 24 hours a week; half a fen goes up."""
    assert month_fen(fen, period=period, work_kind=kind, hours_week=hours, norms=NORMS) == expected


def test_before_the_norms_the_wage_stays_as_written(desk):  # noqa: F811
    ad = desk.ad(wage_period="day", wage_low_fen=5_000, wage_high_fen=6_000)
    assert month_wages(ad, dt.date(2000, 1, 1)) == (5_000, 6_000)
    assert month_wages(ad, TODAY) == (108_750, 130_500)


def test_figures_spaces_and_points_do_not_make_another_text(desk):  # noqa: F811
    one, other = desk.ad(duties="招分拣员5名，按单分拣。"), desk.ad(duties="招分拣员 10 名 按单分拣")
    assert text_hash(one) == text_hash(other) != text_hash(desk.ad(duties="招叉车工"))


def codes(vacancy) -> list[str]:
    return [hint.code for hint in vacancies_hints.hints(vacancy)]


def test_the_same_post_twice_is_told_with_its_number(desk):  # noqa: F811
    first = desk.register()
    second = desk.register(headcount=8, duties="按单分拣、打包、装车，保持库区整洁")
    [hint] = vacancies_hints.hints(second)
    assert hint.code == "double"
    assert first.number in hint.text
    assert codes(desk.register(title="叉车工", duties="驾驶叉车装卸货物，做好交接。")) == []


def test_one_text_or_one_telephone_of_two_firms_is_told(desk):  # noqa: F811
    desk.register()
    other = desk.firm("北京同文商贸有限公司")
    [copied, phone] = vacancies_hints.hints(desk.register(other))
    assert (copied.code, phone.code) == ("copied", "shared_phone")
    assert "北京顺通物流有限公司" in copied.text
    assert codes(desk.register(other, title="会计", duties="做账报税，管好凭证。", contact_phone="010-69441234")) == []


def test_a_wage_far_above_its_occupation_is_told(desk):  # noqa: F811
    for number in range(8):
        firm = desk.firm(f"北京第{number}仓储有限公司")
        desk.published(firm, occupation="6-02-06-01", duties=f"{number}号库分拣", contact_phone="")
    dear = desk.register(
        desk.firm("北京高薪有限公司"), title="普工", occupation="6-02-06-02", wage_low_fen=2_000_000,
        wage_high_fen=3_000_000, contact_phone="", duties="轻松上手，工资日结。",
    )  # fmt: skip
    [hint] = vacancies_hints.hints(dear)
    assert hint.code == "odd_wage"
    assert "8个岗位中位数（每月4500元）的4.4倍" in hint.text


def test_fees_are_told_as_a_warning_of_fraud(desk):  # noqa: F811
    assert "fees" in codes(desk.register(benefits="先交培训费，押金入职退"))


def test_the_rule_writes_the_same_codes_as_the_forms():
    assert set(wage_rules.PERIODS) == set(WagePeriod.values)
    assert set(wage_rules.WORK_KINDS) == set(WorkKind.values)
