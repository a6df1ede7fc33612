"""No table of matching looks at who somebody is: the words are searched for in every file, whatever the loader does (D-27)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from renben.engines.matching.table import load

ROOT = Path(__file__).resolve().parents[2]
TABLES = [
    path
    for path in (
        *sorted((ROOT / "catalog" / "content" / "matching").glob("*.yaml")),
        ROOT / "bench" / "matching_table.yaml",
    )
    if "parts" in (yaml.safe_load(path.read_text(encoding="utf-8")) or {})
]
PROTECTED = [
    "sex", "gender", "female", "male", "性别", "男", "女", "ethnic", "nation", "民族", "汉族", "hukou", "household", "户籍", "户口",
    "农业", "disab", "残疾", "marri", "spouse", "婚", "child", "pregnan", "孕", "生育", "子女", "relig", "faith", "宗教", "信仰",
    "birth", "出生", "籍贯", "carrier", "乙肝", "病", "党", "politic", "photo", "相貌", "身高", "height", "surname",
]  # fmt: skip
LAWFUL = {"age"}
"""The statutory age to work: a filter with its law, never points."""


def test_there_is_a_table_of_the_agency():
    assert any("catalog" in path.parts for path in TABLES)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_no_column_filter_or_part_looks_at_who_somebody_is(path):
    table = load(path)
    named = {**table.offer, **table.wish, **table.context}
    named |= {one.name: one.label for one in (table.group, table.area, *table.filters, *table.parts)}
    found = [
        f"{name} {label}" for name, label in named.items() for word in PROTECTED if word in f"{name} {label}".lower()
    ]
    assert not found, f"{path.name}: these must not count in matching: {found}"


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_age_is_only_what_the_law_says(path):
    table = load(path)
    for part in table.parts:
        assert not [operand for operand in part.operands if str(operand).partition(".")[2] in LAWFUL], part.name
    for one in table.filters:
        if [operand for operand in one.operands if str(operand).partition(".")[2] in LAWFUL]:
            assert one.source and not one.near, (
                f"{one.name}: a filter by age names its law and is not offered as a near miss"
            )
