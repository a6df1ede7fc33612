"""Where money goes: the account of a person, its holder checked against the person's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from renben.engines.payments.actions import PaymentRefused
from renben.engines.payments.models import PaymentAccount
from renben.kernel import audit, clock, crypto, masking
from renben.kernel.models import Person
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
    plain = plain_number(number)
    index = crypto.blind_index(plain, NUMBER)
    Person.objects.select_for_update().get(pk=person.pk)
    held = current([person.pk]).get(person.pk)
    if held is not None and (held.number_index, held.bank) == (index, bank.strip()[:60]):
        return held
    if held is not None:
        held.is_current = False
        held.save(update_fields=["is_current"])
    made = PaymentAccount.objects.create(
        person=person,
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
        subject=f"person:{person.pk}",
        detail={"account": made.pk, "bank": made.bank, "number": made.number_masked},
        by=by,
        organization=person.organization,
    )
    return made


def shared_with(accounts: Iterable[PaymentAccount]) -> dict[int, list[str]]:
    """`{account id: names}` of the other people whose account in use has the same number."""
    mine = {account.pk: account for account in accounts}
    same = PaymentAccount.objects.filter(
        number_index__in={account.number_index for account in mine.values()}, is_current=True
    ).select_related("person")
    holders: dict[str, list[PaymentAccount]] = {}
    for account in same.order_by("id"):
        holders.setdefault(account.number_index, []).append(account)
    return {
        pk: names
        for pk, account in mine.items()
        if (
            names := [
                other.person.name
                for other in holders.get(account.number_index, [])
                if other.person_id != account.person_id
            ]
        )
    }
