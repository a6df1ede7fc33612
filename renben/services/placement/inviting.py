"""单位邀请 (Referral of way `invited`): an employer asks somebody who lets employers find them; the person says yes or no.

Until the yes the employer knows neither name nor telephone. The seeker's office and the seeker learn of it in the same moment.
"""

from __future__ import annotations

from typing import Any

from renben.kernel import acts, clock, settings_store
from renben.services.placement import applicants, invitations_told, matching_words, referring, results
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.reasons import NotPossible, Why

WAITING = "employer.invitations_waiting"
settings_store.define(WAITING, 10, "一个岗位最多有几份单位邀请同时等本人答复")


def _may_invite(seeker: Seeker, vacancy: Vacancy) -> matching_words.Pair:
    """The match of the two. NotPossible when the person wants not to be found, does not suit, said no before, or too many wait."""
    if seeker.visibility not in applicants.SHOWN:
        raise NotPossible(Why("hidden", "这位求职人不再让单位看到。", "请选别的人。"))
    pair = matching_words.of_pair(seeker, vacancy)
    if pair.failed:
        raise NotPossible(Why("unfit", f"条件对不上：{'、'.join(pair.failed)}。", "请选别的人，或者修改岗位的条件。"))
    before = Referral.objects.failed().filter(vacancy=vacancy, person=seeker.person_id)
    if before.exists():
        raise NotPossible(Why("before", "这位求职人已经来过这个岗位，没有成。", "请选别的人。"))
    waiting = Referral.objects.under_way().filter(vacancy=vacancy, way=Referral.Way.INVITED, accepted_on=None).count()
    most = int(settings_store.get(WAITING))
    if waiting >= most:
        raise NotPossible(Why("many", f"这个岗位已有{waiting}份邀请在等答复，最多{most}份。", "请等有人答复后再邀请。"))
    return pair


@acts.whole
def invite(*, seeker: Seeker, vacancy: Vacancy, by: Any, message: str = "") -> Referral:
    """邀请面试. The same invitation again on the same day is the one that stands. NotPossible as `_may_invite` and
    `referring.refer` say."""
    current = Seeker.objects.select_related("person", "organization").get(pk=seeker.pk)
    standing = Referral.objects.under_way().filter(person=current.person_id, vacancy=vacancy, way=Referral.Way.INVITED)
    if (earlier := standing.order_by("id").first()) is not None:
        return earlier
    pair = _may_invite(current, vacancy)
    referral = referring.refer(
        seeker=current,
        vacancy=vacancy,
        organization=current.organization,
        by=by,
        way=Referral.Way.INVITED,
        score=pair.score,
        parts=pair.parts,
        message=message,
    )
    invitations_told.made(referral)
    return referral


def _hold_invitation(referral: Referral) -> Referral:
    held = referring.hold(referral)
    if not applicants.waits_for_answer(held):
        raise NotPossible(Why("no_invitation", "没有等着答复的单位邀请，可能已经答复过了。"))
    return held


@acts.whole
def accept(*, referral: Referral, by: Any) -> Referral:
    """本人同意: from now on the employer knows name and telephone. NotPossible when nothing waits for an answer."""
    held = _hold_invitation(referral)
    held.accepted_on, held.told_on, held.version = clock.today(), held.told_on or clock.today(), held.version + 1
    held.state = Referral.State.TOLD if held.state == Referral.State.MADE else held.state
    held.save()
    referring.note(held, "accept", by)
    invitations_told.accepted(held)
    return held


@acts.whole
def decline(*, referral: Referral, unfit: str, by: Any, words: str = "") -> Referral:
    """本人不去, with the reason from the table. It does not count as a failed recommendation of the office (D-16)."""
    _hold_invitation(referral)
    return results.record_failed(referral=referral, outcome=Referral.State.DECLINED, unfit=unfit, by=by, words=words)
