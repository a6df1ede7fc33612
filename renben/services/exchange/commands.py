"""`renben import KIND FILE`: the same import as on the page, with a row-level report."""

from __future__ import annotations

import dataclasses
import json
import sys

from renben.kernel import clock
from renben.kernel.models import Organization, User
from renben.kernel.textnorm import parse_date
from renben.services.exchange.imports import KINDS, Report, import_file


def import_command(
    kind: str,
    file: str,
    dry_run: bool,
    as_json: bool,
    organization: str | None = None,
    user: str | None = None,
    as_of: str | None = None,
) -> int:
    """Import a file at an office (path, region code or name; the district centre by default), answered for by `user`.

    Exit code 0 when the file was processed (refused rows stand in the report), 1 when it was refused as a whole, 2 when
    kind, office or user do not exist, or `as_of` (of another body's data) is no day up to today. JSON goes to standard output
    alone, words to standard error.
    """

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    if kind not in KINDS:
        say(f"不能导入“{kind}”。可以导入：{'、'.join(KINDS)}。")
        return 2
    office = _office(organization)
    if office is None:
        say(
            f"没有找到机构“{organization}”。" if organization else "系统里还没有机构，请先执行 renben demo 或建立机构。"
        )
        return 2
    account = User.objects.filter(username=user).first() if user else None
    if user and account is None:
        say(f"没有登录名为“{user}”的用户。")
        return 2
    day = parse_date(as_of) if as_of else clock.today()
    if day is None or day > clock.today():
        say(f"“{as_of}”不是今天以前的日期，请写成 2026-11-21 这样。")
        return 2
    report = import_file(file, kind, office, account, dry_run, day)
    if as_json:
        print(json.dumps(_as_json(report), ensure_ascii=False))
    else:
        _tell(report, dry_run)
    if report.refused:
        say(report.refused)
        return 1
    return 0


def _office(text: str | None) -> Organization | None:
    if not text:
        return Organization.objects.filter(parent=None).order_by("path").first()
    offices = Organization.objects.order_by("path")
    path = text if text.endswith("/") else text + "/"
    return (
        offices.filter(path=path).first()
        or offices.filter(region_id=text).first()
        or offices.filter(name=text).first()
        or offices.filter(short_name=text).first()
    )


def _as_json(report: Report) -> dict:
    document = dataclasses.asdict(report)
    if not report.refused:
        del document["refused"]
    return document


def _tell(report: Report, dry_run: bool) -> None:
    if report.refused:
        return
    verb = "可以导入" if dry_run else "已导入"
    print(
        f"{report.file}：共{report.total}行，{verb}{report.good}行（新建{report.created}），"
        f"原有未变{report.unchanged}行，拒收{report.bad}行。"
    )
    if report.notes:
        print(report.notes)
    for row in report.rows:
        if row["level"] == "bad":
            where = f"{row['sheet']} " if row["sheet"] else ""
            print(f"{where}第{row['row']}行 {row['column']}“{row['value_masked']}”：{row['problem']}")
