"""A faulty parameter file is refused with its name and the line or the day, and nothing of it is taken."""

from __future__ import annotations

import pytest

from renben.engines.rules import commands, parameters
from renben.engines.rules.errors import CatalogueError
from renben.engines.rules.parameters import load_parameters

GOOD = """description: 说明
metadata:
  label: 名称
  unit: CNY
values:
  2011-01-01:
    value: 155
    metadata:
      document: 某号文
      confidence: official
"""
BRACKETS = """description: 说明
metadata: {label: 名称, amount_unit: CNY, threshold_unit: month}
brackets:
  - threshold: {2011-01-01: {value: 12, metadata: &m {document: 某号文, confidence: official}}}
    amount: {2011-01-01: {value: 300, metadata: *m}}
"""


@pytest.fixture
def catalogue(tmp_path):
    """Writes one parameter file into a catalogue of its own and reads that."""

    def read(text: str):
        file = tmp_path / "policies" / "fund" / "each.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        parameters.from_files.cache_clear()
        return load_parameters(tmp_path / "policies")

    yield read
    parameters.from_files.cache_clear()


def test_a_sound_file_is_read(catalogue):
    assert list(catalogue(GOOD)) == ["fund.each"]
    assert list(catalogue(BRACKETS)) == ["fund.each"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("2011-01-01", "2011-02-29"), ["第6行", "没有 2011-02-29 这一天"]),
        (GOOD.replace("2011-01-01", "2011-13-01"), ["第6行", "2011-13-01"]),
        (GOOD.replace("2011-01-01", "2011-1-1"), ["2011-1-1", "YYYY-MM-DD"]),
        (GOOD.replace("2011-01-01", "2011"), ["2011", "YYYY-MM-DD"]),
        (GOOD + GOOD[GOOD.index("  2011") :], ["第11行", "2011-01-01", "写了两次"]),
        (GOOD + GOOD[GOOD.index("  2011") :].replace("2011-01-01", "'2011-01-01'"), ["第11行", "写了两次"]),
        (GOOD.replace("    value: 155\n", "    value: 155\n    value: 156\n"), ["第8行", "value", "写了两次"]),
        (GOOD.replace("155", "155.125"), ["2011-01-01", "两位小数"]),
        (GOOD.replace("155", "一百"), ["2011-01-01", "不小于0的数"]),
        (GOOD.replace("155", "-1"), ["2011-01-01", "不小于0的数"]),
        (GOOD.replace("155", "true"), ["2011-01-01", "不小于0的数"]),
        (GOOD.replace("155", ".nan"), ["2011-01-01", "不小于0的数"]),
        (GOOD.replace("CNY", "month").replace("155", "1.5"), ["2011-01-01", "整数"]),
        (GOOD.replace("CNY", "bool"), ["2011-01-01", "true 或 false"]),
        (GOOD.replace("CNY", "code"), ["2011-01-01", "文字"]),
        (GOOD.replace("CNY", "code").replace("155", "[a, a]"), ["2011-01-01", "重复"]),
        (GOOD.replace("CNY", "furlong"), ["单位"]),
        (GOOD.replace("confidence: official", "confidence: sure"), ["2011-01-01", "可靠程度"]),
        (GOOD.replace("      document: 某号文\n", ""), ["2011-01-01", "文号"]),
        (GOOD.replace("values:", "value:"), ["values"]),
        (GOOD.replace("metadata:\n  label", "metadatum:\n  label"), ["metadata"]),
        (GOOD.replace("values:\n", "values: [\n"), ["第"]),
        (BRACKETS.replace("brackets:\n  - threshold", "brackets:\n    threshold"), ["brackets", "列表"]),
        (BRACKETS.replace("value: 12,", "value: 12.5,"), ["2011-01-01", "整数"]),
        (b"\xc3(", ["YAML"]),
        ("", ["description"]),
    ],
)
def test_a_faulty_file_names_itself_and_the_place(catalogue, text, said):
    with pytest.raises(CatalogueError) as caught:
        catalogue(text)
    told = str(caught.value)
    assert "fund/each.yaml" in told
    assert [word for word in said if word not in told] == []


def test_a_catalogue_without_a_file_is_refused(tmp_path):
    parameters.from_files.cache_clear()
    with pytest.raises(CatalogueError):
        load_parameters(tmp_path)


def test_the_command_says_what_is_wrong_and_judges_nothing(tmp_path, monkeypatch, capsys):
    def broken():
        raise CatalogueError("fund/each.yaml：第6行第3列：没有 2011-02-29 这一天。")

    cases = tmp_path / "cases.yaml"
    cases.write_text("cases: [{id: A, domain: ui.duration, as_of: '2011-10-01', input: {}, expect: {months: 0}}]")
    monkeypatch.setattr(commands, "load_parameters", broken)
    assert commands.policy_check(cases, as_json=True) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "fund/each.yaml：第6行" in captured.err
