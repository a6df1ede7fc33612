"""Which rule modules the platform has; one list for the command line and the web."""

MODULES = ["renben.services.registration.rules", "renben.engines.rules.deadlines"]


def load() -> None:
    from renben.engines.rules.registry import load_domains

    load_domains(MODULES)
