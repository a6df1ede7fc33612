"""``renben policy check`` and ``renben policy explain`` (design §7): no database, JSON alone on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from .errors import CatalogueError, InputError, NoSuchDomain, RuleError
from .evaluation import evaluate
from .parameters import load_parameters

STATUS_WORDS = {"passed": "通过", "failed": "不符", "no_domain": "没有这个判定"}


def _fail(text: str) -> int:
    """A fault of the call itself: a sentence on standard error, exit code 2."""
    print(text, file=sys.stderr)
    return 2


def _jsonable(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_jsonable(item) for item in value]
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def agrees(expect: Any, got: Any, tolerance: float = 0) -> bool:
    """Compare as the facts contract says: numbers within ``tolerance`` (exact when 0), lists as sets, only the keys expected."""
    if isinstance(expect, Mapping):
        return isinstance(got, Mapping) and all(
            key in got and agrees(value, got[key], tolerance) for key, value in expect.items()
        )
    if isinstance(expect, list):
        return (
            isinstance(got, list)
            and all(any(agrees(wanted, one, tolerance) for one in got) for wanted in expect)
            and all(any(agrees(wanted, one, tolerance) for wanted in expect) for one in got)
        )
    if _is_number(expect) and _is_number(got):
        return expect == got or (tolerance > 0 and abs(expect - got) <= tolerance + 1e-9)
    return type(expect) is type(got) and expect == got


def check_case(case: Mapping[str, Any]) -> dict[str, Any]:
    """Run one worked case: ``{id, domain, status, expect, got}`` with status passed, failed or no_domain."""
    expect = dict(case["expect"])
    tolerance = expect.pop("tolerance", case.get("tolerance", 0))
    row = {
        "id": case["id"],
        "domain": case["domain"],
        "status": "failed",
        "expect": _jsonable(case["expect"]),
        "got": None,
    }
    try:
        got = evaluate(case["domain"], case["as_of"], case["input"]).result
    except NoSuchDomain:
        return {**row, "status": "no_domain"}
    except InputError as error:
        got = error.as_result()
    except RuleError as error:
        got = {"error": error.code, "message": str(error)}
    row["got"] = _jsonable(got)
    if expect and agrees(_jsonable(expect), row["got"], tolerance):
        row["status"] = "passed"
    return row


def read_cases(file: str | Path) -> list[Mapping[str, Any]]:
    """Cases of a YAML file, ``cases: [...]`` or a bare list; ValueError with a Chinese sentence for anything else."""
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise ValueError(f"读不了文件 {file}：{error.strerror}。") from error
    try:
        raw = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(f"{file} 不是有效的 YAML：{error}") from error
    cases = raw.get("cases") if isinstance(raw, dict) else raw
    if not isinstance(cases, list):
        raise ValueError(f"{file} 里没有 cases 列表。")
    for number, case in enumerate(cases, start=1):
        lacking = [
            key for key in ("id", "domain", "as_of", "input", "expect") if not isinstance(case, dict) or key not in case
        ]
        if lacking:
            raise ValueError(f"{file} 第{number}个算例缺少 {'、'.join(lacking)}。")
        if not isinstance(case["input"], dict) or not isinstance(case["expect"], dict):
            raise ValueError(f"{file} 第{number}个算例（{case['id']}）的 input 和 expect 应为键值。")
        tolerance = case["expect"].get("tolerance", case.get("tolerance", 0))
        if not _is_number(tolerance) or tolerance < 0:
            raise ValueError(f"{file} 第{number}个算例（{case['id']}）的 tolerance 应为不小于0的数。")
    return cases


def check_cases(cases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Run worked cases: ``{passed, failed, no_domain, cases}``."""
    rows = [check_case(case) for case in cases]
    counts = {status: sum(row["status"] == status for row in rows) for status in STATUS_WORDS}
    return {**counts, "cases": rows}


def policy_check(file: str | Path, as_json: bool = False) -> int:
    """Run a file of worked cases and print the outcome; 0 when all passed, 1 otherwise, 2 for a file that cannot be read."""
    try:
        load_parameters()
        report = check_cases(read_cases(file))
    except (ValueError, CatalogueError) as error:
        return _fail(str(error))
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for row in report["cases"]:
            print(f"{row['id']}  {row['domain']}  {STATUS_WORDS[row['status']]}")
            if row["status"] == "failed":
                print(f"    应为 {json.dumps(row['expect'], ensure_ascii=False)}")
                print(f"    实为 {json.dumps(row['got'], ensure_ascii=False)}")
        print(f"通过 {report['passed']}，不符 {report['failed']}，没有这个判定 {report['no_domain']}。")
    return 0 if report["failed"] == report["no_domain"] == 0 else 1


def policy_explain(domain: str, as_of: str, input_json: str) -> int:
    """Print the determination of one case as JSON, parts and citations included.

    0 when answered (a missing standard is an answer), 1 for an unknown domain, 2 for a bad input; the sentence is on standard error.
    """
    try:
        given = json.loads(input_json)
    except json.JSONDecodeError as error:
        return _fail(f"--input 不是有效的 JSON：第{error.lineno}行第{error.colno}列。")
    if not isinstance(given, dict):
        return _fail('--input 应为 JSON 对象，例如 {"contribution_months": 60}。')
    try:
        found = evaluate(domain, as_of, given)
    except NoSuchDomain as error:
        print(error, file=sys.stderr)
        return 1
    except RuleError as error:
        return _fail(str(error))
    print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    return 0
