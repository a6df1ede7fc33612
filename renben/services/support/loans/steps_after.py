"""Step actions after the bank has paid: inspections, monthly and quarterly duties, the community's visits, repayment, interest."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.contracts import Done, StepContext
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans import inspecting, lending, recovering
from renben.services.support.loans import interest as interests
from renben.services.support.loans.codes import FIRMS, SEEN, CheckOccasion, CheckWay, LoanKind
from renben.services.support.loans.due import month_of, quarter_of
from renben.services.support.loans.inspecting import Inspection
from renben.services.support.loans.keeping import money, tell
from renben.services.support.loans.models import Loan, LoanCheck, LoanEvent
from renben.services.support.loans.steps import answer, day_of, loan_of, refusable
from renben.services.support.steps import step_action

State, Event = Loan.State, LoanEvent.Kind
COMPANY_STATES = {"good": "正常", "worse": "有变化", "serious": "严重变化", "recovery": "已代偿或追偿"}


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _is_known(check_of: Loan, on: dt.date, way: str) -> bool:
    """Whether the same visit was written on the loan's page already."""
    return LoanCheck.objects.filter(loan=check_of, on=on, way=way).exists()


def _seven(row: dict[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in SEEN if row.get(name)}


def _findings(ctx: StepContext, loan: Loan) -> dict[str, Any]:
    """What J-5.4.5 asks about a change or a sudden problem, if it is about this loan."""
    given, found = ctx.facts, {}
    alone = not ctx.case.duty
    names = {loan.borrower_name, loan.business_name, loan.file_number}
    if given.get("material_change") and (alone or given.get("change_borrower") in names):
        found |= {"has_changed": True, "note": "检查内容有重大变化", "found_on": _day(given.get("material_change_on"))}
        found["reported_on"] = _day(given.get("change_reported_on"))
    if given.get("sudden_problem") and (alone or given.get("problem_borrower") in names):
        found |= {"problem": given.get("problem_text") or "", "found_on": _day(given.get("problem_found_on"))}
        found["reported_on"] = _day(given.get("problem_reported_on"))
    return found


def _demand_all(ctx: StepContext, loans: list[Loan], checked: set[int], since: dt.date, what: str) -> None:
    """A duty covers every running loan, or the clerk says why not."""
    done = set(
        LoanCheck.objects.filter(loan__in=loans, on__gte=since)
        .exclude(occasion=CheckOccasion.COMMUNITY)
        .order_by()
        .values_list("loan_id", flat=True)
    )
    left = [loan for loan in loans if loan.pk not in done | checked]
    if left and not ctx.reason.strip():
        names = "、".join(loan.business_name or loan.borrower_name for loan in left[:6])
        text = f"还有{len(left)}户{what}没有检查：{names}"
        raise NotPossible(Why("unchecked", f"{text}。", "请补上，或者在“说明”里写明原因。"))


def _demand_named(ctx: StepContext, made: set[int]) -> None:
    """Whoever a change or a problem is about stands among the inspected."""
    asked = {"change_borrower": "material_change", "problem_borrower": "sudden_problem"}
    for name, flag in asked.items():
        if not ctx.facts.get(flag):
            continue
        borrower = ctx.facts.get(name) or ""
        if inspecting.named(ctx.organization, borrower, LoanKind.INDIVIDUAL).pk not in made:
            text = f"“{borrower}”有变化或问题，可逐户检查里没有这一户。"
            raise NotPossible(Why("not_inspected", text, "请在明细里补上这一户的检查。"))


def _first_or_monthly(ctx: StepContext, loan: Loan) -> str:
    if ctx.case.duty or loan.state != State.DISBURSED:
        return CheckOccasion.MONTHLY
    return CheckOccasion.FIRST


@refusable
def check(ctx: StepContext) -> Done:
    """J-5.4.5 贷后管理, of one loan or as the month's duty of all running ones."""
    given, rows = ctx.facts, ctx.facts.get("loan_checks") or []
    own = None if ctx.case.duty else loan_of(ctx)
    made: set[int] = set()
    last = {row["borrower"]: place for place, row in enumerate(rows)}
    for place, row in enumerate(rows):
        loan = own or inspecting.named(ctx.organization, row["borrower"], LoanKind.INDIVIDUAL)
        loan.refresh_from_db()
        is_last = place == len(rows) - 1 if own else last[row["borrower"]] == place
        findings = _findings(ctx, loan) if is_last else {}
        made.add(loan.pk)
        on = dt.date.fromisoformat(row["day"])
        if own is None and not findings and _is_known(loan, on, row["way"]):
            continue
        inspection = Inspection(
            on=on,
            way=row["way"],
            occasion=_first_or_monthly(ctx, loan),
            inspector=ctx.by.display_name,
            seen=_seven(row),
            **findings,
        )
        inspecting.record(loan=loan, inspection=inspection, by=ctx.by, case=ctx.case)
    if own is None:
        first, _ = month_of(ctx.case.period_on or ctx.on)
        running = list(inspecting.running_at(ctx.organization, LoanKind.INDIVIDUAL))
        _demand_all(ctx, running, made, first, "本月")
        _demand_named(ctx, made)
    elif given.get("loan_file_number"):
        folder = lending.Folder(number=given["loan_file_number"])
        lending.file_loan(loan=own, folder=folder, by=ctx.by, on=ctx.on, case=ctx.case)
    return Done(refs={"loans": sorted(made)})


def _visit(ctx: StepContext, loan: Loan, on: dt.date, note: str, **more: Any) -> None:
    if _is_known(loan, on, CheckWay.ON_SITE):
        return
    inspection = Inspection(
        on=on, way=CheckWay.ON_SITE, occasion=CheckOccasion.ON_SITE, inspector=ctx.by.display_name, note=note, **more
    )
    inspecting.record(loan=loan, inspection=inspection, by=ctx.by, case=ctx.case)


@refusable
def visit(ctx: StepContext) -> Done:
    """J-5.4.5 每季贷款户实地考察: each line lands on its loan."""
    seen = set()
    for row in ctx.facts.get("loan_visits") or []:
        loan = inspecting.named(ctx.organization, row["borrower"], LoanKind.INDIVIDUAL)
        operating = row.get("operating")
        state = "" if operating is None else "正常经营；" if operating else "没有正常经营；"
        _visit(ctx, loan, dt.date.fromisoformat(row["day"]), f"{row['place']}：{state}{row['finding']}")
        seen.add(loan.pk)
    _demand_quarter(ctx, seen, LoanKind.INDIVIDUAL)
    return Done(refs={"loans": sorted(seen)})


@refusable
def visit_firms(ctx: StepContext) -> Done:
    """Q-1.3.3 每季贷款企业实地跟踪: each line lands on its loan; a serious change is one to report."""
    seen = set()
    for row in ctx.facts.get("loan_visits") or []:
        loan = inspecting.named(ctx.organization, row["employer"], *FIRMS)
        note = f"经营{COMPANY_STATES[row['state']]}；资金使用：{row['used_for']}"
        note += f"；措施：{row['measure']}" if row.get("measure") else ""
        _visit(ctx, loan, dt.date.fromisoformat(row["visited_day"]), note, has_changed=row["state"] == "serious")
        seen.add(loan.pk)
    _demand_quarter(ctx, seen, *FIRMS)
    return Done(refs={"loans": sorted(seen)})


def _demand_quarter(ctx: StepContext, seen: set[int], *kinds: str) -> None:
    first, _ = quarter_of(ctx.case.period_on or ctx.on)
    _demand_all(ctx, list(inspecting.running_at(ctx.organization, *kinds)), seen, first, "本季")


@step_action
def inspect_firm(ctx: StepContext) -> Done:
    """Q-1.3.3 贷后管理: the first inspection after the money came."""
    given = ctx.facts
    is_other = given.get("use_matches") == "different"
    inspection = Inspection(
        on=day_of(ctx, "inspected_on"),
        way=CheckWay.ON_SITE,
        occasion=CheckOccasion.FIRST,
        inspector=ctx.by.display_name,
        seen={
            "funds": "用途与申请不一致" if is_other else "用途与申请一致",
            "pledge": given.get("collateral_state") or "",
        },
        note=given.get("inspection_findings") or "",
        problem="贷款用途与申请不一致" if is_other else "",
    )
    loan = loan_of(ctx)
    inspecting.record(loan=loan, inspection=inspection, by=ctx.by, case=ctx.case)
    return answer(loan)


@step_action
def settle(ctx: StepContext) -> Done:
    """J-5.4.5 代偿、追偿: paid back, or overdue until nothing is owed any more."""
    given, loan = ctx.facts, loan_of(ctx)
    if given["repayment_state"] in ("on_time", "early"):
        left = recovering.account_of(loan).owed
        if loan.is_lent and left:
            loan = recovering.take_money(
                loan=loan, fen=left, on=day_of(ctx, "repaid_on"), note="按期（提前）还清", by=ctx.by
            )
        return answer(loan)
    if loan.is_lent:
        text = f"还欠{money(recovering.account_of(loan).owed)}，追偿没有结束。"
        raise NotPossible(
            Why("still_owed", text, "请在这笔贷款的页面登记逾期、代偿、还款计划和追回的钱，还清了再办这一步。")
        )
    return answer(loan)


@refusable
def interest(ctx: StepContext) -> Done:
    """Q-1.3.3、Q-1.3.4 贴息审核: only for a loan paid back in time; how much follows from the standard, never typed."""
    given, loan = ctx.facts, loan_of(ctx)
    if given["repaid_way"] == "late" or not given.get("clean_record"):
        raise NotPossible(Why("not_clean", "逾期还款或有不良记录，不能贴息。", "请选“不予贴息”。"))
    if loan.is_lent:
        left = recovering.account_of(loan).owed
        loan = recovering.take_money(loan=loan, fen=left, on=day_of(ctx, "repaid_on"), note="还清", by=ctx.by)
    fen = interests.grant(loan=loan, interest_fen=int(given["interest_paid"]), by=ctx.by, on=ctx.on, case=ctx.case)
    return Done(refs={"loan": loan.pk, "interest_fen": fen})


def _community_loan(ctx: StepContext) -> Loan | None:
    return Loan.objects.of_journey(ctx.case.journey_id)


@refusable
def watch(ctx: StepContext) -> Done:
    """C-7.1.2.1 跟踪调查: what the community saw stands on the loan, when there is one."""
    given, loan = ctx.facts, _community_loan(ctx)
    if loan is None:
        return Done()
    labels = {"preparing": "筹备中", "normal": "正常经营", "difficult": "经营困难", "stopped": "已停业"}
    note = f"{labels[given['business_state']]}：{given['business_detail']}"
    on = day_of(ctx, "loan_visited_on")
    if not loan.is_lent:
        tell(loan, Event.COMMUNITY, on, ctx.by, text=note, case=ctx.case)
        return Done(refs={"loan": loan.pk})
    inspection = Inspection(
        on=on,
        way=CheckWay.ON_SITE,
        occasion=CheckOccasion.COMMUNITY,
        inspector=ctx.by.display_name,
        note=note,
        problem=(given.get("loan_problems") or "") if given.get("loan_problem_seen") else "",
        found_on=_day(given.get("problem_found_on")),
    )
    kept = inspecting.record(loan=loan, inspection=inspection, by=ctx.by, case=ctx.case)
    return Done(refs={"loan": loan.pk, "check": kept.pk})


@refusable
def vouch(ctx: StepContext) -> Done:
    """C-7.1.2.1 协查核实: three answers."""
    given, loan = ctx.facts, _community_loan(ctx)
    if loan is None:
        return Done()
    labels = {"same": "属实", "different": "不符", "unclear": "核实不了"}
    asked = {"借款人": "borrower_check", "经营地": "place_check", "材料": "material_check"}
    text = "，".join(f"{label}{labels[given[name]]}" for label, name in asked.items() if given.get(name))
    text += f"；{given['check_note']}" if given.get("check_note") else ""
    tell(loan, Event.COMMUNITY, day_of(ctx, "checked_on"), ctx.by, text=text, case=ctx.case)
    return Done(refs={"loan": loan.pk})


@refusable
def collect(ctx: StepContext) -> Done:
    """C-7.1.2.1 追索、追偿: what was paid at each visit is the loan's money."""
    loan = _community_loan(ctx)
    if loan is None:
        return Done()
    for row in ctx.facts.get("recovery_visits") or []:
        fen, on = int(row.get("repaid_fen") or 0), dt.date.fromisoformat(row["done_on"])
        tell(loan, Event.COMMUNITY, on, ctx.by, text=f"催收：{row['way']}。{row.get('reply') or ''}", case=ctx.case)
        if fen:
            loan = recovering.take_money(loan=loan, fen=fen, on=on, note="社区（村）协助催收", by=ctx.by)
    return Done(refs={"loan": loan.pk, "owed": recovering.account_of(loan).owed})
