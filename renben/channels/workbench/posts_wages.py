"""单位工资表: a unit's month on one page, typed or read from the file the unit sends; all of it is kept or nothing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from renben.channels.workbench.attempts import Refused, attempt
from renben.channels.workbench.downloads import export, full_numbers
from renben.channels.workbench.posts import WORK
from renben.kernel import clock
from renben.kernel.models import Employer
from renben.kernel.policy import Principal, page
from renben.services.support.months import first_of
from renben.services.support.posts import sheets, wages
from renben.services.support.posts.models import PostPlacement

LARGEST_SHEET = 10 * 1024 * 1024
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class SheetFilter(forms.Form):
    unit = forms.ModelChoiceField(
        label="公益性就业组织", required=False, queryset=Employer.objects.none(), empty_label=None
    )
    month = forms.RegexField(MONTH, label="月份", required=False, widget=forms.TextInput(attrs={"type": "month"}))

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        units = principal.scoped("public_post", WORK).order_by().values("employer")
        self.fields["unit"].queryset = Employer.objects.filter(pk__in=units).order_by("name", "id")
        self.fields["unit"].widget.attrs["class"] = "form-select"

    def asked(self) -> tuple[Employer | None, dt.date]:
        """Unit (the first by default) and month (this one)."""
        self.is_valid()
        given = self.cleaned_data
        unit = given.get("unit") or self.fields["unit"].queryset.first()
        month = given.get("month")
        return unit, dt.date.fromisoformat(f"{month}-01") if month else first_of(clock.today())


class SheetFile(forms.Form):
    file = forms.FileField(
        label="单位报来的工资表",
        help_text="Excel 或 CSV，要有证件号码、基本工资、浮动工资三列。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def clean_file(self) -> Any:
        uploaded = self.cleaned_data["file"]
        if uploaded.size > LARGEST_SHEET:
            raise forms.ValidationError("文件超过 10 MB，工资表用不了这么大，请核对是不是选错了文件。")
        return uploaded


@dataclass(frozen=True)
class Line:
    """One person of the sheet as shown: what was typed, or what is on record, or last month's base wage."""

    placement: PostPlacement
    base: str
    floating: str
    is_reported: bool
    is_signed: bool


def _lines(unit: Employer, month: dt.date, typed: dict[str, str]) -> list[Line]:
    staff = list(wages.on_sheet(unit, month))
    known, reported = sheets.on_posts(staff, month)
    signed = wages.settled(staff, month)
    return [
        Line(
            one,
            typed.get(f"base-{one.pk}", f"{row.base_fen / 100:.2f}"),
            typed.get(f"floating-{one.pk}", f"{row.floating_fen / 100:.2f}"),
            one.pk in reported,
            one.pk in signed,
        )
        for one, row in zip(staff, known, strict=True)
    ]


def _typed(request: HttpRequest, unit: Employer, month: dt.date) -> list[wages.Wage]:
    """The lines of the form; Refused names whose figure cannot be read."""
    staff = {one.pk: one for one in wages.on_sheet(unit, month)}
    asked = [int(name.removeprefix("base-")) for name in request.POST if re.fullmatch(r"base-\d{1,18}", name)]
    found = []
    for pk in asked:
        if pk not in staff:
            continue
        texts = [request.POST.get(f"{name}-{pk}", "").strip() or "0" for name in ("base", "floating")]
        try:
            found.append(wages.Wage(staff[pk], *map(wages.fen_of, texts)))
        except ValueError as error:
            name = staff[pk].person.name
            raise Refused(f"{name}：“{str(error)[:20]}”不是金额，请写成 2540.00 这样。") from None
    return found


def _address(unit: Employer, month: dt.date) -> str:
    return f"{reverse('posts:wages')}?unit={unit.pk}&month={month:%Y-%m}"


@page(action=WORK)
def sheet(request: HttpRequest) -> HttpResponse:
    """A unit's sheet of a month; base wages stand there already, so that only the floating ones are typed."""
    form = SheetFilter(request.principal, request.GET)
    unit, month = form.asked()
    status, typed = 200, {}
    if request.method == "POST" and unit is not None:

        def act() -> str:
            count = wages.record_sheet(month=month, wages=_typed(request, unit, month), by=request.user)
            return f"{month:%Y年%m月}的工资表已登记，{count}人有变动。" if count else "与已登记的一样，没有变动。"

        if attempt(request, act):
            return redirect(_address(unit, month))
        status, typed = 422, request.POST.dict()
    lines = _lines(unit, month, typed) if unit is not None else []
    context = {
        "form": form,
        "unit": unit,
        "month": month,
        "lines": lines,
        "missing": sum(not line.is_reported for line in lines),
        "file_form": SheetFile(),
    }
    return render(request, "posts/wages.html", context, status=status)


@page(action=WORK)
@require_POST
def take_sheet(request: HttpRequest) -> HttpResponse:
    """读入工资表: all of it or nothing."""
    unit, month = SheetFilter(request.principal, request.GET).asked()
    form = SheetFile(request.POST, request.FILES)
    if unit is None:
        return redirect("posts:wages")

    def act() -> str:
        if not form.is_valid():
            raise Refused("".join(error for errors in form.errors.values() for error in errors))
        uploaded = form.cleaned_data["file"]
        found = wages.read_sheet(uploaded.read(), uploaded.name, wages.on_sheet(unit, month))
        count = wages.record_sheet(month=month, wages=found, by=request.user)
        return f"读入{len(found)}人，{count}人有变动。"

    attempt(request, act)
    return redirect(_address(unit, month))


@page(action=WORK)
@require_POST
def sheet_export(request: HttpRequest) -> HttpResponse:
    """The unit's sheet to fill in or keep: full numbers, since it comes back by them; the download is on record."""
    unit, month = SheetFilter(request.principal, request.POST).asked()
    staff = wages.on_sheet(unit, month) if unit is not None else PostPlacement.objects.none()
    known = {row.key: row for row in sheets.on_posts(staff, month)[0]}
    numbers = full_numbers(staff.values_list("person_id", flat=True))
    columns = [("姓名", 10), ("证件号码", 22), ("岗位", 20), ("基本工资", 12), ("浮动工资", 12)]

    def line(row: PostPlacement) -> list:
        money = known[row.pk]
        return [
            row.person.name,
            numbers.get(row.person_id, ""),
            row.post.name,
            money.base_fen / 100,
            money.floating_fen / 100,
        ]

    title = f"{unit.name if unit else ''}{month:%Y-%m}工资表"
    return export(request, title, columns, staff, line)
