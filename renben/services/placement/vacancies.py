"""The life of a vacancy (J-5.3.1, J-5.1.2, C-7.3.1): registered, checked, published, changed, filled, ended.

Every act is one transaction that leaves a `VacancyEvent`, an entry in the trail and `VacancyChanged`, to which search and
matching listen. NotPossible says in Chinese why something cannot be done and what would help; nothing is changed then.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.coding import occupations
from renben.kernel import acts, audit, clock, numbering, settings_store, taskboard
from renben.kernel.events import VacancyChanged, VacancyFilled, emit
from renben.kernel.models import Employer, Organization, Task
from renben.services.placement import messages, vacancies_settings  # noqa: F401 - its settings are defined on import
from renben.services.placement.codes import VacancySource
from renben.services.placement.models import Vacancy, VacancyEvent
from renben.services.placement.vacancies_ad import Ad, ad_of, check, coded, fault_text, month_wages, musts, text_hash
from renben.services.placement.vacancies_employers import objections
from renben.services.registration.reasons import NotPossible, Why

State = Vacancy.State
WHAT = {
    "drafted": "走访时记下",
    "registered": "登记",
    "imported": "从表格导入",
    "changed": "修改",
    "returned": "退回修改",
    "published": "发布",
    "paused": "暂停",
    "resumed": "恢复招聘",
    "renewed": "延长有效期",
    "filled": "招到人",
    "hired": "推荐录用",
    "coded": "选定职业",
    "reopened": "退回名额",
    "withdrawn": "撤下",
    "expired": "到期",
}
RECHECKED = (
    "title", "duties", "requirements", "benefits", "wage_period", "wage_low_fen", "wage_high_fen", "work_kind",
    "hours_week",
)  # fmt: skip
"""A change of these is checked again before anybody sees it."""
CHECKED, RENEWED = "VacancyChecked", "VacancyRenewed"
"""What clears the tasks of checking a vacancy and of asking whether it goes on."""


UNREADY = (State.DRAFT, State.RETURNED)
"""Whoever saves one of these says that it is complete now."""


class StaleVacancy(NotPossible):
    """Somebody changed the vacancy since the page was opened."""

    def __init__(self) -> None:
        super().__init__(Why("stale", "您打开之后，这个岗位已经有人改过。", "请看看最新的情况再办。"))


def lock(vacancy_id: int, version: int | None = None) -> Vacancy:
    """The vacancy as it stands now, locked until the transaction ends. StaleVacancy when it is no longer at `version`."""
    held = (
        Vacancy.objects.select_for_update(of=("self",))
        .select_related("employer__organization", "organization", "region")
        .get(pk=vacancy_id)
    )
    if version is not None and held.version != version:
        raise StaleVacancy
    return held


def note(vacancy: Vacancy, what: str, by: Any, *, reason: str = "", **detail: Any) -> None:
    """What happened, in the vacancy's own story and in the trail."""
    VacancyEvent.objects.create(vacancy=vacancy, what=what, reason=reason, detail=detail, by=by, at=clock.now())
    audit.record(
        action=f"vacancy.{what}",
        subject=f"vacancy:{vacancy.pk}",
        detail={"number": vacancy.number, **({"reason": reason} if reason else {}), **detail},
        by=by,
        organization=vacancy.organization,
    )
    messages.vacancy_changed(vacancy, what, reason)


def save(vacancy: Vacancy) -> None:
    """Keep a change and tell whoever searches and matches."""
    vacancy.version += 1
    vacancy.save()
    emit(VacancyChanged(vacancy.pk))


def _only(vacancy: Vacancy, states: tuple[str, ...], what: str) -> None:
    if vacancy.state not in states:
        raise NotPossible(Why("state", f"岗位现在是“{vacancy.get_state_display()}”，不能{what}。"))


def last_day(on: dt.date) -> dt.date:
    """Until when a vacancy registered on a day holds if nobody says otherwise."""
    return on + dt.timedelta(days=settings_store.get("vacancy.valid_days"))


def _term(until: dt.date | None, on: dt.date) -> dt.date:
    """A term that lies ahead and not too far. NotPossible otherwise."""
    until = until or last_day(on)
    longest = settings_store.get("vacancy.valid_days_max")
    if until < on:
        raise NotPossible(Why("past", f"有效期至{until:%Y年%m月%d日}已经过去，请填今天以后的日子。"))
    if (until - on).days > longest:
        raise NotPossible(Why("too_long", f"有效期最长{longest}天，请填{on + dt.timedelta(days=longest)}以前的日子。"))
    return until


