"""单位形象页 (P-3.5.1): written by the firm or for it, approved by somebody else, public while the membership holds.

Acts are whole and audited; NotPossible says in Chinese why something cannot be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renben.engines.messaging import sending
from renben.kernel import acts, audit, clock, files, settings_store, taskboard
from renben.kernel.models import Employer
from renben.services.placement.firms import members
from renben.services.placement.firms.models import FirmPage, FirmPicture, Membership
from renben.services.registration.reasons import NotPossible, Why

State = FirmPage.State
DECIDED = "FirmPageDecided"
"""What clears the task of approving a page."""
PICTURES = {"jpg", "png"}


@dataclass(frozen=True)
class Words:
    """What a page says."""

    slogan: str
    about: str
    benefits: str = ""
    video_url: str = ""


def _note(page: FirmPage, what: str, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"firm_page.{what}",
        subject=f"employer:{page.employer_id}",
        detail={"page": page.pk, **detail},
        by=by,
        organization=page.employer.organization,
    )


def approved(employer: Employer) -> FirmPage | None:
    """The version that is public while the membership holds."""
    rows = FirmPage.objects.filter(employer=employer, state=State.APPROVED)
    return rows.order_by("-decided_at", "-id").first()


def in_work(employer: Employer) -> FirmPage | None:
    """The version that is being written or waits for approval."""
    return FirmPage.objects.filter(employer=employer, state__in=FirmPage.OPEN).order_by("id").first()


def _lock(page: FirmPage) -> FirmPage:
    return FirmPage.objects.select_for_update(of=("self",)).select_related("employer__organization").get(pk=page.pk)


@acts.whole
def start(*, employer: Employer, by: Any) -> FirmPage:
    """The version in work; a new one begins with what is public. NotPossible for who is no member."""
    held = Employer.objects.select_for_update(of=("self",)).select_related("organization").get(pk=employer.pk)
    if not members.is_member(held, clock.today()):
        raise NotPossible(Why("member", "形象页是会员单位的服务，这家单位现在不是会员。"))
    if (page := in_work(held)) is not None:
        return page
    last = approved(held)
    made = FirmPage.objects.create(
        employer=held,
        slogan=last.slogan if last else "",
        about=last.about if last else "",
        benefits=last.benefits if last else "",
        video_url=last.video_url if last else "",
        written_by=by,
        written_at=clock.now(),
    )
    for picture in last.pictures.order_by("id") if last else ():
        FirmPicture.objects.create(page=made, file_id=picture.file_id, caption=picture.caption)
    _note(made, "started", by)
    return made


def _changed(held: FirmPage, by: Any) -> None:
    """What is changed is a draft again, by whoever changed it; what waited for approval waits no longer."""
    taskboard.clear(key=_key(held), event=DECIDED, outcome="又改了")
    held.state, held.written_by, held.written_at = State.DRAFT, by, clock.now()
    held.decided_by, held.decided_at = None, None
    held.version += 1
    held.save()


def _open(page: FirmPage) -> FirmPage:
    held = _lock(page)
    if held.state == State.APPROVED:
        raise NotPossible(Why("approved", "这一版已经公开，要改请另起一版。"))
    return held


def _key(page: FirmPage) -> str:
    """The task of approving this version as it was handed in."""
    return f"firm_page:{page.pk}:{page.version}"


@acts.whole
def write(*, page: FirmPage, words: Words, by: Any) -> FirmPage:
    """保存 the words; they wait for approval again. NotPossible for a version that is public."""
    held = _open(page)
    held.slogan, held.about = words.slogan.strip()[:60], words.about.strip()[:3000]
    held.benefits, held.video_url = words.benefits.strip()[:1000], words.video_url.strip()[:300]
    _changed(held, by)
    _note(held, "written", by)
    return held


@acts.whole
def add_picture(*, page: FirmPage, upload: Any, caption: str, by: Any) -> FirmPicture:
    """加图片. NotPossible for what is no picture, without a caption (who does not see it reads that), or for too many."""
    held, most = _open(page), int(settings_store.get("member.pictures"))
    if held.pictures.count() >= most:
        raise NotPossible(Why("many", f"最多放{most}张图片，请先删掉一张。"))
    if not caption.strip():
        raise NotPossible(Why("caption", "请写一句图片说明，看不见图的人也能知道是什么。"))
    try:
        stored = files.store_upload(upload, organization=held.employer.organization, by=by, allow=PICTURES)
    except files.Refused as refused:
        raise NotPossible(Why("file", str(refused))) from refused
    made = FirmPicture.objects.create(page=held, file=stored, caption=caption.strip()[:60])
    _changed(held, by)
    _note(held, "picture", by, file=stored.pk)
    return made


@acts.whole
def drop_picture(*, picture: FirmPicture, by: Any) -> FirmPage:
    """删图片 from the version in work; versions before keep theirs."""
    held = _open(picture.page)
    FirmPicture.objects.filter(pk=picture.pk, page=held).delete()
    _changed(held, by)
    _note(held, "picture_dropped", by)
    return held


@acts.whole
def submit(*, page: FirmPage, by: Any) -> FirmPage:
    """交审核. NotPossible without an introduction, or when it waits already."""
    held = _open(page)
    if held.state == State.SUBMITTED:
        raise NotPossible(Why("waiting", "已经交上去了，在等审核。"))
    if not held.slogan.strip() or not held.about.strip():
        raise NotPossible(Why("empty", "还没有写一句话介绍和单位介绍。"))
    if not members.is_member(held.employer, clock.today()):
        raise NotPossible(Why("member", "这家单位现在不是会员，形象页不能公开。"))
    held.state, held.note = State.SUBMITTED, ""
    held.save()
    _note(held, "submitted", by)
    member = Membership.objects.in_force(clock.today()).filter(employer=held.employer).order_by("id").first()
    taskboard.open_task(
        key=_key(held),
        title=f"审核单位形象页：{held.employer.name}",
        reason="单位改了形象页的文字或图片，审核以后才公开。",
        organization=member.organization,
        cleared_by=DECIDED,
        due_on=clock.today(),
        url=f"/members/pages/{held.pk}/",
    )
    return held


@acts.whole
def decide(*, page: FirmPage, is_approved: bool, note: str, by: Any) -> FirmPage:
    """审核 by somebody who did not write it; the firm is told. NotPossible for the writer, or without words for a return."""
    held = _lock(page)
    if held.state != State.SUBMITTED:
        raise NotPossible(Why("state", f"这一版现在是“{held.get_state_display()}”，不用审核。"))
    if held.written_by_id == by.pk:
        raise NotPossible(Why("same_person", "这一版是您写的，要由另一个人审核。"))
    if not is_approved and not note.strip():
        raise NotPossible(Why("no_reason", "退回的，请写明要改哪里。"))
    held.state = State.APPROVED if is_approved else State.RETURNED
    held.note, held.decided_by, held.decided_at = note.strip()[:300], by, clock.now()
    held.save()
    _note(held, "decided", by, state=held.state)
    taskboard.clear(key=_key(held), event=DECIDED, outcome=held.get_state_display())
    key = f"firm_page.decided:{held.pk}:{held.version}"
    if is_approved:
        sending.enqueue("firm_page.approved", key=key, employer=held.employer, params={})
    else:
        params = {"reason": held.note.rstrip("。")}
        sending.enqueue("firm_page.returned", key=key, employer=held.employer, params=params)
    return held
