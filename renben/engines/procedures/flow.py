"""How a case moves: opening steps, continuing in another procedure, waking what waited, closing. Inside a transaction.

`Move` collects what one act changes, so that the rows are written with as few statements as possible.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from renben.engines.procedures import deadlines, definitions, facts
from renben.engines.procedures.contracts import Reason, Stop
from renben.engines.procedures.models import Case, CaseStep, StepEvent
from renben.engines.procedures.schema import Continuation, Outcome, Procedure, WaitsFor
from renben.kernel import clock, events, numbering, rows
from renben.kernel.models import Organization, Person
from renben.kernel.workcalendar import WorkCalendar

State = CaseStep.State
OPEN = (State.READY, State.PAUSED, State.WAITING)
BATCH = 1000


@dataclass
class Move:
    """One act on one case: who, when, and the rows it makes."""

    case: Case
    procedure: Procedure
    by: Any
    on: dt.date
    at: dt.datetime
    delegation_id: int | None = None
    opened: list[CaseStep] = field(default_factory=list)
    log: list[StepEvent] = field(default_factory=list)
    started: list[Case] = field(default_factory=list)
    children: list[Move] = field(default_factory=list)
    calendar: WorkCalendar | None = None

    def note(self, step: CaseStep | None, from_state: str, to_state: str, **more) -> StepEvent:
        event = StepEvent(
            case=self.case,
            step=step,
            from_state=from_state,
            to_state=to_state,
            at=self.at,
            by=self.by,
            acting_for_id=self.delegation_id,
            **more,
        )
        self.log.append(event)
        return event


_NEAREST = "t.path = ANY(%s) AND t.tier = %s AND t.is_active ORDER BY t.path DESC LIMIT 1"


def _home_of(person: Any) -> Organization:
    if not Person.organization.is_cached(person):
        person.organization = rows.one(Organization, "t.id = %s", str(person.organization_id))
    return person.organization


def office_of_tier(case: Case, tier: str) -> Organization:
    """The office of `tier` that the person belongs to, else the one above the case's office. Raises Stop."""
    home = _home_of(case.person) if case.person_id else case.organization
    for start in (home, case.organization):
        if start.tier == tier:
            return start
        parts = start.path.rstrip("/").split("/")
        prefixes = ["/".join(parts[:i]) + "/" for i in range(1, len(parts))]
        found = rows.one(Organization, _NEAREST, prefixes, tier)
        if found:
            return found
    label = {"street": "街（镇）", "district": "区", "community": "社区（村）", "city": "市"}[tier]
    raise Stop(
        Reason(
            "no_office",
            f"不知道应交给哪个{label}：人员档案里的所属机构还没有落到{label}",
            f"请在人员档案中选好所属{label}后再办",
        )
    )


TIERS = ("city", "district", "street", "community")


def offices_for(case: Case, tier: str) -> list[Organization]:
    """Where a journey goes on: a matter of a person at the office that person belongs to, upwards at the office above; what
    an office below reported goes back to it; work that concerns nobody in particular goes down to every office of the tier.
    Raises Stop."""
    if case.person_id is None and TIERS.index(tier) > TIERS.index(case.organization.tier):
        reporter = _reporter(case, tier)
        if reporter is not None:
            return [reporter]
        below = Organization.objects.filter(path__startswith=case.organization.path, tier=tier, is_active=True)
        return list(below.order_by("path"))
    return [office_of_tier(case, tier)]


def _reporter(case: Case, tier: str) -> Organization | None:
    """The office of `tier` that handed this matter up, when one did."""
    while case.parent_id is not None:
        case = case.parent
        if case.organization.tier == tier:
            return case.organization
    return None


def _open_step(move: Move, key: str, round_: int, known: dict[str, Any], nth: int | None = None) -> None:
    case, procedure = move.case, move.procedure
    spec = procedure.step(key)
    if spec.repeats and nth is None:
        nth = _times_done(case, key) + 1
    state, reason = State.READY, ""
    if procedure.holds(spec.when, known) is False:
        condition = procedure.condition(spec.when)
        state, reason = State.SKIPPED, f"不需办理：不属于“{condition.text if condition else spec.when}”"
    elif spec.waits_for and procedure.holds(spec.waits_for.when, known) is not False:
        state, reason = _standing_of_awaited(move, spec.waits_for)
    step = CaseStep(
        case=case,
        key=key,
        position=procedure.position(key),
        title=spec.name,
        role=spec.roles[0],
        roles=spec.roles,
        organization=case.organization if spec.tier in ("", procedure.tier) else office_of_tier(case, spec.tier),
        state=state,
        round=round_,
        nth=nth,
        opened_at=move.at,
        reason=reason,
    )
    if state == State.READY:
        deadlines.clock_of(
            procedure,
            key,
            anchors=case.anchors,
            opened_on=move.on,
            calendar=move.calendar,
            term=deadlines.term_of(procedure, case),
            facts=known,
            nth=nth,
        ).write(step)
    move.opened.append(step)
    move.note(step, "", state, reason=reason)
    if state == State.SKIPPED:
        passing = next((o for o in spec.outcomes if o.goes_on), None)
        open_steps(move, passing.opens if passing else [], round_, known)


