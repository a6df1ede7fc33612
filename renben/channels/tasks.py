"""Background work: thin jobs that load, call an action, and can be run again without harm."""

from __future__ import annotations

from procrastinate.contrib.django import app

from renben.channels import periodic  # noqa: F401 - its jobs are found with these
from renben.kernel.models import ImportBatch, User
from renben.services.exchange import imports
from renben.services.support.finding import running


def _batch(batch_id: int) -> ImportBatch:
    return ImportBatch.objects.select_related("organization").get(pk=batch_id)


def _user(user_id: int | None) -> User | None:
    return User.objects.filter(pk=user_id).first() if user_id else None


@app.task(name="imports.run", retry=3, pass_context=False)
def run_import(batch_id: int, user_id: int | None) -> None:
    """Let the good rows of a batch in; a killed run goes on where it stopped."""
    imports.confirm(_batch(batch_id), _user(user_id))


@app.task(name="findings.now", queueing_lock="findings.run", lock="findings.run", pass_context=False)
def look_now() -> None:
    """政策找人, asked for by somebody: the same look as at night; a second run finds nothing new."""
    running.run_all()


@app.task(name="imports.undo", retry=3, pass_context=False)
def undo_import(batch_id: int, user_id: int | None) -> None:
    """Take a large batch back."""
    imports.undo(_batch(batch_id), _user(user_id))
