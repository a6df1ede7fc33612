"""补发差额: signed months that the rules of today reckon otherwise, person by person, looked at before they are listed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt, office_of
from renben.channels.workbench.downloads import export, full_numbers
from renben.channels.workbench.posts_payrolls import ACTION
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.support.months import first_of, shifted
from renben.services.support.posts import late_figures
from renben.services.support.posts.differences import Gap

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
YEARS_BACK = 5
"""Months further back are not compared on screen."""


def _month(label: str) -> forms.RegexField:
    return forms.RegexField(
        MONTH,
        label=label,
        required=False,
        error_messages={"invalid": "月份请写成 2026-11 这样。"},
        widget=forms.TextInput(attrs={"type": "month", "class": "form-control"}),
    )


class GapFilter(forms.Form):
    first = _month("从哪个月")
    last = _month("到哪个月")
    q = forms.CharField(label="姓名或组织", max_length=40, required=False)

    def asked(self) -> tuple[dt.date, dt.date, str]:
        """First and last month (this year so far by default) and the text; months that make no sense become the default."""
        self.is_valid()
        given, today = self.cleaned_data, first_of(clock.today())
        last = min(self._day("last") or today, today)
        first = max(self._day("first") or last.replace(month=1), shifted(today, -12 * YEARS_BACK))
        return min(first, last), last, given.get("q", "")

    def _day(self, name: str) -> dt.date | None:
        text = self.cleaned_data.get(name)
        return dt.date.fromisoformat(f"{text}-01") if text else None


def _about(gaps: list[Gap], text: str) -> list[Gap]:
    if not text:
        return gaps
    return [gap for gap in gaps if text in gap.placement.person.name or text in gap.placement.post.employer.name]


@page(action=ACTION)
@require_GET
def differences(request: HttpRequest) -> HttpResponse:
    """What would be paid besides or recovered, and what of it is listed already."""
    form = GapFilter(request.GET)
    first, last, text = form.asked()
    found = late_figures.gaps_of(office_of(request.principal, ACTION), first, last)
    context = {
        "form": form,
        "first": first,
        "last": last,
        "text": text,
        "rows": paginate(request, _about(found, text)),
        "people": len({gap.placement.person_id for gap in found}),
        "more_fen": sum(gap.fen for gap in found if gap.fen > 0),
        "back_fen": -sum(gap.fen for gap in found if gap.fen < 0),
        "new": sum(not gap.is_listed for gap in found),
    }
    return render(request, "posts/differences.html", context)


@page(action=ACTION)
@require_POST
def list_them(request: HttpRequest) -> HttpResponse:
    """登记差额: what was looked at, as it stands now."""
    form = GapFilter(request.POST)
    first, last, _ = form.asked()

    def act() -> str:
        if not form.is_valid():
            raise Refused("".join(error for errors in form.errors.values() for error in errors))
        office = office_of(request.principal, ACTION)
        found = late_figures.list_differences(organization=office, first=first, last=last, by=request.user)
        more = sum(gap.fen for gap in found if gap.fen > 0) / 100
        back = -sum(gap.fen for gap in found if gap.fen < 0) / 100
        return (
            f"已登记：补发{more:,.2f}元，随下一张审批表由另一人签批；应追回{back:,.2f}元。" if found else "没有差额。"
        )

    attempt(request, act)
    return redirect(f"{reverse('posts:differences')}?first={first:%Y-%m}&last={last:%Y-%m}")


@page(action=ACTION)
@require_POST
def differences_export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook with full numbers; the download is on record."""
    first, last, text = GapFilter(request.POST).asked()
    found = _about(late_figures.gaps_of(office_of(request.principal, ACTION), first, last), text)
    numbers = full_numbers({gap.placement.person_id for gap in found})
    columns = [
        ("公益性就业组织", 30), ("姓名", 10), ("证件号码", 22), ("所属月份", 10), ("项目", 18), ("现在应为", 12), ("已签批", 12),
        ("差额", 12), ("状态", 16),
    ]  # fmt: skip

    def line(gap: Gap) -> list[Any]:
        where = gap.placement
        return [
            where.post.employer.name, where.person.name, numbers.get(where.person_id, ""), f"{gap.month:%Y-%m}", gap.label,
            gap.due_fen / 100, gap.had_fen / 100, gap.fen / 100, "已登记" if gap.is_listed else "还没登记",
        ]  # fmt: skip

    return export(request, f"公益性岗位补发差额（{first:%Y-%m}至{last:%Y-%m}）", columns, found, line)
