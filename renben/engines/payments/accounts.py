"""Where money goes: the account of a person, a firm or an office, its holder checked against the owner's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from renben.engines.payments.actions import PaymentRefused
from renben.engines.payments.models import PaymentAccount
from renben.kernel import audit, clock, crypto, masking
from renben.kernel.models import Employer, Organization, Person
from renben.kernel.textnorm import clean_name, halfwidth

NUMBER = "payments.PaymentAccount.number"
_NUMBER = re.compile(r"\d{8,30}")


def plain_number(text: str) -> str:
    """An account number without blanks and hyphens, half-width. PaymentRefused when it is none."""
    number = re.sub(r"[\s-]", "", halfwidth(text))
    if not _NUMBER.fullmatch(number):
        raise PaymentRefused(f"账号应为8到30位数字，现在是“{text.strip()[:34]}”，请对照存折或银行卡核对。")
    return number


def current(person_ids: Iterable[int]) -> dict[int, PaymentAccount]:
    """The account in use of each person who has one; one query."""
    found = PaymentAccount.objects.filter(person_id__in=list(person_ids), is_current=True)
    return {account.person_id: account for account in found.order_by("id")}


def current_of(owners: Iterable[Employer] | Iterable[Organization]) -> dict[int, PaymentAccount]:
    """The account in use of each firm (or each office) that has one, by the owner's id; one query for one kind of owner."""
    held = list(owners)
    if not held:
        return {}
    field = _field_of(held[0])
    found = PaymentAccount.objects.filter(**{f"{field}__in": held}, is_current=True).order_by("id")
    return {getattr(account, f"{field}_id"): account for account in found}


def _field_of(owner: Any) -> str:
    if isinstance(owner, Person):
        return "person"
    return "employer" if isinstance(owner, Employer) else "office"


def number_of(account: PaymentAccount) -> str:
    """The readable number, for the file that goes to the bank."""
    return crypto.decrypt(account.number_enc, NUMBER)


@transaction.atomic
def set_account(*, person: Person, holder: str, bank: str, number: str, by: Any) -> PaymentAccount:
    """Record where a person's money goes; the same account again changes nothing.

    PaymentRefused when the holder is not the person, the bank is missing or the number is none.
    """
    if clean_name(holder) != clean_name(person.name):
        raise PaymentRefused(
            f"户名“{holder.strip()[:20]}”不是本人（{person.name}），补贴只能存入本人账户，请换成本人的存折或卡。"
        )
    if not bank.strip():
        raise PaymentRefused("没有填开户银行。")
    return _put(person, holder=holder, bank=bank, number=number, by=by, subject=f"person:{person.pk}")


@transaction.atomic
def set_payee_account(
    *, owner: Employer | Organization, holder: str, bank: str, number: str, by: Any
) -> PaymentAccount:
    """Record where a firm's or an office's money goes; the same account again changes nothing.

    PaymentRefused when the holder is not the owner, the bank is missing or the number is none.
    """
    if clean_name(holder) != clean_name(owner.name):
        text = f"户名“{holder.strip()[:30]}”与“{owner.name}”不一致，款项只能存入单位自己的账户，请核对。"
        raise PaymentRefused(text)
    if not bank.strip():
        raise PaymentRefused("没有填开户银行。")
    subject = f"employer:{owner.pk}" if isinstance(owner, Employer) else f"organization:{owner.pk}"
    return _put(owner, holder=holder, bank=bank, number=number, by=by, subject=subject)


def _put(owner: Any, *, holder: str, bank: str, number: str, by: Any, subject: str) -> PaymentAccount:
    """The account in use from now on, unless it is already."""
    field, plain = _field_of(owner), plain_number(number)
    index = crypto.blind_index(plain, NUMBER)
    type(owner).objects.select_for_update(of=("self",)).get(pk=owner.pk)
    held = PaymentAccount.objects.filter(**{field: owner}, is_current=True).first()
    if held is not None and (held.number_index, held.bank) == (index, bank.strip()[:60]):
        return held
    if held is not None:
        held.is_current = False
        held.save(update_fields=["is_current"])
    made = PaymentAccount.objects.create(
        **{field: owner},
        holder=clean_name(holder),
        bank=bank.strip()[:60],
        number_enc=crypto.encrypt(plain, NUMBER),
        number_index=index,
        number_masked=masking.mask_account(plain, "list"),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    audit.record(
        action="payments.account",
        subject=subject,
        detail={"account": made.pk, "bank": made.bank, "number": made.number_masked},
        by=by,
        organization=owner if field == "office" else owner.organization,
    )
    return made


def shared_with(accounts: Iterable[PaymentAccount]) -> dict[int, list[str]]:
    """`{account id: holders}` of the others whose account in use has the same number."""
    mine = {account.pk: account for account in accounts}
    same = PaymentAccount.objects.filter(
        number_index__in={account.number_index for account in mine.values()}, is_current=True
    ).select_related("person")
    holders: dict[str, list[PaymentAccount]] = {}
    for account in same.order_by("id"):
        holders.setdefault(account.number_index, []).append(account)
    found = {}
    for pk, account in mine.items():
        others = [one for one in holders.get(account.number_index, []) if _owner_of(one) != _owner_of(account)]
        if others:
            found[pk] = [one.person.name if one.person is not None else one.holder for one in others]
    return found


def _owner_of(account: PaymentAccount) -> tuple[int | None, int | None, int | None]:
    return account.person_id, account.employer_id, account.office_id