def _times_done(case: Case, key: str) -> int:
    """How often a step of a case was done; what was sent back or taken back does not count."""
    return CaseStep.objects.filter(case=case, key=key, state=State.DONE).count() if case.pk else 0


def is_last_round(procedure: Procedure, step: CaseStep, outcome: Outcome, known: dict[str, Any]) -> bool:
    """Whether the round just done with an outcome of kind `again` goes on instead of beginning anew."""
    if outcome.only_while and not procedure.holds(outcome.only_while, known):
        return True
    standard = procedure.step(step.key).standard(outcome.until)
    return standard is not None and facts.meets(standard, step.nth or 1)


def open_next(move: Move, step: CaseStep, outcome: Outcome, known: dict[str, Any]) -> None:
    """Open what an outcome leads to: the same step for a new round, or the steps it names."""
    anew = outcome.kind == "again" and not is_last_round(move.procedure, step, outcome, known)
    if anew:
        # What happened in this round (a problem found) does not make the next one late.
        own = {f.anchor for f in move.procedure.step(step.key).fields if f.rounds == "each" and f.anchor}
        move.case.anchors = {code: on for code, on in move.case.anchors.items() if code not in own}
        _open_step(move, step.key, step.round + 1, known, (step.nth or 1) + 1)
    round_ = step.round + (outcome.kind == "return")
    open_steps(move, [*outcome.beside, *([] if anew else outcome.to)], round_, known)


_AWAITED = """SELECT c.state FROM procedures_case c JOIN kernel_organization o ON o.id = c.organization_id
WHERE c.journey_id = %s AND c.procedure_id = %s AND (o.path LIKE %s || '%%' OR %s LIKE o.path || '%%')"""


def _awaited(case: Case, procedure_id: str) -> list[str]:
    """States of the journey's cases of a procedure in this office's line: its own communities, its own district."""
    path = case.organization.path
    return [state for (state,) in rows.all_of(_AWAITED, [str(case.journey_id), procedure_id, path, path])]


def _standing_of_awaited(move: Move, wanted: WaitsFor) -> tuple[str, str]:
    """Whether a step has to wait for another procedure of the journey: while a case of it is open. When none was begun there
    is nothing to wait for; when all have ended the step goes on, or falls away with a refusal."""
    states = _awaited(move.case, wanted.procedure)
    if Case.State.OPEN in states:
        return State.WAITING, wanted.reason
    if states and Case.State.DONE not in states and wanted.if_refused == "skip":
        return State.SKIPPED, "前面的事项未获核准"
    return State.READY, ""


def _join_is_ready(move: Move, key: str) -> bool:
    """All branches that meet here have ended; a step that was never opened counts as not ended."""
    needed = set(move.procedure.step(key).join)
    if not needed:
        return True
    latest: dict[str, str] = {}
    branches = CaseStep.objects.filter(case=move.case, key__in=needed).order_by("round", "id")
    for step_key, state in [*branches.values_list("key", "state"), *((s.key, s.state) for s in move.opened)]:
        if step_key in needed:
            latest[step_key] = state
    return latest.keys() == needed and all(s in (State.DONE, State.SKIPPED) for s in latest.values())


def _is_open(move: Move, key: str) -> bool:
    """Whether the step is open already, other than by the row this act ends."""
    ending = [event.step.pk for event in move.log if event.step is not None]
    return CaseStep.objects.filter(case=move.case, key=key, state__in=OPEN).exclude(pk__in=ending).exists()


def open_steps(move: Move, keys: list[str], round_: int, known: dict[str, Any]) -> None:
    """Open the steps named; one whose condition is false is passed over, one that joins branches waits for all of them."""
    duty = move.procedure.duty(move.case.duty) if move.case.duty else None
    for key in keys:
        if duty is not None and duty.steps and key not in duty.steps:
            continue
        if round_ > 1 and _is_open(move, key):  # a branch beside the one that was sent back
            continue
        if _join_is_ready(move, key):
            _open_step(move, key, round_, known)


