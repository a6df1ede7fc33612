"""Django app of the rules engine: only stored determinations need the database."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """App label ``rules``."""

    name = "renben.engines.rules"
    label = "rules"
    verbose_name = "政策判定"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import in_force, parameters, reviewing

        parameters.lay_over(in_force.current)
        reviewing.listen()
