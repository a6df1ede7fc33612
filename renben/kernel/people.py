"""Person files: finding people without storing readable numbers, opening a file, revealing a number on purpose."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.kernel import audit, crypto, identity, masking
from renben.kernel.models import IdentityDocument, Person
from renben.kernel.pinyin import initials, pinyin_key
from renben.kernel.textnorm import clean_name

NUMBER = "kernel.IdentityDocument.number"
PHONE = "kernel.Person.phone"
ADDRESS = "kernel.Person.address"
LAST_FOUR = "kernel.Person.last_four"
PHONE_TAIL = "kernel.Person.phone_tail"


def _tail_key(prefix: str, tail: str, context: str) -> str:
    return f"{prefix}:{crypto.blind_index(tail, context)[:16]}"


def search_keys_for(name: str, id_number: str = "", phone: str = "") -> list[str]:
    """Keys one finds a person by: `n:` name bigrams and single characters, `p:` initials, `i:` last four, `t:` phone tail.

    Last four and phone tail are keyed hashes, so the column tells nothing to whoever reads a dump.
    """
    keys = {f"n:{name[i : i + 2]}" for i in range(len(name) - 1)} | {f"n:{c}" for c in name} | {f"p:{initials(name)}"}
    if id_number:
        keys.add(_tail_key("i", id_number[-4:].upper(), LAST_FOUR))
        keys.add(f"d:{crypto.blind_index(id_number.upper(), NUMBER)[:24]}")
    if phone:
        keys.add(_tail_key("t", phone[-4:], PHONE_TAIL))
    return sorted(keys)


def keys_of_query(text: str) -> list[list[str]]:
    """Alternatives for a search text; each alternative is a set of keys that must all be there."""
    text = identity.normalise(text) if any(c.isdigit() for c in text) else text.strip()
    if not text:
        return []
    upper = text.upper()
    if len(upper) in (15, 18) and upper[:-1].isdigit():
        return [[f"d:{crypto.blind_index(upper, NUMBER)[:24]}"]]
    if len(upper) == 4 and upper[:3].isdigit():
        return [[_tail_key("i", upper, LAST_FOUR)], [_tail_key("t", upper, PHONE_TAIL)]]
    if len(upper) == 11 and upper.isdigit():
        return [[_tail_key("t", upper[-4:], PHONE_TAIL)]]
    if upper.isascii() and upper.isalpha():
        return [[f"p:{upper.lower()}"]]
    name = clean_name(text)
    return [[f"n:{name[i : i + 2]}" for i in range(len(name) - 1)] or [f"n:{name}"]]


def build_person(
    *,
    name: str,
    sex: str,
    birth_on: dt.date,
    organization: Any,
    id_number: str = "",
    phone: str = "",
    address: str = "",
    **fields: Any,
) -> Person:
    """An unsaved person with encrypted columns and search keys filled. `fields` are further columns of Person."""
    return Person(
        name=name,
        pinyin=pinyin_key(name),
        initials=initials(name),
        sex=sex,
        birth_on=birth_on,
        organization=organization,
        phone_enc=crypto.encrypt(phone, PHONE) if phone else "",
        address_enc=crypto.encrypt(address, ADDRESS) if address else "",
        id_masked=masking.mask_id(id_number, "list") if id_number else "",
        search_keys=search_keys_for(name, id_number, phone),
        **fields,
    )


def build_document(person: Person, kind: str, number: str, *, is_primary: bool = True) -> IdentityDocument:
    """An unsaved identity document; `number` is already normalised (15-digit numbers as 18)."""
    return IdentityDocument(
        person=person,
        kind=kind,
        number_enc=crypto.encrypt(number, NUMBER),
        number_index=crypto.blind_index(number.upper(), NUMBER),
        is_primary=is_primary,
    )


def find_by_number(kind: str, number: str) -> Person | None:
    """Whoever holds this number, anywhere in the district. Callers decide what the reader may learn of it."""
    found = (
        IdentityDocument.objects.filter(kind=kind, number_index=crypto.blind_index(number.upper(), NUMBER))
        .select_related("person__organization")
        .first()
    )
    return found.person if found else None


def open_file(*, number: str, kind: str = "resident_id", by: Any, **fields: Any) -> Person:
    """建档: one person, one identity document, one audit entry. The number must have been checked (kernel.identity)."""
    person = build_person(id_number=number, **fields)
    person.save()
    build_document(person, kind, number).save()
    audit.record(
        action="person.open_file",
        subject=f"person:{person.pk}",
        detail={"name": masking.mask_name(person.name, "list"), "number": person.id_masked},
        by=by,
        organization=person.organization,
    )
    return person


def full_number(person: Person) -> str:
    """The readable number, for forms that must carry it. Screens go through `reveal`, which leaves a trace."""
    return number_on(person.documents.filter(is_primary=True).order_by("id").first())


def number_on(document: IdentityDocument | None) -> str:
    """The readable number of one paper, for callers that hold it already."""
    return crypto.decrypt(document.number_enc, NUMBER) if document else ""


def phone_of(person: Person) -> str:
    return crypto.decrypt(person.phone_enc, PHONE) if person.phone_enc else ""


def address_of(person: Person) -> str:
    return crypto.decrypt(person.address_enc, ADDRESS) if person.address_enc else ""


def reveal(*, person: Person, field: str, reason: str, by: Any) -> str:
    """Show a full value on purpose; who, what and why go into the audit trail. `field`: number, phone or address."""
    value = {"number": full_number, "phone": phone_of, "address": address_of}[field](person)
    audit.record(
        action="person.reveal",
        subject=f"person:{person.pk}",
        detail={"field": field, "reason": reason},
        by=by,
        organization=person.organization,
    )
    return value
