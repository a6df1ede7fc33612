"""A process that writes until its standard input ends. Prints one line per write, after the commit was acknowledged."""

from __future__ import annotations

import os
import random
import sys
import threading
import uuid

os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
THREADS = 2

import django  # noqa: E402 - the settings have to be named first

django.setup()

from django.db import InterfaceError, OperationalError, connection  # noqa: E402

from renben.engines.procedures import actions  # noqa: E402
from renben.kernel import audit  # noqa: E402
from renben.kernel.models import Organization, Person, User  # noqa: E402

_out = threading.Lock()
_ended = threading.Event()


def told(kind: str, token: str) -> None:
    with _out:
        print(kind, token, flush=True)


def write(rng: random.Random) -> None:
    """A case by the real action, or an audit entry alone; either is acknowledged only when it is committed."""
    if rng.random() < 0.5:
        person = Person.objects.order_by("id")[rng.randrange(400)]
        centre = Organization.objects.get(tier="district")
        by = User.objects.get(username="receiver")
        case = actions.start(procedure_id="Q-1.2.2", organization=centre, by=by, person=person)
        told("case", case.number)
    else:
        token = uuid.uuid4().hex
        office = Organization.objects.order_by("id")[rng.randrange(20)]
        audit.record(action="test.write", subject=f"token:{token}", organization=office)
        told("audit", f"token:{token}")


def keep_writing(seed: int) -> None:
    rng = random.Random(seed)
    while not _ended.is_set():
        try:
            write(rng)
        except (OperationalError, InterfaceError):
            # The server was killed: nothing was acknowledged, so nothing is owed. Knock until it is back.
            connection.close()
            _ended.wait(0.02)


def main() -> None:
    first = int(sys.argv[1])
    threads = [threading.Thread(target=keep_writing, args=(first + i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    _ended.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
