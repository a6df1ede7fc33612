"""Step actions of 求职登记 (J-5.2.1 填写表格, C-8.1.1 系统录入, Q-2.2.2 审核简历): what was told becomes one registration."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext
from renben.kernel.models import Organization, Region
from renben.services.placement import seekers_acts
from renben.services.placement.models import Seeker, SeekerWish
from renben.services.placement.seekers_acts import Profile, Wish
from renben.services.placement.seekers_facts import said_of
from renben.services.registration.reasons import NotPossible

WISHES = 3
_TITLE = SeekerWish._meta.get_field("title").max_length or 0
_SKILL = Seeker._meta.get_field("skills").base_field.max_length or 0
_PARTS = re.compile(r"[、,，;；\n]+")
JOBSEEKER = "jobseeker"


def step_action(function: Callable[[StepContext], Done]) -> Callable[[StepContext], Done | Blocked]:
    """A refused act becomes `Blocked` with its reasons; a case about nobody is blocked at once."""

    @wraps(function)
    def wrapped(ctx: StepContext) -> Done | Blocked:
        if ctx.case.person_id is None:
            return Blocked([Reason("no_person", "办件还没有确定求职者", "请先在人员档案中选定本人")])
        try:
            return function(ctx)
        except NotPossible as refused:
            return Blocked([Reason(why.code, str(why), why.fix) for why in refused.reasons])

    return wrapped


def _words(text: str, longest: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip()[:longest] for word in _PARTS.split(text) if word.strip()))


def _places(text: str, organization: Organization) -> tuple[str, ...]:
    """Streets and towns named in a sentence (`胜利街道、杨镇`); none named is the whole district."""
    streets = Region.objects.filter(level="street", code__startswith=organization.region_id[:6]).order_by("code")
    named = [
        (code, name.removesuffix("街道").removesuffix("地区")) for code, name in streets.values_list("code", "name")
    ]
    return tuple(code for code, name in named if len(name) > 1 and name in text)


def _wishes(facts: dict[str, Any], known: list[Wish], organization: Organization) -> list[Wish]:
    """What is wanted as the step says it; a wish that stays keeps its trade, and a sentence about places leads to them."""
    text = facts.get("wanted_job") or facts.get("job_intention") or ""
    earlier = {wish.title: wish for wish in known}
    wage, places = int(facts.get("wanted_pay") or 0), _places(facts.get("wanted_place") or "", organization)
    made = []
    for rank, title in enumerate(_words(text, _TITLE)[:WISHES]):
        wish = earlier.get(title, Wish(title))
        if rank == 0:
            wish = replace(wish, wage_min_fen=wage or wish.wage_min_fen, regions=places)
        made.append(wish)
    return made


def _profile(facts: dict[str, Any], known: Profile) -> Profile:
    """What was told on top of what is on record. What the step does not ask stays."""
    skills = _words(facts.get("skills") or facts.get("other_skills") or "", _SKILL)
    held = set(known.certificates)
    return replace(
        known,
        seeker_class=facts.get("seeker_class") or known.seeker_class,
        difficulties=tuple(facts.get("difficulty_reason") or known.difficulties),
        difficulty_note=(facts.get("difficulty_note") or known.difficulty_note)[:300],
        skills=tuple(word for word in skills if word not in held) or known.skills,
        history=facts.get("work_history") or known.history,
        about=facts.get("seeker_situation") or facts.get("personal_conditions") or known.about,
    )


def _register(ctx: StepContext) -> Done:
    said = said_of(ctx.case)
    seeker = seekers_acts.register_seeker(
        person=ctx.person,
        organization=ctx.organization,
        profile=_profile(ctx.facts, said.profile),
        wishes=_wishes(ctx.facts, said.wishes, ctx.organization),
        by=ctx.by,
        on=ctx.on,
        case=ctx.case,
    )
    return Done(refs={"seeker": seeker.pk, "number": seeker.number, "valid_until": seeker.valid_until.isoformat()})


@step_action
def register(ctx: StepContext) -> Done:
    """J-5.2.1 填写表格, C-8.1.1 系统录入: registered, or the standing registration changed; a return registers nothing."""
    return _register(ctx) if ctx.outcome == "done" else Done()


def register_at_counter(ctx: StepContext) -> Done | Blocked:
    """Q-2.2.2 审核简历: a person who looks for work is registered; an employer's notice and a return are none."""
    is_seeker = ctx.outcome == "entered" and ctx.facts.get("client_kind") == JOBSEEKER
    return step_action(_register)(ctx) if is_seeker and ctx.case.person_id else Done()
