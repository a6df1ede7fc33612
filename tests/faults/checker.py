"""A process that answers questions about the database: a JSON line `of names, numbers and keys` in, a JSON line out."""

from __future__ import annotations

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import CharField, Count, Exists, OuterRef, Value  # noqa: E402
from django.db.models.functions import Cast, Concat  # noqa: E402

from renben.engines.procedures.models import Case, CaseStep, StepEvent  # noqa: E402
from renben.kernel import audit  # noqa: E402
from renben.kernel.models import AuditEvent, Person, RequestKey  # noqa: E402


def half_cases() -> list[str]:
    """Cases that lack a step, an entry of their log, or their line in the audit trail."""
    subject = Concat(Value("case:"), Cast(OuterRef("pk"), CharField()))
    whole = (
        Exists(CaseStep.objects.filter(case=OuterRef("pk")))
        & Exists(StepEvent.objects.filter(case=OuterRef("pk"), step=None))
        & Exists(AuditEvent.objects.filter(subject=subject, action="case.start"))
    )
    continued = Case.objects.filter(duty="", parent=None)
    return list(continued.exclude(whole).order_by("id").values_list("number", flat=True))


def free_people(count: int) -> list[int]:
    """People without any case, of different offices."""
    idle = ~Exists(Case.objects.filter(person=OuterRef("pk")))
    return list(Person.objects.filter(idle, merged_into=None).order_by("-id").values_list("id", flat=True)[:count])


def answer(question: dict) -> dict:
    cases, subjects = question.get("cases", []), question.get("subjects", [])
    found_cases = set(Case.objects.filter(number__in=cases).order_by("id").values_list("number", flat=True))
    found = AuditEvent.objects.filter(subject__in=subjects).order_by("id").values_list("subject", flat=True)
    faults, heads = audit.verify()
    return {
        "lost": sorted(set(cases) - found_cases) + sorted(set(subjects) - set(found)),
        "doubled": len(found) - len(set(found)),
        "half": half_cases(),
        "faults": [f"{f.shard}/{f.seq} {f.text}" for f in faults],
        "events": sum(head["seq"] for head in heads.values()),
        "free_people": free_people(question.get("free_people", 0)),
        "cases_of": [Case.objects.filter(person=pk).count() for pk in question.get("cases_of", [])],
        "files_of": [Person.objects.filter(name=name).count() for name in question.get("files_of", [])],
        "half_files": list(
            Person.objects.filter(name__in=question.get("files_of", []))
            .annotate(papers=Count("documents"))
            .exclude(papers=1, search_keys__len__gt=0)
            .order_by("id")
            .values_list("id", flat=True)
        ),
        "keys": RequestKey.objects.filter(key__in=question.get("keys", []), status=302).count(),
        "unanswered_keys": RequestKey.objects.exclude(status__gt=0).count(),
    }


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
        connection.close()  # each question comes after a crash


if __name__ == "__main__":
    main()
