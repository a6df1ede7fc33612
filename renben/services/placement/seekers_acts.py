"""求职登记: registered once, changed, renewed under the same number, ended by work, withdrawal or time (J-5.2.1, C-8.1.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from renben.engines.coding import occupations
from renben.kernel import acts, audit, clock, events, numbering, taskboard
from renben.kernel.models import Organization, Person
from renben.services.placement import seekers_rules
from renben.services.placement.codes import SeekerClass, SeekerSource, Visibility
from renben.services.placement.models import Seeker, SeekerWish
from renben.services.registration.reasons import NotPossible, Why

State = Seeker.State
KIND, CODE = "seeker", "QZ"
RENEWED, REGISTERED = "SeekerRenewed", "JobseekerRegistered"
"""The events that clear the reminder of a registration about to end, and the task to register somebody (J-4.2.1 求职服务)."""


@dataclass(frozen=True)
class Wish:
    """One thing wanted; the order in the list is the order of preference. `wage_min_fen` per month, 0 for any wage."""

    title: str
    occupation: str = ""
    confidence: int | None = None
    occupation_chosen: bool = False
    work_kind: str = ""
    wage_min_fen: int = 0
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What somebody who looks for work says of themselves; age, education, telephone stay in the person's file."""

    seeker_class: str = SeekerClass.GENERAL
    difficulties: tuple[str, ...] = ()
    difficulty_note: str = ""
    skills: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    experience_years: int = 0
    history: str = ""
    about: str = ""
    accepts_nights: bool = False
    needs_housing: bool = False
    needs: tuple[str, ...] = ()
    hours_week_max: int | None = None
    visibility: str = Visibility.STAFF

    def columns(self) -> dict[str, Any]:
        """As the table keeps it; a general seeker has no cause of difficulty."""
        own = self if self.seeker_class == SeekerClass.DIFFICULT else replace(self, difficulties=(), difficulty_note="")
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(own).items()}


def lock(seeker: Seeker) -> Seeker:
    """The registration as it stands now, locked until the transaction ends."""
    rows = Seeker.objects.select_for_update(of=("self",)).select_related("person", "organization")
    return rows.get(pk=seeker.pk)


def wishes_of(seeker: Seeker) -> list[Wish]:
    """The wishes in order, as the acts take them."""
    return [
        Wish(
            w.title, w.occupation, w.confidence, w.occupation_chosen, w.work_kind, w.wage_min_fen, tuple(w.regions)
        )  # fmt: skip
        for w in seeker.wishes.order_by("rank")
    ]


def profile_of(seeker: Seeker) -> Profile:
    """What is on record, as the acts take it."""
    kept = {name: getattr(seeker, name) for name in Profile.__dataclass_fields__}
    return Profile(**{name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()})


def demand(profile: Profile, wishes: Sequence[Wish]) -> None:
    """NotPossible with everything that is lacking before a registration can be of use."""
    missing = []
    if not [wish for wish in wishes if wish.title.strip()]:
        missing.append(Why("no_wish", "还没有写想干的工作。", "至少写一项，例如“仓库保管员”。"))
    if profile.seeker_class == SeekerClass.DIFFICULT and not profile.difficulties:
        missing.append(Why("no_cause", "定为求职困难人员，还没有选困难原因。", "请选一项或几项。"))
    if missing:
        raise NotPossible(*missing)


def proposals(title: str) -> list[occupations.Guess]:
    """The five likeliest trades of a title in 职业分类大典2022, best first."""
    return occupations.predict(title)


def coded(wishes: Sequence[Wish]) -> list[Wish]:
    """The wishes that say something, each with a trade: what a person chose stays, otherwise the likeliest with its confidence."""
    made = []
    for wish in wishes:
        if not wish.title.strip():
            continue
        if not wish.occupation and (found := proposals(wish.title)):
            wish = replace(wish, occupation=found[0].code, confidence=round(100 * found[0].confidence))
        made.append(wish)
    return made


