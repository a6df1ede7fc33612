"""Employer files: opening, finding, changing them, their contacts and licences."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.db.models import Q

from renben.kernel import audit, clock, crypto, events, identity, masking
from renben.kernel.employer_names import plain_name
from renben.kernel.models import Employer, EmployerContact, EmployerLicence
from renben.kernel.person_changes import StaleVersion
from renben.kernel.pinyin import initials, pinyin_key

CONTACT_PHONE = "kernel.EmployerContact.phone"
PHONE_TAIL = "kernel.Employer.phone_tail"
EDITABLE = ("uscc", "name", "former_names", "legal_person", "organization", "industry", "kind", "address", "phone")
_DIGITS = re.compile(r"\D")
_LETTERS = re.compile(r"[a-z]+")
_CODE = re.compile(r"(?=.*\d)[0-9A-Z]{6,18}")


class AlreadyMerged(Exception):
    """The file went into another one and is only for reading."""


def _name_keys(name: str) -> set[str]:
    """`n:` pairs and single characters of the name, `p:` pairs and singles of its initials."""
    plain, letters = plain_name(name), initials(name)
    return {f"n:{plain[i : i + 2]}" for i in range(len(plain))} | {f"n:{c}" for c in plain} | _pairs("p", letters)


def _pairs(prefix: str, text: str) -> set[str]:
    return {f"{prefix}:{text[i : i + 2]}" for i in range(len(text) - 1)} | {f"{prefix}:{c}" for c in text}


def phone_key(phone: str) -> str:
    """The key of a telephone number: a keyed hash of its last seven digits (country and area codes are written or not)."""
    return f"t:{crypto.blind_index(_DIGITS.sub('', phone)[-7:], PHONE_TAIL)[:16]}"


def _phone_keys(phone: str) -> set[str]:
    digits = _DIGITS.sub("", phone)
    if len(digits) < 7:
        return set()
    return {phone_key(phone), f"f:{crypto.blind_index(digits[-4:], PHONE_TAIL)[:16]}"}


def search_keys_for(*, uscc: str, names: list[str], phones: list[str] | None = None) -> list[str]:
    """Keys one finds an employer by: name and initials in pairs, `u:` code and its parts, `t:` and `f:` telephone."""
    keys = {f"u:{uscc}", f"o:{uscc[8:17]}"} if len(uscc) == 18 else set()
    for name in names:
        keys |= _name_keys(name) if name else set()
    for phone in phones or []:
        keys |= _phone_keys(phone)
    return sorted(keys)


def build_employer(*, uscc: str, name: str, former_names: str = "", phone: str = "", **fields: Any) -> Employer:
    """An unsaved employer with everything filled that follows from its name. `fields` are further columns."""
    return Employer(
        uscc=uscc,
        name=name,
        former_names=former_names,
        phone=phone,
        plain_name=plain_name(name),
        pinyin=pinyin_key(name)[:600],
        initials=initials(name)[:100],
        search_keys=search_keys_for(uscc=uscc, names=[name, *split_names(former_names)], phones=[phone]),
        **fields,
    )


def split_names(text: str) -> list[str]:
    """Former names as written in one field, apart by ；、 or a comma."""
    return [part.strip() for part in re.split(r"[;；,，、\n]", text) if part.strip()]


def matching(rows: Any, text: str) -> Any:
    """Employers found by (part of) name, pinyin initials, credit code or telephone. An empty text finds all."""
    text = text.strip()
    if not text:
        return rows
    code = identity.normalise(text)
    digits = _DIGITS.sub("", code)
    if digits and len(digits) == len(code):
        if len(digits) == 4:
            return rows.filter(search_keys__contains=[f"f:{crypto.blind_index(digits, PHONE_TAIL)[:16]}"])
        if len(digits) == 18:
            return rows.filter(search_keys__contains=[f"u:{digits}"])
        by_phone = Q(search_keys__contains=[phone_key(digits)]) if len(digits) >= 7 else Q(pk__in=[])
        return rows.filter(by_phone | Q(uscc__contains=digits))
    if _CODE.fullmatch(code):
        return rows.filter(Q(search_keys__contains=[f"u:{code}"]) | Q(uscc__contains=code))
    letters = code.lower()
    if _LETTERS.fullmatch(letters):
        by_initials = Q(search_keys__contains=_wanted("p", letters), initials__contains=letters)
        return rows.filter(by_initials | Q(search_keys__contains=_wanted("n", letters.upper())))
    return rows.filter(search_keys__contains=_wanted("n", plain_name(text)) or ["n:"])


def _wanted(prefix: str, text: str) -> list[str]:
    return [f"{prefix}:{text[i : i + 2]}" for i in range(len(text) - 1)] or [f"{prefix}:{text}"] * bool(text)


def find_by_uscc(uscc: str) -> Employer | None:
    """Whoever is registered under this code, anywhere in the district; a merged file leads to the kept one."""
    found = Employer.objects.select_related("organization", "merged_into__organization").filter(uscc=uscc).first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


@transaction.atomic
def open_employer(*, by: Any, **fields: Any) -> Employer:
    """建单位档案. The code must have been checked (kernel.uscc). IntegrityError when it is on file already."""
    employer = build_employer(**fields)
    employer.save()
    audit.record(
        action="employer.open_file",
        subject=f"employer:{employer.pk}",
        detail={"name": employer.name, "uscc": employer.uscc},
        by=by,
        organization=employer.organization,
    )
    return employer


def _locked(employer_id: int) -> Employer:
    employer = Employer.objects.select_for_update(of=("self",)).select_related("organization").get(pk=employer_id)
    if employer.merged_into_id:
        raise AlreadyMerged("这家单位已并入另一份，只供查阅，请到保留的那一份上修改。")
    return employer


def refresh_keys(employer: Employer) -> None:
    """Compute again what follows from names, codes and telephones, those of merged files included. The caller saves."""
    others = list(Employer.objects.filter(merged_into=employer).order_by("id"))
    phones = [employer.phone, *(other.phone for other in others)]
    phones += [contact_phone(c) for c in EmployerContact.objects.filter(employer=employer, left_on=None).order_by("id")]
    names = [employer.name]
    for one in (employer, *others):
        names += [one.name, *split_names(one.former_names)]
    keys = set(search_keys_for(uscc=employer.uscc, names=names, phones=phones))
    keys |= {f"u:{other.uscc}" for other in others}
    employer.plain_name = plain_name(employer.name)
    employer.pinyin, employer.initials = pinyin_key(employer.name)[:600], initials(employer.name)[:100]
    employer.search_keys = sorted(keys)


@transaction.atomic
def edit_employer(*, employer_id: int, version: int, by: Any, **fields: Any) -> Employer:
    """Change the facts of an employer. A name given up is kept among the former ones.

    StaleVersion when the file is no longer at `version`, AlreadyMerged for a merged one, ValueError for a field that is not
    edited here. The trail keeps old and new values: nothing here is personal but the legal representative's name.
    """
    employer = _locked(employer_id)
    if employer.version != version:
        raise StaleVersion
    changed: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in EDITABLE:
            raise ValueError(f"{name} is not edited here")
        before = getattr(employer, name)
        if before != value:
            changed[name] = {"from": str(before), "to": str(value)} if name in ("uscc", "name") else {}
            setattr(employer, name, value)
    if not changed:
        return employer
    if "name" in changed:
        former = split_names(employer.former_names)
        if (old := changed["name"]["from"]) not in former:
            employer.former_names = "；".join([*former, old])[:300]
    employer.version += 1
    refresh_keys(employer)
    employer.save()
    audit.record(
        action="employer.edit",
        subject=f"employer:{employer.pk}",
        detail={"fields": changed},
        by=by,
        organization=employer.organization,
    )
    if "name" in changed:
        events.emit(events.EmployerRenamed(employer.pk))
    return employer


def contact_phone(contact: EmployerContact) -> str:
    """The readable number, for keys and for `reveal_contact`; screens show it masked."""
    return crypto.decrypt(contact.phone_enc, CONTACT_PHONE) if contact.phone_enc else ""


@transaction.atomic
def save_contact(
    *, employer_id: int, by: Any, name: str, duty: str, phone: str | None, contact_id: int | None = None, **fields: Any
) -> EmployerContact:
    """Add a contact, or change one. `phone` None keeps the number; `left_on` ends the use of a contact."""
    employer = _locked(employer_id)
    contact = (
        EmployerContact.objects.select_for_update().get(pk=contact_id, employer=employer)
        if contact_id
        else EmployerContact(employer=employer)
    )
    contact.name, contact.duty = name, duty
    if "left_on" in fields:
        contact.left_on = fields["left_on"]
    if phone is not None:
        contact.phone_enc = crypto.encrypt(phone, CONTACT_PHONE) if phone else ""
    contact.save()
    refresh_keys(employer)
    employer.save(update_fields=["search_keys"])
    audit.record(
        action="employer.contact",
        subject=f"employer:{employer.pk}",
        detail={"contact": contact.pk, "name": masking.mask_name(name, "list"), "phone_changed": phone is not None},
        by=by,
        organization=employer.organization,
    )
    return contact


def reveal_contact(*, contact: EmployerContact, reason: str, by: Any) -> str:
    """Show a contact's telephone on purpose; who and why go into the audit trail."""
    audit.record(
        action="employer.reveal",
        subject=f"employer:{contact.employer_id}",
        detail={"contact": contact.pk, "reason": reason},
        by=by,
        organization=contact.employer.organization,
    )
    return contact_phone(contact)


@transaction.atomic
def save_licence(*, employer_id: int, by: Any, licence_id: int | None = None, **fields: Any) -> EmployerLicence:
    """Record a licence, or correct one. IntegrityError when kind and number are recorded already."""
    employer = _locked(employer_id)
    licence = (
        EmployerLicence.objects.select_for_update().get(pk=licence_id, employer=employer)
        if licence_id
        else EmployerLicence(employer=employer)
    )
    for name in ("kind", "number", "issuer", "issued_on", "valid_until"):
        setattr(licence, name, fields[name])
    licence.recorded_by, licence.recorded_at = by, clock.now()
    licence.save()
    audit.record(
        action="employer.licence",
        subject=f"employer:{employer.pk}",
        detail={"licence": licence.pk, "kind": licence.kind, "number": licence.number},
        by=by,
        organization=employer.organization,
    )
    return licence
