"""规程草稿: a procedure is changed on screen, looked at as a difference, approved by another person, and in force from a day.

Running cases keep the version they began with; nothing that was frozen is touched. A text that files would not be allowed
to have is not let through: the draft passes the same check as the catalogue.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from pydantic import ValidationError

from renben.engines.procedures import catalogue, definitions
from renben.engines.procedures.check import check_procedure
from renben.engines.procedures.difference import Change, difference
from renben.engines.procedures.duties import next_period, openings, period_text
from renben.engines.procedures.edits import Refused, applied, flow_problems
from renben.engines.procedures.models import Case, DefinitionDraft, Origin
from renben.engines.procedures.schema import Procedure
from renben.kernel import acts, audit, calendar_table, clock
from renben.kernel.models import Organization
from renben.kernel.positions import period_start

State = DefinitionDraft.State
__all__ = ["Change", "DraftRefused", "Refused", "Touched", "difference"]


class DraftRefused(Exception):
    """What was asked cannot be done with this draft; the text says why and what to do."""


def procedure_of(draft: DefinitionDraft) -> Procedure:
    """The procedure as the draft has it."""
    return Procedure.model_validate(draft.body)


def base_of(draft: DefinitionDraft) -> Procedure:
    """The procedure as it was before."""
    return definitions.procedure_of(draft.base_id)


def changes_of(draft: DefinitionDraft) -> list[Change]:
    """What the draft changes, in words."""
    return difference(base_of(draft), procedure_of(draft))


# What is wrong with it


def problems_of(draft: DefinitionDraft, procedure: Procedure | None = None) -> list[str]:
    """What keeps a draft from being submitted, in sentences: the check of the catalogue's files, and ways that lead nowhere.

    What the version before says of itself is not held against whoever changes something else.
    """
    base, wanted = base_of(draft), procedure or procedure_of(draft)
    known = {p.id: p for _, p in definitions.in_force()} | {wanted.id: wanted}
    old = {*check_procedure(base, known | {base.id: base}), *flow_problems(base)}
    found = [*check_procedure(wanted, known), *flow_problems(wanted)]
    return [_plain(wanted, sentence) for sentence in found if sentence not in old]


def _plain(procedure: Procedure, sentence: str) -> str:
    """A sentence of the check with names instead of codes."""
    names = {step.key: step.name for step in procedure.steps}
    sentence = sentence.removeprefix(f"{procedure.id}：")
    sentence = re.sub(rf"^{re.escape(procedure.id)}/(\w+)：", lambda m: f"环节“{names.get(m[1], m[1])}”：", sentence)
    sentence = re.sub(r"环节 ([A-Za-z0-9_]+) ?", lambda m: f"环节“{names.get(m[1], m[1])}”", sentence)
    return sentence if sentence.endswith("。") else f"{sentence}。"


# What it touches


@dataclass(frozen=True)
class Next:
    """A recurring duty, the next period that opens with whatever is in force then, and how many offices owe it."""

    title: str
    period: str
    opens_on: dt.date
    offices: int


@dataclass(frozen=True)
class Touched:
    """What a change of a procedure meets. `running`: (version, cases that go on under it)."""

    running: list[tuple[int, int]]
    duties: list[Next]
    forms: list[str]
    ledgers: list[str]
    others: list[str]

    @property
    def running_cases(self) -> int:
        return sum(count for _, count in self.running)


def touches(procedure_id: str) -> Touched:
    """Running cases by version, the duties that open next, forms and ledgers, and procedures that go on here or wait."""
    _, procedure = definitions.current(procedure_id)
    running = (
        Case.objects.filter(procedure_id=procedure_id, state=Case.State.OPEN)
        .values_list("definition__version")
        .annotate(count=Count("id"))
        .order_by("definition__version")
    )
    others = [
        f"{other.id} {other.title}"
        for _, other in definitions.in_force()
        if other.id != procedure_id and procedure_id in _named_by(other)
    ]
    return Touched(
        running=list(running),
        duties=_next_duties(procedure),
        forms=list(dict.fromkeys(name for step in procedure.steps for name in step.forms)),
        ledgers=list(dict.fromkeys(name for step in procedure.steps for name in step.ledgers)),
        others=others,
    )


def _named_by(procedure: Procedure) -> set[str]:
    named = {onward.procedure for step in procedure.steps for o in step.outcomes for onward in o.continues_as}
    return named | {step.waits_for.procedure for step in procedure.steps if step.waits_for is not None}


def _next_duties(procedure: Procedure) -> list[Next]:
    today, calendar = clock.today(), calendar_table.current().with_strict(False)
    owing = Organization.objects.filter(tier=procedure.tier, is_active=True).count() if procedure.duties else 0
    found = []
    for duty in procedure.duties:
        start = today if duty.period == "day" else period_start(today, duty.period)
        first = next_period(duty.period, start)
        later = openings(duty, first, first + dt.timedelta(days=400), calendar)
        if (one := next(later, None)) is not None:
            found.append(Next(duty.title, period_text(duty.period, one[0]), one[1], owing))
    return found


# Writing


@acts.whole
def open_draft(*, procedure_id: str, by: Any, organization: Organization) -> DefinitionDraft:
    """Begin a change of a procedure. Raises ProcedureUnknown, and DraftRefused while another draft of it is open."""
    definitions.lock()
    newest = definitions.newest(procedure_id)
    if newest is None:
        raise definitions.ProcedureUnknown(f"procedure {procedure_id} is not loaded; sync the catalogue")
    if standing := DefinitionDraft.objects.filter(procedure_id=procedure_id, state__in=DefinitionDraft.OPEN).first():
        raise DraftRefused(
            f"这个工作项已有一份草稿（{standing.author.display_name}，{standing.get_state_display()}），办完或作废以后才能另起一份。"
        )
    now = clock.now()
    draft = DefinitionDraft.objects.create(
        procedure_id=procedure_id,
        base=newest.definition,
        body=newest.definition.body,
        organization=organization,
        author=by,
        opened_at=now,
        saved_at=now,
    )
    _audit(draft, "open", by, {"base": newest.definition.version})
    return draft


@acts.whole
def save_draft(*, draft_id: int, edits: Mapping[str, Any], by: Any, revision: int | None = None) -> DefinitionDraft:
    """Take an edit over (see `edits`). `revision` is the one the page was drawn with.

    Raises Refused with every problem of a field, DraftRefused when the draft may not be changed now or not by this person.
    A way through the steps that leads nowhere is kept and told (`problems_of`), because it may take two pages to mend.
    """
    draft = _locked(draft_id, State.DRAFT, State.REJECTED)
    if draft.author_id != by.pk:
        raise DraftRefused(
            f"这份草稿由{draft.author.display_name}起草，请由本人修改。要换人，先作废这一份，再另起一份。"
        )
    if revision is not None and revision != draft.revision:
        raise DraftRefused("这份草稿在另一个窗口里刚保存过。请先打开新的一页核对，再把这一页的修改填过去。")
    before = procedure_of(draft)
    body = applied(before, draft.body, edits)
    try:
        after = Procedure.model_validate(body)
    except ValidationError as error:
        raise Refused([("", f"{'.'.join(str(p) for p in e['loc'])}：{e['msg']}") for e in error.errors()]) from error
    kept = catalogue.body_of(after)
    changed = difference(before, after)
    if changed:
        draft.body, draft.saved_at, draft.revision = kept, clock.now(), draft.revision + 1
        draft.save(update_fields=["body", "saved_at", "revision"])
        _audit(draft, "save", by, {"places": [change.place for change in changed][:50]})
    return draft


@acts.whole
def submit(*, draft_id: int, by: Any, reason: str) -> DefinitionDraft:
    """Ask for approval. `reason` says why the procedure is changed."""
    draft = _locked(draft_id, State.DRAFT, State.REJECTED)
    if draft.author_id != by.pk:
        raise DraftRefused(f"这份草稿由{draft.author.display_name}起草，请由本人送审。")
    if not reason.strip():
        raise DraftRefused("请写明为什么改，审批的人要看。")
    if not changes_of(draft):
        raise DraftRefused("草稿和现在的规程一样，没有要审批的修改。")
    if problems := problems_of(draft):
        raise DraftRefused("还不能送审：" + "".join(problems))
    _still_newest(draft)
    draft.reason, draft.submitted_at = reason.strip(), clock.now()
    return _move(draft, State.SUBMITTED, "submit", by, "reason", "submitted_at")


@acts.whole
def approve(*, draft_id: int, by: Any, opinion: str = "") -> DefinitionDraft:
    """Agree to a change that somebody else has written, while the version under it is still the newest."""
    draft = _reviewable(draft_id, by)
    if problems := problems_of(draft):
        raise DraftRefused("不能批准：" + "".join(problems))
    _still_newest(draft)
    draft.reviewer, draft.reviewed_at, draft.opinion = by, clock.now(), opinion.strip()
    return _move(draft, State.APPROVED, "approve", by, "reviewer", "reviewed_at", "opinion")


@acts.whole
def reject(*, draft_id: int, by: Any, opinion: str) -> DefinitionDraft:
    """Give a draft back to whoever wrote it, with the reason; it can be changed and submitted again."""
    draft = _reviewable(draft_id, by)
    if not opinion.strip():
        raise DraftRefused("退回要写明原因，起草的人要照着改。")
    draft.reviewer, draft.reviewed_at, draft.opinion = by, clock.now(), opinion.strip()
    return _move(draft, State.REJECTED, "reject", by, "reviewer", "reviewed_at", "opinion")


@acts.whole
def withdraw(*, draft_id: int, by: Any) -> DefinitionDraft:
    """Throw a draft away; anybody who may write drafts may, so that nobody's absence blocks a procedure."""
    draft = _locked(draft_id, *DefinitionDraft.OPEN)
    draft.closed_at = clock.now()
    return _move(draft, State.WITHDRAWN, "withdraw", by, "closed_at")


