"""Two years of work of the demonstration district, done by its staff through the same actions a person uses.

Nothing is written past the engine: every case, certificate and decision comes from `procedures.actions` on the day it is
said to have happened, so ledgers, audit trail and timelines agree with each other.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from renben.engines.procedures import actions
from renben.engines.procedures.contracts import Blocked
from renben.engines.procedures.models import CaseStep
from renben.kernel import clock
from renben.kernel.models import LabourSpell, Organization, Person, Post, User
from renben.kernel.roles import Role
from renben.kernel.workcalendar import WorkCalendar
from renben.services.registration import archives, benefits, certificates, contacts, paying, registering
from renben.services.registration.models import PersonnelArchive, UnemploymentBenefit, UnemploymentRegistration

REASONS = (
    ("contract_expired", 45),
    ("employer_proposed_mutual", 25),
    ("dismissed_by_employer", 8),
    ("employer_bankrupt_closed_dissolved", 12),
    ("resigned", 10),
)

ANSWERS: dict[str, dict] = {
    "review": {"archive_source": "employer"},
    "inform": {"informed_way": "phone", "came_to_register": True},
    "register": {"prior_status": "employed", "is_hardship": False, "wants_benefit": True, "wants_job_service": True},
}
"""What the clerk fills in at each step besides dates; the rest is known from the archive."""

PAPERS = {
    "review": ["失业人员档案", "个人提交的相关材料"],
    "inform": ["有效证件"],
    "register": [
        "用人单位终止解除劳动关系（聘用关系）的书面证明复印件",
        "本人的《居民身份证》复印件",
        "失业人员的身份证明材料复印件",
    ],
    "check_archive": ["个人档案"],
    "determine": ["个人档案", "失业人员失业前累计缴费时间"],
}

DATES = {"collect": "roster_checked_on", "inform": "informed_on", "certificate": "certificate_printed_on"}

STAGES = ("review", "record", "transfer", "collect", "inform", "register", "determine", "benefit", "all")
"""How far a case has come; `all` means every step is done."""


@dataclass
class Desk:
    """Who does a step: the first open post of a fitting role at an office."""

    by_place: dict[tuple[int, str], User]

    @classmethod
    def of_all(cls) -> Desk:
        rows = Post.objects.filter(end_on=None).select_related("staff__user").order_by("-id")
        return cls({(post.organization_id, post.role): post.staff.user for post in rows})

    def at(self, organization_id: int, roles: list[str]) -> User:
        for role in roles:
            if (organization_id, role) in self.by_place:
                return self.by_place[organization_id, role]
        raise LookupError(f"no post of {roles} at office {organization_id}")


def _moment(day: dt.date, rng: random.Random) -> dt.datetime:
    return dt.datetime.combine(
        day, dt.time(9 + rng.randrange(7), rng.randrange(60), rng.randrange(60)), tzinfo=clock.ZONE
    )


class District:
    """Runs journeys day by day; `log` counts what was made and what was refused by the rules."""

    def __init__(self, rng: random.Random, calendar: WorkCalendar, today: dt.date) -> None:
        self.rng, self.calendar, self.today = rng, calendar, today
        self.desk = Desk.of_all()
        self.centre = Organization.objects.get(tier="district")
        self.log: Counter[str] = Counter()
        self.blanks: dict[int, int] = {}

    def day_after(self, day: dt.date, most: int) -> dt.date:
        return self.calendar.add_working_days(day, self.rng.randrange(0, most + 1)) if most else day

    @transaction.atomic
    def journey(self, person: Person, separated_on: dt.date, until: str) -> None:
        """One dismissed worker's file, from the district's counter as far as `until`, never beyond today."""
        months = min(max(int(self.rng.expovariate(1 / 70)) + 4, 4), 330)
        firm = person.spells.filter(end_on=None).first()
        day = self.calendar.next_workday(separated_on + dt.timedelta(days=self.rng.randrange(4, 18)))
        if day > self.today:
            return
        reason = self.rng.choices([r for r, _ in REASONS], [w for _, w in REASONS])[0]
        receiver = self.desk.at(self.centre.pk, [Role.FIRST_REVIEW])
        with clock.as_of(_moment(day, self.rng)):
            _leave_job(person, firm, separated_on, months, reason)
            case = actions.start(procedure_id="Q-1.2.2", organization=self.centre, by=receiver, person=person, on=day)
            archives.receive_archive(
                person=person,
                organization=self.centre,
                by=receiver,
                archive_number=f"SY{day:%y}{person.pk % 1_000_000:06d}",
                source=firm.employer_name if firm else "",
                employer_name=firm.employer_name if firm else "",
                separated_on=separated_on,
                separation_reason=reason,
                contribution_months=months,
                received_on=day,
                target_organization=person.organization.parent,
                case=case,
            )
        self.walk(case.journey_id, day, until, person)

    def walk(self, journey_id, day: dt.date, until: str, person: Person) -> None:
        """Do open steps of the journey in order, a few days apart, until one of them is the stage to stop before."""
        while True:
            steps = (
                CaseStep.objects.filter(case__journey_id=journey_id, state=CaseStep.State.READY)
                .select_related("case", "organization")
                .order_by("case_id", "position")
            )
            step = next((s for s in steps if s.key != until), None)
            if step is None or any(s.key == until for s in steps):
                return
            day = self.day_after(day, {"transfer": 5, "collect": 3, "register": 4, "determine": 4}.get(step.key, 1))
            if day > self.today:
                return
            with clock.as_of(_moment(day, self.rng)):
                if not self.do(step, day, person):
                    return

    def do(self, step: CaseStep, day: dt.date, person: Person) -> bool:
        data = dict(ANSWERS.get(step.key, {}))
        if step.key in DATES:
            data[DATES[step.key]] = day.isoformat()
        if step.key == "register":
            data["unemployed_on"] = PersonnelArchive.objects.filter(person=person).latest("id").separated_on.isoformat()
        if step.key == "certificate":
            self.stock(step.organization)
        result = actions.act(
            step_id=step.pk,
            outcome="done",
            by=self.desk.at(step.organization_id, step.roles),
            data=data,
            received=PAPERS.get(step.key, ()),
            on=day,
        )
        if isinstance(result, Blocked):
            self.log["blocked: " + ",".join(reason.code for reason in result.reasons)] += 1
            return False
        self.log[step.key] += 1
        return result.outcome in ("", "done")

    def stock(self, office: Organization) -> None:
        """Blank certificates do not run out in the past; today some offices are short (see `shortage`)."""
        if self.blanks.get(office.pk, 0) < 15:
            by = self.desk.at(self.centre.pk, [Role.COUNTER])
            if self.blanks.get(self.centre.pk, 0) < 200:
                self.blanks[self.centre.pk] = self.blanks.get(self.centre.pk, 0) + 500
                certificates.move_stock(organization=self.centre, delta=500, kind="received", by=by, on=clock.today())
            certificates.hand_out_blanks(
                from_organization=self.centre, to_organization=office, count=40, by=by, on=clock.today()
            )
            self.blanks[self.centre.pk] -= 40
            self.blanks[office.pk] = self.blanks.get(office.pk, 0) + 40
        self.blanks[office.pk] -= 1

    def months(self, since: dt.date) -> None:
        """Monthly payment lists and contacts of every street since `since`."""
        month = since.replace(day=1)
        streets = list(Organization.objects.filter(tier="street").order_by("path"))
        while month <= self.today:
            pay_day = min(self.calendar.next_workday(month + dt.timedelta(days=19)), self.today)
            last = contacts.last_working_day(month)
            for street in streets:
                clerk = self.desk.at(street.pk, [Role.COUNTER])
                if pay_day >= month + dt.timedelta(days=19):
                    with clock.as_of(_moment(pay_day, self.rng)):
                        self._pay(street, month, clerk, pay_day)
                if last <= self.today:
                    with clock.as_of(_moment(last, self.rng)):
                        self._contact(street, month, clerk)
            month = benefits.next_month(month)

    def _pay(self, street: Organization, month: dt.date, clerk: User, day: dt.date) -> None:
        batch, _ = paying.make_month_list(organization=street, month=month, by=clerk)
        if batch is None:
            return
        if (self.today - day).days > 5 or self.rng.random() < 0.5:
            batch = paying.confirm_month(batch=batch, by=self.desk.at(street.pk, [Role.FIRST_REVIEW, Role.LEADER]))
            paying.pay_month(batch=batch, by=clerk, on=day)
            self.log["paid lists"] += 1

    def _contact(self, street: Organization, month: dt.date, clerk: User) -> None:
        for row in contacts.open_month_contacts(organization=street, month=month, by=clerk):
            if self.rng.random() < 0.93:
                contacts.record_contact(
                    registration=row.registration,
                    month=month,
                    reached=True,
                    result=self.rng.choice(("正在找工作", "参加面试两次", "希望参加培训", "照顾家人，暂不方便")),
                    by=clerk,
                )

    def back_to_work(self, registration: UnemploymentRegistration, day: dt.date) -> None:
        """A new job ends registration and benefit."""
        clerk = self.desk.at(registration.organization_id, [Role.COUNTER])
        with clock.as_of(_moment(day, self.rng)), transaction.atomic():
            registering.deregister(registration=registration, reason="hired", by=clerk, on=day)
        self.log["back to work"] += 1

    def shortage(self) -> None:
        """Two offices are short of blank certificates today."""
        for street in Organization.objects.filter(tier="street").order_by("path")[:2]:
            left = certificates.stock_on(street, self.today)
            if left > 8:
                certificates.move_stock(
                    organization=street,
                    delta=8 - left,
                    kind="spoiled",
                    by=self.desk.at(street.pk, [Role.COUNTER]),
                    on=self.today,
                    note="打印受潮报废",
                )

    def taken_over(self, person: Person, separated_on: dt.date) -> None:
        """Registered before the platform came: taken over with its certificate, without a case."""
        street = person.organization.parent
        clerk = self.desk.at(street.pk, [Role.COUNTER])
        day = self.calendar.next_workday(separated_on + dt.timedelta(days=self.rng.randrange(10, 40)))
        with clock.as_of(_moment(day, self.rng)), transaction.atomic():
            _leave_job(person, person.spells.filter(end_on=None).first(), separated_on, 60, "contract_expired")
            registration = registering.register_unemployment(
                person=person,
                organization=street,
                prior_status="employed",
                evidence=PAPERS["register"],
                by=clerk,
                on=day,
                separated_on=separated_on,
                separation_reason="contract_expired",
            )
            self.stock(street)
            certificates.issue_certificate(registration=registration, by=clerk, on=day)
        self.log["taken over"] += 1


def _leave_job(person: Person, firm: LabourSpell | None, on: dt.date, months: int, reason: str) -> None:
    """The running spell ends with the job; what the archive will say is also in the working life."""
    if firm is None:
        return
    if firm.start_on >= on:
        LabourSpell.objects.filter(pk=firm.pk).update(start_on=on - dt.timedelta(days=30 * months))
    LabourSpell.objects.filter(pk=firm.pk).update(end_on=on, contribution_months=months, separation_reason=reason)


JOURNEYS_SHARE = 1 / 240
TAKEN_OVER_SHARE = 1 / 180
MOST_JOURNEYS = 500
"""Shares of the people; together with those who found work again they leave about one percent registered unemployed."""


def _choose(rng: random.Random, candidates: list[int], count: int) -> list[int]:
    """Who lost their job; the first street, where the shown accounts work, has every fourth of them."""
    street = Organization.objects.filter(tier="street").order_by("path").first()
    near = list(
        Person.objects.filter(pk__in=candidates, organization__path__startswith=street.path)
        .order_by("id")
        .values_list("pk", flat=True)
    )
    first = rng.sample(near, min(count // 4, len(near)))
    taken = set(first)
    others = rng.sample([pk for pk in candidates if pk not in taken], count - len(first))
    mixed = [*first, *others]
    rng.shuffle(mixed)
    return mixed


def work(
    rng: random.Random,
    calendar: WorkCalendar,
    today: dt.date,
    candidates: list[int],
    people: int,
    say: Callable[[str], None],
) -> Counter[str]:
    """Two years of journeys, some still under way; about half of those long registered have found work again."""
    district = District(rng, calendar, today)
    journeys = min(max(int(people * JOURNEYS_SHARE), 30), MOST_JOURNEYS)
    taken = int(people * TAKEN_OVER_SHARE)
    chosen = _choose(rng, candidates, min(journeys + taken, len(candidates)))
    found = {
        p.pk: p for p in Person.objects.filter(pk__in=chosen).select_related("organization__parent").order_by("id")
    }
    for pk in chosen[journeys:]:
        district.taken_over(found[pk], today - dt.timedelta(days=rng.randrange(120, 700)))
    plans = []
    for i, pk in enumerate(chosen[:journeys]):
        recent = i % 3 == 0
        days_ago = rng.randrange(8, 45) if recent else rng.randrange(46, 720)
        plans.append((today - dt.timedelta(days=days_ago), pk, rng.choice(STAGES[:-1]) if recent else "all"))
    for done, (separated_on, pk, until) in enumerate(sorted(plans), start=1):
        district.journey(found[pk], separated_on, until)
        if done % 50 == 0:
            say(f"　已办 {done}/{len(plans)} 件……")
    settled = UnemploymentRegistration.objects.filter(state="active", registered_on__lt=today - dt.timedelta(days=100))
    for registration in settled.select_related("person", "organization").order_by("id"):
        if rng.random() < 0.3:
            earliest = registration.registered_on + dt.timedelta(days=60)
            day = earliest + dt.timedelta(days=rng.randrange(0, max((today - earliest).days, 1)))
            district.back_to_work(registration, calendar.next_workday(day))
    first = UnemploymentBenefit.objects.order_by("first_month").values_list("first_month", flat=True).first()
    if first:
        district.months(max(first, today.replace(day=1) - dt.timedelta(days=62)))
    district.shortage()
    return district.log
