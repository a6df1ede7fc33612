"""What the services offer to the engines: one list, for the command line and the web alike."""

from __future__ import annotations

DOMAINS = [
    "renben.services.registration.rules",
    "renben.services.registration.contribution_rules",
    "renben.engines.rules.deadlines",
    "renben.services.placement.ad_rules",
    "renben.services.placement.wage_rules",
    "renben.services.support.rules_subsidies",
    "renben.services.support.rules_employers",
    "renben.services.support.rules_posts",
    "renben.services.support.rules_loans",
    "renben.services.support.rules_district",
    "renben.services.assistance.rules",
    "renben.services.reception.rules",
]
"""Modules that declare rule domains."""

CATALOG = [
    "renben.services.records.catalog",
    "renben.services.registration.catalog",
    "renben.services.support.catalog",
    "renben.services.placement.catalog",
    "renben.services.support.loans.catalog",
    "renben.services.support.posts.catalog",
]
"""Modules that name step actions, guards, field sources, forms and ledgers."""


def load_domains() -> None:
    from renben.engines.rules import registry

    registry.load_domains(DOMAINS)


def declare_catalog() -> None:
    """Names only: nothing heavy is imported."""
    from renben.engines.procedures import registry

    registry.load(CATALOG)
