"""审核材料 and 电话抽查 of the guidance subsidy: who counts, who is called, what the answers change (Q-1.3.7, D-13, D-07)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.exact import fraction
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import acts, audit, clock
from renben.kernel.people import find_by_number
from renben.kernel.textnorm import clean_name
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants import checks, sampling
from renben.services.support.grants.guidance_models import GuidanceClaim, GuidancePerson

State, Answer = GuidanceClaim.State, GuidancePerson.Answer
RATIO, HOURS = "guidance.phone_check_ratio", "guidance.min_hours"
DOMAIN = "guidance.subsidy"


@dataclass(frozen=True)
class Guided:
    """One line of the handbook."""

    name: str
    id_number: str
    guided_on: dt.date | None = None
    hours: float | None = None


@dataclass(frozen=True)
class Call:
    """One telephone call and what was said."""

    name: str
    tail: str
    on: dt.date
    answer: str


def claim_of(case: Any) -> GuidanceClaim | None:
    """The claim a case is about."""
    return GuidanceClaim.objects.filter(case=case).select_related("organization").first()


def people_of(claim: GuidanceClaim) -> list[GuidancePerson]:
    """The people of the present submission."""
    return list(claim.people.filter(round=claim.round).select_related("person").order_by("id"))


def _why_not(line: Guided, person: Any, least: float, denied: set[str], key: str) -> str:
    """Why a line does not count; empty when it does."""
    if person is None:
        return "系统里没有这个证件号码的档案"
    if clean_name(person.name) != clean_name(line.name):
        return "姓名与系统里这个证件号码的档案不符"
    if line.hours is not None and line.hours < least:
        return f"听课{line.hours:g}小时，不到{least:g}小时"
    return "电话抽查时说没有参加过" if key in denied else ""


def _people(claim: GuidanceClaim, lines: Sequence[Guided], denied: set[str]) -> list[GuidancePerson]:
    least = float(Reader(load_parameters(), claim.reviewed_on)(HOURS))
    found, seen = [], set()
    for line in lines:
        person = find_by_number("resident_id", line.id_number.strip())
        row = GuidancePerson(
            claim=claim,
            round=claim.round,
            person=person,
            name=line.name.strip()[:50],
            tail=line.id_number.strip()[-4:],
            guided_on=line.guided_on,
        )
        row.reason = _why_not(line, person, least, denied, row.key) or ("名单里写了两遍" if row.key in seen else "")
        row.is_counted = not row.reason
        seen.add(row.key)
        found.append(row)
    elsewhere = checks.at_two_places(claim, found)
    for row in found:
        said = elsewhere.get((row.person_id, row.guided_on))
        if row.is_counted and said:
            row.is_counted, row.reason = False, said[:200]
    return found


@acts.whole
def review(*, case: Any, institution: str, lines: Sequence[Guided], by: Any, on: dt.date) -> GuidanceClaim:
    """审核材料: compare every line with the register, compute the amount, draw who is called. A submission that came back is
    looked at anew: who said it is not true counts nothing, and the share is doubled. NotPossible when nobody counts."""
    if not lines:
        raise NotPossible(Why("nobody", "花名册里没有人。", "请写上培训对象，或者选“不予补贴”。"))
    claim = GuidanceClaim.objects.select_for_update(of=("self",)).filter(case=case).first()
    failures = 0
    if claim is None:
        claim = GuidanceClaim(case=case, organization=case.organization)
    else:
        failures = _failed_rounds(claim)
        claim.round += 1
    denied = _denied(claim) if claim.pk else set()
    share = sampling.share_of(fraction(Reader(load_parameters(), on)(RATIO)), failures)
    claim.institution, claim.reviewed_on, claim.reviewed_by, claim.state = institution[:100], on, by, State.CHECKING
    claim.seed, claim.share_percent, claim.checked_on = secrets.token_hex(16), round(share * 100), None
    people = _people(claim, lines, denied)
    counted = [row for row in people if row.is_counted]
    if not counted:
        raise NotPossible(*(Why("not_counted", f"{row.name}：{row.reason}。") for row in people))
    claim.sample_size = sampling.size(len(counted), Fraction(claim.share_percent, 100))
    claim.amount_fen = amount(len(counted), on)
    claim.save()
    order = {key: place for place, key in enumerate(sampling.draw((row.key for row in counted), claim.seed), start=1)}
    for row in counted:
        row.place = order[row.key]
    GuidancePerson.objects.bulk_create(people)
    _audit(claim, "review", by, counted=len(counted), seed=claim.seed, share=claim.share_percent)
    return claim


def amount(people: int, on: dt.date) -> int | None:
    """By the standard of the day; None while none is on file."""
    found = evaluate(DOMAIN, on, {"people": people})
    return round(found.result["amount"] * 100) if found.is_answered else None


def _denied(claim: GuidanceClaim) -> set[str]:
    return {row.key for row in claim.people.filter(answer=Answer.NO).order_by("id")}


def _failed_rounds(claim: GuidanceClaim) -> int:
    """How many submissions in a row, the last included, ended with somebody saying it is not true."""
    failed = set(claim.people.filter(answer=Answer.NO).order_by("round").values_list("round", flat=True))
    count = 0
    while claim.round - count in failed:
        count += 1
    return count


def drawn(claim: GuidanceClaim) -> list[GuidancePerson]:
    """Whom to call, in order: those drawn, and the next ones for whoever was not reached."""
    rows = sorted((row for row in people_of(claim) if row.place), key=lambda row: row.place)
    answers = {row.key: row.answer for row in rows if row.answer}
    left = set(sampling.outcome([row.key for row in rows], claim.sample_size, answers).to_call)
    return [row for row in rows if row.answer or row.key in left]


def take_calls(claim: GuidanceClaim, calls: Sequence[Call]) -> Mapping[str, str]:
    """Keep what was said. NotPossible for somebody who was not drawn and for a day to come or before the review."""
    rows = {row.key: row for row in people_of(claim) if row.place}
    wrong = []
    for call in calls:
        key = f"{call.name.strip()}:{call.tail.strip()}"
        if key not in rows:
            wrong.append(Why("not_drawn", f"{call.name}（尾号{call.tail}）不在可抽查的名单里。", "请照抽出的名单打。"))
        elif not claim.reviewed_on <= call.on <= clock.today():
            wrong.append(Why("call_day", f"{call.name}的通话日期应在审核那天到今天之间。"))
    if wrong:
        raise NotPossible(*wrong)
    for call in calls:
        row = rows[f"{call.name.strip()}:{call.tail.strip()}"]
        row.answer, row.called_on = call.answer, call.on
        row.save(update_fields=["answer", "called_on"])
    return {key: row.answer for key, row in rows.items() if row.answer}


@acts.whole
def check(*, claim: GuidanceClaim, calls: Sequence[Call], by: Any, on: dt.date) -> GuidanceClaim:
    """电话抽查合格: everybody drawn was reached and said it is true. NotPossible names who is still to be called, and that one
    untrue answer sends the whole claim back."""
    held = GuidanceClaim.objects.select_for_update(of=("self",)).select_related("organization").get(pk=claim.pk)
    answers = take_calls(held, calls)
    rows = {row.key: row for row in people_of(held) if row.place}
    order = sorted(rows, key=lambda key: rows[key].place)
    found = sampling.outcome(order, held.sample_size, answers)
    if found.failed:
        names = "、".join(rows[key].name for key in found.failed)
        raise NotPossible(Why("untrue", f"{names}说没有参加过，整批退回。", "请选“抽查不合格，整批退回”。"))
    if found.to_call:
        names = "、".join(f"{rows[key].name}（尾号{rows[key].tail}）" for key in found.to_call)
        raise NotPossible(Why("to_call", f"还要打给{names}。", "没有接通的，按抽取次序换下一位。"))
    held.state, held.checked_on = State.PASSED, on
    held.save()
    _audit(held, "check", by, called=len(answers))
    return held


@acts.whole
def record_call(*, row: GuidancePerson, answer: str, on: dt.date, by: Any) -> GuidancePerson:
    """One call as it was made. NotPossible once the check is over and for somebody whose turn it is not."""
    claim = GuidanceClaim.objects.select_for_update(of=("self",)).select_related("organization").get(pk=row.claim_id)
    if claim.state != State.CHECKING or row.round != claim.round:
        raise NotPossible(Why("check_over", "这一次抽查已经办结，不能再登记。"))
    if row.pk not in {one.pk for one in drawn(claim)}:
        raise NotPossible(Why("not_drawn", f"{row.name}没有抽到，不用打。", "请照抽出的名单打。"))
    take_calls(claim, [Call(row.name, row.tail, on, answer)])
    _audit(claim, "call", by, person=row.pk, answer=answer)
    row.refresh_from_db()
    return row


def unreported(organization: Any) -> list[GuidanceClaim]:
    """Claims that passed and stand in no report yet, of an office and those below it."""
    rows = GuidanceClaim.objects.filter(
        organization__path__startswith=organization.path, state=State.PASSED, reported_in=None
    )
    return list(rows.order_by("id"))


@dataclass(frozen=True)
class Sums:
    """What a report says: institutions, people, and the amount in fen, None while a standard is missing."""

    units: int
    people: int
    fen: int | None


def sums_of(claims: Sequence[GuidanceClaim]) -> Sums:
    """Counted from the claims; an institution with two claims is one."""
    people = sum(row.is_counted for claim in claims for row in people_of(claim))
    amounts = [claim.amount_fen for claim in claims]
    return Sums(len({claim.institution for claim in claims}), people, None if None in amounts else sum(amounts))


@acts.whole
def report(*, case: Any, by: Any) -> Sums:
    """材料上报: every claim that passed goes into this report, once; doing so again for the same case changes nothing."""
    mine = list(GuidanceClaim.objects.filter(reported_in=case).order_by("id"))
    fresh = unreported(case.organization)
    for claim in fresh:
        claim.reported_in = case
        claim.save(update_fields=["reported_in"])
        _audit(claim, "report", by, case=case.pk)
    return sums_of([*mine, *fresh])


def _audit(claim: GuidanceClaim, what: str, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"guidance.{what}",
        subject=f"guidance_claim:{claim.pk}",
        detail={"round": claim.round, **detail},
        by=by,
        organization=claim.organization,
    )
