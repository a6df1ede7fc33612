"""Send words to a person or a firm, and know whether they had them.

A message is written in the transaction of what it tells, so that it exists exactly when that happened. It is read online by whoever
has an account; for everybody else it stands on the list of what the office tells by telephone or face to face. Other ways (短信)
would take their work from the same rows.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from renben.engines.messaging import templates
from renben.engines.messaging.models import Message
from renben.kernel import audit, clock, rows, settings_store
from renben.kernel.models import Employer, EmployerContact, Person, User

State, How = Message.State, Message.How
UNREAD_DAYS = "messages.unread_days"
settings_store.define(UNREAD_DAYS, 3, "网上的消息几天没有看，就改由工作人员告知")


class NotTold(ValueError):
    """What the clerk asked cannot be recorded; the sentence says why."""


def folder() -> Any:
    return settings.CATALOG_DIR / "content" / "messages"


def enqueue(
    template: str,
    *,
    key: str,
    person: Person | None = None,
    employer: Employer | None = None,
    params: dict[str, Any] | None = None,
) -> Message:
    """Write a message; the same key again answers the one that stands.

    MessageError when the template does not exist, is meant for the other kind of reader, or a value is missing.
    """
    known = templates.of(folder()).get(template)
    if known is None:
        raise templates.MessageError(f"没有消息模板“{template}”。")
    reader = person if known.to == templates.PERSON else employer
    if reader is None or (person is not None and employer is not None):
        raise templates.MessageError(f"消息“{template}”发给{'本人' if known.to == templates.PERSON else '单位'}。")
    title, text, link = known.filled(params or {})
    made = Message(
        key=key,
        template=template,
        person=person,
        employer=employer,
        organization_id=reader.organization_id,
        title=title[:100],
        text=text,
        link=link[:200],
        sent_at=clock.now(),
    )
    return made if rows.insert_unless(made, "key") else Message.objects.get(key=key)


def settle(key: str) -> bool:
    """Nobody needs to be told any more (it was said otherwise, or it no longer holds). False when it had been read or told."""
    return bool(Message.objects.filter(key=key, state=State.WAITING).update(state=State.VOID))


def settle_all(prefix: str) -> int:
    """The same for every message whose key begins so; how many nobody had heard of yet."""
    return Message.objects.filter(key__startswith=prefix, state=State.WAITING).update(state=State.VOID)


def inbox(user: User) -> QuerySet[Message]:
    """What this user may read: of the person they are and of the firm they speak for, the newest first."""
    mine = Q(person_id=user.person_id) if user.person_id else Q(pk__in=[])
    firms = EmployerContact.objects.filter(user=user, left_on=None).values("employer_id")
    readable = Message.objects.exclude(state=State.VOID).filter(mine | Q(employer_id__in=firms))
    return readable.order_by("-sent_at", "-id")


def unread(user: User) -> QuerySet[Message]:
    """Those of `inbox` without a look at them, also when the office told them by telephone meanwhile."""
    return inbox(user).filter(read_at=None)


def mark_read(user: User, pks: list[int] | None = None) -> int:
    """Read by the person they are for; all unread ones when none are named. Returns how many were new."""
    marked = unread(user) if pks is None else unread(user).filter(pk__in=pks)
    ids, now = sorted(marked.values_list("pk", flat=True)), clock.now()
    Message.objects.filter(pk__in=ids, state=State.WAITING).update(state=State.READ)
    return Message.objects.filter(pk__in=ids, read_at=None).update(read_at=now)


def to_tell(on: dt.date | None = None) -> QuerySet[Message]:
    """Waiting messages a person of the office has to pass on: the reader has no account, or has not looked for some days.
    What needs no call (`call: false`) is left out."""
    day = on or clock.today()
    before = dt.datetime.combine(
        day - dt.timedelta(days=settings_store.get(UNREAD_DAYS) - 1), dt.time(), tzinfo=clock.ZONE
    )
    online = Exists(User.objects.filter(person_id=OuterRef("person_id"), is_active=True)) | Exists(
        EmployerContact.objects.filter(employer_id=OuterRef("employer_id"), left_on=None, user__is_active=True)
    )
    others = [one.id for one in templates.of(folder()).values() if not one.is_called]
    waiting = Message.objects.filter(state=State.WAITING).exclude(template__in=others)
    return waiting.filter(~online | Q(sent_at__lt=before))


def tell(*, message: Message, how: str, by: Any, note: str = "") -> Message:
    """Told by the office; NotTold when the reader has seen it or a colleague was quicker."""
    if how not in How.values:
        raise NotTold("请选择怎样告知的。")
    fields = {"state": State.TOLD, "told_on": clock.today(), "told_how": how, "told_note": note.strip()[:300]}
    if not Message.objects.filter(pk=message.pk, state=State.WAITING).update(**fields, told_by=by):
        held = Message.objects.get(pk=message.pk)
        raise NotTold(f"这条消息{held.get_state_display()}，不用再登记。")
    audit.record(
        action="message.tell",
        subject=f"person:{message.person_id}" if message.person_id else f"employer:{message.employer_id}",
        detail={"message": message.pk, "template": message.template, "how": how},
        by=by,
        organization=message.organization_id,
    )
    return Message.objects.get(pk=message.pk)