def _sound(ad: Ad) -> None:
    """What no state of a vacancy may hold. NotPossible with every reason."""
    found = []
    if ad.wage_high_fen < ad.wage_low_fen:
        found.append(Why("wage_order", "工资下限高于上限，请核对是不是写反了。"))
    if ad.headcount < 1:
        found.append(Why("headcount", "招聘人数至少是1人。"))
    if not ad.contact_name.strip():
        found.append(Why("no_agent", "没有写单位经办人。", "请填写经办人姓名。"))
    if found:
        raise NotPossible(*found)


def _judge(vacancy: Vacancy, ad: Ad, on: dt.date) -> None:
    """Bring what follows from the facts up to date: findings of the check, wages of a month, the fingerprint of the text."""
    vacancy.month_low_fen, vacancy.month_high_fen = month_wages(ad, on)
    vacancy.faults = check(ad, vacancy.employer, on)
    vacancy.text_hash = text_hash(ad)


def _ask_check(vacancy: Vacancy) -> None:
    """A task for whoever checks at the office; each version is asked about once."""
    taskboard.open_task(
        key=f"vacancy.check:{vacancy.pk}:{vacancy.version}",
        title=f"审核招聘岗位：{vacancy.title}",
        reason=f"{vacancy.employer.name}登记的岗位等着审核，合格的当天发布，不合格的写明要改的话退回。",
        organization=vacancy.organization,
        cleared_by=CHECKED,
        due_on=clock.today(),
        url=f"/vacancies/{vacancy.pk}/",
    )


def clear_tasks(vacancy: Vacancy, kind: str, event: str, outcome: str) -> None:
    """The tasks of a kind (`check`, `expiring`) about a vacancy are done with."""
    keys = Task.objects.filter(key__startswith=f"vacancy.{kind}:{vacancy.pk}:", cleared_at=None).order_by("id")
    for key in keys.values_list("key", flat=True):
        taskboard.clear(key=key, event=event, outcome=outcome)


@acts.whole
def register(
    *,
    employer: Employer,
    organization: Organization,
    ad: Ad,
    by: Any,
    source: str = VacancySource.COUNTER,
    valid_until: dt.date | None = None,
    on: dt.date | None = None,
    case: Any = None,
    is_demo: bool = False,
) -> Vacancy:
    """招聘登记: kept and checked; nobody outside the office sees it yet. NotPossible when the employer may not recruit, the wage is
    the wrong way round, nobody answers for it, or the term is none."""
    on = on or clock.today()
    if why := objections(employer, on, work_kind=ad.work_kind):
        raise NotPossible(*why)
    _sound(ad)
    kept = {"source": source, "case": case, "is_demo": is_demo, "valid_until": _term(valid_until, on)}
    vacancy = _new(employer, organization, coded(ad), by, on, **kept)
    note(vacancy, "registered", by, faults=len(musts(vacancy.faults)))
    _ask_check(vacancy)
    return vacancy


def _new(employer: Employer, organization: Organization, ad: Ad, by: Any, on: dt.date, **fields: Any) -> Vacancy:
    vacancy = Vacancy(
        employer=employer,
        organization=organization,
        number=numbering.next("vacancy", organization, on, "ZP"),
        registered_on=on,
        recorded_by=by,
        recorded_at=clock.now(),
        **ad.columns(),
        **fields,
    )
    _judge(vacancy, ad, on)
    vacancy.save()
    return vacancy


@acts.whole
def draft(
    *,
    employer: Employer,
    organization: Organization,
    ad: Ad,
    by: Any,
    source: str,
    valid_until: dt.date | None = None,
    on: dt.date | None = None,
    case: Any = None,
) -> Vacancy:
    """A post told on a visit: registered when nothing is lacking, else kept as a draft with a task to complete it."""
    on = on or clock.today()
    given = {"employer": employer, "organization": organization, "by": by, "source": source, "on": on, "case": case}
    if not objections(employer, on, work_kind=ad.work_kind) and ad.contact_name and not musts(check(ad, employer, on)):
        return register(ad=ad, valid_until=valid_until, **given)
    kept = {"source": source, "case": case, "state": State.DRAFT, "valid_until": _term(valid_until, on)}
    vacancy = _new(employer, organization, coded(ad), by, on, **kept)
    note(vacancy, "drafted", by, faults=len(musts(vacancy.faults)))
    taskboard.open_task(
        key=f"vacancy.check:{vacancy.pk}:0",
        title=f"补齐招聘岗位：{vacancy.title}",
        reason=f"走访时记下的{employer.name}的岗位还不齐，问清单位补上，才能审核发布。",
        organization=organization,
        cleared_by=CHECKED,
        due_on=clock.today(),
        url=f"/vacancies/{vacancy.pk}/",
    )
    return vacancy


