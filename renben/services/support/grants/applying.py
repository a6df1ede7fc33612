"""初审、复审、终审 of a grant: the list of people is checked, computed by rule and looked at by three different people (Q-1.3.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from renben.engines.rules.determinations import store
from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import evaluate
from renben.kernel import acts, audit, clock
from renben.kernel.models import Person
from renben.kernel.people import find_by_number
from renben.kernel.textnorm import clean_name
from renben.services.exchange import crosschecks
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants import checks, noticing
from renben.services.support.grants.codes import BASIS, DOMAIN, Item, Level, heading_of
from renben.services.support.grants.models import Grant, GrantLine, GrantReview
from renben.services.support.months import first_of, shifted
from renben.services.support.rules_district import BY_MONTH

State = Grant.State


@dataclass(frozen=True)
class Asked:
    """One line of the list that came in: a name and a number, from when and for how many months."""

    name: str
    id_number: str
    first_month: dt.date
    months: int = 1


@dataclass(frozen=True)
class Review:
    """What a reviewer signs. The third party and its report only at the last level."""

    level: Level
    opinion: str
    on: dt.date
    third_party: str = ""
    report_number: str = ""


def _people(asked: Sequence[Asked], item: str) -> list[Person]:
    """Whom the lines mean, in order. NotPossible names every line that is wrong, none is guessed."""
    wrong, found, seen = [], [], set()
    for number, line in enumerate(asked, start=1):
        person = find_by_number("resident_id", line.id_number.strip())
        place = f"第{number}行 {line.name.strip()[:20]}"
        if person is None:
            wrong.append(Why("not_on_file", f"{place}：没有这个证件号码的人员档案。", "请核对号码，或先建档。"))
            continue
        if clean_name(person.name) != clean_name(line.name):
            wrong.append(Why("name", f"{place}：这个证件号码登记的不是这个姓名。", "请核对姓名和号码。"))
        if person.pk in seen:
            wrong.append(Why("twice", f"{place}：名单里写了两遍。", "请删去一行。"))
        if line.months < 1:
            wrong.append(Why("months", f"{place}：月数要写1以上的整数。"))
        if item not in BY_MONTH and line.months != 1:
            wrong.append(Why("months", f"{place}：{Item(item).label}按人计一次，月数写1。"))
        seen.add(person.pk)
        found.append(person)
    if not asked:
        wrong.append(Why("nobody", "名单里没有人。", "请把涉及的人员逐个写上。"))
    if wrong:
        raise NotPossible(*wrong)
    return found


def _months_of(line: GrantLine | Asked) -> list[dt.date]:
    return [shifted(first_of(line.first_month), n) for n in range(line.months)]


def drawn_before(item: str, people: Sequence[Person], apart_from: Grant) -> dict[int, list[GrantLine]]:
    """Lines of these people for the same item in other applications that were not refused, by person."""
    rows = GrantLine.objects.filter(grant__item=item, person__in=people, is_struck=False).exclude(grant=apart_from.pk)
    found: dict[int, list[GrantLine]] = {}
    for row in rows.exclude(grant__state=State.REFUSED).select_related("grant").order_by("id"):
        found.setdefault(row.person_id, []).append(row)
    return found


def faults_of(grant: Grant, lines: Sequence[GrantLine]) -> dict[int, list[str]]:
    """`{person id: sentences}`: what other bodies' data and other applications say against a line. A handful of queries."""
    heading = heading_of(grant.item)
    asked = [(line.person_id, month) for line in lines for month in _months_of(line)]
    said = crosschecks.objections(heading, asked)
    earlier = drawn_before(grant.item, [line.person for line in lines], grant)
    found: dict[int, list[str]] = {}
    for line in lines:
        months = set(_months_of(line))
        texts = [f"{one.text}{one.fix}" for month in sorted(months) for one in said.get((line.person_id, month), [])]
        for other in earlier.get(line.person_id, []):
            if months & set(_months_of(other)):
                applied = f"{other.grant.applied_on:%Y年%m月%d日}的申请"
                texts.append(f"{applied}里已有这个人同一项、同一时期，不能重复。")
        if texts:
            found[line.person_id] = list(dict.fromkeys(texts))
    return found


