"""What is read of cases: work lists, checklists, reasons, the one timeline. Every list is bounded by offices."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from renben.engines.procedures import acting, authority, deadlines, definitions, evidence, facts
from renben.engines.procedures.contracts import Reason, StepContext, Stop
from renben.engines.procedures.models import Case, CaseStep, EvidenceItem, FollowUp, StepEvent
from renben.engines.procedures.schema import Procedure
from renben.kernel import calendar_table, clock, rows
from renben.kernel.models import Employer, Organization, Person
from renben.kernel.policy import Principal

State = CaseStep.State
OPEN = [State.READY, State.PAUSED]
SIGNALS = ("red", "yellow", "near", "on_time", "paused", "none")


def offices_within(scope_paths: Iterable[str]) -> list[int]:
    """Ids of the offices in these subtrees; the lists below use them so that the index (office, due) is used."""
    prefixes = [f"{path}%" for path in scope_paths]
    found = rows.all_of("SELECT id FROM kernel_organization WHERE path LIKE ANY(%s) ORDER BY id", [prefixes])
    return [key for (key,) in found]


_STEP = (
    *("id", "case", "key", "title", "roles", "organization", "state", "opened_at", "claimed_by"),
    *("due_on", "raw_due_on", "due_at", "is_provisional", "limits"),
)
_CASE = ("id", "number", "definition", "procedure_id", "title", "person", "employer", "organization", "state")
_PERSON, _EMPLOYER, _OFFICE = ("id", "name", "id_masked"), ("id", "name"), ("id", "name", "short_name", "path")
"""What a work list shows of a step; any other field is read when somebody asks for it."""


@cache
def _due_sql(*, by_role: bool) -> str:
    shown = [
        rows.columns(CaseStep, "s", _STEP),
        rows.columns(Case, "c", _CASE),
        rows.columns(Organization, "o", _OFFICE),
        rows.columns(Person, "n", _PERSON),
        rows.columns(Employer, "e", _EMPLOYER),
    ]
    overlap = " AND roles && %(roles)s::varchar[]" if by_role else ""
    due = (
        "SELECT * FROM procedures_casestep WHERE organization_id = ANY(%(offices)s::bigint[])"
        f" AND state IN ('ready', 'paused') AND due_on <= %(until)s{overlap} ORDER BY due_on, id LIMIT %(most)s"
    )
    return (
        f"SELECT {', '.join(shown)} FROM ({due}) s JOIN procedures_case c ON c.id = s.case_id"
        " JOIN kernel_organization o ON o.id = s.organization_id LEFT JOIN kernel_person n ON n.id = c.person_id"
        " LEFT JOIN kernel_employer e ON e.id = c.employer_id ORDER BY s.due_on, s.id"
    )


def steps_due(
    scope_paths: Iterable[str],
    until: dt.date,
    roles: Iterable[str] | None = None,
    organization_ids: Iterable[int] | None = None,
    limit: int | None = None,
) -> list[CaseStep]:
    """Open steps with a due day up to and including `until`, earliest first, with their cases and people."""
    ids = offices_within(scope_paths) if organization_ids is None else organization_ids
    asked = {"offices": [str(key) for key in ids], "until": until, "most": limit}
    if roles is not None:
        asked["roles"] = list(roles)
    offices: dict[int, Organization] = {}
    parts = [0]
    for names in (_STEP, _CASE, _OFFICE, _PERSON, _EMPLOYER):
        parts.append(parts[-1] + len(names))
    a, b, c, d, e = parts[1:]
    found = []
    for row in rows.all_of(_due_sql(by_role=roles is not None), asked):
        step, case = rows.made(CaseStep, row[:a], _STEP), rows.made(Case, row[a:b], _CASE)
        office = offices.get(step.organization_id)
        if office is None:
            office = offices[step.organization_id] = rows.made(Organization, row[b:c], _OFFICE)
        step.organization, step.case = office, case
        case.person = rows.made(Person, row[c:d], _PERSON) if case.person_id else None
        case.employer = rows.made(Employer, row[d:e], _EMPLOYER) if case.employer_id else None
        found.append(step)
    return found


def open_steps(scope_paths: Iterable[str], roles: Iterable[str] | None = None) -> QuerySet[CaseStep]:
    """All open steps in the offices, those without a due day last."""
    ids = offices_within(scope_paths)
    steps = CaseStep.objects.filter(organization_id__in=ids, state__in=OPEN)
    if roles is not None:
        steps = steps.filter(roles__overlap=list(roles))
    return steps.select_related("case__person", "case__employer", "organization").order_by("due_on", "id")


def my_open_steps(user: Any, *, principal: Principal | None = None) -> QuerySet[CaseStep]:
    """Open steps that this user can do now: of the roles and offices of the posts held, own or lent by delegation."""
    posts = (principal or Principal(user)).posts
    condition = Q(pk__in=[])
    for organization_id, role in sorted({(post.organization_id, post.role) for post in posts}):
        condition |= Q(organization_id=organization_id, roles__contains=[role])
    return (
        CaseStep.objects.filter(condition, state__in=OPEN)
        .filter(Q(claimed_by=None) | Q(claimed_by=user))
        .select_related("case__person", "case__employer", "organization")
        .order_by("due_on", "id")
    )


def signal_counts(
    scope_paths: Iterable[str], roles: Iterable[str] | None = None, organization_ids=None
) -> dict[str, int]:
    """How many open steps show which signal, from the indexed columns alone (no row is loaded)."""
    ids = offices_within(scope_paths) if organization_ids is None else list(organization_ids)
    steps = CaseStep.objects.filter(organization_id__in=ids, state__in=OPEN)
    if roles is not None:
        steps = steps.filter(roles__overlap=list(roles))
    now, calendar, limits = clock.now(), calendar_table.current(), deadlines.thresholds()
    counts: Counter[str] = Counter(dict.fromkeys(SIGNALS, 0))
    kinds: dict[tuple, str] = {}
    for state, due_on, due_at, opened_at, provisional, entries in (
        steps.order_by()
        .values_list("state", "due_on", "due_at", "opened_at", "is_provisional", "limits")
        .iterator(5000)
    ):
        starts = tuple(e.get("start_on") for e in entries if due_on and e.get("due_on") == due_on.isoformat())
        key = (state, due_on, starts or opened_at.date())
        if key not in kinds:
            step = CaseStep(
                state=state, due_on=due_on, raw_due_on=due_on, due_at=due_at, opened_at=opened_at, limits=entries
            )
            step.is_provisional = provisional
            kinds[key] = deadlines.signal_of(step, now, calendar, limits)
        counts[kinds[key]] += 1
    return dict(counts)


def signal(step: CaseStep) -> str:
    """The signal of one step now. For many steps take `signal_reader`, which asks for calendar and limits once."""
    return signal_reader()(step)


def signal_reader() -> Callable[[CaseStep], str]:
    """A function that tells the signal of any step as of this moment."""
    now, calendar, limits = clock.now(), calendar_table.current(), deadlines.thresholds()
    return lambda step: deadlines.signal_of(step, now, calendar, limits)


def procedure_of(case: Case) -> Procedure:
    """The version of the procedure that this case runs under."""
    return definitions.procedure_of(case.definition_id)


def checklist(step: CaseStep) -> list[evidence.EvidenceLine]:
    """The whole evidence list of a step, with what was handed in and what is needed in this case."""
    procedure = definitions.procedure_of(step.case.definition_id)
    items = list(EvidenceItem.objects.filter(case_id=step.case_id, step_key=step.key).order_by("id"))
    known = facts.with_defaults(procedure, step.case.data)
    return evidence.lines(procedure, procedure.step(step.key), known, items)


def known_values(step: CaseStep) -> dict[str, Any]:
    """Values of the step's fields that are already known: from the case, else from the field's registered source."""
    procedure = definitions.procedure_of(step.case.definition_id)
    spec = procedure.step(step.key)
    typed = facts.carried(spec, step.case.data, step.nth)
    known = facts.with_defaults(procedure, typed | facts.fetch(spec, step.case, typed))
    return {field.name: known.get(field.name) for field in spec.fields_in(step.nth)}


def blocked_by(
    step: CaseStep, *, by: Any = None, outcome: str = "", data: dict[str, Any] | None = None
) -> list[Reason]:
    """What stands in the way of an outcome (the first approving one by default); the buttons ask this. Empty: go ahead."""
    procedure = definitions.procedure_of(step.case.definition_id)
    spec = procedure.step(step.key)
    try:
        acting.demand_ready(step)
        wanted = acting.chosen_outcome(spec, outcome or spec.outcomes_in(step.nth)[0].code, step.nth)
        delegation_id = authority.delegation_for(by, step.organization, spec.roles) if by is not None else None
    except Stop as stop:
        return stop.reasons
    if not wanted.goes_on:
        return []
    values, reasons = facts.take(spec, data or {}, step.nth)
    before = facts.carried(spec, step.case.data, step.nth)
    values |= facts.fetch(spec, step.case, before | values)
    known = facts.with_defaults(procedure, before | values)
    context = StepContext(
        step.case,
        step,
        procedure,
        spec,
        wanted.code,
        known,
        values,
        by,
        clock.today(),
        clock.now(),
        delegation_id=delegation_id,
    )
    context.items = acting.stored_evidence(step, spec)
    reasons += facts.missing(procedure, spec, known, wanted, step.nth)
    reasons += evidence.gate(procedure, spec, known, context.items)
    return reasons + acting.guard_reasons(spec, context)


SHOWN_OF_EVENT = (
    *("from_state", "to_state", "outcome", "at", "reason", "note", "data"),
    *("case__number", "case__procedure_id", "case__title", "case__organization__short_name", "by__display_name"),
    *("step__key", "step__title", "acting_for__from_staff__name"),
)
"""What a timeline tells; the wide rows of case and step stay where they are."""


def timeline(journey_id: uuid.UUID) -> list[StepEvent]:
    """Everything that happened in a journey, across tiers, in order; the same list for citizen, clerk and supervisor."""
    return list(
        StepEvent.objects.filter(case__journey_id=journey_id)
        .select_related("case__organization", "step", "by", "acting_for__from_staff")
        .only(*SHOWN_OF_EVENT)
        .order_by("at", "id")
    )


def journey(case: Case) -> list[Case]:
    """All cases of the journey in the order they began."""
    return list(
        Case.objects.filter(journey_id=case.journey_id)
        .select_related("organization")
        .only(
            "number",
            "procedure_id",
            "title",
            "state",
            "journey_id",
            "parent_id",
            "person_id",
            "opened_at",
            "organization__short_name",
        )
        .order_by("opened_at", "id")
    )


def open_case(person: Any, procedure_id: str) -> Case | None:
    """The running case of this person and procedure, if any: ask before starting another."""
    running = Case.objects.filter(person=person, procedure_id=procedure_id, state=Case.State.OPEN)
    return running.order_by("-opened_at", "-id").first()


def follow_ups_due(scope_paths: Iterable[str], until: dt.date) -> QuerySet[FollowUp]:
    """Open follow-ups due up to and including `until`, earliest first; overdue ones stay on the list."""
    return (
        FollowUp.objects.filter(organization_id__in=offices_within(scope_paths), cleared_at=None)
        .filter(due_on__lte=until)
        .select_related("person", "case", "organization")
        .order_by("due_on", "id")
    )
