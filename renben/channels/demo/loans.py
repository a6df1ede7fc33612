"""Guaranteed loans of the demonstration, one at each stage: refused, asked for, recommended, paid out, inspected, recovered by plan; most
of them in the street of the shown accounts, where a labour-intensive firm has borrowed too."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from renben.channels.demo.work import District
from renben.kernel import clock
from renben.kernel.models import Employer, LabourSpell, Organization, Person
from renben.kernel.people import full_number
from renben.kernel.roles import Role
from renben.services.registration.territory import street_of
from renben.services.support.loans import applying, firms, inspecting, lending, recovering
from renben.services.support.loans.codes import SEEN, CheckOccasion, CheckWay, HireProof, LoanKind
from renben.services.support.loans.inspecting import Inspection
from renben.services.support.loans.models import Loan

SHOPS = (
    ("网吧", "网吧"),
    ("早点铺", "餐饮"),
    ("花店", "花卉零售"),
    ("修车铺", "汽车修理"),
    ("面馆", "餐饮"),
    ("裁缝店", "服装加工"),
)
"""Name and trade, one for each stage; the first trade is not supported."""
DAYS_AGO = (6, 4, 15, 12, 200, 420)
AMOUNT_FEN = 5_000_000
GUARANTOR, BANK = "顺义区担保中心", "北京农村商业银行"


STAGES = (3, 5, 4, 1, 2, 0)
"""Which stage the first borrower is at, the second …: the shown accounts' street comes first and gets what one wants to look at."""
FIRM_FEN = 100_000_000


def shown_street() -> Organization:
    """The street of the accounts on the sign-in page."""
    return Organization.objects.filter(tier="street").order_by("path").first()


def _borrowers(count: int) -> list[Person]:
    """People who run a business of their own, those of the shown street first, then those there who live on odd jobs; the youngest
    files first, so that others keep theirs."""
    path = shown_street().path
    spells = LabourSpell.objects.filter(end_on=None).select_related("person__organization__parent")
    here = spells.filter(person__organization__path__startswith=path).order_by("-person_id", "-id")
    own = spells.filter(status="self_employed").order_by("-person_id", "-id")
    chosen = [
        *here.filter(status="self_employed")[: 2 * count],
        *here.filter(status="flexible")[: 2 * count],
        *own[: 2 * count],
    ]
    return list(dict.fromkeys(spell.person for spell in chosen))[:count]


def firm_loan(district: District) -> Loan | None:
    """A labour-intensive firm of the shown street from its roster to the bank's money; None without a firm or people."""
    street = shown_street()
    firm = Employer.objects.filter(organization__path__startswith=street.path).order_by("id").first()
    people = list(
        Person.objects.filter(organization__path__startswith=street.path, merged_into=None).order_by("id")[:3]
    )
    if firm is None or not people:
        return None
    by = district.desk.at(street.pk, [Role.COUNTER])
    on = district.calendar.next_workday(district.today - dt.timedelta(days=40))
    facts = applying.LoanFacts(
        LoanKind.INTENSIVE, FIRM_FEN, firm.name, industry=firm.industry_name or "制造业", use="购买原料、发工资"
    )
    loan = applying.apply_loan(person=None, employer=firm, organization=street, facts=facts, by=by, on=on)
    if loan.state == Loan.State.REFUSED:
        return loan
    hired = [
        firms.Hired(person.name, full_number(person), HireProof.CERTIFICATE, dt.date(on.year, 1, 4), 24)
        for person in people
    ]
    roster = firms.Roster(len(hired) * 4, dt.date(on.year, 1, 1), hired)
    loan = firms.recognise(loan=loan, roster=roster, proofs=[HireProof.CERTIFICATE], amount_fen=FIRM_FEN, by=by, on=on)
    number = f"顺密认{on.year}-{loan.pk:03d}"
    review = firms.FinanceReview(number, on, on + dt.timedelta(days=5), "同意")
    loan = firms.take_finance(loan=loan, review=review, by=by)
    lending.recommend(loan=loan, guarantor=GUARANTOR, by=by, on=on + dt.timedelta(days=6))
    lending.guarantee(loan=loan, by=by, on=on + dt.timedelta(days=9))
    paid_on = district.today - dt.timedelta(days=6)
    terms = lending.Terms(BANK, FIRM_FEN, paid_on, paid_on, paid_on + dt.timedelta(days=730))
    return lending.lend(loan=loan, terms=terms, by=by)