@acts.whole
def activate(*, draft_id: int, by: Any, active_from: dt.date) -> DefinitionDraft:
    """Freeze an approved draft as a version; new cases use it from `active_from` (today or later) on."""
    definitions.lock()
    draft = _locked(draft_id, State.APPROVED)
    if active_from < clock.today():
        raise DraftRefused("启用日期要在今天或今天以后，过去办的事不能改规程。")
    _still_newest(draft)
    scheduled = definitions.newest(draft.procedure_id)
    if scheduled is not None and active_from < scheduled.active_on:
        raise DraftRefused(
            f"第 {scheduled.definition.version} 版已定于 {scheduled.active_on:%Y-%m-%d} 启用，请选这一天或以后的日期。"
        )
    version = definitions.freeze(procedure_of(draft), origin=Origin.SCREEN, active_from=active_from)
    definitions.put_in_force(version, on=active_from, origin=Origin.SCREEN, by=by)
    draft.definition, draft.active_from, draft.closed_at = version, active_from, clock.now()
    return _move(
        draft, State.ACTIVATED, "activate", by, "definition", "active_from", "closed_at",
        detail={"version": version.version, "active_from": active_from},
    )  # fmt: skip


def _locked(draft_id: int, *states: str) -> DefinitionDraft:
    """The draft, locked. Raises DraftRefused when it is in another state by now."""
    draft = DefinitionDraft.objects.select_for_update().get(pk=draft_id)
    if draft.state not in states:
        raise DraftRefused(f"这份草稿现在是“{draft.get_state_display()}”，不能这样办。请刷新页面。")
    return draft


