"""工作日历: the year as a grid, one day changed with a reason, a year loaded when it has been announced."""

from __future__ import annotations

import calendar
import datetime as dt

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.engines.procedures.actions import recompute_due
from renben.kernel import calendar_changes, calendar_table, clock
from renben.kernel.models import WorkDay
from renben.kernel.policy import page

FIRST_YEAR, LAST_YEAR = 2004, 2099


def months_of(year: int) -> list[dict]:
    """Twelve months of weeks; each day with what it is: work, rest, or shifted against its weekday."""
    table = calendar_table.current()
    rows = {row.date: row for row in WorkDay.objects.filter(date__year=year).order_by("date")}
    today = clock.today()
    months = []
    for month in range(1, 13):
        weeks = []
        for week in calendar.Calendar().monthdatescalendar(year, month):
            days = []
            for day in week:
                is_work = table.is_workday(day)
                kind = "work" if is_work else "rest"
                if is_work and day.weekday() >= 5:
                    kind = "shifted"
                name = rows[day].name if day in rows else ""
                word = {"work": "工作日", "rest": "休息", "shifted": "调休上班"}[kind]
                days.append(
                    {
                        "date": day,
                        "is_shown": day.month == month,
                        "kind": kind,
                        "label": f"{day.month}月{day.day}日 {word}{' ' + name if name else ''}",
                        "is_today": day == today,
                    }
                )
            weeks.append(days)
        months.append({"number": month, "weeks": weeks})
    return months


@page(action="calendar.view")
@require_GET
def year_page(request: HttpRequest) -> HttpResponse:
    try:
        year = int(request.GET.get("year", ""))
    except ValueError:
        year = clock.today().year
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    named = [row for row in WorkDay.objects.filter(date__year=year).order_by("date") if row.name]
    context = {
        "year": year,
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < LAST_YEAR else None,
        "months": months_of(year),
        "is_provisional": calendar_table.current().provisional(year),
        "named": named,
        "may_manage": request.principal.may("calendar.manage"),
    }
    return render(request, "admin/calendar.html", context)


class DayForm(forms.Form):
    is_work = forms.TypedChoiceField(
        label="这一天",
        choices=[("1", "上班"), ("0", "休息")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label="名称", max_length=32, required=False, help_text="例如：春节、国庆节调休。")
    reason = forms.CharField(label="依据", max_length=64, help_text="写明文件名称或文号。")


@page(action="calendar.manage")
def day_page(request: HttpRequest, day: str) -> HttpResponse:
    """Change one day. Open deadlines that it touches are computed anew (D-02)."""
    try:
        on = dt.date.fromisoformat(day)
    except ValueError as error:
        raise Http404("day") from error
    row = WorkDay.objects.filter(date=on).first()
    is_work = calendar_table.current().is_workday(on)
    form = DayForm(request.POST or None, initial={"is_work": "1" if is_work else "0", "name": row.name if row else ""})
    if request.method == "POST" and form.is_valid():
        changed = calendar_changes.set_day(day=on, by=request.user, **form.cleaned_data)
        moved = recompute_due(dates=[on], by=request.user) if changed else []
        messages.success(request, f"{on:%Y-%m-%d} 已改好，{len(moved)} 个环节的期限随之重算。")
        return redirect(f"/admin/calendar/?year={on.year}")
    context = {
        "question": f"{on.year}年{on.month}月{on.day}日",
        "consequences": ["改动后，受影响的未办环节会按新的日历重算期限，并留下记录。"],
        "form": form,
        "button": "保存",
        "button_class": "btn-primary",
        "back": f"/admin/calendar/?year={on.year}",
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)


class YearForm(forms.Form):
    year = forms.IntegerField(label="年份", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    days = forms.CharField(
        label="放假安排",
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="每行一天或一段，写“休”或“班”。例如：2027-02-05至2027-02-11 休 春节；2027-02-14 班 春节调休。",
        required=False,
    )
    file = forms.FileField(label="或上传文本文件", required=False, help_text="内容格式同上，UTF-8 编码。")
    source = forms.CharField(
        label="依据", max_length=64, help_text="例如：国务院办公厅关于2027年部分节假日安排的通知。"
    )

    parsed: dict

    def clean(self) -> dict:
        asked = super().clean()
        text = asked.get("days") or ""
        if upload := asked.get("file"):
            if upload.size > 100_000:
                self.add_error("file", "文件太大，放假安排只需要几十行文字。")
                return asked
            try:
                text += "\n" + upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "读不出文字，请另存为 UTF-8 编码的文本文件。")
                return asked
        if asked.get("year"):
            self.parsed, problems = calendar_changes.parse_year(text, asked["year"])
            for problem in problems:
                self.add_error("days", problem)
        return asked


@page(action="calendar.manage")
def add_year(request: HttpRequest) -> HttpResponse:
    """Load the arrangement of a year; a provisional year becomes official and deadlines are computed anew."""
    form = YearForm(request.POST or None, request.FILES or None, initial={"year": clock.today().year + 1})
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        changed = calendar_changes.load_year(
            year=year, days=form.parsed, source=form.cleaned_data["source"], by=request.user
        )
        moved = recompute_due(dates=changed, by=request.user) if changed else []
        messages.success(
            request, f"{year} 年日历已录入，与原来不同的有 {len(changed)} 天，{len(moved)} 个环节的期限随之重算。"
        )
        return redirect(f"/admin/calendar/?year={year}")
    return render(request, "admin/add_year.html", {"form": form}, status=422 if request.method == "POST" else 200)
