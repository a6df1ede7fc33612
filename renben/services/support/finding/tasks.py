"""待办 of a finding: the station (or office) of the person tells them; a station hands on to its street for the application."""

from __future__ import annotations

from renben.engines.messaging import sending
from renben.engines.rules.searching import search_of
from renben.kernel import taskboard
from renben.kernel.models import Organization, Task
from renben.services.support.finding.models import Finding
from renben.services.support.messages import office_words

TELL, APPLY = "FindingTold", "FindingApplied"


def _key(finding: Finding, event: str) -> str:
    return f"finding:{finding.policy}:{finding.person_id}:{finding.pk}:{'tell' if event == TELL else 'apply'}"


def _message_key(finding: Finding) -> str:
    return f"finding.found:{finding.pk}"


def label_of(policy: str) -> str:
    """The policy in words; a policy that no longer looks for people keeps its code."""
    search = search_of(policy)
    return search.label if search is not None else policy


def _reason(finding: Finding) -> str:
    if not finding.missing:
        return f"{finding.reason}条件都已知道。"[:300]
    return f"如果都符合：{finding.reason}还要：{'；'.join(finding.missing)}。"[:300]


def open_to_tell(finding: Finding) -> None:
    """告知本人, at the office where the person's file lies; the person reads it online as well."""
    person = finding.person
    params = {
        "policy": label_of(finding.policy),
        "reason": finding.reason if not finding.missing else f"如果都符合：{finding.reason}",
        "missing": "、".join(finding.missing) or "身份证",
        "office": office_words(person.organization),
    }
    sending.enqueue("finding.found", key=_message_key(finding), person=person, params=params)
    taskboard.open_task(
        key=_key(finding, TELL),
        title=f"告知{person.name}：{label_of(finding.policy)}",
        reason=_reason(finding),
        organization=person.organization,
        person=person,
        cleared_by=TELL,
        url=f"/findings/{finding.pk}/",
    )


def open_to_apply(finding: Finding, street: Organization) -> None:
    """The street starts the application that a station has handed on."""
    person = finding.person
    taskboard.open_task(
        key=_key(finding, APPLY),
        title=f"为{person.name}办{label_of(finding.policy)}",
        reason=f"社区（村）已告知，本人愿意申请。{_reason(finding)}"[:300],
        organization=street,
        person=person,
        cleared_by=APPLY,
        url=f"/findings/{finding.pk}/",
    )


def clear(finding: Finding, outcome: str, *events: str) -> None:
    """Clear the tasks of a finding, all when no event is named, and what was still to be said about it."""
    sending.settle(_message_key(finding))
    for event in events or (TELL, APPLY):
        taskboard.clear(key=_key(finding, event), event=event, outcome=outcome[:200])


def move(finding: Finding, office: Organization) -> None:
    """The person belongs to another office now, and so does the telling."""
    Task.objects.filter(key=_key(finding, TELL), cleared_at=None).update(organization=office)
