"""One firm with a contact who signs in: two open posts, one that came back, people on their way, a question to the office."""

from __future__ import annotations

import datetime as dt
import random

from django.contrib.auth.hashers import make_password

from renben.channels.demo.offices import PASSWORD
from renben.channels.demo.vacancies import JOBS, Job
from renben.channels.demo.work import Desk
from renben.kernel import clock, employers
from renben.kernel.models import Employer, EmployerContact, Organization, User
from renben.kernel.roles import Role
from renben.services.placement import candidates, inviting, matching, referring, vacancies, vacancies_online
from renben.services.placement.models import Vacancy
from renben.services.placement.space import requests
from renben.services.placement.vacancies_ad import Ad
from renben.services.registration.reasons import NotPossible

USERNAME = "employer"
POSTS = ("包装工", "保洁员", "仓库分拣员")
"""Kinds of posts that many in the district look for; the third one came back."""


def _firm() -> Employer:
    """The first employer of the first street that recruits."""
    street = Organization.objects.filter(tier="street").order_by("path").first()
    rows = Employer.objects.filter(organization=street, merged_into=None, licences__isnull=False)
    return rows.filter(contacts__isnull=False).distinct().order_by("id").first()


def _account(firm: Employer) -> User:
    contact = EmployerContact.objects.filter(employer=firm, left_on=None).order_by("id").first()
    user = User.objects.create(username=USERNAME, display_name=contact.name, password=make_password(PASSWORD))
    contact.user = user
    contact.save(update_fields=["user"])
    return user


def _ad(firm: Employer, job: Job, needs: str = "") -> Ad:
    contact = firm.contacts.order_by("id").first()
    return Ad(
        title=job.title,
        duties=job.duties,
        requirements=needs or job.needs,
        headcount=3,
        wage_low_fen=job.low * 100,
        wage_high_fen=job.high * 100,
        insurances=["养老", "医疗", "失业", "工伤"],
        region_id=firm.organization.region_id,
        place=f"{firm.organization.short_name}工业区8号",
        hours_week=40,
        contact_name=contact.name,
        contact_phone=employers.contact_phone(contact),
    )


def _posts(firm: Employer, user: User, clerk: User, today: dt.date) -> list[Vacancy]:
    jobs, made = {job.title: job for job in JOBS}, []
    for days, title in enumerate(POSTS, start=1):
        at = dt.datetime.combine(today - dt.timedelta(days=6 - days), dt.time(9, 30), tzinfo=clock.ZONE)
        with clock.as_of(at):
            vacancy = vacancies_online.post(employer=firm, ad=_ad(firm, jobs[title]), by=user)
            if title == POSTS[-1]:
                told = "请在工作内容里写清每周休息几天、夜班怎么轮。"
                vacancies.return_to_employer(vacancy=vacancy, reason=told, by=clerk)
            else:
                made.append(vacancies.publish(vacancy=vacancy, by=clerk))
    return made


def _people(posts: list[Vacancy], user: User, clerk: User) -> int:
    """Of those who suit each post: one recommended, one invited and willing, one invited who has not answered."""
    count = 0
    for vacancy in posts:
        matching.forget()
        found = candidates.candidates(vacancy, size=3)
        for place, one in enumerate(found):
            try:
                if place == 0:
                    street = vacancy.organization
                    referring.refer(seeker=one.seeker, vacancy=vacancy, organization=street, by=clerk)
                else:
                    invited = inviting.invite(
                        seeker=one.seeker, vacancy=vacancy, by=user, message="单位有班车，可以先来看看。"
                    )
                    if place == 1:
                        inviting.accept(referral=invited, by=clerk)
            except NotPossible:  # found work in the story meanwhile
                continue
            count += 1
    return count


def employer_space(rng: random.Random, today: dt.date) -> list[dict]:
    """Build it; the account for the sign-in page."""
    firm = _firm()
    if firm is None:
        return []
    user, clerk = _account(firm), Desk.of_all().at(firm.organization_id, [Role.COUNTER])
    posts = _posts(firm, user, clerk, today)
    _people(posts, user, clerk)
    text = "夜班总是招不到人，想请你们帮着看看工资和班次怎么定。"
    requests.ask(employer=firm, kind="guidance", text=text, by=user)
    matching.forget()
    return [
        {"username": USERNAME, "label": "用人单位", "hint": f"{firm.name}：发布岗位、看应聘的人、邀请面试、订展位。"}
    ]
