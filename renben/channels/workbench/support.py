"""社会保险补贴: the district's list of subsidies, and one subsidy that explains itself month by month (J-4.3.2, Q-1.3.1, Q-1.3.2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt, of_people, offices_under
from renben.channels.workbench.downloads import export
from renben.engines.payments import accounts
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.services.registration.registering import appeal_text
from renben.services.support import adjusting, planning
from renben.services.support.codes import Kind
from renben.services.support.explaining import print_explanation
from renben.services.support.models import InsuranceSubsidy, SubsidyAdjustment, SubsidyMonth
from renben.services.support.printed import periods

State = InsuranceSubsidy.State
VIEW, WORK = "subsidy.view", "subsidy.work"


class SubsidyFilter(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、证件号", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    kind = forms.ChoiceField(
        label="补贴类别",
        required=False,
        choices=[("", "全部"), *Kind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    street = forms.ModelChoiceField(
        label="受理社保所", required=False, queryset=Organization.objects.none(), empty_label="全部"
    )

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        self.fields["street"].queryset = offices_under(principal, VIEW)
        self.fields["street"].label_from_instance = lambda office: office.short_name
        self.fields["street"].widget.attrs["class"] = "form-select"


def selected(principal: Principal, form: SubsidyFilter, *, by_state: bool = True) -> QuerySet[InsuranceSubsidy]:
    """The subsidies a filled-in filter asks for, each with the number of months drawn."""
    form.is_valid()
    asked = form.cleaned_data
    rows = of_people(principal.scoped("subsidy", VIEW), asked.get("q", ""))
    if asked.get("street"):
        rows = rows.filter(organization=asked["street"])
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


def with_months(rows: QuerySet[InsuranceSubsidy]) -> QuerySet[InsuranceSubsidy]:
    """Newest first, each with the months drawn and those held back."""
    state = SubsidyMonth.State
    return rows.annotate(
        drawn=Count("months", filter=Q(months__state=state.PAID)),
        held=Count("months", filter=Q(months__state__in=[state.HELD, state.RETURNED])),
    ).order_by("-applied_on", "-id")


@page(action=VIEW)
@require_GET
def subsidy_list(request: HttpRequest) -> HttpResponse:
    """Subsidies by state; the numbers are the filter."""
    form = SubsidyFilter(request.principal, request.GET)
    rows = selected(request.principal, form)
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, with_months(rows)),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "support/list.html", context)


@page(action=VIEW)
@require_POST
def subsidy_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked."""
    rows = with_months(selected(request.principal, SubsidyFilter(request.principal, request.POST)))
    columns = [
        ("姓名", 10), ("证件号码", 22), ("补贴类别", 20), ("状态", 16), ("申请日期", 12), ("起始月", 10), ("补贴年限（月）", 12),
        ("此前已享受", 10), ("可享受月数", 10), ("已发月数", 10), ("受理社保所", 16), ("批复文号", 20), ("停发起始", 12), ("停发情形", 20),
    ]  # fmt: skip

    def line(row: InsuranceSubsidy) -> list:
        return [
            row.person.name, row.person.id_masked, row.get_kind_display(), row.get_state_display(), row.applied_on,
            f"{row.first_month:%Y-%m}" if row.first_month else "", row.ceiling, row.months_before, row.months_granted,
            row.drawn, row.organization.short_name, row.reply_number,
            f"{row.stop_month:%Y-%m}" if row.stop_month else "", row.get_stop_event_display() if row.stop_event else "",
        ]  # fmt: skip

    return export(request, "社会保险补贴清单", columns, rows, line)


@page(action=VIEW, subject="subsidy")
@require_GET
def subsidy_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why so many months and so much money, every month with its state, what was seen on the spot, what is owed."""
    subsidy: InsuranceSubsidy = request.subject
    determination = subsidy.determination
    months = list(subsidy.months.select_related("payment_line__batch", "checked_by").order_by("month"))
    paid = [row for row in months if row.state == SubsidyMonth.State.PAID]
    context = {
        "subsidy": subsidy,
        "person": subsidy.person,
        "determination": determination,
        "parts": determination.parts if determination else [],
        "parameters": determination.parameter_versions if determination else [],
        "missing": determination.missing if determination else [],
        "periods": periods(determination),
        "months": months,
        "paid_count": len(paid),
        "paid_fen": sum(row.payment_line.fen for row in paid if row.payment_line),
        "adjustments": subsidy.adjustments.exclude(state=SubsidyAdjustment.State.VOID).order_by("month", "id"),
        "visits": subsidy.visits.order_by("-on", "-id"),
        "account": accounts.current([subsidy.person_id]).get(subsidy.person_id),
        "may_stop": subsidy.agreed_on is not None and subsidy.state in (State.DRAWING, State.COMPLETED, State.STOPPED),
        "may_resume": subsidy.state == State.STOPPED,
        "may_visit": subsidy.state in (State.DRAWING, State.STOPPED, State.COMPLETED),
        "appeal": appeal_text() if subsidy.state == State.REFUSED else "",
        "last_month": planning.last_month(subsidy) if subsidy.first_month else None,
    }
    return render(request, "support/subsidy.html", context)


@page(action="document.print", subject="subsidy")
@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """《社会保险补贴判定告知书》 for the citizen, in plain words."""
    paper = print_explanation(subsidy=request.subject, by=request.user)
    return redirect("cases:document", pk=paper.pk)


@page(action=WORK, subject="subsidy")
@require_POST
def recompute(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare every paid month with the rules of today: differences become 补发 or 追回."""
    subsidy: InsuranceSubsidy = request.subject

    def act() -> str:
        found = adjusting.review_paid(subsidy=planning.lock(subsidy), by=request.user)
        if not found:
            return f"按{clock.today():%Y年%m月%d日}的规定重算，已发的月份都没有差额。"
        return f"重算出{len(found)}笔差额，见下面“补发和追回”。"

    attempt(request, act)
    return redirect("support:subsidy", pk)
