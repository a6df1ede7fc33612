"""开通网上办事: a clerk who has seen somebody's papers prints a code; with it, at home, they choose a login name and a password.

The code is worth as much as the password it leads to: it is shown once, kept as a keyed hash only, good for some days and for one use,
and together with the last four characters of the number of the file. A new code takes the place of the one before.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from renben.engines.accounts.models import Activation
from renben.kernel import acts, audit, checkchar, clock, crypto, settings_store
from renben.kernel.models import EmployerContact, Organization, Person, StaffMember, User
from renben.kernel.people import full_number
from renben.kernel.textnorm import halfwidth

CODE = "accounts.Activation.code"
LETTERS = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
"""Without signs that are taken for each other on paper: 0 O, 1 I L, 5 S."""
LENGTH = 11
VALID_DAYS, MOST_TRIES = "account.code_days", "account.code_tries"
settings_store.define(VALID_DAYS, 15, "网上办事激活码几天内有效")
settings_store.define(MOST_TRIES, 5, "网上办事激活码输错几次就作废")

Seen = Activation.Seen
FOR_PERSON = (Seen.ID_CARD, Seen.OTHER_ID)
FOR_CONTACT = (Seen.LICENCE, Seen.LETTER)


class NotOpened(Exception):
    """The account is not opened; the sentence says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Standing:
    """How the online account of a person or a contact stands."""

    user: User | None
    code: Activation | None
    is_over: bool

    @property
    def words(self) -> str:
        if self.user is not None:
            return "已开通" if self.user.is_active else "已停用"
        return "还没有开通"


def fresh_code() -> str:
    """Eleven characters and a check character, so that a slip of the pen is told from a wrong code. None of them is mistaken."""
    while True:
        code = checkchar.append("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))
        if code[-1] in LETTERS:
            return code


def printed(code: str) -> str:
    """The code in groups of four, for reading and typing."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def typed(text: str) -> str:
    """What somebody typed, as the code is written: capitals, no gaps and dashes."""
    return "".join(char for char in halfwidth(text).upper() if char in checkchar.ALPHABET)


def index_of(code: str) -> str:
    return crypto.blind_index(code, CODE)


def is_over(code: Activation) -> bool:
    """Past its last day."""
    return code.expires_on < clock.today()


def _of(owner: Person | EmployerContact) -> dict[str, Any]:
    return {"person": owner} if isinstance(owner, Person) else {"contact": owner}


def _subject(owner: Person | EmployerContact) -> tuple[str, Organization]:
    """What the audit trail calls the owner, and the office it belongs to."""
    if isinstance(owner, Person):
        return f"person:{owner.pk}", owner.organization
    return f"employer:{owner.employer_id}", owner.employer.organization


def note(action: str, owner: Person | EmployerContact, by: Any, **detail: Any) -> None:
    subject, organization = _subject(owner)
    if isinstance(owner, EmployerContact):
        detail["contact"] = owner.pk
    audit.record(action=f"online.{action}", subject=subject, detail=detail, by=by, organization=organization)


def account_of(owner: Person | EmployerContact) -> User | None:
    """The account, also a closed one: a contact's last one is remembered, so that opening it again keeps the name."""
    if isinstance(owner, Person):
        return User.objects.filter(person=owner).first()
    if owner.user_id:
        return owner.user
    rows = Activation.objects.filter(contact=owner, user__isnull=False).select_related("user")
    last = rows.order_by("-used_at", "-id").first()
    return last.user if last is not None else None


def standing(owner: Person | EmployerContact) -> Standing:
    code = Activation.objects.open().filter(**_of(owner)).select_related("issued_by").first()
    return Standing(account_of(owner), code, code is not None and is_over(code))


def _refuse_gone(owner: Person | EmployerContact) -> None:
    if isinstance(owner, Person):
        if owner.merged_into_id:
            raise NotOpened("这份档案已并入另一份，请在保留的那一份上办。")
        if not full_number(owner):
            raise NotOpened("档案里没有证件号码。开通时要核对号码后四位，请先补登证件。")
        return
    if owner.employer.merged_into_id:
        raise NotOpened("这家单位已并入另一份，请在保留的那一份上办。")
    if owner.left_on is not None and owner.left_on <= clock.today():
        raise NotOpened("这位联系人已停用。请先登记现在的联系人。")


@acts.whole
def issue(*, owner: Person | EmployerContact, seen: str, organization: Organization, by: Any) -> tuple[Activation, str]:
    """Print a code: (row, the code itself). An open one is revoked. NotOpened for a merged file, one without a number, or a contact
    who left."""
    allowed = FOR_PERSON if isinstance(owner, Person) else FOR_CONTACT
    if seen not in allowed:
        raise NotOpened("请选择核对了什么证件。")
    _refuse_gone(owner)
    type(owner).objects.select_for_update(no_key=True).get(pk=owner.pk)  # two presses at once: one after the other
    _revoke(owner)
    code = fresh_code()
    made = Activation.objects.create(
        **_of(owner),
        organization=organization,
        code_index=index_of(code),
        seen=seen,
        issued_at=clock.now(),
        expires_on=clock.today() + dt.timedelta(days=int(settings_store.get(VALID_DAYS))),
        issued_by=by,
    )
    note("issue", owner, by, activation=made.pk, seen=seen, renews=account_of(owner) is not None)
    return made, code


def _revoke(owner: Person | EmployerContact) -> int:
    return Activation.objects.open().filter(**_of(owner)).update(revoked_at=clock.now())


@acts.whole
def close(*, owner: Person | EmployerContact, reason: str, by: Any) -> None:
    """停用: nobody signs in with it from now on; an open code is void. An account that speaks for other firms too keeps those.
    NotOpened without a reason or when there is nothing to close."""
    if not reason.strip():
        raise NotOpened("请写停用的原因。")
    user, codes = account_of(owner), _revoke(owner)
    held = user if user is not None and user.is_active else None
    if isinstance(owner, EmployerContact):
        if owner.user_id is None:
            held = None
        EmployerContact.objects.filter(pk=owner.pk).update(user=None)
        owner.user = None
    if held is None and not codes:
        raise NotOpened("没有开通过，也没有没用过的激活码。")
    if held is not None and not _is_needed(held, owner):
        User.objects.filter(pk=held.pk).update(is_active=False)
    note("close", owner, by, reason=reason.strip()[:150], user=held.pk if held is not None else None)


def _is_needed(user: User, owner: Person | EmployerContact) -> bool:
    """Whether an account is still somebody's: it speaks for another firm, is a labourer's own, or belongs to staff."""
    if isinstance(owner, EmployerContact) and user.person_id:
        return True
    running = Q(left_on=None) | Q(left_on__gt=clock.today())
    if EmployerContact.objects.filter(running, user=user).exists():
        return True
    return StaffMember.objects.filter(user=user).exists()
