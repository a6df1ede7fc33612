"""Whether anything has been built on a row: every relation of the data model is asked, also those of later modules."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models


def uses_of(model: type[models.Model], ids: Collection[int], ignore: Collection[str]) -> dict[int, str]:
    """{id: Chinese reason} of the objects other rows refer to. `ignore` are labels such as `kernel.IdentityDocument`."""
    found: dict[int, str] = {}
    if not ids:
        return found
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        other = relation.related_model
        if other._meta.label in ignore:
            continue
        field = relation.field.name
        used = other._base_manager.filter(**{f"{field}__in": ids}).order_by().values_list(field, flat=True).distinct()
        for pk in used:
            found.setdefault(pk, f"已有“{other._meta.verbose_name}”记录。")
    return found