def determine(grant: Grant, lines: Sequence[GrantLine], *, by: Any, on: dt.date) -> None:
    """Compute each line by the standard of `on` and keep the determination; a later one supersedes the earlier."""
    for line in lines:
        try:
            found = evaluate(DOMAIN, on, {"item": grant.item, "months": line.months})
        except InputError as error:
            raise NotPossible(Why("bad_input", str(error))) from error
        line.amount_fen = round(found.result["amount"] * 100) if found.is_answered else None
        line.determination = store(
            person=line.person,
            kind=DOMAIN,
            found=found,
            case=grant.case,
            decided_by=by,
            supersedes=line.determination,
        )
        line.save(update_fields=["amount_fen", "determination"])


@acts.whole
def take_in(*, case: Any, item: str, asked: Sequence[Asked], claimed_fen: int | None, review: Review, by: Any) -> Grant:
    """初审: take the list, check every person, compute every line. Coming back from a later level it begins the next round with
    the list as it is now. NotPossible names every line that is wrong."""
    people = _people(asked, item)
    list(Person.objects.select_for_update().filter(pk__in=[p.pk for p in people]).order_by("pk"))
    if case.employer_id is None and len(people) != 1:
        text = "个人申请的，名单里只写本人一行；单位申请的，请从单位的档案新建办件。"
        raise NotPossible(Why("one_person", text))
    grant = Grant.objects.select_for_update(of=("self",)).filter(case=case).first()
    if grant is None:
        grant = Grant(case=case, organization=case.organization, applied_on=review.on, recorded_at=clock.now())
        grant.recorded_by = by
    elif not grant.is_open:
        raise NotPossible(Why("too_late", f"这一件已是“{grant.get_state_display()}”，不能再改名单。"))
    else:
        noticing.withdraw(grant)
        grant.round += 1
        grant.version += 1
    grant.item, grant.employer, grant.claimed_fen, grant.state = item, case.employer, claimed_fen, State.FIRST
    grant.save()
    lines = _put_lines(grant, people, asked)
    determine(grant, lines, by=by, on=review.on)
    _sign(grant, review, by)
    return grant


def _put_lines(grant: Grant, people: Sequence[Person], asked: Sequence[Asked]) -> list[GrantLine]:
    """The list as asked for: who is no longer on it goes, who stays keeps the determination that is superseded."""
    held = {row.person_id: row for row in grant.lines.select_related("determination")}
    wanted = {person.pk for person in people}
    for row in [row for pk, row in held.items() if pk not in wanted]:
        row.delete()
    lines = []
    for person, one in zip(people, asked, strict=True):
        line = held.get(person.pk) or GrantLine(grant=grant)
        line.person, line.first_month, line.months = person, first_of(one.first_month), one.months
        lines.append(line)
    faults = faults_of(grant, lines)
    for line in lines:
        line.faults = faults.get(line.person_id, [])
        line.save()
    return lines


def counted(grant: Grant) -> list[GrantLine]:
    """The lines that count: everybody who is not struck."""
    rows = grant.lines.filter(is_struck=False).select_related("person", "determination", "payment_line")
    return list(rows.order_by("id"))


def total_fen(grant: Grant) -> int | None:
    """The amount of the grant; None while a line has no standard."""
    rows = grant.lines.filter(is_struck=False)
    if not rows.exists() or rows.filter(amount_fen=None).exists():
        return None
    return rows.aggregate(total=Sum("amount_fen"))["total"]


def _sign(grant: Grant, review: Review, by: Any) -> None:
    """Keep a review. NotPossible when its signer signed another level of this round."""
    others = grant.reviews.filter(round=grant.round)
    mine = others.filter(by=by).first()
    if mine is not None:
        text = f"这一次的{mine.get_level_display()}是您办的，{review.level.label}要由另一个人办。"
        raise NotPossible(Why("same_person", text, "请换一位工作人员办理。"))
    GrantReview.objects.create(
        grant=grant,
        round=grant.round,
        level=review.level,
        on=review.on,
        amount_fen=total_fen(grant),
        opinion=review.opinion,
        third_party=review.third_party[:100],
        report_number=review.report_number[:60],
        by=by,
        recorded_at=clock.now(),
    )
    audit.record(
        action="grant.review",
        subject=f"grant:{grant.pk}",
        detail={"level": int(review.level), "round": grant.round, "total_fen": total_fen(grant)},
        by=by,
        organization=grant.organization,
    )


