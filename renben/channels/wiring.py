"""What start-up connects: rule domains and catalogue names of the services."""

from __future__ import annotations

from renben.engines.procedures import definitions
from renben.kernel import foundation
from renben.oversight import offers as oversight_offers
from renben.services import offers


def connect() -> None:
    """Make known what the services offer to the engines, and what a new database gets. Safe to call again."""
    oversight_offers.load_domains()
    offers.declare_catalog()
    foundation.at_foundation(definitions.sync_definitions)
