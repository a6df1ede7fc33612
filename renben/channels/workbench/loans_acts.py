"""What a clerk does on a loan's page: recommend, inspect, report, take money, default, 代偿, plan, link the firm."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.workbench import loans_forms
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.loans import WORK
from renben.channels.workbench.loans_forms import fen
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.support.loans import firms, inspecting, lending, recovering
from renben.services.support.loans.codes import CheckOccasion, CheckWay
from renben.services.support.loans.keeping import money
from renben.services.support.loans.models import Loan, LoanCheck


def _asked(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    button: str,
    notes: tuple[str, ...] = (),
    danger: bool = False,
    loan: Loan | None = None,
) -> HttpResponse:
    """Show the form, or do the act and go back to the loan (the page's own subject unless another is named)."""
    loan = loan or request.subject
    if request.method == "POST" and form.is_valid() and attempt(request, lambda: act(form.cleaned_data)):
        return redirect("loans:loan", loan.pk)
    words = {"title": title, "button": button, "notes": notes, "danger": danger}
    context = {"form": form, "loan": loan, "person": loan.person, **words}
    return render(request, "loans/act.html", context, status=422 if form.is_bound else 200)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@page(action=WORK, subject="loan")
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    """推荐给担保机构."""
    loan: Loan = request.subject
    initial = {"on": clock.today(), "guarantor": loan.guarantor}
    form = loans_forms.RecommendForm(_posted(request), initial=initial)

    def act(asked: dict[str, Any]) -> str:
        held = lending.recommend(loan=loan, by=request.user, **asked)
        return f"已记下：推荐给{held.guarantor}。办件的“签署意见”会带出来。"

    notes = ("送了担保机构就先记下，等银行回告再办“签署意见”。",)
    return _asked(request, form, act, title="推荐给担保机构", button="记下推荐", notes=notes)


@page(action=WORK, subject="loan")
def guarantee(request: HttpRequest, pk: int) -> HttpResponse:
    """担保机构同意担保."""
    loan: Loan = request.subject
    form = loans_forms.GuaranteeForm(_posted(request), initial={"on": clock.today()})

    def act(asked: dict[str, Any]) -> str:
        lending.guarantee(loan=loan, by=request.user, **asked)
        return "已记下：担保机构同意担保，等银行放款。"

    return _asked(request, form, act, title="担保机构同意担保", button="记下")


@page(action=WORK, subject="loan")
def lend(request: HttpRequest, pk: int) -> HttpResponse:
    """登记银行放款 of a labour-intensive firm's loan."""
    loan: Loan = request.subject
    agreed = loan.recommended_fen or loan.amount_fen
    initial = {"amount": Decimal(agreed) / 100, "issued_on": clock.today(), "arrived_on": clock.today()}
    form = loans_forms.LendForm(_posted(request), initial=initial)

    def act(asked: dict[str, Any]) -> str:
        firms.demand_firm(loan)
        terms = lending.Terms(
            asked["bank"], fen(asked["amount"]), asked["issued_on"], asked["arrived_on"], asked["due_on"]
        )
        lending.lend(loan=loan, terms=terms, by=request.user)
        return "放款已登记。首次检查和建档的最晚日期在下面“该做的检查”里。"

    notes = (f"审定数额{money(agreed)}，放款不能超过这个数。",)
    return _asked(request, form, act, title="登记放款", button="登记放款", notes=notes)


@page(action=WORK, subject="loan")
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """担保机构或银行不同意: this loan ends."""
    loan: Loan = request.subject
    form = loans_forms.DeclineForm(_posted(request), initial={"on": clock.today()})

    def act(asked: dict[str, Any]) -> str:
        firms.demand_firm(loan)
        lending.decline(loan=loan, by=request.user, **asked)
        return "已登记。请把理由告诉企业。"

    title = "担保机构或银行不同意"
    return _asked(request, form, act, title=title, button="登记，这笔贷款到此结束", danger=True)


@page(action=WORK, subject="loan")
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """建立贷款档案 of a labour-intensive firm's loan."""
    loan: Loan = request.subject
    form = loans_forms.FolderForm(_posted(request))

    def act(asked: dict[str, Any]) -> str:
        firms.demand_firm(loan)
        held = lending.file_loan(loan=loan, folder=lending.Folder(**asked), by=request.user, on=clock.today())
        return f"已建档，档案号{held.file_number}。"

    return _asked(request, form, act, title="建立贷款档案", button="建档")


@page(action=WORK, subject="loan")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """贷后检查, item by item."""
    loan: Loan = request.subject
    first = loan.state == Loan.State.DISBURSED
    initial = {
        "on": clock.today(),
        "inspector": request.user.display_name,
        "occasion": CheckOccasion.FIRST if first else CheckOccasion.MONTHLY,
        "way": CheckWay.ON_SITE,
        "has_changed": "no",
    }
    form = loans_forms.CheckForm(_posted(request), initial=initial)

    def act(asked: dict[str, Any]) -> str:
        made = inspecting.record(loan=loan, inspection=form.inspection(), by=request.user)
        if made.has_changed or made.problem:
            return "检查已记下。要书面报告的已列入待办，报告以后回来登记日期。"
        return "检查已记下。本月、本季职责里会带出来。"

    return _asked(request, form, act, title="登记贷后检查", button="记下检查")


@page(action=WORK, subject="loan_check")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """登记书面报告日期 of what an inspection found."""
    found: LoanCheck = request.subject
    form = loans_forms.ReportForm(_posted(request), initial={"on": clock.today()})

    def act(asked: dict[str, Any]) -> str:
        inspecting.report(check=found, on=asked["on"], by=request.user)
        return "报告日期已登记。"

    notes = (found.problem or found.note,)
    return _asked(request, form, act, title="登记书面报告", button="登记", notes=notes, loan=found.loan)


@page(action=WORK, subject="loan")
def repay(request: HttpRequest, pk: int) -> HttpResponse:
    """登记还款, or what came back after 代偿."""
    loan: Loan = request.subject
    left = recovering.account_of(loan).owed
    back = loan.state in recovering.WITH_GUARANTOR
    form = loans_forms.MoneyForm(_posted(request), initial={"on": clock.today()})

    def act(asked: dict[str, Any]) -> str:
        held = recovering.take_money(
            loan=loan, fen=fen(asked["amount"]), on=asked["on"], note=asked["note"], by=request.user
        )
        rest = recovering.account_of(held).owed
        return f"已记下，还欠{money(rest)}。" if rest else "已记下，这笔贷款全部还清。"

    title = "登记追回" if back else "登记还款"
    return _asked(request, form, act, title=title, button="登记", notes=(f"现在还欠{money(left)}（本金）。",))


@page(action=WORK, subject="loan")
def default(request: HttpRequest, pk: int) -> HttpResponse:
    """登记逾期."""
    loan: Loan = request.subject
    form = loans_forms.DefaultForm(_posted(request), initial={"on": loan.due_on or clock.today()})

    def act(asked: dict[str, Any]) -> str:
        recovering.default(loan=loan, by=request.user, **asked)
        return "已登记逾期。接着督促订还款计划；担保机构代偿了的，登记代偿。"

    return _asked(request, form, act, title="登记逾期", button="登记逾期", danger=True)


@page(action=WORK, subject="loan")
def pay_out(request: HttpRequest, pk: int) -> HttpResponse:
    """登记担保机构代偿."""
    loan: Loan = request.subject
    form = loans_forms.MoneyForm(_posted(request), initial={"on": clock.today()})

    def act(asked: dict[str, Any]) -> str:
        recovering.pay_out(loan=loan, fen=fen(asked["amount"]), on=asked["on"], note=asked["note"], by=request.user)
        return "已登记代偿。借款人从现在起欠担保机构这笔钱，请接着订还款计划。"

    notes = ("填担保机构实际付给银行的本息合计。", "代偿以后，欠的就是这个数，从前的还款计划作废。")
    return _asked(request, form, act, title="登记代偿", button="登记代偿", notes=notes, danger=True)


@page(action=WORK, subject="loan")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """订立还款计划 for all that is owed."""
    loan: Loan = request.subject
    left = recovering.account_of(loan).owed
    form = loans_forms.PlanForm(_posted(request), initial={"first_on": clock.today()})

    def act(asked: dict[str, Any]) -> str:
        recovering.make_plan(loan=loan, by=request.user, **asked)
        return f"还款计划已订立，共{asked['count']}期。"

    notes = (f"现在还欠{money(left)}，各期相加正好是这个数，零头放在最后一期。",)
    return _asked(request, form, act, title="订立还款计划", button="订立", notes=notes)


@page(action=WORK, subject="loan")
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """关联借款企业 by its code."""
    loan: Loan = request.subject
    form = loans_forms.FirmForm(_posted(request))

    def act(asked: dict[str, Any]) -> str:
        lending.link_firm(loan=loan, firm=form.firm, by=request.user)
        return f"已关联{form.firm.name}。"

    return _asked(request, form, act, title="关联借款企业", button="关联")