def _demand(grant: Grant, *states: str) -> None:
    if grant.state not in states:
        text = f"这一件现在是“{grant.get_state_display()}”，还不能办这一步。"
        raise NotPossible(Why("grant_state", text, "请按顺序办理。"))


def _lock(grant: Grant) -> Grant:
    held = Grant.objects.select_for_update(of=("self",)).select_related("organization", "employer", "case")
    return held.get(pk=grant.pk)


@acts.whole
def second(*, grant: Grant, review: Review, by: Any) -> Grant:
    """复审: the amounts are computed anew by the standard of the day; somebody else than the first reviewer signs."""
    held = _lock(grant)
    if held.state == State.SECOND:  # sent back by the last level: a new look at this one
        held.reviews.filter(round=held.round, level__gte=Level.SECOND).delete()
    _demand(held, State.FIRST, State.SECOND)
    determine(held, counted(held), by=by, on=review.on)
    _sign(held, review, by)
    return _moved(held, State.SECOND)


@acts.whole
def final(*, grant: Grant, review: Review, by: Any) -> Grant:
    """终审: the amount is final and the notice goes up. NotPossible while a counted line has no standard or an open question."""
    held = _lock(grant)
    _demand(held, State.SECOND)
    lines = counted(held)
    determine(held, lines, by=by, on=review.on)
    open_questions = [line for line in lines if line.faults]
    why = checks.against_firm(held.employer, review.on) if held.employer is not None else []
    if not lines:
        why.append(Why("nobody", "名单里没有计算的人。", "请选“不予通过”。"))
    if any(line.amount_fen is None for line in lines):
        text = f"{held.get_item_display()}没有现行标准，算不出金额，不能公示和发放（D-07）。"
        fix = f"请在“政策参数”里登记“区级{held.get_item_display()}标准”和文件，批准后再办。"
        why.append(Why("no_standard", text, fix, BASIS))
    if open_questions:
        text = f"{len(open_questions)}个人比对有问题还没有处理。"
        why.append(Why("faults", text, "请在这一件的页面上核实后注明，或者写明理由不予计算。"))
    if why:
        raise NotPossible(*why)
    _sign(held, review, by)
    noticing.put_up(held, on=review.on, amount_fen=total_fen(held) or 0, people=len(lines))
    return _moved(held, State.NOTICE)


def _moved(grant: Grant, state: str) -> Grant:
    grant.state = state
    grant.version += 1
    grant.save()
    return grant


@acts.whole
def strike(*, line: GrantLine, reason: str, by: Any) -> GrantLine:
    """不予计算某人, with the reason. NotPossible once the notice is up: what the public has read does not change silently."""
    grant = _lock(line.grant)
    _demand(grant, State.FIRST, State.SECOND)
    held = GrantLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    held.is_struck, held.struck_reason, held.struck_by = True, reason[:300], by
    held.save(update_fields=["is_struck", "struck_reason", "struck_by"])
    _line_audit(grant, held, "strike", by)
    return held


@acts.whole
def recheck(*, line: GrantLine, by: Any) -> GrantLine:
    """Compare a line again, after what spoke against it was looked into; a struck line counts again."""
    grant = _lock(line.grant)
    _demand(grant, State.FIRST, State.SECOND)
    held = GrantLine.objects.select_for_update(of=("self",)).select_related("person", "grant").get(pk=line.pk)
    held.is_struck, held.struck_reason, held.struck_by = False, "", None
    held.faults = faults_of(grant, [held]).get(held.person_id, [])
    held.save(update_fields=["is_struck", "struck_reason", "struck_by", "faults"])
    _line_audit(grant, held, "recheck", by)
    return held


def _line_audit(grant: Grant, line: GrantLine, what: str, by: Any) -> None:
    audit.record(
        action=f"grant.{what}",
        subject=f"person:{line.person_id}",
        detail={"grant": grant.pk, "line": line.pk, "faults": len(line.faults)},
        by=by,
        organization=grant.organization,
    )
