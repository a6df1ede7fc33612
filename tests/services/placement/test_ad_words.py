"""What people write in advertisements: each forbidden ground in several wordings, and what only looks like one."""

from __future__ import annotations

import pytest

from renben.engines.rules.evaluation import evaluate

FORBIDDEN = {
    "sex": [
        "限男性",
        "只招女生",
        "男士优先",
        "女性优先录用",
        "要求：女，18-35岁",
        "前台1名（女）",
        "男，身高1.75以上",
        "谢绝女性",
    ],
    "marital_birth": ["已婚已育者优先", "未婚", "三年内不得怀孕", "两年内无生育计划", "入职须做孕检"],
    "ethnicity": ["汉族优先", "不招少数民族", "仅限汉族"],
    "race": ["限白种人", "外教，白人优先", "非裔勿扰"],
    "religion": ["信佛者优先", "信仰佛教者优先", "无宗教信仰者", "不招信教人员", "基督徒优先"],
    "disability": ["身体残疾者勿扰", "谢绝残疾人", "不招聋哑人", "四肢健全"],
    "pathogen_carrier": ["无乙肝", "乙肝携带者勿扰", "须提供两对半检查", "不得为ＨＩＶ感染者", "提供HIV检测报告"],
    "rural_origin": ["农村户口勿扰", "限城镇户口", "仅限非农业户口", "不招农民工", "谢绝农民工"],
    "deposit_or_fee": ["需交押金500元", "收取服装费200元", "培训费自理", "入职缴纳保证金", "扣押身份证", "报名费50元"],
}
HARMLESS = [
    "性别不限",
    "男女均可",
    "招聘女装导购，负责女装销售",
    "婚育状况不限",
    "民族不限",
    "宗教信仰不限",
    "欢迎残疾人应聘",
    "残疾人优先",
    "体检合格",
    "户籍不限",
    "不收取任何费用，免押金",
    "负责押金收取与退还工作",
    "熟悉 Hive 和 HBase",
    "体检费用由公司承担",
]


def violations(text: str) -> list[str]:
    return evaluate("ad.check", "2024-03-01", {"text": text}).result["violations"]


@pytest.mark.parametrize(("ground", "text"), [(ground, text) for ground, texts in FORBIDDEN.items() for text in texts])
def test_a_forbidden_ground_is_found_however_it_is_put(ground, text):
    assert violations(text) == [ground]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_one_is_left_alone(text):
    assert violations(text) == []


def test_an_advertisement_of_fifty_thousand_characters_is_read_like_a_short_one():
    """A negation is looked for near its word only: the time a text takes grows with its length, not with its square."""
    assert not violations("不收押金、" * 10_000)
    assert violations("不收农" * 16_000 + "，押金200元") == ["rural_origin", "deposit_or_fee"]
