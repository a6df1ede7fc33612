"""市场数字: the market of a period in one table; every number opens the rows it counts."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.downloads import export
from renben.channels.workbench.referrals import VIEW
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import clock
from renben.kernel.policy import Principal, page
from renben.services.placement import market
from renben.services.placement.market import BY, LISTS, Line, Market
from renben.services.placement.models import Seeker, Vacancy

USUAL = dt.timedelta(days=90)


def _day(text: str, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return otherwise


def asked_of(given: Any) -> dict[str, Any]:
    """Period, dimension and list of a question, brought to known values."""
    today = clock.today()
    until = _day(given.get("until", ""), today)
    since = min(_day(given.get("since", ""), until - USUAL), until)
    by, name = given.get("by", "street"), given.get("list", "")
    return {
        "since": since,
        "until": until,
        "by": by if by in BY else "street",
        "list": name if name in LISTS else "",
        "key": given.get("key", "")[:40],
    }


def market_of(principal: Principal, asked: dict[str, Any]) -> Market:
    """What the reader may count of the period: vacancies and registrations of the own offices, referrals as in the list."""
    period = (asked["since"], asked["until"])
    vacancies = Vacancy.objects.filter(principal.within("organization__path", VIEW), registered_on__range=period)
    vacancies = vacancies.exclude(state__in=(Vacancy.State.DRAFT, Vacancy.State.SUBMITTED, Vacancy.State.RETURNED))
    seekers = Seeker.objects.filter(principal.within("person__organization__path", VIEW), registered_on__range=period)
    referrals = principal.scoped("referral", VIEW).filter(made_on__range=period)
    return Market(vacancies, seekers, referrals, market.streets_of())


def _share(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f}%"


def _ratio(line: Line) -> str:
    """求人倍率 rounded as the national report rounds it (`stat.job_ratio`)."""
    if not line.seekers:
        return "—"
    decimals = int(Reader(load_parameters(), clock.today())("stat.job_ratio.decimals"))
    ratio = Decimal(line.places) / Decimal(line.seekers)
    return str(ratio.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _cells(line: Line, asked: dict[str, Any]) -> dict[str, Any]:
    """One line as the table shows it: numbers with the address of their list, then what follows from them."""
    base = {name: asked[name] for name in ("since", "until", "by")}

    def opens(name: str, number: int) -> dict[str, Any]:
        return {
            "number": number,
            "url": f"?{urlencode(base | {'list': name, 'key': line.key})}#rows",
            "label": LISTS[name],
        }

    return {
        "label": line.label,
        "numbers": [
            opens("vacancies", line.vacancies),
            opens("seekers", line.seekers),
            opens("placed", line.placed),
            opens("filled", line.full),
            opens("referrals", line.decided),
            opens("hired", line.hired),
        ],
        "places": line.places,
        "filled": line.filled,
        "shares": [
            ("求人倍率", _ratio(line)),
            ("满足率", _share(line.fill_rate)),
            ("招满天数", "—" if line.days_to_fill is None else f"{line.days_to_fill:.1f}"),
            ("就业率", _share(line.placement_rate)),
            ("推荐成功率", _share(line.success)),
        ],
    }


@page(action=VIEW)
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """The table, and below it the rows of the number that was opened."""
    asked = asked_of(request.GET)
    held = market_of(request.principal, asked)
    found, total = market.lines(held, asked["by"])
    context = {
        "asked": asked,
        "dimensions": BY.items(),
        "dimension": BY[asked["by"]],
        "lines": [_cells(line, asked) for line in found],
        "total": _cells(total, asked),
        "opened": None,
    }
    if asked["list"]:
        kind = asked["list"]
        rows = held.rows(kind, asked["by"], asked["key"])
        related = ("vacancy__employer", "organization", "person")
        if kind in ("vacancies", "filled"):
            related = ("employer", "organization")
        elif kind in ("seekers", "placed"):
            related = ("person", "organization")
        context["opened"] = {
            "label": LISTS[kind],
            "kind": kind,
            "rows": paginate(request, rows.select_related(*related).order_by("-id")),
        }
    return render(request, "referrals/numbers.html", context)


@page(action=VIEW)
@require_POST
def numbers_export(request: HttpRequest) -> HttpResponse:
    """The table as a workbook."""
    asked = asked_of(request.POST)
    held = market_of(request.principal, asked)
    found, total = market.lines(held, asked["by"])
    columns = [
        (BY[asked["by"]], 24), ("招聘岗位", 10), ("招聘人数", 10), ("已招到", 10), ("招满岗位", 10), ("招满天数", 10), ("满足率", 10),
        ("求职登记", 10), ("已就业", 10), ("就业率", 10), ("求人倍率", 10), ("有结果的推荐", 12), ("推荐录用", 10), ("推荐成功率", 12),
    ]  # fmt: skip

    def line(one: Line) -> list[Any]:
        days = "—" if one.days_to_fill is None else f"{one.days_to_fill:.1f}"
        return [
            one.label, one.vacancies, one.places, one.filled, one.full, days, _share(one.fill_rate), one.seekers,
            one.placed, _share(one.placement_rate), _ratio(one), one.decided, one.hired, _share(one.success),
        ]  # fmt: skip

    title = f"市场数字（{asked['since']:%Y%m%d}-{asked['until']:%Y%m%d}）"
    return export(request, title, columns, [*found, total], line)
