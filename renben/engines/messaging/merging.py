"""Messages of a merged or moved person, and of a merged firm, go along with the file."""

from __future__ import annotations

from renben.engines.messaging.models import Message
from renben.kernel import employer_merge, events, merge
from renben.kernel.merging import move_all
from renben.kernel.models import Person


def on_moved(event: events.PersonMoved) -> None:
    """What nobody has heard of yet is told by the office that holds the file now."""
    office = Person.objects.values("organization_id").get(pk=event.person_id)
    Message.objects.filter(person_id=event.person_id, state=Message.State.WAITING).update(**office)


def load() -> None:
    """Declare the relations of this engine to a person and to a firm, and follow moves."""
    merge.register("messaging.Message.person", move_all("messaging.Message.person"))
    employer_merge.register("messaging.Message.employer", move_all("messaging.Message.employer"))
    events.listen(events.PersonMoved, on_moved)
