"""``renben policy check`` and ``policy explain``: output, exit codes, and comparison as the facts contract says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from renben.engines.rules.commands import agrees, policy_check, policy_explain
from renben.services import offers

offers.load_domains()

GOOD = "{id: A, domain: ui.duration, as_of: 2011-10-01, input: {contribution_months: 12}, expect: {months: 3}}"
WRONG = "{id: B, domain: ui.duration, as_of: '2011-10-01', input: {contribution_months: 12}, expect: {months: 4}}"
UNKNOWN = "{id: C, domain: no.such, as_of: '2011-10-01', input: {}, expect: {months: 4}}"
BAD_KEY = "{id: D, domain: ui.duration, as_of: '2011-10-01', input: {contribution_month: 12}, expect: {months: 0}}"
EMPTY = "{id: E, domain: ui.duration, as_of: '2011-10-01', input: {contribution_months: 12}, expect: {}}"


@pytest.fixture
def cases(tmp_path):
    def write(*rows):
        file = tmp_path / "cases.yaml"
        file.write_text("cases:\n" + "".join(f"  - {row}\n" for row in rows), encoding="utf-8")
        return file

    return write


def test_check_counts_and_exits(cases, capsys):
    assert policy_check(cases(GOOD), as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == {
        "passed": 1,
        "failed": 0,
        "no_domain": 0,
        "cases": [
            {"id": "A", "domain": "ui.duration", "status": "passed", "expect": {"months": 3}, "got": {"months": 3}}
        ],
    }
    assert policy_check(cases(GOOD, WRONG, UNKNOWN, BAD_KEY, EMPTY), as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert [row["status"] for row in report["cases"]] == ["passed", "failed", "no_domain", "failed", "failed"]
    assert (report["passed"], report["failed"], report["no_domain"]) == (1, 3, 1)
    assert report["cases"][3]["got"]["key"] == "contribution_month"


def test_an_unknown_domain_alone_exits_with_one(cases, capsys):
    assert policy_check(cases(UNKNOWN)) == 1
    assert "没有这个判定 1" in capsys.readouterr().out


def test_check_in_words_shows_what_was_expected(cases, capsys):
    assert policy_check(cases(WRONG)) == 1
    out = capsys.readouterr().out
    assert '应为 {"months": 4}' in out and '实为 {"months": 3}' in out and "不符 1" in out


@pytest.mark.parametrize("text", ["[", "just words", "cases: {a: 1}", "cases: [{id: A}]", "cases: [1]"])
def test_an_unusable_file_is_a_sentence_on_standard_error(tmp_path, capsys, text):
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    assert policy_check(file, as_json=True) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "cases.yaml" in captured.err


def test_a_missing_file_is_a_sentence(tmp_path, capsys):
    assert policy_check(tmp_path / "none.yaml") == 2
    assert "none.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expect", "got", "tolerance", "same"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, 0, True),
        ({"a": 1}, {"b": 1}, 0, False),
        ({"a": 1}, {"a": 1.0}, 0, True),
        ({"a": 1}, {"a": True}, 0, False),
        ({"a": False}, {"a": 0}, 0, False),
        ({"a": 168.4}, {"a": 168.45}, 0.5, True),
        ({"a": 168.4}, {"a": 168.45}, 0, False),
        ({"a": 312.8}, {"a": 313.31}, 0.5, False),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, 0, True),
        ({"a": ["x"]}, {"a": ["x", "y"]}, 0, False),
        ({"a": ["x", "y"]}, {"a": ["x"]}, 0, False),
        ({"a": []}, {"a": []}, 0, True),
        ({"a": ["x"]}, {"a": "x"}, 0, False),
        ({"a": None}, {"a": 0}, 0, False),
    ],
)
def test_comparison(expect, got, tolerance, same):
    assert agrees(expect, got, tolerance) is same


def test_tolerance_may_stand_in_the_case_or_in_expect(cases, capsys):
    off = WRONG.replace("months: 4", "months: 3.4")
    assert policy_check(cases(off)) == 1
    assert policy_check(cases(off.replace("months: 3.4", "months: 3.4, tolerance: 0.5"))) == 0
    assert policy_check(cases(off.replace("id: B", "id: B, tolerance: 0.5"))) == 0
    capsys.readouterr()


def test_explain_prints_the_determination_alone(capsys):
    assert policy_explain("ui.duration", "2011-10-01", '{"contribution_months": 66}') == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert captured.err == ""
    assert found["result"] == {"months": 13}
    assert "可领13个月" in found["parts"][0]["text"] and "第十七条" in found["parts"][0]["article"]
    assert any("待核" in mark for mark in found["marks"])


@pytest.mark.parametrize(
    ("domain", "as_of", "given", "exit_code", "word"),
    [
        ("no.such", "2011-10-01", "{}", 1, "no.such"),
        ("ui.duration", "2011-10-01", "{}", 2, "contribution_months"),
        ("ui.duration", "2011-10-01", '{"contribution_months": "12"}', 2, "contribution_months"),
        ("ui.duration", "yesterday", '{"contribution_months": 12}', 2, "as_of"),
        ("ui.duration", "2011-10-01", "[1]", 2, "--input"),
        ("ui.duration", "2011-10-01", "{", 2, "--input"),
    ],
)
def test_explain_refuses_in_a_sentence(capsys, domain, as_of, given, exit_code, word):
    assert policy_explain(domain, as_of, given) == exit_code
    captured = capsys.readouterr()
    assert captured.out == "" and word in captured.err


def test_rules_start_without_django_or_a_database():
    code = (
        "import sys; from renben.engines.rules import registry, commands\n"
        "from renben.services import offers; offers.load_domains()\n"
        "assert commands.policy_explain('deadline.working_days', '2012-06-18', '{\"event_date\": \"2012-06-18\", \"days\": 5}') == 0\n"
        "assert not [m for m in sys.modules if m.split('.')[0] in {'django', 'psycopg', 'holidays', 'chinese_calendar'}]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"] == {"last_day": "2012-06-26"}
