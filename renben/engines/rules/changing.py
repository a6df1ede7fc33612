"""参数修改: a new value is drafted, compared, approved by another person, and in force from its day.

Determinations already made keep the versions they were made with; what is evaluated from the day on takes the new value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Max

from renben.kernel import acts, audit, clock, events, rows
from renben.kernel.models import Organization

from . import in_force
from .models import Determination, ParameterChange
from .parameters import Parameter, Parameters, Scale, Version, from_files, load_parameters
from .values import value_text

State = ParameterChange.State
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('policy.parameters'))"


class ChangeRefused(Exception):
    """What was asked cannot be done with this change; the text says why and what to do."""


_settled: list[Callable[[str], dt.date | None]] = []


def register_settled(until: Callable[[str], dt.date | None]) -> None:
    """``until(parameter)`` is the last day for which money that rests on the parameter is already listed or paid."""
    if until not in _settled:
        _settled.append(until)


_followed: set[str] = set()


def register_followed(kind: str) -> None:
    """Determinations of a kind whose money is compared anew after a change, more paid and less recovered: they keep no figure
    of the past from being set."""
    _followed.add(kind)


def decided_until(name: str) -> dt.date | None:
    """The last day for which anything that rests on a parameter has been decided, listed or paid; None for nothing."""
    used = Determination.objects.filter(parameter_versions__contains=[{"name": name}]).order_by()
    used = used.exclude(kind__in=_followed)
    days = [used.aggregate(last=Max("as_of"))["last"], *(until(name) for until in _settled)]
    return max((day for day in days if day is not None), default=None)


def with_change(parameters: Parameters, change: ParameterChange) -> Parameters:
    """The parameters as they would be with the change."""
    return parameters.with_value(change.as_version(parameters[change.parameter]))


def before_change(change: ParameterChange) -> Parameters:
    """The parameters without the change: those in force, less the change itself once it is approved."""
    found = from_files()
    others = ParameterChange.objects.filter(state=State.IN_FORCE).exclude(pk=change.pk)
    for other in others.order_by("valid_from", "id"):
        if other.parameter in found:
            found = found.with_value(other.as_version(found[other.parameter]))
    return found


def version_before(parameter: Parameter, day: dt.date) -> Version | None:
    """What the file says for a day, a "no standard" included; None before the first value."""
    return next((version for version in reversed(parameter.versions) if version.valid_from <= day), None)


# What is wrong with it


def problems_of(change: ParameterChange) -> list[str]:
    """What keeps a change from being approved, one sentence each; empty when it may go."""
    parameter = load_parameters()[change.parameter]
    return [*_paper_problems(change), *_date_problems(change, parameter)]


def _paper_problems(change: ParameterChange) -> list[str]:
    if change.value is None:
        return [] if change.note.strip() else ["从这天起没有标准的，请在说明里写明原因。"]
    found = []
    if not change.document.strip():
        found.append("没有写文件。新标准要写明文件名称和文号，没有文件不能改。")
    if not change.article.strip():
        found.append("没有写条款，请写明在文件的哪一条。")
    return found


def _date_problems(change: ParameterChange, parameter: Parameter) -> list[str]:
    day, unit = change.valid_from, parameter.unit
    same = next((version for version in parameter.versions if version.valid_from == day), None)
    if same is not None:
        return [f"{day}起已有一个值（{value_text(same.value, unit)}），日期重叠。请换一个日期。"]
    before = version_before(parameter, day)
    later = next((version for version in parameter.versions if version.valid_from > day), None)
    if later is not None and (before is None or before.value is not None):
        return [f"{later.valid_from}起已有下一个值（{value_text(later.value, unit)}），日期重叠。请写在那以后的一天。"]
    found = []
    if before is not None and _plain(before.value) == change.value:
        found.append("和这天原来的值一样，没有要改的。")
    decided = decided_until(change.parameter)
    if decided is not None and day <= decided:
        found.append(f"{decided}以前的已经按原来的值作过判定或列入名录，不能改过去的。请从{decided}以后的一天起用。")
    return found


def _plain(value: Any) -> Any:
    """A value as the table keeps it."""
    if isinstance(value, Scale):
        return {"thresholds": list(value.thresholds), "amounts": list(value.amounts)}
    return list(value) if isinstance(value, tuple) else value


# Writing


@acts.whole
def open_change(*, parameter: str, by: Any, organization: Organization) -> ParameterChange:
    """Begin a change with the newest value. Raises CatalogueError, and ChangeRefused while another draft is open."""
    rows.value(_LOCK)
    known = load_parameters()[parameter]
    if standing := ParameterChange.objects.filter(parameter=parameter, state__in=ParameterChange.OPEN).first():
        raise ChangeRefused(
            f"这个参数已有一份草稿（{standing.author.display_name}，{standing.get_state_display()}），办完或作废以后才能另起一份。"
        )
    newest = next((version for version in reversed(known.versions) if version.value is not None), None)
    now = clock.now()
    change = ParameterChange.objects.create(
        parameter=parameter,
        value=_plain(newest.value) if newest is not None else None,
        valid_from=clock.today() + dt.timedelta(days=1),
        organization=organization,
        author=by,
        opened_at=now,
        saved_at=now,
    )
    _audit(change, "open", by)
    return change


FACTS = ("value", "valid_from", "document", "article", "reference", "note")


@acts.whole
def save_change(*, change_id: int, by: Any, revision: int, **facts: Any) -> ParameterChange:
    """Take over what was typed (``FACTS``). ``revision`` is the one the page was drawn with; ChangeRefused otherwise."""
    change = _own(change_id, by, "修改")
    if revision != change.revision:
        raise ChangeRefused("这份草稿在另一个窗口里刚保存过。请打开新的一页核对，再把这一页的修改填过去。")
    if unknown := set(facts) - set(FACTS):
        raise ValueError(f"not a fact of a change: {sorted(unknown)}")
    changed = [name for name, value in facts.items() if getattr(change, name) != value]
    for name in changed:
        setattr(change, name, facts[name])
    if changed:
        change.saved_at, change.revision = clock.now(), change.revision + 1
        change.save()
        _audit(change, "save", by, {"fields": changed, "value": change.value, "from": str(change.valid_from)})
    return change


@acts.whole
def submit(*, change_id: int, by: Any, reason: str) -> ParameterChange:
    """Ask for approval; ``reason`` says why the figure is changed."""
    change = _own(change_id, by, "送审")
    if not reason.strip():
        raise ChangeRefused("请写明为什么改，审批的人要看。")
    if problems := problems_of(change):
        raise ChangeRefused("还不能送审：" + "".join(problems))
    change.reason, change.submitted_at = reason.strip(), clock.now()
    return _move(change, State.SUBMITTED, "submit", by)


@acts.whole
def approve(*, change_id: int, by: Any, opinion: str = "") -> ParameterChange:
    """Put a value in force that somebody else has drafted. From its day on every process reckons with it."""
    change = _reviewable(change_id, by)
    if problems := problems_of(change):
        raise ChangeRefused("不能批准：" + "".join(problems))
    change.reviewer, change.reviewed_at, change.opinion = by, clock.now(), opinion.strip()
    change.closed_at = change.reviewed_at
    _move(change, State.IN_FORCE, "approve", by, {"value": change.value, "from": str(change.valid_from)})
    in_force.touch()
    events.emit(events.FigureApproved(change.parameter, change.pk))
    return change


@acts.whole
def reject(*, change_id: int, by: Any, opinion: str) -> ParameterChange:
    """Give a change back to whoever drafted it, with the reason."""
    change = _reviewable(change_id, by)
    if not opinion.strip():
        raise ChangeRefused("退回要写明原因，起草的人要照着改。")
    change.reviewer, change.reviewed_at, change.opinion = by, clock.now(), opinion.strip()
    return _move(change, State.REJECTED, "reject", by)


@acts.whole
def withdraw(*, change_id: int, by: Any) -> ParameterChange:
    """Throw a draft away; anybody who may draft may, so that nobody's absence blocks a parameter."""
    change = _locked(change_id, *ParameterChange.OPEN)
    change.closed_at = clock.now()
    return _move(change, State.WITHDRAWN, "withdraw", by)


