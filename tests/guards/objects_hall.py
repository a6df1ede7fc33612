"""Objects of the online hall for the URL sweep."""

from __future__ import annotations

from renben.kernel import clock
from renben.kernel.models import Organization, User
from renben.services.placement.hall.models import Hall, Room
from tests.guards.objects import factory
from tests.guards.objects_placement import fair_booth


@factory("fair_room")
def fair_room(office: Organization, by: User) -> Room:
    booth = fair_booth(office, by)
    hall = Hall.objects.create(fair=booth.fair, slot_minutes=10, numbers_each=3, recorded_at=clock.now())
    return Room.objects.create(hall=hall, booth=booth, code=f"room-{Room.objects.count()}")
