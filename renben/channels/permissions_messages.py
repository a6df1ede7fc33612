"""Who passes messages on (消息告知): the offices that hold the file of the person or the firm."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.engines.messaging.models import Message
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role

declare("message.view", "查看要告知的消息", BUSINESS)
declare("message.tell", "登记已告知", COUNTER_DESK | REVIEW | {Role.COUNSELLOR, Role.HOTLINE})

register_subject(
    "message",
    SubjectKind(
        label="消息",
        queryset=lambda: Message.objects.select_related("person", "employer", "organization", "told_by"),
        within=lambda path: Q(organization__path__startswith=path),
    ),
)
