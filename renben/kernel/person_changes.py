"""Changes to the facts of a person after the file was opened."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from renben.kernel import audit, crypto, events
from renben.kernel.models import Person
from renben.kernel.people import ADDRESS, PHONE, full_number, search_keys_for

EDITABLE = ("education", "ethnicity", "hukou_kind", "health")


class StaleVersion(Exception):
    """Somebody saved the file after this reader opened it; nothing was changed."""


@transaction.atomic
def edit_person(
    *, person_id: int, version: int, by: Any, phone: str | None = None, address: str | None = None, **fields: Any
) -> Person:
    """Change the facts of a person. `phone` and `address` stay as they are when None; `fields` are those of EDITABLE.

    Raises StaleVersion when the file is no longer at `version`. The trail names the fields, never the values.
    """
    person = Person.objects.select_for_update(of=("self",)).select_related("organization").get(pk=person_id)
    if person.version != version:
        raise StaleVersion
    changed = []
    for name, value in fields.items():
        if name not in EDITABLE:
            raise ValueError(f"{name} is not edited here")
        if getattr(person, name) != value:
            setattr(person, name, value)
            changed.append(name)
    if phone is not None:
        person.phone_enc = crypto.encrypt(phone, PHONE) if phone else ""
        person.search_keys = search_keys_for(person.name, full_number(person), phone)
        changed.append("phone")
    if address is not None:
        person.address_enc = crypto.encrypt(address, ADDRESS) if address else ""
        changed.append("address")
    if not changed:
        return person
    person.version += 1
    person.save()
    audit.record(
        action="person.edit",
        subject=f"person:{person.pk}",
        detail={"fields": changed},
        by=by,
        organization=person.organization,
    )
    if facts := tuple(name for name in changed if name in EDITABLE):
        events.emit(events.PersonFactsChanged(person.pk, facts))
    return person