def _locked(change_id: int, *states: str) -> ParameterChange:
    rows.value(_LOCK)
    change = ParameterChange.objects.select_for_update(of=("self",)).select_related("author").get(pk=change_id)
    if change.state not in states:
        raise ChangeRefused(f"这份修改现在是“{change.get_state_display()}”，不能这样办。请刷新页面。")
    return change


def _own(change_id: int, by: Any, act: str) -> ParameterChange:
    change = _locked(change_id, *ParameterChange.EDITABLE)
    if change.author_id != by.pk:
        raise ChangeRefused(
            f"这份草稿由{change.author.display_name}起草，请由本人{act}。要换人，先作废这一份，再另起一份。"
        )
    return change


def _reviewable(change_id: int, by: Any) -> ParameterChange:
    change = _locked(change_id, State.SUBMITTED)
    if change.author_id == by.pk:
        raise ChangeRefused("自己起草的修改不能自己审批，请另一位复审或主管领导办理。")
    return change


def _move(change: ParameterChange, state: str, event: str, by: Any, detail: dict | None = None) -> ParameterChange:
    change.state = state
    change.save()
    _audit(change, event, by, detail)
    return change


def _audit(change: ParameterChange, event: str, by: Any, detail: dict | None = None) -> None:
    audit.record(
        action=f"policy.change_{event}",
        subject=f"parameter_change:{change.pk}",
        detail={"parameter": change.parameter, **(detail or {})},
        by=by,
        organization=change.organization,
    )