def _write_wishes(seeker: Seeker, wishes: Sequence[Wish]) -> None:
    seeker.wishes.all().delete()
    SeekerWish.objects.bulk_create(
        SeekerWish(seeker=seeker, rank=rank, **(asdict(wish) | {"regions": list(wish.regions)}))
        for rank, wish in enumerate(wishes, start=1)
    )


def _note(seeker: Seeker, what: str, by: Any, **detail: Any) -> None:
    """The trail, and the word to whoever keeps an index of seekers."""
    audit.record(
        action=f"seeker.{what}",
        subject=f"person:{seeker.person_id}",
        detail={"seeker": seeker.pk, "number": seeker.number, **detail},
        by=by,
        organization=seeker.organization,
    )
    events.emit(events.SeekerChanged(seeker_id=seeker.pk))


@acts.whole
def register_seeker(
    *,
    person: Person,
    organization: Organization,
    profile: Profile,
    wishes: Sequence[Wish],
    by: Any,
    on: dt.date | None = None,
    case: Any = None,
    source: str = SeekerSource.COUNTER,
) -> Seeker:
    """Register somebody who looks for work; valid for the months on file (P-06).

    NotPossible: too young (劳动法第十五条), past working age at a station (C-8.1.1), a registration stands already, no wish,
    a difficulty without a cause. The same case again changes what it registered.
    """
    on = on or clock.today()
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    standing = Seeker.objects.active().filter(person=person).select_related("organization").order_by("id").first()
    if standing is not None and case is not None:
        return change_seeker(seeker=standing, profile=profile, wishes=wishes, by=by, case=case)
    if standing is not None:
        text = f"本人已有有效的求职登记（{standing.number}，到{standing.valid_until:%Y年%m月%d日}）。"
        raise NotPossible(Why("registered", text, "请在原登记上修改或续期。"))
    answer = seekers_rules.judge_age(
        sex=person.sex, birth_on=person.birth_on, on=on, tier=organization.tier
    )  # fmt: skip
    if answer.refused:
        raise NotPossible(*answer.refused)
    demand(profile, wishes)
    seeker = Seeker.objects.create(
        person=person,
        organization=organization,
        number=numbering.next(KIND, organization, on, extra=CODE),
        case=case,
        source=source,
        registered_on=on,
        valid_until=seekers_rules.valid_until(on),
        recorded_by=by,
        recorded_at=clock.now(),
        **profile.columns(),
    )
    _write_wishes(seeker, coded(wishes))
    taskboard.clear_of(person=person, event=REGISTERED, outcome=f"已办求职登记 {seeker.number}")
    _note(seeker, "register", by, seeker_class=profile.seeker_class, visibility=profile.visibility)
    return seeker


@acts.whole
def change_seeker(
    *,
    seeker: Seeker,
    profile: Profile,
    wishes: Sequence[Wish],
    by: Any,
    version: int | None = None,
    case: Any = None,
) -> Seeker:
    """Change what is wanted or said. `version` is the one the reader saw: NotPossible `stale` when somebody saved since."""
    held = lock(seeker)
    if version is not None and held.version != version:
        raise NotPossible(Why("stale", "这份登记刚刚被别的同事改过。", "请核对后再保存，您填的内容还在。"))
    if held.state != State.ACTIVE:
        raise NotPossible(_ended(held))
    demand(profile, wishes)
    columns = profile.columns()
    changed = sorted(name for name, value in columns.items() if getattr(held, name) != value)
    if wishes_of(held) != (said := coded(wishes)):
        changed.append("wishes")
        _write_wishes(held, said)
    if not changed and (case is None or held.case_id == case.pk):
        return held
    for name, value in columns.items():
        setattr(held, name, value)
    held.case = case or held.case
    held.version += 1
    held.save()
    _note(held, "change", by, changed=changed)
    return held


