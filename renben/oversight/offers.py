"""What the supervisor's rooms offer to the engines; services are below and know nothing of them."""

from __future__ import annotations

DOMAINS = ["renben.oversight.rules"]
"""Modules that declare rule domains."""


def load_domains() -> None:
    """Every rule domain there is: those of the services and those of oversight."""
    from renben.engines.rules import registry
    from renben.services import offers

    offers.load_domains()
    registry.load_domains(DOMAINS)