def new_case(
    *,
    procedure_id: str,
    organization: Organization,
    by: Any,
    on: dt.date,
    at: dt.datetime,
    person: Any = None,
    employer: Any = None,
    data: dict[str, Any] | None = None,
    parent: Case | None = None,
    anchors: dict[str, str] | None = None,
    definition: tuple[int, Procedure] | None = None,
    calendar: WorkCalendar | None = None,
    number: str = "",
    term: deadlines.Term | None = None,
) -> Move:
    """Build (not yet write) a case with its first step; `definition`, `calendar`, `number` when the caller has them,
    `term` for a case of a recurring duty.

    Raises ProcedureUnknown, Stop.
    """
    definition_id, procedure = definition or definitions.current(procedure_id)
    if organization.tier != procedure.tier:
        raise Stop(
            Reason("wrong_tier", f"“{procedure.title}”不由{organization.short_name}办理", "请选择对应层级的机构")
        )
    case = Case(
        number=number or numbering.next(kind="case", organization=organization, on=on, extra=procedure_id),
        definition_id=definition_id,
        procedure_id=procedure_id,
        title=procedure.title,
        person=person,
        employer=employer,
        organization=organization,
        opened_organization=organization,
        journey_id=parent.journey_id if parent else uuid.uuid4(),
        parent=parent,
        data=data or {},
        anchors=anchors or {},
        opened_at=at,
        opened_by=by,
        first_contact=by,
        duty=term.duty.key if term else "",
        period_on=term.start_on if term else None,
    )
    move = Move(case, procedure, by, on, at, calendar=calendar)
    move.note(None, "", Case.State.OPEN)
    first = procedure.steps[0].key if term is None else term.duty.first_step
    open_steps(move, [first], 1, facts.with_defaults(procedure, case.data))
    return move


def alike(move: Move, number: str, organization: Organization) -> Move:
    """The same new case for another office of the tier; nothing of it is written yet. Only for work about nobody in
    particular whose first steps lie at the office itself."""
    case = rows.twin(move.case)
    case.number, case.journey_id = number, uuid.uuid4()
    case.data, case.anchors = dict(case.data), dict(case.anchors)
    case.organization = case.opened_organization = organization
    made = Move(case, move.procedure, move.by, move.on, move.at, calendar=move.calendar)
    twins: dict[int, CaseStep] = {}
    for step in move.opened:
        if step.organization_id != move.case.organization_id:
            raise ValueError(f"{move.case.procedure_id}/{step.key} lies at another office")
        twin = rows.twin(step)
        twin.case, twin.organization = case, organization
        twins[id(step)] = twin
        made.opened.append(twin)
    for event in move.log:
        noted = rows.twin(event)
        noted.case, noted.step = case, twins[id(event.step)] if event.step is not None else None
        made.log.append(noted)
    return made


def write_new(moves: list[Move]) -> list[Case]:
    """Write cases built by `new_case`, in a few statements however many they are."""
    for start in range(0, len(moves), BATCH):
        batch = moves[start : start + BATCH]
        rows.insert(move.case for move in batch)
        _write_steps(batch)
    return [move.case for move in moves]


def _write_steps(moves: list[Move], first: rows.Statement | None = None) -> None:
    for move in moves:
        _settle(move)
    rows.insert(step for move in moves for step in move.opened)
    for move in moves:
        _settle(move)
    rows.insert((event for move in moves for event in move.log), first=first)


def _settle(move: Move) -> None:
    """Let the rows not yet written know the ids of those that now are."""
    for made in (*move.opened, *move.log):
        made.case_id = move.case.pk
    for event in move.log:
        event.step_id = event.step.pk if event.step is not None else None


def write(move: Move, *names: str) -> None:
    """Write the named fields of the case, and what the act opened and logged in it and in the cases that go on from it."""
    _write_steps([move, *move.children], first=rows.update_of(move.case, *names) if names else None)


def continue_journey(move: Move, continuations: list[Continuation], known: dict[str, Any]) -> None:
    """Start the procedures that take the journey on, each at the office of its tier; `write` stores their steps."""
    for continuation in continuations:
        if not move.procedure.holds(continuation.when, known):
            continue
        carried = {name: known[name] for name in continuation.carry if known.get(name) is not None}
        definition = definitions.current(continuation.procedure)
        children = [
            new_case(
                procedure_id=continuation.procedure,
                organization=office,
                by=move.by,
                on=move.on,
                at=move.at,
                person=move.case.person,
                employer=move.case.employer,
                data=carried | line,
                parent=move.case,
                anchors=_inherited(move.case, definition[1]),
                definition=definition,
            )
            for office in offices_for(move.case, continuation.tier)
            for line in _lines(continuation, known)
        ]
        rows.insert(child.case for child in children)
        move.children += children
        move.started += [child.case for child in children]