def _ended(seeker: Seeker) -> Why:
    return Why("ended", f"这份登记已经结束（{seeker.get_state_display()}）。", "还要找工作的，请续期或重新登记。")


@acts.whole
def renew(*, seeker: Seeker, by: Any, on: dt.date | None = None) -> Seeker:
    """续期 under the same number, counted from today; a lapsed one stands again. Twice on a day changes nothing.

    NotPossible when the person was placed or withdrew, or has registered anew meanwhile.
    """
    on = on or clock.today()
    held = lock(seeker)
    if held.state not in (State.ACTIVE, State.LAPSED):
        raise NotPossible(_ended(held))
    if held.renewed_on == on and held.state == State.ACTIVE:
        return held
    other = Seeker.objects.active().filter(person=held.person_id).exclude(pk=held.pk).order_by("id").first()
    if other is not None:
        raise NotPossible(Why("registered", f"本人已另有有效的求职登记（{other.number}）。", "请在那一份上办理。"))
    answer = seekers_rules.judge_age(
        sex=held.person.sex, birth_on=held.person.birth_on, on=on, tier=held.organization.tier
    )
    if answer.refused:
        raise NotPossible(*answer.refused)
    reminder = reminder_key(held)
    held.state, held.ended_on, held.ended_why = State.ACTIVE, None, ""
    held.valid_until, held.renewed_on = seekers_rules.valid_until(on), on
    held.version += 1
    held.save()
    taskboard.clear(key=reminder, event=RENEWED, outcome="已续期")
    _note(held, "renew", by, valid_until=held.valid_until)
    return held


def _end(held: Seeker, state: str, *, on: dt.date, why: str, by: Any, what: str) -> Seeker:
    held.state, held.ended_on, held.ended_why = state, on, why[:200]
    held.version += 1
    held.save()
    taskboard.clear(key=reminder_key(held), event=RENEWED, outcome=State(state).label)
    _note(held, what, by, why=why)
    return held


@acts.whole
def withdraw(*, seeker: Seeker, reason: str, by: Any, on: dt.date | None = None) -> Seeker:
    """不再求职, with the reason the person gives. Done twice it is done once; NotPossible when it ended otherwise."""
    held = lock(seeker)
    if held.state == State.WITHDRAWN:
        return held
    if held.state != State.ACTIVE:
        raise NotPossible(_ended(held))
    return _end(held, State.WITHDRAWN, on=on or clock.today(), why=reason, by=by, what="withdraw")


@acts.whole
def placed(*, seeker: Seeker, why: str, by: Any = None, on: dt.date | None = None) -> Seeker:
    """已就业: the registration has done its work. Nothing changes when it ended before."""
    held = lock(seeker)
    if held.state != State.ACTIVE:
        return held
    return _end(held, State.PLACED, on=on or clock.today(), why=why, by=by, what="placed")


@acts.whole
def look_again(*, seeker: Seeker, why: str, by: Any) -> Seeker:
    """已就业 that turned out not to be so: the registration stands again under its number, at least until today. Nothing changes
    when another one stands."""
    held = lock(seeker)
    if held.state != State.PLACED or Seeker.objects.active().filter(person=held.person_id).exists():
        return held
    held.state, held.ended_on, held.ended_why = State.ACTIVE, None, ""
    held.valid_until = max(held.valid_until, clock.today())
    held.version += 1
    held.save()
    _note(held, "again", by, why=why)
    return held


@acts.whole
def lapse(*, seeker: Seeker, on: dt.date) -> Seeker:
    """过期未续, on the day after the last valid one. Not one day earlier."""
    held = lock(seeker)
    if held.state != State.ACTIVE or held.valid_until >= on:
        return held
    return _end(held, State.LAPSED, on=held.valid_until, why="到期没有续", by=None, what="lapse")


def reminder_key(seeker: Seeker) -> str:
    """The task that asks whether to renew: one for each day of ending."""
    return f"seeker:{seeker.pk}:{seeker.valid_until:%Y%m%d}"
