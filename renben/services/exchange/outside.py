"""外部数据: what the page shows of other bodies' data, and the look somebody takes at one of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet

from renben.kernel import acts, audit, clock
from renben.services.exchange.layout import OUTSIDE, layout_of
from renben.services.exchange.models import OutsideFact

Verdict = OutsideFact.Verdict


class NeedsReason(Exception):
    """A finding of 不属实 without a word why; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Supply:
    """One kind of data as far as it lies within a territory: how many rows, about whom, as of when."""

    kind: str
    label: str
    rows: int
    people: int
    as_of: dt.date | None


def supplies(rows: QuerySet[OutsideFact]) -> list[Supply]:
    """Every kind, also those never supplied (`as_of` None)."""
    asked = {"n": Count("id"), "p": Count("person", distinct=True), "day": Max("as_of")}
    found = {row["kind"]: row for row in rows.order_by().values("kind").annotate(**asked)}
    none = {"n": 0, "p": 0, "day": None}
    return [
        Supply(kind, OutsideFact.Kind(kind).label, row["n"], row["p"], row["day"])
        for kind in OUTSIDE
        for row in [found.get(kind, none)]
    ]


def role_of(fact: OutsideFact) -> str:
    """The role of a fact in words; empty when the kind has none."""
    return layout_of(fact.kind).labels.get("role", {}).get(fact.role, "")


@acts.whole
def judge(*, fact: OutsideFact, is_true: bool, reason: str, by: Any) -> OutsideFact:
    """Note what a look at a fact found. What is untrue no longer holds money back; what is true goes on doing so until the
    matter behind it is registered. NeedsReason when untrue without a reason. The same finding again changes nothing."""
    held = OutsideFact.objects.select_for_update(of=("self",)).select_related("person__organization").get(pk=fact.pk)
    verdict, reason = Verdict.TRUE if is_true else Verdict.FALSE, reason.strip()[:200]
    if not is_true and not reason:
        raise NeedsReason("请写明怎么核实的、为什么不属实，例如“本人出示了离职证明”。")
    if (held.verdict, held.verdict_reason) == (verdict, reason):
        return held
    held.verdict, held.verdict_reason, held.verdict_by, held.verdict_at = verdict, reason, by, clock.now()
    held.save()
    audit.record(
        action="outside.judge",
        subject=f"person:{held.person_id}",
        detail={"fact": held.pk, "kind": held.kind, "verdict": verdict},
        by=by,
        organization=held.person.organization,
    )
    return held
