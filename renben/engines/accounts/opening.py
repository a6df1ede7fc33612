"""The other end of an activation code: who holds it proves it, then chooses a login name and a password, or a new password."""

from __future__ import annotations

import hmac
import re

from django.contrib.auth.password_validation import validate_password
from django.db.models import F

from renben.engines.accounts.activation import MOST_TRIES, NotOpened, account_of, index_of, is_over, note, typed
from renben.engines.accounts.models import Activation
from renben.kernel import acts, checkchar, clock, settings_store
from renben.kernel.models import EmployerContact, Person, StaffMember, User
from renben.kernel.people import full_number
from renben.kernel.textnorm import halfwidth

_NAME = re.compile(r"[A-Za-z0-9_.一-鿿-]{4,30}")
_LIKE_AN_ID = re.compile(r"\d{15}|\d{17}[\dXx]")
WRONG = "激活码不对，请照纸条上的逐个核对。"
GONE = "这个激活码已经用过、作废或过期了。请带身份证件到社保所重新打一张。"


class WrongTail(NotOpened):
    """The last four do not belong to the code; the try is counted."""


def owner_of(code: Activation) -> Person | EmployerContact:
    return code.person if code.person is not None else code.contact


def name_of(code: Activation) -> str:
    return owner_of(code).name


def _rows():
    return Activation.objects.select_related(
        "person__organization", "contact__employer__organization", "contact__user", "organization"
    )


def _tail_of(code: Activation) -> str:
    number = full_number(code.person) if code.person is not None else code.contact.employer.uscc
    return number[-4:].upper()


def found(text: str) -> Activation:
    """The open code somebody typed. NotOpened for a slip of the keys, an unknown, used, revoked or old one."""
    code = typed(text)
    if len(code) != 12 or not checkchar.is_valid(code):
        raise NotOpened(WRONG)
    row = _rows().filter(code_index=index_of(code)).first()
    if row is None:
        raise NotOpened(WRONG)
    return still_open(row)


def still_open(row: Activation) -> Activation:
    if row.used_at is not None or row.revoked_at is not None or is_over(row):
        raise NotOpened(GONE)
    return row


def by_id(pk: int) -> Activation:
    """The code proved a moment ago. NotOpened when it has been used or revoked meanwhile."""
    row = _rows().filter(pk=pk).first()
    if row is None:
        raise NotOpened(GONE)
    return still_open(row)


def prove(*, text: str, tail: str) -> Activation:
    """Code and last four together. A wrong tail counts (WrongTail); after so many the code is void.

    No transaction of its own: the exception would take the count back with it. The caller lets it stand too.
    """
    code = found(text)
    if hmac.compare_digest(halfwidth(tail).strip().upper().encode(), _tail_of(code).encode()):
        return code
    Activation.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    code.refresh_from_db(fields=["tries"])
    left = int(settings_store.get(MOST_TRIES)) - code.tries
    if left <= 0:
        Activation.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=clock.now())
        note("locked", owner_of(code), None, activation=code.pk)
        raise WrongTail("后四位连续输错，这个激活码已作废。请带身份证件到社保所重新打一张。")
    raise WrongTail(f"后四位不对，请核对。再错{left}次，这个激活码就作废。")


def name_refused(name: str) -> str:
    """Why a login name cannot be chosen; empty when it can."""
    if not _NAME.fullmatch(name):
        return "登录名用4到30个字母、数字或汉字，不要空格。"
    if _LIKE_AN_ID.fullmatch(name):
        return "请不要用身份证号码做登录名，换一个好记的，例如手机号。"
    if User.objects.filter(username__iexact=name).exists():
        return "这个登录名已经有人用了，请换一个。"
    return ""


@acts.whole
def open_account(*, code: Activation, username: str, password: str) -> User:
    """Use the code: the account is made, or an existing one gets the new password and is open again (its name stays).

    NotOpened when the code was used meanwhile or the name is refused; ValidationError (Django's) for a password against the rules.
    """
    held = still_open(_rows().select_for_update(of=("self",), no_key=True).get(pk=code.pk))
    owner = owner_of(held)
    user = account_of(owner)
    is_new = user is None
    if is_new:
        if refused := name_refused(username):
            raise NotOpened(refused)
        user = User(username=username, display_name=owner.name)
    validate_password(password, user)
    user.set_password(password)
    user.is_active, user.failed_logins, user.locked_until = True, 0, None
    user.password_changed_at = clock.now()
    if isinstance(owner, Person):
        user.person = owner
    user.save()
    _use(held, owner, user, is_new=is_new)
    return user


def _use(code: Activation, owner: Person | EmployerContact, user: User, *, is_new: bool) -> None:
    if isinstance(owner, EmployerContact):
        EmployerContact.objects.filter(pk=owner.pk).update(user=user)
    Activation.objects.filter(pk=code.pk).update(used_at=clock.now(), user=user)
    note("open" if is_new else "renew", owner, user, activation=code.pk, user=user.pk)


def may_join(code: Activation, user: User) -> bool:
    """Whether the firm of a code may be added to an account that is signed in: one that speaks for other firms already."""
    if code.contact is None or not getattr(user, "pk", None):
        return False
    if user.person_id or StaffMember.objects.filter(user=user).exists():
        return False
    rows = EmployerContact.objects.filter(user=user, left_on=None)
    return rows.exists() and not rows.filter(employer=code.contact.employer).exists()


@acts.whole
def join(*, code: Activation, user: User) -> User:
    """One account for several firms: the contact of the code works with the account that is signed in."""
    held = still_open(_rows().select_for_update(of=("self",), no_key=True).get(pk=code.pk))
    if not may_join(held, user):
        raise NotOpened("现在登录的账号不能加这家单位。请退出登录，再凭激活码开通。")
    _use(held, held.contact, user, is_new=True)
    return user