@acts.whole
def publish(*, vacancy: Vacancy, by: Any, version: int | None = None) -> Vacancy:
    """发布: checked anew by the rules of today. NotPossible with every word that has to go, or when the employer may no longer
    recruit or the term is over."""
    held = lock(vacancy.pk, version)
    _only(held, (State.SUBMITTED,), "发布")
    today, ad = clock.today(), ad_of(held)
    _judge(held, ad, today)
    refused = objections(held.employer, today, work_kind=held.work_kind)
    refused += [Why(fault["code"], fault_text(fault)) for fault in musts(held.faults)]
    if held.valid_until < today:
        refused.append(Why("past", f"有效期{held.valid_until:%Y年%m月%d日}已过。", "请先修改有效期。"))
    if refused:
        raise NotPossible(*refused)
    held.state, held.published_at = State.PUBLISHED, clock.now()
    save(held)
    note(held, "published", by)
    clear_tasks(held, "check", CHECKED, "已发布")
    return held


@acts.whole
def return_to_employer(*, vacancy: Vacancy, reason: str, by: Any, version: int | None = None) -> Vacancy:
    """退回修改, with the exact words to change. NotPossible without a word why."""
    held = lock(vacancy.pk, version)
    _only(held, (State.SUBMITTED, State.PUBLISHED, State.PAUSED), "退回")
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写退回的原因。", "请写明要改哪几个字、怎么改。"))
    held.state = State.RETURNED
    save(held)
    note(held, "returned", by, reason=reason.strip()[:2000], faults=[one["code"] for one in musts(held.faults)])
    clear_tasks(held, "check", CHECKED, "已退回")
    return held


@acts.whole
def change(
    *, vacancy: Vacancy, ad: Ad, by: Any, version: int | None = None, valid_until: dt.date | None = None
) -> Vacancy:
    """修改. Words and wages are checked again before anybody sees them; other facts change at once. Nothing changed changes
    nothing. NotPossible for fewer posts than are filled already."""
    held = lock(vacancy.pk, version)
    _only(held, (*Vacancy.LIVE, State.DRAFT), "修改")
    _sound(ad)
    before, today = ad_of(held), clock.today()
    ad = coded(ad, before)
    until = _term(valid_until, today) if valid_until and valid_until != held.valid_until else held.valid_until
    if ad == before and until == held.valid_until and held.state not in UNREADY:
        return held
    if ad.headcount < held.filled:
        raise NotPossible(Why("headcount", f"已经招到{held.filled}人，招聘人数不能少于{held.filled}人。"))
    is_asked = ad.work_kind != before.work_kind or held.state == State.DRAFT
    if is_asked and (why := objections(held.employer, today, work_kind=ad.work_kind)):
        raise NotPossible(*why)
    changed = [name for name in ad.__dataclass_fields__ if getattr(ad, name) != getattr(before, name)]
    for name, value in ad.columns().items():
        if name != "contact_phone_enc" or "contact_phone" in changed:
            setattr(held, name, value)
    held.valid_until = until
    _judge(held, ad, today)
    if held.state in UNREADY or any(name in RECHECKED for name in changed):
        held.state = State.SUBMITTED
    elif held.filled and held.filled == held.headcount:
        raise NotPossible(Why("headcount", "招聘人数与已招到人数相同，等于招满。", "招满了请用“登记招到人”或“撤下”。"))
    save(held)
    note(held, "changed", by, fields=changed)
    if held.state == State.SUBMITTED:
        _ask_check(held)
    return held


@acts.whole
def choose_occupation(*, vacancy: Vacancy, code: str, by: Any) -> Vacancy:
    """选定职业: the person at the counter says which trade is meant. NotPossible for a code that does not exist."""
    held = lock(vacancy.pk)
    if code not in occupations.tree():
        raise NotPossible(Why("no_code", "没有这个职业代码。", "请从列出的里面选一个。"))
    likely = {guess.code: round(100 * guess.confidence) for guess in occupations.predict(held.title)}
    held.occupation, held.confidence, held.occupation_chosen = code, likely.get(code), True
    save(held)
    note(held, "coded", by, code=code)
    return held


@acts.whole
def pause(*, vacancy: Vacancy, by: Any, reason: str = "", version: int | None = None) -> Vacancy:
    """暂停: seekers no longer see it; the term runs on."""
    held = lock(vacancy.pk, version)
    _only(held, (State.PUBLISHED,), "暂停")
    held.state = State.PAUSED
    save(held)
    note(held, "paused", by, reason=reason)
    return held


