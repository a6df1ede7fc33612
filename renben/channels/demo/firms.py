"""Agreements, credit and a member of the demonstration: firms of the first streets, by the same acts staff use."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

from renben.channels.demo.employer_space import USERNAME
from renben.channels.demo.work import Desk
from renben.kernel import clock
from renben.kernel.models import Employer, Organization, User
from renben.kernel.roles import Role
from renben.services.placement.firms import agreements, credit, image_pages, members, reports
from renben.services.placement.firms.models import Statement, VacancyAgreement
from renben.services.placement.vacancies_employers import objections
from renben.services.registration.reasons import NotPossible

STREETS, EACH = 2, 3
"""So many streets with so many agreements each."""
SIGNED_DAYS_AGO = 170
DESK, REVIEW = [Role.COUNTER, Role.FIRST_REVIEW], [Role.SECOND_REVIEW, Role.LEADER, Role.FIRST_REVIEW]
SLOGAN = "离家近，有班车，工资每月十五号准时发"
ABOUT = "员工一百二十人，车间有空调，两班倒。早七点二十、晚七点二十各有一趟班车到地铁站。"
BENEFITS = "五险，管一顿工作餐，节假日三倍工资。"


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=clock.ZONE)


def _firms(street: Organization) -> list[Employer]:
    """Firms of a street that recruit and may."""
    rows = Employer.objects.filter(organization=street, merged_into=None, vacancies__isnull=False)
    found = [one for one in rows.distinct().order_by("id")[:20] if not objections(one, clock.today())]
    return found[:EACH]


def _agreement(firm: Employer, desk: Desk, today: dt.date, rng: random.Random) -> VacancyAgreement:
    """Signed half a year ago; of the periods without a vacancy most were answered, the last one may be missing."""
    day, by = today - dt.timedelta(days=SIGNED_DAYS_AGO + rng.randrange(20)), desk.at(firm.organization_id, DESK)
    rhythm = rng.choice(list(VacancyAgreement.Rhythm.values))
    terms = agreements.Terms(day, day, agreements.usual_end(day), rhythm, firm.legal_person or "人事经理")
    with clock.as_of(_at(day)):
        made = agreements.sign(employer=firm, organization=firm.organization, terms=terms, by=by, is_demo=True)
    for period in reports.periods_of([made], today)[made.pk]:
        if period.state == "missing" and rng.random() < 0.85:
            said = agreements.Said(Statement.Kind.NONE, period.end, made.contact_name, Statement.Way.PHONE)
            with clock.as_of(_at(period.end)):
                agreements.say(agreement=made, start=period.start, said=said, by=by)
    return made


def _member(desk: Desk, today: dt.date) -> int:
    """The firm whose contact signs in is a member with a public page; 0 when its street has no second person."""
    user = User.objects.filter(username=USERNAME).first()
    firm = Employer.objects.filter(contacts__user=user).order_by("id").first() if user else None
    if firm is None:
        return 0
    day, second = today - dt.timedelta(days=60), desk.at(firm.organization_id, REVIEW)
    try:
        with clock.as_of(_at(day)):
            asked = members.apply(
                employer=firm, organization=firm.organization, applicant=user.display_name, wishes="形象页", by=user
            )
            verdict = members.Verdict(True, "", day, agreements.usual_end(day))
            members.decide(membership=asked, verdict=verdict, by=second)
            page = image_pages.start(employer=firm, by=user)
            page = image_pages.write(page=page, words=image_pages.Words(SLOGAN, ABOUT, BENEFITS), by=user)
            image_pages.decide(page=image_pages.submit(page=page, by=user), is_approved=True, note="", by=second)
    except NotPossible:
        return 0
    return 1


def firms(rng: random.Random, today: dt.date) -> Counter:
    """What was made: agreements, inspections, members, and the tasks of reports that did not come."""
    desk, made = Desk.of_all(), Counter()
    for street in Organization.objects.filter(tier="street").order_by("path")[:STREETS]:
        for firm in _firms(street):
            _agreement(firm, desk, today, rng)
            made["agreements"] += 1
        for firm in _firms(street)[:2]:
            fine = rng.random() < 0.8
            credit.inspect(
                employer=firm, organization=street, on=today - dt.timedelta(days=rng.randrange(10, 60)),
                inspectors="李检查、王检查", is_fine=fine, by=desk.at(street.pk, DESK),
                found="合同、考勤、工资条齐全" if fine else "两人没有签劳动合同，已要求十日内补签",
            )  # fmt: skip
            made["inspections"] += 1
    made["members"] = _member(desk, today)
    made["missing"] = agreements.chase(today).reports
    return made
