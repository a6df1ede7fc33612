"""小额担保贷款: the list of loans, and one loan with why, its timeline, its money and the checks due (J-4.3.3, J-5.4.5, Q-1.3.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import of_people, offices_under
from renben.channels.workbench.downloads import export
from renben.kernel import clock, masking
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.services.registration.registering import appeal_text
from renben.services.support.loans import firm_rules, firms, inspecting, interest, limits, recovering
from renben.services.support.loans.codes import FIRMS, SEEN, LoanKind
from renben.services.support.loans.models import Loan

State = Loan.State
VIEW, WORK = "loan.view", "loan.work"


class LoanFilter(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、证件号、字号", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    kind = forms.ChoiceField(
        label="贷款类别",
        required=False,
        choices=[("", "全部"), *LoanKind.choices],
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


def selected(principal: Principal, form: LoanFilter, *, by_state: bool = True) -> QuerySet[Loan]:
    """The loans a filled-in filter asks for, by person or by the name of the business."""
    form.is_valid()
    asked = form.cleaned_data
    rows, text = principal.scoped("loan", VIEW), (asked.get("q") or "").strip()
    if text:
        found = of_people(rows, text).values("pk")
        rows = rows.filter(Q(pk__in=found) | Q(business_name__icontains=text) | Q(file_number=text))
    if asked.get("street"):
        rows = rows.filter(organization=asked["street"])
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


def with_checks(rows: QuerySet[Loan]) -> QuerySet[Loan]:
    """Newest first, each with the day it was last inspected."""
    return rows.annotate(checked_on=Max("checks__on")).order_by("-applied_on", "-id")


@page(action=VIEW)
@require_GET
def loan_list(request: HttpRequest) -> HttpResponse:
    """Loans by state; the numbers are the filter."""
    form = LoanFilter(request.principal, request.GET)
    rows = selected(request.principal, form)
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, with_checks(rows)),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "loans/list.html", context)


def _yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100


@page(action=VIEW)
@require_POST
def loan_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked."""
    rows = with_checks(selected(request.principal, LoanFilter(request.principal, request.POST)))
    columns = [
        ("借款人", 10), ("证件号码", 22), ("字号或企业名称", 24), ("贷款类别", 20), ("状态", 16), ("申请日期", 12),
        ("申请金额（元）", 14), ("推荐金额（元）", 14), ("放款金额（元）", 14), ("担保机构", 20), ("经办银行", 20), ("资金到位日期", 12),
        ("到期日", 12), ("贷款档案号", 16), ("最近检查", 12), ("受理社保所", 16),
    ]  # fmt: skip

    def line(row: Loan) -> list:
        return [
            row.borrower_name, row.person.id_masked if row.person else "", row.business_name, row.get_kind_display(), row.get_state_display(),
            row.applied_on, _yuan(row.amount_fen), _yuan(row.recommended_fen), _yuan(row.lent_fen), row.guarantor, row.bank,
            row.arrived_on, row.due_on, row.file_number, row.checked_on, row.organization.short_name,
        ]  # fmt: skip

    return export(request, "小额担保贷款清单", columns, rows, line)


@page(action=VIEW, subject="loan")
@require_GET
def loan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why, what happened, what is due."""
    loan: Loan = request.subject
    determination, today = loan.decided, clock.today()
    context = {
        "loan": loan,
        "person": loan.person,
        "parts": determination.parts if determination else [],
        "parameters": determination.parameter_versions if determination else [],
        "missing": determination.missing if determination else [],
        "events": loan.events.select_related("recorded_by", "case").order_by("on", "id"),
        "appeal": appeal_text() if loan.state == State.REFUSED else "",
        "today": today,
        "offered": offered(loan),
        "owed_checks": [(one, one.is_late(today)) for one in inspecting.owed_of(loan, today)],
        "file_by": limits.file_by(loan.kind, loan.issued_on) if loan.issued_on and not loan.filed_on else None,
        "checks": checks_of(loan),
        "account": recovering.account_of(loan) if loan.issued_on else None,
        "moneys": loan.moneys.select_related("recorded_by").order_by("on", "id"),
        "standing": recovering.standing_of(loan, today),
        "interest_missing": interest.missing(loan.issued_on or today) if loan.kind in FIRMS else "",
    } | _roster(loan)
    return render(request, "loans/loan.html", context)


def _roster(loan: Loan) -> dict[str, Any]:
    """The newly hired of a labour-intensive firm with who counts; nothing for any other loan."""
    staffing = firms.staffing_of(loan) if loan.kind == LoanKind.INTENSIVE else None
    if staffing is None:
        return {"staffing": None}
    hires = firms.hires_of(loan)
    for row in hires:
        row.shown_name = masking.mask_name(row.name, "list")
    counted = sum(row.is_counted for row in hires)
    share = firm_rules.share_percent(staffing.staff_before, counted)
    return {"staffing": staffing, "hires": hires, "hired_count": counted, "hire_share": f"{share:g}"}


OFFERS = {
    "recommend": ("推荐给担保机构", (State.REVIEWED,)),
    "guarantee": ("担保机构同意", (State.RECOMMENDED,)),
    "check": ("登记检查", Loan.LENT),
    "repay": ("登记还款", recovering.WITH_BANK),
    "default": ("登记逾期", (State.DISBURSED, State.REPAYING)),
    "pay_out": ("登记代偿", (State.DEFAULTED,)),
    "plan": ("订还款计划", (State.DEFAULTED, *recovering.WITH_GUARANTOR)),
}
"""What the page offers in which state: address, words, states."""


OFFERS_FIRM = {
    "lend": ("登记放款", (State.GUARANTEED,)),
    "decline": ("担保机构或银行不同意", (State.RECOMMENDED, State.GUARANTEED)),
}
"""Further acts of a labour-intensive firm's loan, whose procedure ends with the finance bureau (P-10)."""


def offered(loan: Loan) -> list[tuple[str, str]]:
    """(name of the address, words) of the acts that fit where the loan stands."""
    offers = OFFERS | (OFFERS_FIRM if loan.kind == LoanKind.INTENSIVE else {})
    found = [(f"loans:{name}", words) for name, (words, states) in offers.items() if loan.state in states]
    if loan.kind == LoanKind.INTENSIVE and loan.issued_on and not loan.filed_on:
        found.append(("loans:file", "建立贷款档案"))
    if loan.state in recovering.WITH_GUARANTOR:
        found.append(("loans:repay", "登记追回"))
    if loan.kind == LoanKind.COMPANY and loan.employer_id is None:
        found.append(("loans:link", "关联借款企业"))
    return found


def checks_of(loan: Loan) -> list[dict[str, Any]]:
    """Inspections, newest first, with the seven answers in words and until when a report is due."""
    rows = loan.checks.select_related("recorded_by").order_by("-on", "-id")
    return [
        {
            "row": row,
            "seen": [(label, row.seen[name]) for name, label in SEEN.items() if row.seen.get(name)],
            "report_by": inspecting.report_due(row),
        }
        for row in rows
    ]