def _applied(person: Person, stage: int, on: dt.date, by: Any) -> Loan:
    name, trade = SHOPS[stage]
    facts = applying.LoanFacts(
        kind=LoanKind.INDIVIDUAL,
        amount_fen=AMOUNT_FEN,
        business_name=f"顺义老{person.name[0]}{name}",
        industry=trade,
        place=f"{person.organization.short_name}{stage + 3}号",
        use="添置设备、进货",
        borrower="beijing_unemployed",
        own_fen=AMOUNT_FEN // 2,
        pledge="住房一套",
        pledge_fen=AMOUNT_FEN * 4,
    )
    return applying.apply_loan(person=person, organization=street_of(person.organization), facts=facts, by=by, on=on)


def _inspected(loan: Loan, on: dt.date, occasion: str, by: Any) -> None:
    seen = dict.fromkeys(SEEN, "没有变化") | {"funds": "用于进货，与申请一致", "business": "正常营业"}
    inspection = Inspection(
        on=on, way=CheckWay.ON_SITE, occasion=occasion, inspector=by.display_name, seen=seen, note="到店看过，照常营业"
    )
    inspecting.record(loan=loan, inspection=inspection, by=by)


def _carried_on(loan: Loan, stage: int, on: dt.date, today: dt.date, by: Any) -> None:
    """From the review as far as the stage goes."""
    lending.review(loan=loan, text="材料真实有效", by=by, on=on)
    lending.recommend(loan=loan, guarantor=GUARANTOR, by=by, on=on)
    if stage < 3:
        return
    due_on = on + dt.timedelta(days=365)
    lending.lend(loan=loan, terms=lending.Terms(BANK, AMOUNT_FEN, on, on, due_on), by=by)
    if stage < 4:
        return
    folder = lending.Folder(f"DK-{loan.pk:04d}", 21, "贷款档案柜")
    lending.file_loan(loan=loan, folder=folder, by=by, on=on + dt.timedelta(days=7))
    _inspected(loan, on + dt.timedelta(days=5), CheckOccasion.FIRST, by)
    if stage < 5:
        _inspected(loan, today - dt.timedelta(days=35), CheckOccasion.MONTHLY, by)
        recovering.take_money(loan=loan, fen=1_000_000, on=today - dt.timedelta(days=20), note="银行回单", by=by)
        return
    recovering.default(loan=loan, on=due_on, reason="生意停了，没有按期还", by=by)
    paid_on = due_on + dt.timedelta(days=20)
    recovering.pay_out(loan=loan, fen=AMOUNT_FEN + 65_000, on=paid_on, note="代偿通知书", by=by)
    recovering.make_plan(loan=loan, count=10, first_on=max(today, clock.today()) + dt.timedelta(days=7), by=by)
    recovering.take_money(loan=loan, fen=200_000, on=today - dt.timedelta(days=2), note="收据", by=by)


def loans(district: District) -> Counter[str]:
    """One loan at each stage, as far as people run a business; what the rules of the day refuse stays refused."""
    log: Counter[str] = Counter()
    for stage, person in zip(STAGES, _borrowers(len(SHOPS)), strict=False):
        by = district.desk.at(street_of(person.organization).pk, [Role.COUNTER])
        on = district.calendar.next_workday(district.today - dt.timedelta(days=DAYS_AGO[stage]))
        loan = _applied(person, stage, on, by)
        if stage > 1 and loan.state != Loan.State.REFUSED:
            _carried_on(loan, stage, on, district.today, by)
        loan.refresh_from_db()
        log[f"loan {loan.state}"] += 1
    firm = firm_loan(district)
    log.update([f"loan {firm.state}"] if firm is not None else [])
    return log