@acts.whole
def resume(*, vacancy: Vacancy, by: Any, version: int | None = None) -> Vacancy:
    """恢复招聘 of a paused vacancy. NotPossible when the employer may no longer recruit or the term is over."""
    held = lock(vacancy.pk, version)
    _only(held, (State.PAUSED,), "恢复")
    why = objections(held.employer, clock.today(), work_kind=held.work_kind)
    if held.valid_until < clock.today():
        why.append(Why("past", "有效期已过。", "请用“延长有效期”。"))
    if why:
        raise NotPossible(*why)
    held.state = State.PUBLISHED
    save(held)
    note(held, "resumed", by)
    return held


@acts.whole
def renew(*, vacancy: Vacancy, until: dt.date, by: Any, version: int | None = None) -> Vacancy:
    """延长有效期: a running one goes on; an expired one is published again if today's check finds nothing, else it waits for a
    check. NotPossible when the employer may no longer recruit."""
    held = lock(vacancy.pk, version)
    _only(held, (State.PUBLISHED, State.PAUSED, State.EXPIRED), "延长")
    today = clock.today()
    if why := objections(held.employer, today, work_kind=held.work_kind):
        raise NotPossible(*why)
    if until <= held.valid_until:
        raise NotPossible(Why("not_later", f"原来就有效到{held.valid_until:%Y年%m月%d日}，请填更晚的日子。"))
    held.valid_until = _term(until, today)
    _judge(held, ad_of(held), today)
    if held.state == State.EXPIRED:
        held.state, held.ended_on = (State.SUBMITTED if musts(held.faults) else State.PUBLISHED), None
    save(held)
    note(held, "renewed", by, until=held.valid_until.isoformat())
    clear_tasks(held, "expiring", RENEWED, "已延长")
    if held.state == State.SUBMITTED:
        _ask_check(held)
    return held


@acts.whole
def fill(
    *,
    vacancy: Vacancy,
    by: Any,
    count: int = 1,
    reason: str = "",
    on: dt.date | None = None,
    version: int | None = None,
) -> Vacancy:
    """登记招到人: `count` posts are taken. With the last one the vacancy is filled and nobody is recommended to it any more.

    NotPossible when fewer posts are left or nobody could be taken on (not published, nor paused, nor just expired).
    """
    held = lock(vacancy.pk, version)
    _only(held, (State.PUBLISHED, State.PAUSED, State.EXPIRED), "登记招到人")
    if not 1 <= count <= held.places_left:
        text = "这个岗位已经招满，不能再录用。" if not held.places_left else f"只剩{held.places_left}个名额。"
        raise NotPossible(Why("no_place", text, "请核对人数；单位要多招的，先修改招聘人数。"))
    held.filled += count
    is_full = not held.places_left
    if is_full:
        held.state, held.ended_on = State.FILLED, on or clock.today()
    save(held)
    note(held, "filled", by, reason=reason, count=count, filled=held.filled)
    if is_full:
        emit(VacancyFilled(held.pk))
    return held


@acts.whole
def reopen(*, vacancy: Vacancy, by: Any, reason: str, count: int = 1) -> Vacancy:
    """退回名额: somebody who was taken on does not come after all. A filled vacancy whose term still runs is open again.

    NotPossible without a reason, or for more posts than are filled.
    """
    held = lock(vacancy.pk)
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写为什么退回名额。"))
    if not 1 <= count <= held.filled:
        raise NotPossible(Why("not_filled", f"这个岗位登记招到{held.filled}人，退不了{count}个名额。"))
    held.filled -= count
    if held.state == State.FILLED:
        is_running = held.valid_until >= clock.today()
        held.state = State.PUBLISHED if is_running else State.EXPIRED
        held.ended_on = None if is_running else held.ended_on
    save(held)
    note(held, "reopened", by, reason=reason, count=count, filled=held.filled)
    return held


@acts.whole
def withdraw(*, vacancy: Vacancy, reason: str, by: Any, version: int | None = None) -> Vacancy:
    """撤下, for good. NotPossible without a reason."""
    held = lock(vacancy.pk, version)
    _only(held, (*Vacancy.LIVE, State.DRAFT, State.EXPIRED), "撤下")
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写为什么撤下。"))
    held.state, held.ended_on = State.WITHDRAWN, clock.today()
    save(held)
    note(held, "withdrawn", by, reason=reason.strip()[:2000])
    clear_tasks(held, "check", CHECKED, "已撤下")
    clear_tasks(held, "expiring", RENEWED, "已撤下")
    return held