def _reviewable(draft_id: int, by: Any) -> DefinitionDraft:
    definitions.lock()
    draft = _locked(draft_id, State.SUBMITTED)
    if draft.author_id == by.pk:
        raise DraftRefused("自己起草的规程不能自己审批，请另一位复审或主管领导办理。")
    return draft


def _still_newest(draft: DefinitionDraft) -> None:
    newest = definitions.newest(draft.procedure_id)
    if newest is None or newest.definition_id != draft.base_id:
        raise DraftRefused(
            f"起草以后规程已经换成第 {newest.definition.version if newest else 0} 版，这份草稿是照第 {draft.base.version} 版写的。"
            "请作废这一份，照新版另起一份；旧草稿的修改还看得到，可以照着填。"
        )


def _move(
    draft: DefinitionDraft, state: str, event: str, by: Any, *names: str, detail: dict | None = None
) -> DefinitionDraft:
    draft.state = state
    draft.save(update_fields=["state", *names])
    _audit(draft, event, by, detail)
    return draft


def _audit(draft: DefinitionDraft, event: str, by: Any, detail: dict | None = None) -> None:
    audit.record(
        action=f"catalog.draft_{event}",
        subject=f"definition_draft:{draft.pk}",
        detail={"procedure": draft.procedure_id, **(detail or {})},
        by=by,
        organization=draft.organization,
    )