def _lines(continuation: Continuation, known: dict[str, Any]) -> list[dict[str, Any]]:
    """Facts of each case to begin: one case, or with `each` one for every line of that table that `only` allows."""
    if not continuation.each:
        return [{}]
    lines = [
        line for line in known.get(continuation.each) or [] if not continuation.only or line.get(continuation.only)
    ]
    return [
        {target: line[column] for column, target in continuation.line.items() if line.get(column) is not None}
        for line in lines
    ]


def _inherited(case: Case, procedure: Procedure) -> dict[str, str]:
    """Dates already on record that limits of the next procedure count from too."""
    wanted = {limit.anchor for step in procedure.steps for limit in step.deadlines if limit.anchor}
    return {code: on for code, on in case.anchors.items() if code in wanted}


_OPEN_ONES = "SELECT 1 FROM procedures_casestep WHERE case_id = %s AND state IN ('ready', 'paused', 'waiting')"


def has_open_steps(case: Case) -> bool:
    """Asked anew under the case's lock, so that of two branches finishing at once the second sees the first."""
    return rows.value(f"SELECT EXISTS ({_OPEN_ONES})", str(case.pk))


def finish_step(step: CaseStep, *names: str) -> bool:
    """Write how a step ended and ask, under the same lock, whether another step of the case is open."""
    sql, values = rows.update_of(step, *names)
    ask = f"WITH ended AS ({sql}) SELECT EXISTS ({_OPEN_ONES} AND id <> %s)"
    return rows.value(ask, *values, str(step.case_id), str(step.pk))


def close(move: Move, state: str, outcome: str) -> None:
    """Close the case, tell whoever listens, and wake the steps of the journey that waited for it."""
    case = move.case
    case.state, case.outcome, case.closed_at = state, outcome, move.at
    move.note(None, Case.State.OPEN, state, outcome=outcome)


def after_close(move: Move) -> None:
    """Once the closed case is written: the event, then the steps that waited for this procedure."""
    events.emit(events.CaseClosed(case_id=move.case.pk, procedure_id=move.case.procedure_id, outcome=move.case.outcome))
    if move.case.parent_id is not None:
        _wake(move)


def _wake(move: Move) -> None:
    waiting = (
        CaseStep.objects.select_for_update(of=("self", "case"))
        .select_related("case__person__organization", "case__organization", "organization")
        .filter(case__journey_id=move.case.journey_id, state=State.WAITING)
        .order_by("id")
    )
    for step in waiting:
        procedure = definitions.procedure_of(step.case.definition_id)
        spec = procedure.step(step.key)
        if spec.waits_for is None or spec.waits_for.procedure != move.case.procedure_id:
            continue
        # Asked under the waiting step's lock: of two that end at once, the second sees the first.
        others = _awaited(step.case, move.case.procedure_id)
        if Case.State.OPEN in others:  # the last of several sends the waiting step on
            continue
        other = Move(step.case, procedure, move.by, move.on, move.at, move.delegation_id)
        known = facts.with_defaults(procedure, step.case.data)
        if Case.State.DONE not in others and spec.waits_for.if_refused == "skip":
            step.state, step.reason = State.SKIPPED, f"“{move.procedure.title}”未获核准"
            passing = next((o for o in spec.outcomes if o.goes_on), None)
            open_steps(other, passing.opens if passing else [], step.round, known)
        else:
            step.state, step.reason, step.opened_at = State.READY, "", move.at
            step.case.anchors.update(dict.fromkeys(move.procedure.marks_on_done, move.on.isoformat()))
            deadlines.clock_of(
                procedure,
                step.key,
                anchors=step.case.anchors,
                opened_on=move.on,
                term=deadlines.term_of(procedure, step.case),
                facts=known,
                nth=step.nth,
            ).write(step)
        step.save()
        other.note(step, State.WAITING, step.state, reason=step.reason)
        closing = step.state == State.SKIPPED and not other.opened and not has_open_steps(step.case)
        if closing:
            close(other, Case.State.DONE, "done")
        step.case.version += 1
        step.case.save()
        write(other)
        if closing:
            after_close(other)


def instants(on: dt.date | None) -> tuple[dt.date, dt.datetime]:
    """The business day of an act and the instant it is written. A day in the future cannot be acted on."""
    today = clock.today()
    if on is not None and on > today:
        raise Stop(Reason("future", "办理日期不能晚于今天", "请改为今天或之前的日期"))
    return on or today, clock.now()
